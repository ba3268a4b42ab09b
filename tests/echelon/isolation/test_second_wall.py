"""On PostgreSQL, row-level security alone: the first wall is patched away, and nothing leaks."""

from collections import Counter

import pytest
from django.db import connection
from django.test import override_settings

from echelon.foundation.access import rows
from tests.echelon.isolation import site
from tests.echelon.isolation.addresses import LINES
from tests.echelon.isolation.cutting import replace_everywhere
from tests.echelon.isolation.matrix import judged

pytestmark = pytest.mark.django_db
#: Who has some partners and not others: the wall knows partners, not rights.
#: Whom the wall lets at the companies below: with which of their rows, only rights say.
BELOW = ("distributor", "distributor_admin")
LIMITED = ("member", "admin", "distributor", "distributor_admin", "account_manager")


@pytest.fixture
def first_wall_gone(monkeypatch):
    def everything(found, _scope, _right):
        return found

    plain = rows.visible
    replace_everywhere(monkeypatch, plain, everything)
    monkeypatch.setattr(rows, "visible", everything)


def leaking(world, role, lines, count):
    """What others' rows show: whether somebody has a right to the own ones is not the wall's."""
    for (address, method), line in lines.items():
        for found in judged(world, role, address, method, line, count):
            if role in BELOW and " with child: tells that" in found:
                continue
            if ": shows" in found or "tells that" in found:
                yield found


@pytest.mark.usefixtures("first_wall_gone")
@pytest.mark.parametrize("role", LIMITED)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the wall is PostgreSQL's")
def test_the_database_alone_keeps_partners_apart(world, role, figures):
    count: Counter[str] = Counter()
    assert list(leaking(world, role, LINES, count)) == []
    with override_settings(ROOT_URLCONF=site.site()):
        assert list(leaking(world, role, site.LINES, count)) == []
    figures.record("Isolation", f"checks as {role} by the database alone", f"{count[role]:,}")


@pytest.mark.usefixtures("first_wall_gone", "second_wall_open")
def test_without_either_wall_the_matrix_is_red(world):
    with override_settings(ROOT_URLCONF=site.site()):
        for role in LIMITED:
            assert next(leaking(world, role, site.LINES, Counter()), None) is not None
