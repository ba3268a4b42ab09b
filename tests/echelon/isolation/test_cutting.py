"""Each scope filter is needed: without it the matrix turns red."""

from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings

from tests.echelon.isolation import site
from tests.echelon.isolation.addresses import LINES
from tests.echelon.isolation.asking import ask
from tests.echelon.isolation.cutting import Cutting, filters
from tests.echelon.isolation.matrix import judged, slots
from tests.echelon.isolation.roles import ROLES
from tests.frame.size import PROOF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_wall_open")]

#: Filters whose loss no page shows: what they keep belongs to nobody, and behind them a rule asks
#: once more: open programs, the actor's own lists, for which partners facts are loaded, who enters.
UNSEEN = {
    "records/enrollments/selectors.py terms demand",
    "records/facts/services/recording.py record demand",
    "records/partners/services/views.py save demand",
    "records/programs/selectors.py badge one",
    "records/programs/services/versions.py change demand",
}
#: Who passes most filters, asking for what is their own; and who is asked first once one is gone.
PASSING = ("vendor_admin", "admin", "distributor_admin", "account_manager", "key")
ASKED = sorted(ROLES, key=lambda role: role not in {"member", "admin", "account_manager"})


def passes(world, lines, cutting):
    """By which questions each filter is passed: (role, address, method)."""
    found = {}
    for (address, method), line in lines.items():
        cutting.passed = set()
        own = dict.fromkeys(slots(address, line, world.nouns()), "own")
        for role in PASSING:
            ask(world, role, address, method, line, own, "own")
        for each in cutting.passed:
            found.setdefault(each, []).extend((role, address, method) for role in ASKED)
    return found


def red(world, lines, questions):
    return any(
        next(judged(world, role, address, method, lines[address, method], Counter()), None)
        for role, address, method in questions
    )


def survivors(world, lines, cutting):
    """The filters that can be taken away unseen, and all that were passed."""
    with cutting.installed():
        by_filter = passes(world, lines, cutting)
        passed = sorted(by_filter)
        alive = []
        for each in passed:
            questions = by_filter[each]
            cutting.cut = frozenset({each})
            if not red(world, lines, questions):
                # Doubled: another filter on the same way says the same. Without both it is red.
                cutting.cut = frozenset(
                    other for other in by_filter if set(by_filter[other]) & set(questions)
                )
                if not red(world, lines, questions):
                    alive.append(each)
            cutting.cut = frozenset()
    return alive, passed


def test_each_filter_of_the_small_site_is_needed(world):
    known = filters(Path(site.__file__))
    views = {name for name in vars(site) if name in {"companies", "company", "person", "edit"}}
    assert len(views) == 4
    first_fault = Path(site.__file__).read_text().split("# The faults.")[0].count("\n")
    sound = [each for each in known if each.first <= first_fault]
    assert [each.kind for each in sound] == ["visible", "one", "one", "demand", "one", "one"]
    with override_settings(ROOT_URLCONF=site.site()):
        alive, passed = survivors(world, site.LINES, Cutting(known))
    assert alive == []
    assert {*sound} <= {*passed}


@pytest.mark.skipif(
    connection.vendor == "postgresql" and not PROOF,
    reason="filters are taken away in the run on SQLite, and in the proof",
)
def test_each_filter_is_needed(world, figures):
    known = filters()
    alive, passed = survivors(world, LINES, Cutting(known))
    figures.record("Isolation", "scope filters taken away", f"{len(passed)} of {len(known)}")
    figures.record("Isolation", "filters that no route passes yet", len(known) - len(passed))
    assert [str(each) for each in alive if each.name not in UNSEEN] == []
    assert len(passed) >= 28
