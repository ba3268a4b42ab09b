"""A program may count only records of people whom the primary user may see.

The distributor Top has Ann and Tim, its reseller Shop has Sue; the sales below are what the figures
were added up from by hand.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from echelon.foundation.access import RIGHTS, Reach, Right, Role, system
from echelon.foundation.jobs.services import run_due
from echelon.outcomes.standings import folders, questions, rooms, sight
from echelon.outcomes.standings.engine import ready
from echelon.outcomes.standings.models import Current, Run
from echelon.outcomes.standings.services import levelling
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.services import making, policies
from echelon.records.partners.models import Person
from echelon.records.partners.services import people
from echelon.records.partners.services.people import PARTNER_ROLES
from echelon.records.programs import documents
from tests.factories.enrollments import enrollment, open_program
from tests.factories.facts import NOW, recorded, sale
from tests.factories.partners import partner, person

SYSTEM = system("test")
TEXT = """\
program: solar
name: Solar
version: 2026-01-01
currency: EUR
reads:
  partners: {}
  facts:
    sales: {date: order_date, columns: {amount: {type: money, currency: currency}, owner: text}}
metrics:
  own: {from: sales, value: sum(amount), window: trailing 12 months, unit: money}
  whole: {from: sales, value: sum(amount), window: trailing 12 months, family: true}
tiers:
  registered: {}
  gold: {requires: {whole: 1000}}
"""
ANN, TIM, SUE = "ann@top.test", "tim@top.test", "sue@shop.test"


class World:
    """Two companies, their people, seven sales; Ann and Sue are primary users."""

    def __init__(self) -> None:
        self.scheme = open_program(slug="solar", text=TEXT)
        self.top = partner("Top")
        self.shop = partner("Shop", parent=self.top)
        for name, company, role in (
            ("Ann", self.top, Role.DISTRIBUTOR_ADMIN),
            ("Tim", self.top, Role.DISTRIBUTOR_MEMBER),
            ("Sue", self.shop, Role.PARTNER_MEMBER),
        ):
            person(company, role, name)
        self.of_top = enrollment(self.top, self.scheme, user=self.who(ANN).pk)
        self.of_shop = enrollment(self.shop, self.scheme, user=self.who(SUE).pk)
        recorded(
            sale("1", "top", "1", owner=ANN),
            sale("2", "top", "10", owner=" Tim@TOP.test"),
            sale("3", "top", "100"),
            sale("4", "top", "1000", owner="rep@vendor.test"),
            sale("5", "shop", "10000", owner=SUE),
            sale("6", "shop", "100000"),
            sale("7", "shop", "1000000", owner=TIM),
        )

    def who(self, email: str) -> Person:
        return Person.objects.get(email=email)

    def narrow(self, counts: str = "primary_user") -> None:
        policies.set_policy(SYSTEM, program=self.scheme.pk, counts=counts, at=NOW)

    def digest(self) -> str:
        """The engine's word for all that it reads, but for where everybody stood before."""
        source = sight.narrowed(rooms.Rooms(), self.scheme.pk)
        with ready(source, *documents.read(TEXT)) as found:
            return found.run.level(NOW.date()).digest

    def figures(self) -> dict[str, dict[str, str]]:
        """What everybody's figures are now."""
        levelling.run(SYSTEM, program=self.scheme.pk, at=NOW)
        rows = Current.objects.select_related("partner", "standing")
        return {row.partner.key: row.standing.metrics for row in rows}


@pytest.fixture
def world(tmp_path, settings, db):
    settings.CACHE_FOLDER = tmp_path
    yield World()
    folders.close_all()


ACCOUNT = {
    "shop": {"own": "1110000", "whole": "1110000"},
    "top": {"own": "1111", "whole": "1111111"},
}
NARROW = {
    "shop": {"own": "110000", "whole": "110000"},
    "top": {"own": "111", "whole": "1100111"},
}


def test_by_default_all_of_the_account_and_its_family_counts(world):
    assert world.figures() == ACCOUNT


def test_only_what_the_primary_user_may_see_counts_where_a_program_says_so(world):
    world.narrow()
    assert world.figures() == NARROW


def test_the_other_way_of_counting_leaves_no_trace_in_this_one(world):
    before = world.digest()
    world.narrow()
    narrow = world.digest()
    world.narrow("account")
    assert world.digest() == before != narrow
    assert world.figures() == ACCOUNT


def test_who_sees_what_makes_no_difference_to_a_program_that_counts_everything(world):
    before = world.digest()
    people.leave(SYSTEM, person=world.who(TIM).pk, at=NOW)
    people.invite(
        SYSTEM, partner=world.shop.pk, name="Tim", email=TIM, role="partner_member", at=NOW
    )
    assert world.digest() == before
    assert world.figures() == ACCOUNT


def test_without_a_primary_user_everything_counts(world):
    world.narrow()
    making.edit(SYSTEM, enrollment=world.of_top.pk, user=None, at=NOW)
    assert world.figures() == {"shop": NARROW["shop"], "top": ACCOUNT["top"]}


def test_a_primary_user_who_has_left_narrows_nothing(world):
    world.narrow()
    people.leave(SYSTEM, person=world.who(SUE).pk, at=NOW, anyway=True)
    assert Enrollment.objects.get(pk=world.of_shop.pk).user.email == SUE
    assert world.figures() == {"shop": ACCOUNT["shop"], "top": NARROW["top"]}


def test_who_left_stays_visible_where_they_worked_and_moves_with_their_next_company(world):
    world.narrow()
    people.leave(SYSTEM, person=world.who(TIM).pk, at=NOW)
    assert world.figures() == NARROW
    people.invite(
        SYSTEM, partner=world.shop.pk, name="Tim", email=TIM, role="partner_member", at=NOW
    )
    assert world.figures() == {
        "shop": {"own": "1110000", "whole": "1110000"},
        "top": {"own": "101", "whole": "100101"},
    }


def test_a_figure_says_what_the_primary_user_may_not_see_and_not_who_owns_it(world):
    world.narrow()
    told = questions.evidence(
        SYSTEM, partner=world.top.pk, program=world.scheme.pk, metric="whole", as_of=NOW.date()
    )
    assert told["value"] == "1100111"
    assert told["records"]["others"]["reasons"] == {"not visible": 2}
    others = told["records"]["others"]["facts"]
    assert [row["key"]["order_number"] for row in others] == ["4", "5"]
    assert SUE not in str(told)


def followed(world: World) -> dict[str, dict[str, str]]:
    """What stands once the jobs that wait have been done."""
    run_due(lambda: NOW)
    rows = Current.objects.select_related("partner", "standing")
    return {row.partner.key: row.standing.metrics for row in rows}


def test_standings_follow_by_themselves_many_changes_by_one_run(world):
    assert followed(world) == ACCOUNT
    before = Run.objects.count()
    world.narrow()
    assert followed(world) == NARROW
    people.leave(SYSTEM, person=world.who(SUE).pk, at=NOW, anyway=True)
    making.edit(SYSTEM, enrollment=world.of_top.pk, user=world.who(TIM).pk, at=NOW)
    people.leave(SYSTEM, person=world.who(TIM).pk, at=NOW)
    assert followed(world) == ACCOUNT
    assert Run.objects.count() == before + 2
    people.invite(
        SYSTEM, partner=world.shop.pk, name="Sue", email=SUE, role="partner_member", at=NOW
    )
    assert followed(world) == {"shop": NARROW["shop"], "top": ACCOUNT["top"]}


def test_a_program_that_counts_everything_is_not_levelled_for_who_comes_and_goes(world):
    followed(world)
    before = Run.objects.count()
    people.leave(SYSTEM, person=world.who(TIM).pk, at=NOW)
    followed(world)
    assert Run.objects.count() == before


def test_what_stands_is_that_of_the_last_run_also_where_everything_is_as_it_once_was(world):
    first = levelling.run(SYSTEM, program=world.scheme.pk, at=NOW - timedelta(hours=2))
    world.narrow()
    levelling.run(SYSTEM, program=world.scheme.pk, at=NOW - timedelta(hours=1))
    world.narrow("account")
    again = levelling.run(SYSTEM, program=world.scheme.pk, at=NOW)
    assert (again.pk != first.pk, again.watermark) == (True, first.watermark)
    assert levelling.run(SYSTEM, program=world.scheme.pk, at=NOW).pk == again.pk
    assert world.figures() == ACCOUNT


def test_every_role_of_a_partner_sees_the_people_of_its_own_company_and_no_others():
    """What `sight` rests on: another reach here is to be drawn there."""
    assert {RIGHTS[role].get(Right.PEOPLE_READ) for role in PARTNER_ROLES} == {Reach.OWN}
