"""Facts recorded by a call: all or none, corrected by key, withdrawn, undone."""

from datetime import date

import pytest

from echelon.foundation.access import Hidden, Role
from echelon.foundation.audit.models import AuditEvent
from echelon.foundation.outbox.models import Announcement
from echelon.records.facts.errors import Refused
from echelon.records.facts.models import Batch, Fact, Staged
from echelon.records.facts.services import batches, recording
from echelon.records.partners.selectors import scope_of
from tests.factories.facts import BOSS, NOW, live, recorded, sale
from tests.factories.partners import partner, person, staff

pytestmark = pytest.mark.django_db


def amounts() -> dict[str, str]:
    return {key: payload["amount"] for key, payload in live().items()}


def test_a_fact_is_kept_as_text_by_its_key():
    acme = partner("Acme")
    batch = recorded(sale("S1", "acme", "12.50", quantity="007", order_date="2026-05-01"))
    fact = Fact.objects.get()
    assert (fact.partner, fact.key, fact.date) == (acme, "S1|1", date(2026, 5, 1))
    assert fact.payload == {
        "order_number": "S1",
        "order_line": "1",
        "order_date": "2026-05-01",
        "quantity": "7",
        "amount": "12.5",
        "currency": "EUR",
    }
    assert batch.state == "committed"
    assert batch.counts["new"] == 1


def test_the_same_twice_changes_nothing_however_numbers_are_written():
    partner("Acme")
    recorded(sale("S1", "acme", "12.50"))
    news = Announcement.objects.count()
    again = recorded(sale("S1", "acme", "12.5"), sale("S1", "acme", "0012.500"))
    assert again.counts | {"rows": 2, "repeated": 1, "unchanged": 1} == again.counts
    assert (again.counts["new"], again.counts["corrected"]) == (0, 0)
    assert Fact.objects.count() == 1
    assert Announcement.objects.count() == news


def test_a_correction_is_a_row_that_supersedes():
    partner("Acme")
    first = recorded(sale("S1", "acme", "100"))
    second = recorded(sale("S1", "acme", "80"))
    assert second.counts["corrected"] == 1
    assert amounts() == {"S1|1": "80"}
    old = Fact.objects.get(batch=first)
    assert (old.ended_by, old.payload["amount"]) == (second, "100")


def test_news_tells_of_both_partners_when_a_fact_moves():
    acme, bolt = partner("Acme"), partner("Bolt")
    recorded(sale("S1", "acme"))
    recorded(sale("S1", "bolt"))
    event = Announcement.objects.filter(kind="facts.FactsRecorded").latest("pk")
    assert set(event.body["partners"]) == {str(acme.pk), str(bolt.pk)}
    assert event.body["types"] == ["sales"]


def test_withdrawn_facts_do_not_count_and_undoing_that_brings_them_back():
    partner("Acme")
    recorded(sale("S1", "acme", "100"), sale("S2", "acme", "50"))
    gone = recording.withdraw(BOSS, type="sales", keys=["S1|1"], at=NOW, source="test")
    assert gone.counts["withdrawn"] == 1
    assert amounts() == {"S2|1": "50"}
    batches.undo(BOSS, batch=gone.pk, at=NOW)
    assert amounts() == {"S1|1": "100", "S2|1": "50"}


def test_undo_in_the_middle_keeps_what_came_later_and_then_goes_further_back():
    partner("Acme")
    recorded(sale("S1", "acme", "1"))
    middle = recorded(sale("S1", "acme", "2"))
    last = recorded(sale("S1", "acme", "3"))
    batches.undo(BOSS, batch=middle.pk, at=NOW)
    assert amounts() == {"S1|1": "3"}
    batches.undo(BOSS, batch=last.pk, at=NOW)
    assert amounts() == {"S1|1": "1"}


def test_all_or_none_with_each_row_told():
    partner("Acme")
    with pytest.raises(Refused) as refused:
        recorded(
            sale("S1", "acme"),
            sale("S2", "acne"),
            sale("S3", "acme", "12,50"),
            sale("S4", "acme", order_date="2026-02-30"),
            sale("", "acme"),
        )
    assert refused.value.problems == [
        "row 2: partner_id: there is no partner 'acne' (did you mean acme?)",
        "row 3: amount: '12,50' is not a number "
        "(digits and at most one point, no exponent, no thousands separator)",
        "row 4: order_date: '2026-02-30' is not a day of the calendar",
        "row 5: order_number: the key is empty",
    ]
    assert not Fact.objects.exists()
    assert not Batch.objects.exists()
    assert not Staged.objects.exists()


def test_two_rows_of_one_key_that_contradict_are_refused():
    partner("Acme")
    with pytest.raises(Refused, match="row 1: order_number: line 2 has the same key and says"):
        recorded(sale("S1", "acme", "1"), sale("S1", "acme", "2"))


def test_a_partner_loads_for_itself_and_others_are_unknown():
    acme, bolt = partner("Acme"), partner("Bolt")
    scope = scope_of(person(acme, Role.PARTNER_ADMIN))
    recorded(sale("S1", "acme"), scope=scope)
    unnamed = sale("S2", "")
    del unnamed["partner_id"]
    assert recorded(unnamed, scope=scope).partner == acme
    for name in ("bolt", "nobody"):
        with pytest.raises(Refused) as refused:
            recorded(sale("S3", name), scope=scope)
        assert refused.value.problems == [f"row 1: partner_id: there is no partner '{name}'"]
    assert not Fact.objects.filter(partner=bolt).exists()


def test_a_partner_cannot_take_over_the_key_of_another():
    acme = partner("Acme")
    partner("Bolt")
    recorded(sale("S1", "bolt", "100"))
    with pytest.raises(Refused, match="this key can't be used"):
        recorded(sale("S1", "acme", "1"), scope=scope_of(person(acme, Role.PARTNER_ADMIN)))
    assert amounts() == {"S1|1": "100"}
    with pytest.raises(Refused, match="there is no fact with the key"):
        recording.withdraw(
            scope_of(person(acme, Role.PARTNER_ADMIN)),
            type="sales",
            keys=["S1|1"],
            at=NOW,
            source="test",
        )


def test_who_may_not_load_meets_nothing():
    acme = partner("Acme")
    batch = recorded(sale("S1", "acme"))
    for user in (person(acme), staff(Role.VENDOR_READ_ONLY), staff(Role.FINANCE)):
        scope = scope_of(user)
        with pytest.raises(Hidden):
            recorded(sale("S2", "acme"), scope=scope)
        with pytest.raises(Hidden):
            batches.undo(scope, batch=batch.pk, at=NOW)
    with pytest.raises(Hidden):
        batches.undo(scope_of(person(acme, Role.PARTNER_ADMIN)), batch=batch.pk, at=NOW)
    assert list(live()) == ["S1|1"]


def test_every_write_is_in_the_trail():
    partner("Acme")
    batch = recorded(sale("S1", "acme"))
    batches.undo(BOSS, batch=batch.pk, at=NOW)
    assert list(AuditEvent.objects.order_by("number").values_list("verb", "subject_id")) == [
        ("facts.committed", str(batch.pk)),
        ("facts.undone", str(batch.pk)),
    ]
    with pytest.raises(Refused, match="the import is undone"):
        batches.undo(BOSS, batch=batch.pk, at=NOW)
