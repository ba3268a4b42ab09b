"""A partner reads first where it stands, in one sentence, then what is missing."""

from datetime import date

import pytest

from echelon.foundation.access import Role
from echelon.outcomes.standings.models import Current, Standing
from tests.echelon.surfaces.reading import said, signed_in
from tests.factories.partners import NOW, partner, person, staff
from tests.factories.programs import program

pytestmark = pytest.mark.django_db
SENTENCE = "You are Silver. For Gold you still need EUR 42,300 revenue."


def stand(company, scheme, **more):
    given = {
        "partner": company, "program": scheme, "as_of": date(2026, 6, 30), "held": "silver",
        "reason": "kept", "sentence": SENTENCE, "next": "gold", "made_at": NOW,
        "gaps": [{"metric": "revenue", "op": ">=", "have": "57700", "need": "100000"}], **more,
    }  # fmt: skip
    made = Standing.objects.create(**given)
    Current.objects.create(
        partner=company, program=scheme, standing=made, as_of=made.as_of, seal="x"
    )


def test_the_sentence_comes_first_and_the_bar_says_how_far(django_assert_max_num_queries):
    ours, scheme = partner("Ours"), program("solar")
    stand(ours, scheme)
    stand(partner("Theirs"), scheme, sentence="You are Gold.")
    client = signed_in(person(ours))
    with django_assert_max_num_queries(15):
        answer = client.get("/portal/")
    text = said(answer)
    assert text.startswith(f"Where you stand Solar {SENTENCE} As of June 30, 2026")
    assert "Revenue 57,700 of 100,000" in text
    assert '<rect class="bar-fill" width="57.7"' in answer.content.decode()
    assert "You are Gold" not in text


def test_the_vendor_sees_first_who_is_at_risk(django_assert_max_num_queries):
    ours, scheme = partner("Ours"), program("solar")
    stand(ours, scheme, at_risk_from=date(2026, 9, 1))
    stand(partner("Calm"), scheme)
    client = signed_in(staff(Role.PROGRAM_MANAGER))
    with django_assert_max_num_queries(15):
        text = said(client.get("/vendor/"))
    assert "1 tiers are at risk" in text
    assert "Ours Solar silver Sept. 1, 2026" in text
    assert "Calm" not in text
