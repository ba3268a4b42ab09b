"""Companies are enrolled, decided on, and listed page by page."""

from datetime import date

import pytest

from echelon.foundation.access import Role
from echelon.records.enrollments.models import Enrollment
from echelon.surfaces.shell.paging import page
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories import enrollments
from tests.factories.partners import partner, person, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return signed_in(staff(Role.PROGRAM_MANAGER))


def test_a_company_is_enrolled_and_approved(client):
    scheme, ours = enrollments.program("reseller"), partner("Ours")
    given = {"program": scheme.id, "start": "2026-11-01", "submit": "on"}
    client.post(f"/vendor/partners/{ours.id}/enroll/", given)
    made = Enrollment.objects.get()
    assert (made.state, made.start) == ("submitted", date(2026, 11, 1))
    client.post(f"/vendor/enrollments/{made.id}/decide/", {"verb": "approve"})
    made.refresh_from_db()
    assert made.state == "approved"


def test_an_end_needs_a_reason_and_says_it(client):
    made = enrollments.enrollment(partner("Ours"))
    decide = f"/vendor/enrollments/{made.id}/decide/"
    refused = client.post(decide, {"verb": "terminate", "reason": " "}, follow=True)
    assert "say why: the other side reads it" in said(refused)
    made.refresh_from_db()
    assert made.state == "active"
    ended = client.post(decide, {"verb": "terminate", "reason": "Out of business"}, follow=True)
    assert "Terminated" in said(ended)
    assert "Out of business" in said(ended)


def test_the_list_is_filtered_by_state_in_few_queries(client, django_assert_max_num_queries):
    enrollments.enrollment(partner("Active"))
    enrollments.enrollment(partner("Waiting"), enrollments.program("strict"))
    with django_assert_max_num_queries(15):
        text = said(client.get("/vendor/enrollments/?state=submitted"))
    assert "Waiting" in text
    assert "Active Program" not in text


def test_pages_cover_all_rows_once_in_order(client):
    scheme = enrollments.open_program()
    for number in range(7):
        enrollments.enrollment(partner(f"Company {number}"), scheme)
    rows = Enrollment.objects.order_by("partner__sorting", "partner_id", "-start", "pk")
    seen, after = [], ""
    while True:
        found = page(rows, after, size=3)
        seen += [each.partner.name for each in found.rows]
        after = found.next
        if not after:
            break
    assert seen == [f"Company {number}" for number in range(7)]
    assert page(rows, "nonsense", size=3).rows == page(rows, "", size=3).rows


def test_the_partner_sees_its_program_and_accepts(client):
    ours = partner("Ours")
    scheme = enrollments.program("strict", needs_acceptance=True, needs_approval=False)
    made = enrollments.enrollment(ours, scheme)
    theirs = enrollments.enrollment(partner("Theirs"), scheme)
    reader = signed_in(person(ours, Role.PARTNER_ADMIN, "Ada"))
    assert "accept your enrollment" in said(reader.get("/portal/"))
    assert reader.post(f"/portal/enrollments/{theirs.id}/accept/").status_code == 404
    reader.post(f"/portal/enrollments/{made.id}/accept/")
    made.refresh_from_db()
    assert (made.state, made.accepted_by) == ("active", "Ada")
    text = said(reader.get("/portal/"))
    assert "Strict" in text
    assert "accept your enrollment" not in text
    assert "Theirs" not in text
    assert "Ada" in said(reader.get("/portal/people/"))


def test_steps_that_a_program_asks_of_nobody_are_said_to_be_none(client):
    strict = enrollments.enrollment(partner("Strict"), enrollments.program("strict"))
    text = said(client.get(f"/vendor/enrollments/{strict.id}/"))
    assert "Approved by the vendor not yet Accepted by the partner not yet" in text
    half = enrollments.program("half", needs_approval=True, needs_acceptance=False)
    made = enrollments.enrollment(partner("Half"), half)
    text = said(client.get(f"/vendor/enrollments/{made.id}/"))
    assert "Approved by the vendor not yet Accepted by the partner not asked for" in text
    opened = enrollments.enrollment(partner("Open"))
    text = said(client.get(f"/vendor/enrollments/{opened.id}/"))
    assert "by the vendor not asked for Accepted by the partner not asked for" in text
    strict.state = "rejected"
    strict.save()
    text = said(client.get(f"/vendor/enrollments/{strict.id}/"))
    assert "Approved by the vendor – Accepted by the partner –" in text


def test_the_primary_user_is_chosen_and_what_that_means_is_said(client):
    ours = partner("Ours")
    ann = person(ours, name="Ann").person
    scheme = enrollments.open_program(counts="primary_user")
    made = enrollments.enrollment(ours, scheme)
    page = f"/vendor/enrollments/{made.id}/"
    everything = "Everything counts until somebody is primary user."
    assert f"Primary user nobody {everything}" in said(client.get(page))
    chosen = client.post(f"{page}primary-user/", {"user": str(ann.pk)}, follow=True)
    assert "Primary user Ann Only records of people" in said(chosen)
    ann.left_at = ours.made_at
    ann.save()
    assert f"Primary user Ann , has left {everything}" in said(client.get(page))
    client.post(f"{page}primary-user/", {"user": ""})
    made.refresh_from_db()
    assert made.user is None
    stranger = person(partner("Theirs"), name="Bob").person
    hidden = client.post(f"{page}primary-user/", {"user": str(stranger.pk)})
    assert hidden.status_code == 404
