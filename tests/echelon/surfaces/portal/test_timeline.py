"""What happened to a company is told in its order, without the vendor's own reasons."""

from datetime import date

import pytest

from echelon.outcomes.standings.models import Override
from echelon.records.enrollments.services import ending
from tests.echelon.surfaces.portal.test_home import stand
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories import enrollments
from tests.factories.partners import NOW, admin, partner, person

pytestmark = pytest.mark.django_db


def test_tiers_enrollments_and_decisions_in_their_order(few_queries):
    ours, scheme = partner("Ours"), enrollments.open_program(slug="solar")
    enrollments.enrollment(ours, scheme)
    stand(ours, scheme, held="registered", as_of=date(2026, 1, 2))
    stand(ours, scheme, held="registered", as_of=date(2026, 2, 2))
    stand(ours, scheme, held="gold", as_of=date(2026, 3, 3))
    risk = {"held": "gold", "at_risk_from": date(2026, 6, 1)}
    stand(ours, scheme, as_of=date(2026, 4, 4), **risk)
    stand(ours, scheme, held="silver", as_of=date(2026, 6, 6))
    stand(partner("Theirs"), scheme, held="gold", as_of=date(2026, 5, 5))
    Override.objects.create(
        partner=ours, program=scheme, kind="floor", tier="silver", start=date(2026, 6, 7),
        until=date(2026, 9, 1), reason="They complained", approver="x", approver_name="Vera",
        made_at=NOW,
    )  # fmt: skip
    client = signed_in(person(ours))
    with few_queries():
        text = said(client.get("/portal/timeline/"))
    order = [
        "Silver is guaranteed until 31 August 2026 7 June 2026",
        "Down from Gold to Silver 6 June 2026",
        "Gold at risk from 1 June 2026 4 April 2026",
        "Up from Registered to Gold 3 March 2026",
        "Registered reached 2 January 2026",
        "Enrollment began 1 January 2026",
    ]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert "complained" not in text
    assert "Vera" not in text
    assert "May 5" not in text


def test_an_enrollment_that_was_ended_says_why():
    ours, scheme = partner("Ours"), enrollments.open_program(slug="solar")
    other = enrollments.open_program(slug="other")
    enrollments.enrollment(ours, other)
    made = enrollments.enrollment(ours, scheme)
    ending.terminate(admin(), enrollment=made.pk, reason="Closed the shop", at=NOW)
    client = signed_in(person(ours))
    text = said(client.get("/portal/timeline/"))
    assert "The enrollment was ended Closed the shop 30 June 2026 · Solar" in text
    text = said(client.get(f"/portal/timeline/?program={other.pk}"))
    assert "ended" not in text
    stranger = signed_in(person(partner("Stranger")))
    assert stranger.get(f"/portal/timeline/?program={scheme.pk}").status_code == 404
