"""A partner reads first where it stands, in one sentence, then what is missing."""

from datetime import date

import pytest

from echelon.foundation.access import Role
from echelon.outcomes.standings.models import Current, Run, Standing
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories import enrollments, programs
from tests.factories.partners import NOW, partner, person, staff
from tests.factories.programs import program

pytestmark = pytest.mark.django_db
SENTENCE = "You are Silver. For Gold you still need EUR 42,300 revenue."


LADDER = {
    "label": "Solar",
    "currency": "EUR",
    "sequential": False,
    "criteria": [
        {"label": "Net revenue", "op": ">=", "unit": "money", "need": "50000",
         "metrics": ["revenue"]},
        {"label": "Net revenue", "op": ">=", "unit": "money", "need": "100000",
         "metrics": ["revenue"]},
        {"label": "Certified people", "op": ">=", "unit": "", "need": "3",
         "metrics": ["certified"]},
        {"label": "Joint plan", "op": None, "unit": "", "need": None, "metrics": ["plan"]},
    ],
    "metrics": {"revenue": {"label": "Net revenue", "unit": "money"}},
    "tiers": [
        {"tier": "registered", "label": "Registered", "requires": None, "keep": None},
        {"tier": "silver", "label": "Silver", "requires": 0, "keep": None},
        {"tier": "gold", "label": "Gold", "keep": None, "requires": {
            "kind": "all", "need": 2, "of": [1, {"kind": "any", "need": 1, "of": [2, 3]}]}},
    ],
}  # fmt: skip
CRITERIA = [
    [True, "57700", "50000", None],
    [False, "57700", "100000", "42300"],
    [False, "2", "3", "1"],
    [False, False, True, None],
]


def stand(company, scheme, **more):
    given = {
        "partner": company, "program": scheme, "as_of": date(2026, 6, 30), "held": "silver",
        "qualified": "silver", "begun": date(2026, 1, 1), "metrics": {"revenue": "57700"},
        "reason": "kept", "sentence": SENTENCE, "next": "gold", "made_at": NOW, **more,
    }  # fmt: skip
    made = Standing.objects.create(**given)
    version = programs.version(scheme) if not scheme.versions.exists() else scheme.versions.get()
    run, _made = Run.objects.get_or_create(
        program=scheme, version=version, as_of=made.as_of, kind="asked", outcome="done",
        whole=True, watermark="x", asked_by="x", levelled=1, ladders={"": LADDER},
        defaults={"started_at": NOW, "ended_at": NOW},
    )  # fmt: skip
    Current.objects.update_or_create(
        partner=company, program=scheme,
        defaults={"standing": made, "as_of": made.as_of, "run": run, "seal": "x",
                  "criteria": CRITERIA},
    )  # fmt: skip
    return made


def test_the_sentence_comes_first_and_the_bar_says_how_far(few_queries):
    ours, scheme = partner("Ours"), program("solar")
    stand(ours, scheme)
    stand(partner("Theirs"), scheme, sentence="You are Gold.")
    client = signed_in(person(ours))
    with few_queries():
        answer = client.get("/portal/")
    text = said(answer)
    assert text.startswith(f"Where you stand Solar {SENTENCE} Registered Silver Gold")
    assert (
        "On the way to Gold Net revenue EUR 57,700 of EUR 100,000 EUR 42,300 to go"
        " One of these Certified people 2 of 3 1 to go Joint plan Not confirmed yet" in text
    )
    assert "As of 30 June 2026" in text
    page = answer.content.decode()
    assert '<rect class="bar-fill" width="57.7"' in page
    assert 'class="rung is-held" aria-current="step"' in page
    assert "You are Gold" not in text


def test_it_says_what_has_changed_since_the_standing_before():
    ours, scheme = partner("Ours"), program("solar")
    stand(ours, scheme, held="registered", metrics={"revenue": "49000"}, as_of=date(2026, 6, 1))
    stand(ours, scheme)
    text = said(signed_in(person(ours)).get("/portal/"))
    assert "Since 1 June 2026 Tier Registered Silver Net revenue EUR 49,000 EUR 57,700" in text


def test_a_tier_at_risk_is_said_with_its_day_and_what_it_takes_to_keep_it():
    ours, scheme = partner("Ours"), program("solar")
    gap = {"metric": "revenue", "op": ">=", "have": "57700", "need": "100000"}
    keep = {"tier": "gold", "lost_from": "2026-09-01", "gaps": [gap]}
    stand(ours, scheme, held="gold", at_risk_from=date(2026, 9, 1), keep=keep)
    text = said(signed_in(person(ours)).get("/portal/"))
    assert "At risk from 1 September 2026" in text
    assert "To keep Gold Net revenue EUR 57,700 of EUR 100,000" in text
    assert "Solar: keep Gold" in text


def test_what_waits_is_told_with_its_day():
    ours, scheme = partner("Ours"), enrollments.program("solar", needs_approval=False)
    made = enrollments.enrollment(ours, scheme, start=date(2026, 8, 1))
    member, admin = person(ours), person(ours, Role.PARTNER_ADMIN)
    text = said(signed_in(admin).get("/portal/"))
    assert "To do Solar: accept your enrollment since 1 August 2026 Read and accept" in text
    assert "To do" not in said(signed_in(member).get("/portal/"))
    client = signed_in(admin)
    page = said(client.get(f"/portal/enrollments/{made.pk}/"))
    assert "Your answer" in page
    client.post(f"/portal/enrollments/{made.pk}/accept/")
    made.refresh_from_db()
    assert (made.state, made.accepted_by) == ("active", admin.name)


def test_the_vendor_sees_first_who_is_at_risk(few_queries):
    ours, scheme = partner("Ours"), program("solar")
    stand(ours, scheme, at_risk_from=date(2026, 9, 1))
    stand(partner("Calm"), scheme)
    client = signed_in(staff(Role.PROGRAM_MANAGER))
    with few_queries():
        text = said(client.get("/vendor/"))
    assert "1 tier is at risk" in text
    assert "Ours Solar Silver 1 Sep 2026" in text
    assert "Calm" not in text
