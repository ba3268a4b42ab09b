"""Lines of the addresses of this surface, in the order of its `urls.py`."""

from tests.echelon.isolation.lines import Line, Lines

LINES: Lines = {
    ("vendor/", "GET"): Line("signed in"),
}
