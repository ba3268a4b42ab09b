"""No route shows anybody what isn't theirs: each route, method, role and relation, generated."""

from collections import Counter

import pytest

from tests.echelon.isolation.addresses import LINES
from tests.echelon.isolation.asking import METHODS, addresses
from tests.echelon.isolation.filling import ours
from tests.echelon.isolation.matrix import filtered, judged, unlisted
from tests.echelon.isolation.roles import MODELS, ROLES

pytestmark = pytest.mark.django_db
#: An empty matrix finds nothing. To be raised with the routes.
LINES_AT_LEAST = 0


def test_every_route_has_its_line_and_every_line_its_route():
    named, there = {address for address, _ in LINES}, set(addresses())
    assert {"without a line": there - named, "without a route": named - there} == {
        "without a line": set(),
        "without a route": set(),
    }


def test_it_is_said_who_may_see_each_model_of_partners_rows():
    assert {
        model.__name__
        for model in ours()
        if model.partner_path is not None and model.__name__ not in MODELS
    } == set()


@pytest.mark.parametrize("role", ROLES)
def test_nobody_sees_or_does_what_is_not_theirs(world, role, figures):
    count: Counter[str] = Counter()
    findings = []
    for (address, method), line in LINES.items():
        findings += judged(world, role, address, method, line, count)
        if method == "GET":
            findings += filtered(world, role, address, line, count)
    findings += unlisted(world, role, LINES, count)
    assert findings == []
    assert count[role] >= len(METHODS) * len(addresses())
    assert len(LINES) >= LINES_AT_LEAST
    figures.record("Isolation", f"checks as {role}", f"{count[role]:,}")
