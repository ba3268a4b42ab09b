"""A program's versions: drafted, edited without losing anything, published once, never edited."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from echelon.foundation.access import Hidden, Role
from echelon.foundation.audit.models import AuditEvent
from echelon.foundation.outbox.models import Announcement
from echelon.records.partners.selectors import scope_of
from echelon.records.programs import documents, selectors
from echelon.records.programs.errors import Outdated, Refused
from echelon.records.programs.models import Program, Version
from echelon.records.programs.services import versions as services
from echelon.records.programs.states import State
from tests.factories.partners import NOW, partner, person, staff
from tests.factories.programs import TEXT, program, version

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


@pytest.fixture
def manager():
    return scope_of(staff(Role.PROGRAM_MANAGER, "Mara"))


@pytest.fixture
def other():
    return scope_of(staff(Role.PROGRAM_MANAGER, "Otto"))


def text(slug: str = "solar", day: date = TODAY, **bars: int) -> str:
    written = TEXT.format(slug=slug, name="Solar", day=day)
    for tier, bar in bars.items():
        old = {"silver": 1000, "gold": 5000}[tier]
        written = written.replace(f"revenue: {old}", f"revenue: {bar}")
    return written


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("number").values_list("verb", flat=True))


def test_a_new_program_begins_with_a_draft_that_can_be_published_and_asks_both_ways(manager):
    made = services.create(manager, slug="solar", name="Solar's own", at=NOW)
    checked = documents.check(made.text, "solar")
    assert checked.problems == ()
    rules, _ = documents.read(made.text)
    approval = rules.movement.approval
    assert (approval.promotion, approval.demotion) == ("required", "required")
    assert (rules.name, rules.version, made.effective) == ("Solar's own", TODAY, TODAY)
    services.publish(manager, version=made.id, at=NOW)
    assert selectors.version_at(made.program_id, TODAY).id == made.id
    assert verbs() == ["programs.created", "programs.drafted", "programs.published"]


def test_a_taken_short_name_is_refused_and_nothing_is_made(manager):
    program("solar")
    with pytest.raises(Refused, match="There is a program solar already"):
        services.create(manager, slug="solar", name="Another", at=NOW)
    with pytest.raises(Refused, match="small letters"):
        services.create(manager, slug="So lar", name="Another", at=NOW)
    assert Program.objects.count() == 1


def test_an_edit_of_an_older_text_is_refused_with_both_texts(manager, other):
    made = services.create(manager, slug="solar", name="Solar", text=text(), at=NOW)
    theirs = services.edit(other, version=made.id, text=text(gold=6000), sha=made.sha, at=NOW)
    with pytest.raises(Outdated) as refused:
        services.edit(manager, version=made.id, text=text(gold=7000), sha=made.sha, at=NOW)
    assert refused.value.mine == text(gold=7000)
    assert refused.value.theirs == text(gold=6000)
    made.refresh_from_db()
    assert made.text == text(gold=6000)
    again = services.edit(
        manager, version=made.id, text=text(gold=7000), sha=refused.value.sha, at=NOW
    )
    assert again.text == text(gold=7000)
    assert theirs.sha == refused.value.sha


def test_a_text_with_mistakes_is_kept_but_not_published(manager):
    made = services.create(manager, slug="solar", name="Solar", text=text(), at=NOW)
    wrong = text().replace("{revenue: 5000}", "{revenu: 5000}")
    services.edit(manager, version=made.id, text=wrong, sha=made.sha, at=NOW)
    with pytest.raises(Refused) as refused:
        services.publish(manager, version=made.id, at=NOW)
    (problem,) = refused.value.found
    assert (problem.line, problem.path) == (14, "tiers.gold.requires.revenu")
    assert problem.hint == "did you mean revenue?"
    made.refresh_from_db()
    assert (made.state, made.text) == (State.DRAFT, wrong)


def test_a_failing_example_or_another_program_stops_publishing(manager):
    failing = text() + (
        "examples:\n  - name: too little\n    as_of: 2026-06-30\n"
        "    given: {sales: [{date: 2026-06-01, amount: 999}]}\n    expect: {tier: silver}\n"
    )
    made = services.create(manager, slug="solar", name="Solar", text=failing, at=NOW)
    with pytest.raises(Refused, match="too little"):
        services.publish(manager, version=made.id, at=NOW)
    elsewhere = services.create(manager, slug="wind", name="Wind", text=text("solar"), at=NOW)
    with pytest.raises(Refused, match="this is the program solar, not wind"):
        services.publish(manager, version=elsewhere.id, at=NOW)
    assert set(Version.objects.values_list("state", flat=True)) == {State.DRAFT}
    assert not Announcement.objects.exists()


def test_an_effective_day_is_written_into_the_text(manager):
    made = services.create(manager, slug="solar", name="Solar", text=text(), at=NOW)
    later = TODAY + timedelta(days=30)
    services.publish(manager, version=made.id, effective=later, at=NOW)
    made.refresh_from_db()
    assert made.text == text(day=later)
    assert (made.effective, made.sha) == (later, documents.sha_of(made.text))
    assert selectors.version_at(made.program_id, later - timedelta(days=1)) is None
    assert selectors.version_at(made.program_id, later).id == made.id


def test_in_force_is_the_newest_begun():
    solar = program("solar")
    old = version(solar, date(2025, 1, 1))
    new = version(solar, date(2026, 1, 1))
    coming = version(solar, date(2027, 1, 1))
    version(solar, date(2026, 2, 1), state=State.DRAFT)
    assert selectors.version_at(solar.id, date(2025, 12, 31)) == old
    assert selectors.version_at(solar.id, date(2026, 1, 1)) == new
    assert selectors.version_at(solar.id, date(2024, 12, 31)) is None
    assert selectors.in_force(TODAY) == [new]
    assert selectors.in_force(date(2027, 1, 1)) == [coming]


def test_a_day_that_has_passed_or_is_taken_is_refused_after_the_first(manager):
    solar = program("solar")
    version(solar, date(2026, 1, 1))
    version(solar, date(2027, 1, 1))
    draft = services.draft(manager, program=solar.id, text=text(gold=6000), at=NOW)
    with pytest.raises(Refused, match="has passed"):
        services.publish(manager, version=draft.id, effective=TODAY - timedelta(days=1), at=NOW)
    with pytest.raises(Refused, match="Another version is in force from 2027-01-01"):
        services.publish(manager, version=draft.id, effective=date(2027, 1, 1), at=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.text) == (State.DRAFT, text(gold=6000))
    services.publish(manager, version=draft.id, effective=TODAY, at=NOW)


def test_a_second_person_publishes_where_asked_for(manager, other):
    made = services.create(
        manager, slug="solar", name="Solar", text=text(), second_person=True, at=NOW
    )
    with pytest.raises(Refused, match="second person"):
        services.publish(manager, version=made.id, at=NOW)
    services.edit(other, version=made.id, text=text(gold=6000), sha=made.sha, at=NOW)
    for writer in (manager, other):
        with pytest.raises(Refused, match="second person"):
            services.publish(writer, version=made.id, at=NOW)
    third = scope_of(staff(Role.VENDOR_ADMIN, "Tilda"))
    assert services.publish(third, version=made.id, at=NOW).publisher_name == "Tilda"


def test_what_is_published_is_never_edited_not_even_in_the_database(manager):
    made = services.create(manager, slug="solar", name="Solar", text=text(), at=NOW)
    services.publish(manager, version=made.id, at=NOW)
    with pytest.raises(Refused, match="Only a draft can be edited"):
        services.edit(manager, version=made.id, text=text(gold=1), sha=made.sha, at=NOW)
    rows = Version.objects.filter(pk=made.pk)
    for edit in (
        {"text": "x"},
        {"sha": "x"},
        {"effective": TODAY + timedelta(days=1)},
        {"state": State.DRAFT},
    ):
        with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
            rows.update(**edit)
    made.refresh_from_db()
    assert (made.text, made.state) == (text(), State.PUBLISHED)


def test_a_version_is_withdrawn_only_before_its_day(manager):
    solar = program("solar")
    now, coming = version(solar, TODAY), version(solar, TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="in force"):
        services.withdraw(manager, version=now.id, at=NOW)
    services.withdraw(manager, version=coming.id, at=NOW)
    with pytest.raises(Refused, match="already"):
        services.withdraw(manager, version=coming.id, at=NOW)
    assert selectors.version_at(solar.id, TODAY + timedelta(days=2)) == now


def test_part_of_a_draft_is_changed_and_the_rest_stays_as_written(manager):
    written = text().replace("tiers:", "# the bars\ntiers:  # lowest first")
    made = services.create(manager, slug="solar", name="Solar", text=written, at=NOW)
    changed = services.change(
        manager, version=made.id, settings=["gold.revenue=7500"], sha=made.sha, at=NOW
    )
    assert changed.text == written.replace("revenue: 5000", "revenue: 7500")
    with pytest.raises(Refused, match="platinum"):
        services.change(
            manager, version=made.id, settings=["platinum.revenue=1"], sha=changed.sha, at=NOW
        )


def test_a_draft_begins_as_the_version_in_force_from_tomorrow(manager):
    solar = program("solar")
    version(solar, date(2026, 1, 1), text(gold=1, day=date(2026, 1, 1)))
    version(solar, date(2027, 1, 1), text(gold=2, day=date(2027, 1, 1)))
    draft = services.draft(manager, program=solar.id, at=NOW)
    tomorrow = date(2026, 7, 1)
    assert (draft.text, draft.effective) == (text(gold=1, day=tomorrow), tomorrow)


def test_versions_are_compared_in_words(manager):
    solar = program("solar")
    old = version(solar, date(2026, 1, 1))
    new = old.text.replace("revenue: 5000", "revenue: 6000").replace("name: Solar\n", "name: Sun\n")
    new += "  platinum: {requires: {revenue: 9000}}\n"
    new += "benefits:\n  rebate: {label: Back-end rebate, type: percent, gold: 2}\n"
    draft = services.draft(manager, program=solar.id, text=new, at=NOW)
    found = selectors.compare(manager, draft.id, old.id)
    assert [(each.path, each.words) for each in found] == [
        ("tiers.gold.requires.revenue", "Gold, revenue: 5000 becomes 6000"),
        ("tiers.platinum", "Platinum: requires: revenue: 9000 is new"),
        (
            "benefits.rebate",
            "Back-end rebate: label: Back-end rebate, type: percent, gold: 2 is new",
        ),
        ("name", "name: Solar becomes Sun"),
    ]


def test_tiers_in_another_order_are_a_difference(manager):
    solar = program("solar")
    old = version(solar, date(2026, 1, 1))
    lines = old.text.splitlines()
    lines[-2:] = reversed(lines[-2:])
    draft = services.draft(manager, program=solar.id, text="\n".join(lines) + "\n", at=NOW)
    (found,) = selectors.compare(manager, draft.id, old.id)
    assert (found.part, found.words) == (
        "tiers",
        "Order of tiers: Registered → Silver → Gold becomes Registered → Gold → Silver",
    )


def test_who_may_not_draft_or_publish_meets_nothing():
    solar = program("solar")
    draft = version(solar, TODAY, state=State.DRAFT)
    for user in (staff(Role.ACCOUNT_MANAGER), staff(Role.FINANCE), person(partner())):
        scope = scope_of(user)
        with pytest.raises(Hidden):
            services.create(scope, slug="wind", name="Wind", at=NOW)
        with pytest.raises(Hidden):
            services.edit(scope, version=draft.id, text="", sha=draft.sha, at=NOW)
        with pytest.raises(Hidden):
            services.publish(scope, version=draft.id, at=NOW)
        with pytest.raises(Hidden):
            services.withdraw(scope, version=draft.id, at=NOW)
        with pytest.raises(Hidden):
            selectors.version(scope, draft.id)
    draft.refresh_from_db()
    assert (draft.state, Program.objects.count()) == (State.DRAFT, 1)


def test_a_partner_reads_only_programs_that_it_is_in_and_only_published_ones():
    solar, wind = program("solar"), program("wind")
    there = version(solar, date(2026, 1, 1))
    version(solar, TODAY, state=State.DRAFT)
    scope = scope_of(person(partner()))
    assert list(selectors.programs(scope)) == []
    assert list(selectors.programs(scope, among=[solar.id])) == [solar]
    assert list(selectors.versions(scope, among=[solar.id, wind.id])) == [there]
    with pytest.raises(Hidden):
        selectors.program(scope, wind.id, among=[solar.id])
