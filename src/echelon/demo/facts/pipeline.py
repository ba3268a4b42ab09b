"""Deals that partners registered, and opportunities, on their way or decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from echelon.demo.chance import Chance
from echelon.demo.companies import Company
from echelon.demo.facts.catalogue import PRICED, PRODUCTS, WEIGHTS
from echelon.demo.facts.sales import cents

DEALS = ("deal_id", "partner_id", "registered_on", "name", "status", "approved_on", "closed_on",
         "amount", "currency", "product_id", "owner")  # fmt: skip
OPPORTUNITIES = ("opportunity_id", "partner_id", "closed_on", "name", "stage", "source",
                 "created_on", "amount", "currency", "product_id", "owner")  # fmt: skip
_CUSTOMERS = (
    "Ashdown Clinics", "Borealis Foods", "Canal & Tidewater Authority", "Delmar Logistics",
    "Eastgate School District", "Fernhill Insurance", "Grove Pharmaceuticals", "Helio Glassworks",
    "Isoline Mapping", "Jarrow Steel", "Kingsmere Council", "Lumen Theatres", "Marl Quarries",
    "Northshore Ferries", "Orchard Credit Union", "Pallas Museum", "Quill Publishing",
    "Ridgeway Dairy", "Silverfjord Salmon", "Tamarind Hotels", "Upland Water", "Verdant Seeds",
    "Westerly Airports", "Yellowfield Farms", "Zenobia Textiles",
)  # fmt: skip
_PROJECTS = (
    "backup renewal", "second site", "ransomware recovery", "archive of records", "cloud vault",
    "mail protection", "branch offices", "hardware refresh", "recovery test", "virtual machines",
)  # fmt: skip
_STAGES = ("qualification", "proposal", "negotiation")
_SOURCES = ("partner", "vendor lead", "event", "web")


def deals(
    found: Sequence[Company], first: date, today: date, seed: int
) -> Iterator[dict[str, str]]:
    """Yield deal registrations by the day on which they were registered."""
    made = [row for each in found for row in _deals(each, first, today, seed)]
    made.sort(key=lambda row: (row["registered_on"], row["partner_id"]))
    for number, row in enumerate(made, 20_001):
        yield {"deal_id": f"D{number}", **row}


def opportunities(
    found: Sequence[Company], first: date, today: date, seed: int
) -> Iterator[dict[str, str]]:
    """Yield opportunities by the day on which they closed or are expected to."""
    made = [row for each in found for row in _opportunities(each, first, today, seed)]
    made.sort(key=lambda row: (row["closed_on"], row["partner_id"]))
    for number, row in enumerate(made, 50_001):
        yield {"opportunity_id": f"O{number}", **row}


def _deals(company: Company, first: date, today: date, seed: int) -> Iterator[dict[str, str]]:
    chance = Chance(seed, company.key, "deals")
    yearly = company.deals
    if yearly is None:
        yearly = min(company.yearly // 26_000, 14) + chance.below(3)
    begin = max(first, company.joined)
    days = (today - begin).days
    for _ in range(yearly * days // 365):
        day = chance.day(begin, today - timedelta(days=1))
        status, approved, closed = _course(chance, company, day, today)
        yield _row(chance, company) | {
            "registered_on": day.isoformat(),
            "status": status,
            "approved_on": approved.isoformat() if approved else "",
            "closed_on": closed.isoformat() if closed else "",
        }


def _course(
    chance: Chance, company: Company, day: date, today: date
) -> tuple[str, date | None, date | None]:
    """Return how far a deal has come, when it was approved, and when it was decided."""
    approved = day + timedelta(days=chance.between(1, 9))
    closed = day + timedelta(days=chance.between(18, 140))
    won = 34 if company.fades else 56
    end = chance.weighted(("won", "lost", "expired", "rejected"), (won, 26, 12, 6))
    if approved >= today:
        return "submitted", None, None
    if end == "rejected":
        return "rejected", None, approved
    return (end, approved, closed) if closed < today else ("approved", approved, None)


def _opportunities(
    company: Company, first: date, today: date, seed: int
) -> Iterator[dict[str, str]]:
    chance = Chance(seed, company.key, "opportunities")
    yearly = min(company.yearly // 30_000, 12) + chance.below(3)
    begin = max(first, company.joined)
    days = (today - begin).days
    for _ in range(yearly * days // 365):
        created = chance.day(begin, today - timedelta(days=1))
        closed = created + timedelta(days=chance.between(25, 170))
        stage = chance.pick(_STAGES)
        if closed < today:
            stage = "won" if chance.percent(46) else "lost"
        yield _row(chance, company) | {
            "closed_on": closed.isoformat(),
            "stage": stage,
            "source": chance.pick(_SOURCES),
            "created_on": created.isoformat(),
        }


def _row(chance: Chance, company: Company) -> dict[str, str]:
    """Return what deals and opportunities have in common."""
    product = chance.weighted(PRODUCTS, WEIGHTS)[0]
    value = chance.between(4_000, max(company.yearly // 6, 9_000))
    return {
        "partner_id": company.key,
        "name": f"{chance.pick(_CUSTOMERS)}, {chance.pick(_PROJECTS)}",
        "amount": cents(value * PRICED[company.where.money]),
        "currency": company.where.money,
        "product_id": product,
        "owner": f"sales@{company.domain}.example",
    }
