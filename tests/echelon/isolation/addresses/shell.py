"""Lines of the addresses of this surface, in the order of its `urls.py`."""

from tests.echelon.isolation.lines import Line, Lines

LINES: Lines = {
    ("", "GET"): Line("public", also=(302,)),
    ("invitation/", "GET"): Line("public", also=(404,)),
    ("invitation/", "POST"): Line("public", also=(404,)),
    ("health/live", "GET"): Line("public"),
    ("health/ready", "GET"): Line("public", also=(503,)),
    ("metrics", "GET"): Line("public"),
}
