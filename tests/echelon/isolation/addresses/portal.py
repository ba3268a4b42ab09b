"""Lines of the addresses of this surface, in the order of its `urls.py`."""

from tests.echelon.isolation.lines import Line, Lines

LINES: Lines = {
    ("portal/", "GET"): Line("signed in"),
    ("portal/enrollments/<uuid:enrollment>/accept/", "POST"): Line(
        "enrollments: apply", unaudited="where it is active already nothing is done"
    ),
    ("portal/people/", "GET"): Line("people: read"),
}
