"""Lines of the vendor's addresses under `data/`, in the order of `data_urls.py`."""

from tests.echelon.isolation.lines import Line, Lines

_KIND = "vendor/data/kinds/<slug:kind>/"
LINES: Lines = {
    ("vendor/data/", "GET"): Line("facts: kinds"),
    ("vendor/data/kinds/new/", "GET"): Line("programs: draft"),
    ("vendor/data/kinds/new/", "POST"): Line(
        "programs: draft",
        form={"label": "New", "slug": "new_one", "key": "id", "partner": "who", "date": "day"},
    ),
    (_KIND, "GET"): Line("facts: kinds", names={"kind": "sales"}),
    (f"{_KIND}example/", "GET"): Line("facts: kinds", names={"kind": "sales"}),
    ("vendor/data/facts/", "GET"): Line("facts: read"),
    ("vendor/data/facts/<int:fact>/", "GET"): Line("facts: read"),
    ("vendor/data/facts/<int:fact>/withdraw/", "POST"): Line("facts: load"),
    ("vendor/data/references/", "GET"): Line("facts: kinds"),
    ("vendor/data/references/load/", "POST"): Line(
        "references: load",
        query={"type": "product"},
        files={"file": ("products.csv", "product_id,name\np-1,Pen\n")},
    ),
    ("vendor/data/rates/", "GET"): Line("facts: kinds"),
    ("vendor/data/rates/load/", "POST"): Line(
        "references: load", files={"file": ("eurofxref.csv", "Date, NZD\n2020-01-02, 1.7\n")}
    ),
    ("vendor/data/rates/add/", "POST"): Line(
        "references: load", form={"date": "2020-01-02", "currency": "NZD", "rate": "1.7"}
    ),
}
