"""Lines of the addresses of this surface, in the order of its `urls.py`."""

from datetime import date

from tests.echelon.isolation.lines import Line, Lines

_IN_FORCE = "the version is in force: nothing is done, and the page says so"
_PARTNER = "vendor/partners/<uuid:partner>/"
LINES: Lines = {
    ("vendor/", "GET"): Line("signed in"),
    ("vendor/partners/", "GET"): Line("company: read"),
    ("vendor/partners/export/", "POST"): Line("export of many", form={"form": "csv"}),
    ("vendor/partners/save/", "POST"): Line("company: read", form={"name": "Mine"}),
    ("vendor/partners/new/", "GET"): Line("company: create"),
    ("vendor/partners/new/", "POST"): Line(
        "company: create", form={"key": "brand-new", "name": "Brand new"}
    ),
    (_PARTNER, "GET"): Line("company: read"),
    (f"{_PARTNER}edit/", "GET"): Line("company: manage"),
    (f"{_PARTNER}edit/", "POST"): Line("company: manage", form={"name": "Anew"}),
    (f"{_PARTNER}people/", "GET"): Line("people: read"),
    (f"{_PARTNER}people/invite/", "POST"): Line(
        "people: manage",
        form={"name": "Ada", "email": "ada@new.test", "role": "partner_member"},
    ),
    (f"{_PARTNER}people/<uuid:person>/left/", "POST"): Line("people: manage"),
    ("vendor/programs/", "GET"): Line("programs: read"),
    ("vendor/programs/new/", "GET"): Line("programs: draft"),
    ("vendor/programs/new/", "POST"): Line(
        "programs: draft", form={"name": "Brand new", "slug": "brand-new"}
    ),
    ("vendor/programs/<uuid:program>/", "GET"): Line("programs: read"),
    ("vendor/programs/<uuid:program>/draft/", "POST"): Line("programs: draft"),
    ("vendor/versions/<uuid:version>/", "GET"): Line("programs: read"),
    ("vendor/versions/<uuid:version>/edit/", "GET"): Line("programs: draft"),
    ("vendor/versions/<uuid:version>/edit/", "POST"): Line(
        "programs: draft",
        form={"text": "program: x", "sha": ""},
        shows=False,
        unaudited=_IN_FORCE,
    ),
    ("vendor/versions/<uuid:version>/publish/", "POST"): Line(
        "programs: publish", unaudited=_IN_FORCE
    ),
    ("vendor/versions/<uuid:version>/withdraw/", "POST"): Line(
        "programs: draft", unaudited=_IN_FORCE
    ),
    (f"{_PARTNER}enroll/", "GET"): Line("enrollments: manage"),
    (f"{_PARTNER}enroll/", "POST"): Line(
        "enrollments: manage",
        form={"program": "{program}", "start": "2031-01-01"},
        before=lambda made: (
            setattr(made["enrollment"], "end", date(2030, 1, 1)) or made["enrollment"].save()
        ),
    ),
    ("vendor/enrollments/", "GET"): Line("enrollments: read"),
    ("vendor/enrollments/<uuid:enrollment>/", "GET"): Line("enrollments: read"),
    ("vendor/enrollments/<uuid:enrollment>/decide/", "POST"): Line(
        "enrollments: manage", form={"verb": "none"}, unaudited="no button of that name"
    ),
}
