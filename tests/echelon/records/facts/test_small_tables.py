"""Rates, references and attestations: checked, audited, and as the engine reads them."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from echelon.foundation.access import Hidden, Role
from echelon.foundation.audit.models import AuditEvent
from echelon.foundation.outbox.models import Announcement
from echelon.records.facts import frames, selectors
from echelon.records.facts.errors import Refused
from echelon.records.facts.models import Rate, Reference
from echelon.records.facts.services import attestations, rates, references
from echelon.records.partners.selectors import scope_of
from tests.factories.facts import BOSS, NOW
from tests.factories.partners import partner, person, staff

pytestmark = pytest.mark.django_db

ECB = """Date,USD,JPY,CYP,
2026-06-30,1.0850,171.94,N/A,
2026-06-29,1.0842,172.01,N/A,
"""


def test_the_banks_file_is_taken_as_it_comes():
    assert rates.import_ecb(BOSS, data=ECB.encode(), at=NOW) == {
        "new": 4,
        "corrected": 0,
        "unchanged": 0,
    }
    section, table = frames.rates()
    assert section == {"base": "EUR", "date": "date", "currency": "currency", "rate": "rate"}
    assert table.to_pylist()[1] == {
        "date": date(2026, 6, 29),
        "currency": "USD",
        "rate": Decimal("1.084200000000"),
    }
    assert selectors.last_rates() == date(2026, 6, 30)


def test_a_zip_and_the_file_of_one_day_are_taken_too():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("eurofxref-hist.csv", ECB)
    rates.import_ecb(BOSS, data=packed.getvalue(), at=NOW)
    daily = b"Date, USD, JPY, \n30 June 2026, 1.0850, 171.95, \n"
    assert rates.import_ecb(BOSS, data=daily, at=NOW) == {
        "new": 0,
        "corrected": 1,
        "unchanged": 1,
    }
    assert Rate.objects.get(date=date(2026, 6, 30), currency="JPY").rate == "171.95"
    event = AuditEvent.objects.latest("number")
    assert (event.before, event.after["corrected"]) == (
        {"2026-06-30 JPY": "171.94"},
        {"2026-06-30 JPY": "171.95"},
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("day,USD\n", "line 1: not a file of the ECB: its header begins with Date"),
        ("Date,USD\n30.06.2026,1\n", "line 2: '30.06.2026' is not a date such as 2026-01-31"),
        ("Date,XXY\n2026-06-30,1\n", "2026-06-30: 'XXY' is not a currency code of ISO 4217"),
        ("Date,USD\n2026-06-30,0\n", "2026-06-30 USD: the rate 0 is not above 0"),
    ],
)
def test_another_file_is_refused_and_nothing_is_taken(text, why):
    with pytest.raises(Refused) as refused:
        rates.import_ecb(BOSS, data=text.encode(), at=NOW)
    assert refused.value.problems[0].startswith(why)
    assert not Rate.objects.exists()


def test_references_are_replaced_by_key():
    rows = [{"product_id": "P1", "category": "A"}, {"product_id": "P2", "category": "B"}]
    assert references.load(BOSS, type="product", rows=rows, at=NOW)["new"] == 2
    rows[1] = {"product_id": "P2", "category": "C"}
    assert references.load(BOSS, type="product", rows=rows, at=NOW) == {
        "new": 0,
        "changed": 1,
        "unchanged": 1,
    }
    _section, table = frames.references()["product"]
    assert [(row["product_id"], row["category"]) for row in table.to_pylist()] == [
        ("P1", "A"),
        ("P2", "C"),
    ]


def test_references_that_are_wrong_are_told_row_by_row():
    rows = [{"product_id": "P1", "categry": "A"}, {"category": "B"}]
    with pytest.raises(Refused) as refused:
        references.load(BOSS, type="product", rows=rows, at=NOW)
    assert refused.value.problems == [
        "row 1: there is no column categry (did you mean category?)",
        "row 2: product_id: the key is empty",
    ]
    assert not Reference.objects.exists()


def test_what_the_vendor_confirms_counts_until_it_is_taken_back():
    acme = partner("Acme")
    made = attestations.attest(
        BOSS, partner=acme.pk, metric="csat", value="4.9", starts=date(2026, 1, 1), at=NOW
    )
    section, table = frames.attestations()
    assert section == {word: word for word in ("partner", "metric", "value", "from", "until")}
    assert table.to_pylist() == [
        {
            "partner": "acme",
            "metric": "csat",
            "value": "4.9",
            "from": date(2026, 1, 1),
            "until": None,
        }
    ]
    attestations.withdraw(BOSS, attestation=made.pk, at=NOW)
    assert frames.attestations() is None
    kinds = Announcement.objects.values_list("kind", flat=True)
    assert list(kinds) == ["facts.AttestationChanged"] * 2


def test_partners_neither_confirm_for_themselves_nor_load_what_all_share():
    acme, bolt = partner("Acme"), partner("Bolt")
    manager = staff(Role.ACCOUNT_MANAGER)
    acme.manager = manager
    acme.save()
    for who in (person(acme, Role.PARTNER_ADMIN), staff(Role.FINANCE)):
        with pytest.raises(Hidden):
            attestations.attest(scope_of(who), partner=acme.pk, metric="csat", at=NOW)
    for who in (person(acme, Role.PARTNER_ADMIN), manager):
        with pytest.raises(Hidden):
            rates.import_ecb(scope_of(who), data=ECB.encode(), at=NOW)
        with pytest.raises(Hidden):
            references.load(scope_of(who), type="product", rows=[{"product_id": "P"}], at=NOW)
    attestations.attest(scope_of(manager), partner=acme.pk, metric="csat", at=NOW)
    with pytest.raises(Hidden):
        attestations.attest(scope_of(manager), partner=bolt.pk, metric="csat", at=NOW)
    assert [row.partner for row in selectors.attestations(scope_of(manager))] == [acme]
