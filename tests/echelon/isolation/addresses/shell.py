"""Lines of the addresses of this surface, in the order of its `urls.py`."""

from tests.echelon.isolation.lines import Line, Lines

LINES: Lines = {
    ("", "GET"): Line("public", also=(302,)),
    ("invitation/", "GET"): Line("public", also=(404,)),
    ("invitation/", "POST"): Line("public", also=(404,)),
    ("badges/<slug:tier>/", "GET"): Line("programs: read", also=(404,)),
    ("account/", "GET"): Line("signed in"),
    ("account/", "POST"): Line("signed in", form={"name": "Anew", "time_zone": "Asia/Tokyo"}),
    ("language/", "POST"): Line(
        "public", form={"language": "tlh"}, unaudited="a language that there isn't: nothing is kept"
    ),
    ("health/live", "GET"): Line("public"),
    ("health/ready", "GET"): Line("public", also=(503,)),
    ("metrics", "GET"): Line("public"),
}
