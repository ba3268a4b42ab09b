"""A run keeps where everybody stands, once; what changes is levelled by itself, and nobody else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import F

from echelon.foundation.access import Hidden, Role, system
from echelon.foundation.audit.models import AuditEvent
from echelon.foundation.jobs.kinds import KINDS
from echelon.foundation.jobs.models import Job
from echelon.foundation.jobs.services import run_due
from echelon.foundation.outbox.models import Announcement
from echelon.foundation.outbox.services import announce
from echelon.outcomes.standings import engine, selectors
from echelon.outcomes.standings.errors import Overtaken, Refused
from echelon.outcomes.standings.models import Current, Due, Pace, Run, Standing
from echelon.outcomes.standings.services import levelling
from echelon.outcomes.standings.services.due import mark
from echelon.outcomes.standings.states import Kind, Outcome
from echelon.records.facts.events import FactsRecorded
from echelon.records.partners.selectors import scope_of
from echelon.records.programs import selectors as programs
from echelon.records.programs.services.versions import draft, publish
from tests.echelon.outcomes.standings.conftest import Channel
from tests.factories.partners import NOW, partner, person, staff
from tests.factories.programs import TEXT, program, version

pytestmark = pytest.mark.django_db

SYSTEM = system("test")
TODAY = NOW.date()


def level(channel, at=NOW, **more):
    return levelling.run(SYSTEM, program=channel.program.id, at=at, **more)


def held() -> dict[str, str | None]:
    rows = selectors.standings(SYSTEM)
    return {row.partner.name: row.standing.held for row in rows}


def changed(channel, *who, day=NOW):
    ids = [each.id for each in who]
    with transaction.atomic():
        announce(FactsRecorded(types=["sales"], partners=ids, batch=channel.program.id), at=day)
    run_due(lambda: day)


def test_everybody_is_levelled_with_figures_gaps_and_the_sentence(channel):
    ann, bob, _ = channel.partners
    channel.tables.sold(ann, "5000.00", TODAY)
    channel.tables.sold(bob, "999.99", TODAY)
    run = level(channel)
    assert held() == {"Ann": "gold", "Bob": "registered", "Cid": "registered"}
    assert (run.levelled, run.changed, run.outcome, run.whole) == (3, 3, Outcome.DONE, True)
    assert run.counts == {
        "": {
            "qualified": {"gold": 1, "registered": 2},
            "held": {"gold": 1, "registered": 2},
        }
    }
    (row,) = selectors.of_partner(SYSTEM, bob.id)
    standing = row.standing
    assert standing.metrics == {"revenue": "999.99"}
    assert standing.gaps == [
        {"metric": "revenue", "op": ">=", "have": "999.99", "need": "1000", "short": "0.01"}
    ]
    assert (standing.next, standing.since, standing.begun) == ("silver", TODAY, date(2026, 1, 1))
    assert standing.sentence == ("You are Registered. For Silver you need EUR 0.01 more revenue.")
    events = Announcement.objects.filter(kind="standings.TierChanged")
    assert {(e.body["before"], e.body["after"]) for e in events} == {
        (None, "gold"),
        (None, "registered"),
    }
    assert AuditEvent.objects.get(verb="standings.run_done").after["levelled"] == 3


def test_the_same_data_is_levelled_once_and_only_what_differs_is_written(channel):
    ann = channel.partners[0]
    first = level(channel)
    assert level(channel).pk == first.pk
    channel.tables.sold(ann, 1000, TODAY)
    second = level(channel)
    assert second.pk != first.pk
    assert (second.levelled, second.changed) == (3, 1)
    assert second.digest != first.digest
    assert Standing.objects.count() == 4
    assert [row.held for row in selectors.history(SYSTEM, ann.id, channel.program.id)] == [
        "silver",
        "registered",
    ]
    assert set(Current.objects.values_list("run", flat=True)) == {second.pk}


def test_in_whatever_order_standings_before_lie_there_the_engine_reads_the_same(channel):
    """Else the digest would change when the database writes a row to another place."""
    section, before = channel.tables.enrollments("solar"), engine.Before(date(2026, 1, 1), "one")
    befores = {("ann", "solar", track): before for track in ("roof", "ground")}
    turned = dict(reversed(befores.items()))
    read = list(engine.enrollments(section, befores))
    assert [(row.partner, row.track) for row in read[:3]] == [
        ("ann", None), ("ann", "ground"), ("ann", "roof")
    ]  # fmt: skip
    assert list(engine.enrollments(section, turned)) == read


def test_facts_level_their_partner_by_itself_and_nobody_else(channel):
    ann, bob, _ = channel.partners
    level(channel)
    channel.tables.sold(bob, 2000, TODAY)
    changed(channel, bob)
    run = Run.objects.get(kind=Kind.FACTS)
    assert (run.levelled, run.changed, run.whole) == (1, 1, False)
    assert held() == {"Ann": "registered", "Bob": "silver", "Cid": "registered"}
    looked = Current.objects.get(partner=ann)
    assert looked.run_id != run.pk
    assert not Due.objects.exists()
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_many_changes_are_one_run(channel):
    ann, bob, cid = channel.partners
    level(channel)
    channel.tables.sold(bob, 2000, TODAY)
    with transaction.atomic():
        for who in (ann, bob, ann, cid):
            mark(channel.program.id, [who.id], at=NOW)
    run_due(lambda: NOW)
    assert Run.objects.get(kind=Kind.FACTS).levelled == 3


def test_those_above_in_the_family_are_levelled_too_where_families_count(tables):
    channel = Channel(tables)
    text = channel.version.text.replace("unit: money}", "unit: money, family: true}")
    channel.version.delete()
    channel.version = version(channel.program, text=text)
    _, bob, cid = channel.partners
    cid.parent = bob
    cid.save()
    level(channel)
    channel.tables.sold(cid, 2000, TODAY)
    changed(channel, cid)
    assert Run.objects.get(kind=Kind.FACTS).levelled == 2
    assert held() == {"Ann": "registered", "Bob": "silver", "Cid": "silver"}


def test_a_standing_goes_on_in_a_renewal_and_not_after_a_gap(channel):
    ann, bob, _ = channel.partners
    channel.tables.sold(ann, 5000, TODAY)
    channel.tables.sold(bob, 5000, TODAY)
    for row in channel.tables.enrolled[:2]:
        row["end"] = date(2026, 12, 31)
    level(channel)
    channel.tables.enroll(ann, "solar", date(2027, 1, 1))
    channel.tables.enroll(bob, "solar", date(2027, 1, 5), tier="silver")
    level(channel, NOW.replace(year=2027, month=1, day=2))
    there = {row.partner.name: row.standing for row in selectors.standings(SYSTEM)}
    assert (there["Ann"].held, there["Ann"].since) == ("gold", TODAY)
    assert (there["Bob"].held, there["Bob"].begun) == (None, None)
    assert there["Bob"].sentence == ("You are not enrolled yet: your enrollment begins on 5 Jan.")
    level(channel, NOW.replace(year=2027, month=1, day=6))
    again = selectors.of_partner(SYSTEM, bob.id)[0].standing
    assert (again.held, again.since) == ("gold", date(2027, 1, 6))


def test_a_new_version_levels_everybody(channel):
    level(channel)
    manager = scope_of(staff(Role.PROGRAM_MANAGER))
    text = channel.version.text.replace("revenue: 1000", "revenue: 0").replace(
        "version: 2026-01-01", f"version: {TODAY}"
    )
    made = draft(manager, program=channel.program.id, text=text, at=NOW)
    publish(manager, version=made.id, at=NOW)
    run_due(lambda: NOW)
    assert held() == {"Ann": "silver", "Bob": "silver", "Cid": "silver"}
    assert Run.objects.get(kind=Kind.FACTS).version_id == made.id


def test_every_day_brings_a_run_of_everybody(channel):
    for at in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1)):
        KINDS["standings.look"].work(None, at)
        run_due(lambda at=at: at)
    days = Run.objects.order_by("as_of").values_list("as_of", "kind", "whole")
    assert list(days) == [
        (TODAY, "scheduled", True),
        (TODAY + timedelta(days=1), "scheduled", True),
    ]


def test_what_another_wrote_meanwhile_is_not_overwritten(channel, monkeypatch):
    calls = []
    real = levelling.keep

    def meanwhile(run, rows, ids, at):
        calls.append(run)
        real(run, rows, ids, at)

    monkeypatch.setattr(levelling, "keep", meanwhile)
    told = levelling._told

    def slow(*given):
        rows = told(*given)
        if not calls:  # another worker is quicker, once
            calls.append(None)
            monkeypatch.setattr(levelling, "_told", told)
            level(channel)
        return rows

    monkeypatch.setattr(levelling, "_told", slow)
    run = level(channel)
    assert Standing.objects.count() == 3
    assert Run.objects.count() == 1
    assert Run.objects.get().pk == run.pk


def test_who_is_always_overtaken_gives_up_and_has_written_nothing(channel, monkeypatch):
    told = levelling._told

    def slow(*given):
        rows = told(*given)
        Pace.objects.update(turn=F("turn") + 1)
        return rows

    monkeypatch.setattr(levelling, "_told", slow)
    with pytest.raises(Overtaken):
        level(channel)
    assert (Run.objects.count(), Standing.objects.count()) == (0, 0)


def test_a_day_to_come_or_before_the_last_is_refused(channel):
    level(channel)
    with pytest.raises(Refused, match="still to come"):
        level(channel, as_of=TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="levelled as of 2026-06-30 already"):
        level(channel, as_of=TODAY - timedelta(days=1))
    assert Run.objects.count() == 1


def test_what_the_engine_refuses_is_a_run_that_failed(channel):
    sold = channel.tables.sold
    sold(channel.partners[0], 10, TODAY)
    channel.tables.facts = lambda _types: {}
    run = level(channel)
    assert run.outcome == Outcome.FAILED
    assert run.problems
    assert not Standing.objects.exists()


def test_nobody_levels_others(channel):
    ann, bob, _ = channel.partners
    own = staff(Role.ACCOUNT_MANAGER)
    ann.manager = own
    ann.save()
    manager = scope_of(own)
    with pytest.raises(Hidden):
        levelling.run(manager, program=channel.program.id, at=NOW)
    with pytest.raises(Hidden):
        levelling.run(manager, program=channel.program.id, at=NOW, partners=[bob.id])
    assert not Run.objects.exists()
    levelling.run(manager, program=channel.program.id, at=NOW, partners=[ann.id])
    assert held() == {"Ann": "registered"}


def test_everybody_sees_their_own_and_of_those_below_the_tier_alone(channel):
    ann, bob, _ = channel.partners
    bob.parent = ann
    bob.save()
    level(channel)
    distributor = scope_of(person(ann, Role.DISTRIBUTOR_MEMBER))
    member = scope_of(person(bob))
    stranger = scope_of(person(partner("Dan")))
    assert [row.partner.name for row in selectors.standings(distributor)] == ["Ann"]
    assert {row["partner"] for row in selectors.tiers(distributor)} == {ann.id, bob.id}
    assert [row.partner.name for row in selectors.standings(member)] == ["Bob"]
    assert list(selectors.standings(stranger)) == []
    assert list(selectors.history(stranger, ann.id, channel.program.id)) == []
    assert list(selectors.runs(member)) == []


def test_a_version_begins_where_its_program_counts_its_days(tables, db):
    """The evening of 30 June in Denver is 1 July in UTC, and June's version still counts."""
    denver = program("solar")
    june, july = (date(2026, 6, 1), date(2026, 7, 1))
    for day in (june, july):
        text = TEXT.format(slug="solar", name="Solar", day=day)
        version(denver, day, text=text + "time_zone: America/Denver\n")
    ann = partner("Ann")
    tables.enroll(ann, "solar", date(2026, 1, 1))
    evening = datetime(2026, 7, 1, 3, tzinfo=UTC)
    run = levelling.run(SYSTEM, program=denver.id, at=evening)
    assert (run.as_of, run.version.effective) == (date(2026, 6, 30), june)
    assert [each.effective for each in programs.all_now(evening)] == [june]
    morning = evening + timedelta(hours=12)
    run = levelling.run(SYSTEM, program=denver.id, at=morning)
    assert (run.as_of, run.version.effective) == (july, july)
    assert [each.effective for each in programs.all_now(morning)] == [july]
