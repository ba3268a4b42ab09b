"""A draft as forms: what is typed lands in the text, what it doesn't concern stays as typed."""

import json

import pytest

from echelon.foundation.access import Role
from echelon.records.programs.models import Version
from echelon.records.programs.states import State
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import staff
from tests.factories.programs import TEXT, program, version

pytestmark = pytest.mark.django_db
MORE = """\
  platinum:   # the best
    requires: [revenue >= 9000, {any: [revenue >= 1, revenue >= 2]}]
benefits:
  rebate: {type: percent, gold: 2}
"""


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER, "Mona"))


@pytest.fixture
def draft():
    solar = program("solar")
    text = TEXT.format(slug="solar", name="Solar", day="2026-01-01") + MORE
    return version(solar, text=text, state=State.DRAFT)


def send(client, draft, part, typed, was=None, sha=None, **more):
    shown = client.get(f"/vendor/versions/{draft.id}/{part}/")
    was = json.loads(shown.context["was"]) if was is None else was
    given = {**was, **typed, "was": json.dumps(was), "sha": sha or shown.context["sha"], **more}
    return client.post(f"/vendor/versions/{draft.id}/{part}/", given)


def test_a_threshold_that_is_typed_is_one_word_of_the_text(client, draft):
    before = draft.text
    answer = send(client, draft, "bars", {"requires|gold|revenue|>=": "6000"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.text == before.replace("revenue: 5000", "revenue: 6000")
    page = client.get(f"/vendor/versions/{draft.id}/bars/")
    text = said(page)
    assert "Platinum : any of: revenue >= 1; revenue >= 2 · line 16 of the text" in text
    assert "Nothing is wrong" in text


def test_what_is_no_number_is_said_at_its_cell_and_nothing_is_lost(client, draft):
    before = draft.text
    typed = {"requires|gold|revenue|>=": "6,000", "requires|silver|revenue|>=": "1500"}
    answer = send(client, draft, "bars", typed)
    fields = answer.context["page"].fields
    assert "without commas" in fields["requires|gold|revenue|>="].error
    assert fields["requires|gold|revenue|>="].value == "6,000"
    assert fields["requires|silver|revenue|>="].value == "1500"
    draft.refresh_from_db()
    assert draft.text == before


def test_what_the_check_says_of_a_bar_stands_at_its_cell(client, draft):
    send(client, draft, "bars", {"requires|gold|revenue|>=": "goal"})
    fields = client.get(f"/vendor/versions/{draft.id}/bars/").context["page"].fields
    assert "goal" in fields["requires|gold|revenue|>="].error


def test_both_values_are_shown_where_two_changed_one(client, draft):
    shown = client.get(f"/vendor/versions/{draft.id}/bars/")
    was, sha = json.loads(shown.context["was"]), shown.context["sha"]
    send(client, draft, "bars", {"requires|gold|revenue|>=": "6000"})
    typed = {"requires|gold|revenue|>=": "7000", "requires|silver|revenue|>=": "1500"}
    answer = send(client, draft, "bars", typed, was=was, sha=sha)
    fields = answer.context["page"].fields
    gold = fields["requires|gold|revenue|>="]
    assert (gold.value, gold.theirs) == ("7000", "6000")
    assert fields["requires|silver|revenue|>="].theirs is None
    assert "Theirs: 6000" in said(answer)
    again = json.loads(answer.context["was"])
    send(client, draft, "bars", typed, was=again, sha=answer.context["sha"])
    draft.refresh_from_db()
    assert "revenue: 7000" in draft.text
    assert "revenue: 1500" in draft.text


def test_a_row_more_is_there_before_anything_is_kept(client, draft):
    before = draft.text
    added = {"act": "add", "add_metric": "revenue", "add_op": "<=", "add_bar": "requires"}
    answer = send(client, draft, "bars", {"requires|gold|revenue|>=": "6000"}, **added)
    fields = answer.context["page"].fields
    assert fields["requires|gold|revenue|>="].value == "6000"
    assert "requires|gold|revenue|<=" in fields
    draft.refresh_from_db()
    assert draft.text == before
    row = {"row": "requires|revenue|<="}
    send(client, draft, "bars", {"requires|silver|revenue|<=": "9"}, **row)
    draft.refresh_from_db()
    assert "silver: {requires: [revenue >= 1000, revenue <= 9]}" in draft.text


def test_tiers_benefits_and_moves_have_their_forms(client, draft):
    send(client, draft, "tiers", {"label|gold": "Gold!", "new_key": "top"})
    send(client, draft, "benefits", {"value|rebate|gold": "3", "value|rebate|all": "1"})
    send(client, draft, "moves", {"demote": "quarterly", "grace_count": "90"})
    draft.refresh_from_db()
    assert "gold: {label: Gold!, requires: {revenue: 5000}}" in draft.text
    assert "  top: {}" in draft.text
    assert "rebate: {type: percent, gold: 3, all: 1}" in draft.text
    assert "movement:\n  demote: quarterly\n  grace: 90 days\n" in draft.text


def test_a_text_that_cannot_be_read_leads_to_its_editor(client, draft):
    Version.objects.filter(pk=draft.pk).update(text="a: [")
    assert "Mend the text" in said(client.get(f"/vendor/versions/{draft.id}/bars/"))


def test_a_published_version_has_no_forms(client, draft):
    Version.objects.filter(pk=draft.pk).update(state=State.PUBLISHED, effective="2026-01-01")
    answer = client.get(f"/vendor/versions/{draft.id}/bars/")
    assert answer.headers["Location"] == f"/vendor/versions/{draft.id}/"


def test_the_second_person_is_told_apart_from_who_wrote(client, draft):
    draft.program.second_person = True
    draft.program.save()
    send(client, draft, "bars", {"requires|gold|revenue|>=": "6000"})
    assert "you have written at it" in said(client.get(f"/vendor/versions/{draft.id}/"))
    other = signed_in(staff(Role.PROGRAM_MANAGER, "Otto"))
    text = said(other.get(f"/vendor/versions/{draft.id}/"))
    assert "You are the second person" in text
