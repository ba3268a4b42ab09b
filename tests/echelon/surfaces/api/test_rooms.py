"""What operations add to their rooms: pages, places of what is wrong, what is told to whom."""

import json

import pytest
from django.utils import timezone

from echelon.foundation.access import Role
from echelon.foundation.jobs.services import run_due
from echelon.records.enrollments.models import Enrollment
from echelon.records.partners.models import Partner
from echelon.records.programs.services import versions
from tests.echelon.surfaces.api.calling import Caller, machine, somebody
from tests.factories import enrollments, programs
from tests.factories.facts import recorded, sale
from tests.factories.partners import NOW, admin, partner, person

pytestmark = pytest.mark.django_db


def pages(caller, address, **query):
    """All items of a list, page by page, and how many pages there were."""
    items, count, after = [], 0, ""
    while True:
        found = caller.get(address, after=after, **query)
        items, count, after = [*items, *found["items"]], count + 1, found["next"]
        if not after:
            return items, count


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_pages_show_each_once_in_the_order_of_the_whole(size):
    scheme = enrollments.open_program()
    for name in ("Bravo", "Alfa", "Delta", "Charlie", "Delta", "Echo", "Alfa"):
        company = partner(name, key=f"{name}-{Partner.objects.count()}")
        enrollments.enrollment(company, scheme)
    caller = machine()
    whole, _ = pages(caller, "/enrollments", limit=200)
    items, count = pages(caller, "/enrollments", limit=size)
    assert [each["id"] for each in items] == [each["id"] for each in whole]
    assert [each["partner"]["name"] for each in items][:3] == ["Alfa", "Alfa", "Bravo"]
    assert count == -(-7 // size)


def test_a_page_goes_on_where_its_last_row_was_also_when_that_is_gone():
    scheme = enrollments.open_program()
    for name in ("Alfa", "Bravo", "Charlie"):
        enrollments.enrollment(partner(name), scheme)
    caller = machine()
    first = caller.get("/enrollments", limit=1)
    Enrollment.objects.filter(pk=first["items"][0]["id"]).delete()
    second = caller.get("/enrollments", limit=1, after=first["next"])
    assert second["items"][0]["partner"]["name"] == "Bravo"


def test_a_cursor_of_another_list_or_of_nobodys_making_leads_nowhere():
    for name in ("Alfa", "Bravo"):
        recorded(sale(name, partner(name).key))
    caller = machine()
    after = caller.get("/facts", limit=1)["next"]
    for address, sent in (("/enrollments", after), ("/facts", f"{after}x"), ("/facts", "x")):
        said = caller("GET", f"{address}?after={sent}")
        assert said.status_code == 422
        assert json.loads(said.content)["errors"][0]["parameter"] == "after"


def test_a_bad_cell_is_named_by_its_row_and_column():
    partner("Acme")
    rows = [sale("S1", "acme"), sale("S2", "acme", amount="12,5"), sale("S3", "nobody")]
    said = machine()("POST", "/facts", {"type": "sales", "rows": rows})
    pointers = [each["pointer"] for each in json.loads(said.content)["errors"]]
    assert pointers == ["#/rows/1/amount", "#/rows/2/partner_id"]


def test_decimals_keep_the_digits_that_were_written():
    partner("Acme")
    row = json.dumps(sale("S1", "acme"))[:-1].replace('"100"', "12345678901234567.89") + "}"
    body = f'{{"type": "sales", "rows": [{row}]}}'
    caller = machine()
    assert caller("POST", "/facts", body).status_code == 201
    amount = caller.get("/facts")["items"][0]["columns"]["amount"]
    assert amount == "12345678901234567.89"


def test_facts_of_another_partner_are_refused_like_those_of_nobody():
    ours = partner("Ours")
    partner("Theirs")
    caller = Caller(person(ours, Role.PARTNER_ADMIN))
    said = []
    for key in ("theirs", "nobody"):
        answer = caller("POST", "/facts", {"type": "sales", "rows": [sale("S1", key)]})
        assert answer.status_code == 422
        said.append(json.loads(answer.content)["errors"][0]["detail"].replace(key, "KEY"))
    assert said[0] == said[1]


def test_a_draft_goes_by_its_etag_and_both_texts_come_back():
    made = versions.create(admin(), slug="resellers", name="Resellers", at=NOW)
    caller = somebody(Role.PROGRAM_MANAGER)
    tag = caller("GET", f"/versions/{made.id}")["ETag"]
    assert tag == f'"{made.sha}"'
    mine, theirs = {"text": "program: mine"}, {"text": "program: theirs"}
    assert caller("PUT", f"/versions/{made.id}", theirs, If_Match=tag).status_code == 200
    answer = caller("PUT", f"/versions/{made.id}", mine, If_Match=tag)
    said = json.loads(answer.content)
    assert (answer.status_code, said["theirs"]) == (412, "program: theirs")
    after = caller("PUT", f"/versions/{made.id}", mine, If_Match=f'"{said["sha"]}"')
    assert json.loads(after.content)["text"] == "program: mine"


def test_what_is_wrong_with_a_document_is_named_by_its_line():
    scheme = programs.program("resellers")
    text = "program: resellers\nname: R\nversion: 2031-01-01\ncurrency: EUR\nnonsense: 1\ntiers: {}"
    made = versions.draft(admin(), program=scheme.id, text=text, at=NOW)
    caller = somebody(Role.PROGRAM_MANAGER)
    checked = caller.get(f"/versions/{made.id}/check")
    assert not checked["sound"]
    assert 5 in [each["line"] for each in checked["findings"]]
    answer = caller("POST", f"/versions/{made.id}/publish", {})
    assert answer.status_code == 422
    assert 5 in [each["line"] for each in json.loads(answer.content)["errors"]]


def test_a_companys_own_people_arent_told_what_the_vendor_notes():
    ours = partner("Ours", segment="Large", tags=["slow payer"], more={"score": "3"})
    noted = machine().get(f"/partners/{ours.id}")
    assert (noted["segment"], noted["tags"], noted["fields"]) == (
        "Large", ["slow payer"], {"score": "3"},
    )  # fmt: skip
    own = Caller(person(ours)).get(f"/partners/{ours.id}")
    assert (own["segment"], own["tags"], own["fields"]) == (None, None, None)


def test_who_stands_above_a_company_isnt_told_by_asking():
    above = partner("Above")
    ours = partner("Ours", parent=above)
    caller = Caller(person(ours))
    assert caller.get("/partners", parent=above.id) == {"items": [], "next": None}
    assert caller.get(f"/partners/{ours.id}")["parent"] is None


def test_a_record_of_a_company_out_of_reach_says_no_more_than_that_it_is_there():
    from echelon.surfaces.api.v1.standings import _closed

    row = {"partner": "theirs", "key": {"n": "1"}, "inputs": ["100"], "reason": "window"}
    assert _closed(row, {"ours"}) == {"hidden": True, "reason": "window"}
    assert _closed(row, {"ours", "theirs"}) == row


def test_a_run_of_everybody_is_asked_for_and_followed():
    scheme = programs.program("solar")
    programs.version(scheme)
    caller = machine()
    said = caller("POST", "/runs/asked", {"program": str(scheme.id)})
    assert said.status_code == 202
    asked = json.loads(said.content)
    assert (asked["state"], asked["ended_at"]) == ("waiting", None)
    run_due(timezone.now)
    followed = caller.get(f"/runs/asked/{asked['job']}")
    assert followed["state"] == "done"
    assert [each["kind"] for each in caller.get("/runs", program=scheme.id)["items"]] == ["asked"]
    for other in (asked["job"] + 1, 2**63):
        assert caller("GET", f"/runs/asked/{other}").status_code == 404
    assert somebody(Role.ACCOUNT_MANAGER)("GET", f"/runs/asked/{asked['job']}").status_code == 404


def test_what_counts_in_a_program_is_read_and_set():
    scheme, caller = enrollments.open_program(), somebody(Role.PROGRAM_MANAGER)
    address = f"/programs/{scheme.pk}"
    assert caller.get(address)["counts"] == "account"
    told = caller("PATCH", address, {"counts": "primary_user"}).json()
    assert (told["counts"], told["second_person"]) == ("primary_user", False)
    assert [each["counts"] for each in caller.get("/programs")["items"]] == ["primary_user"]
    told = caller("PATCH", address, {"second_person": True}).json()
    assert (told["counts"], told["second_person"]) == ("primary_user", True)
