"""The matrix finds what it is there to find: a sound site passes, each fault turns it red."""

from collections import Counter

import pytest
from django.test import override_settings

from tests.echelon.isolation.matrix import filtered, judged, unlisted
from tests.echelon.isolation.roles import ROLES
from tests.echelon.isolation.site import FAULTS, LINES, site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_wall_open")]


def findings(world, count):
    """What is wrong with the site, found one after the other: the first is often enough."""
    for role in ROLES:
        for (address, method), line in LINES.items():
            yield from judged(world, role, address, method, line, count)
            if method == "GET":
                yield from filtered(world, role, address, line, count)
        yield from unlisted(world, role, LINES, count)


def test_a_sound_site_passes(world):
    count: Counter[str] = Counter()
    with override_settings(ROOT_URLCONF=site()):
        assert list(findings(world, count)) == []
    assert set(count) == set(ROLES)
    assert min(count.values()) >= 50


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(world, fault):
    with override_settings(ROOT_URLCONF=site(fault)):
        assert next(findings(world, Counter()), None) is not None
