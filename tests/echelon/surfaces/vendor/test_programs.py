"""A program is begun, written at, checked at its lines, published; what is typed is kept."""

from datetime import date

import pytest

from echelon.foundation.access import Role
from echelon.records.programs.models import Program, Version
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import partner, staff
from tests.factories.programs import program, version
from tests.factories.standings import stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER))


@pytest.fixture
def draft(client):
    client.post("/vendor/programs/new/", {"name": "Reseller program", "slug": "reseller"})
    return Version.objects.get()


def keep(client, version, text, sha=None):
    given = {"text": text, "sha": version.sha if sha is None else sha}
    return client.post(f"/vendor/versions/{version.id}/edit/", given)


def test_a_program_begins_with_a_draft_that_passes_its_check(client, draft):
    assert Program.objects.get().slug == "reseller"
    text = said(client.get(f"/vendor/versions/{draft.id}/edit/"))
    assert "To mend" not in text
    assert "Draft of Reseller program" in text


def test_what_is_wrong_is_said_at_its_line_and_kept_all_the_same(client, draft):
    broken = f"{draft.text}\nnonsense: 1\n"
    text = said(keep(client, draft, broken))
    line = broken.split("\n").index("nonsense: 1") + 1
    assert f"To mend line {line}" in text
    draft.refresh_from_db()
    assert draft.text == broken
    refused = client.post(f"/vendor/versions/{draft.id}/publish/", follow=True)
    assert "nonsense" in said(refused)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_who_comes_second_sees_both_texts(client, draft):
    keep(client, draft, f"{draft.text}# theirs\n")
    answer = keep(client, draft, f"{draft.text}# mine\n", sha=draft.sha)
    assert "# theirs" in said(answer)
    assert "# mine" in answer.context["text"]
    assert answer.context["sha"] == Version.objects.get().sha


def test_a_draft_is_published_and_in_force(client, draft, django_assert_max_num_queries):
    client.post(f"/vendor/versions/{draft.id}/publish/")
    with django_assert_max_num_queries(15):
        text = said(client.get(f"/vendor/programs/{draft.program_id}/"))
    assert "In force" in text
    assert keep(client, draft, "program: other").status_code == 200
    draft.refresh_from_db()
    assert draft.text != "program: other"


def test_a_new_draft_is_compared_with_what_is_in_force(client, draft):
    client.post(f"/vendor/versions/{draft.id}/publish/")
    made = client.post(f"/vendor/programs/{draft.program_id}/draft/")
    second = Version.objects.exclude(id=draft.id).get()
    assert made.headers["Location"] == f"/vendor/versions/{second.id}/bars/"
    assert "What differs from the version of" in said(client.get(f"/vendor/versions/{second.id}/"))


def test_who_only_reads_finds_no_editor(client, draft):
    reader = signed_in(staff(Role.VENDOR_READ_ONLY))
    assert reader.get(f"/vendor/versions/{draft.id}/edit/").status_code == 404
    assert reader.get(f"/vendor/versions/{draft.id}/").status_code == 404
    assert "Add a program" not in said(reader.get("/vendor/programs/"))


def test_the_list_says_since_when_and_who_holds_which_tier(django_assert_max_num_queries):
    scheme, manager = program("solar"), staff(Role.ACCOUNT_MANAGER)
    version(scheme)
    version(program("wind"), date(2126, 1, 1))
    held = {"Ann": "gold", "Bob": "registered", "Cid": "registered", "Dan": None}
    for name, tier in held.items():
        stand(partner(name, manager=manager if name == "Ann" else None), scheme, tier)
    client = signed_in(staff(Role.PROGRAM_MANAGER))
    with django_assert_max_num_queries(15):
        page = client.get("/vendor/programs/")
    assert "Solar solar 1 Jan 2026 No tier 1 Registered 2 Gold 1" in said(page)
    assert "Wind wind Nothing in force yet Nobody has been levelled yet" in said(page)
    mine = said(signed_in(manager).get("/vendor/programs/"))
    assert "1 Jan 2026 Gold 1" in mine


def test_each_example_says_what_came_of_it(client, draft):
    example = (
        "examples:\n"
        "  - {name: all begin, as_of: 2026-06-30, expect: {tier: registered}}\n"
        "  - {name: nobody does, as_of: 2026-06-30, expect: {tier: gold}}\n"
    )
    answer = keep(client, draft, draft.text + example)
    assert [(name, came) for name, _line, came in answer.context["examples"]] == [
        ("all begin", "met"), ("nobody does", "failed"),
    ]  # fmt: skip
    draft.refresh_from_db()
    answer = keep(client, draft, draft.text + "nonsense: 1\n")
    assert {came for _name, _line, came in answer.context["examples"]} == {""}


def test_what_was_withdrawn_can_begin_a_draft_again(client, draft):
    text = f"{draft.text}# mine\n"
    keep(client, draft, text)
    client.post(f"/vendor/versions/{draft.id}/withdraw/")
    address = f"/vendor/programs/{draft.program_id}/draft/"
    client.post(address, {"version": str(draft.id)})
    again = Version.objects.exclude(id=draft.id).get()
    assert (again.text, again.state) == (text, "draft")
    other = version(program("other"))
    assert client.post(address, {"version": str(other.id)}).status_code == 404
