"""No route shows anybody what isn't theirs: each route, method, role and relation, generated."""

from collections import Counter

import pytest

from tests.echelon.isolation.addresses import LINES
from tests.echelon.isolation.asking import addresses
from tests.echelon.isolation.filling import ours
from tests.echelon.isolation.matrix import filtered, judged, unlisted
from tests.echelon.isolation.roles import MODELS, ROLES

pytestmark = pytest.mark.django_db
#: Who is asked for methods that no line names, in a build.
UNLISTED = ("vendor_admin", "admin", "key")
#: Findings that are printed.
SHOWN = 30
#: An empty matrix finds nothing. To be raised with the routes.
LINES_AT_LEAST = 15


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
def test_nobody_sees_or_does_what_is_not_theirs(world, role, figures, sample):
    count: Counter[str] = Counter()
    findings = []
    # A build asks each address as some roles, and each role some addresses; the proof asks all.
    every = sample(ci=4, proof=1)
    for (address, method), line in list(LINES.items())[list(ROLES).index(role) % every :: every]:
        findings += judged(world, role, address, method, line, count)
        if method == "GET":
            findings += filtered(world, role, address, line, count)
    if role in UNLISTED or every == 1:
        findings += unlisted(world, role, LINES, count)
    assert not findings, "\n".join([f"{len(findings)} findings", *findings[:SHOWN]])
    assert count[role] >= len(LINES) // every
    assert len(LINES) >= LINES_AT_LEAST
    figures.record("Isolation", f"checks as {role}", f"{count[role]:,}")
