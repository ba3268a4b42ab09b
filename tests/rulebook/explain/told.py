"""What a sentence says about one partner of a small program, its ladder given."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from rulebook.explain import Sentences
from tests.rulebook.explain.made import first, on_rows

DAY = date(2026, 6, 30)

PROGRAM = """
currency: USD
reads:
  partners: {columns: {country: text, tested: boolean}}
  facts:
    sales: {date: sold, columns: {amount: {type: money, currency: USD}}}
    people: {valid: {from: begun, until: ended}, columns: {person: text}}
metrics:
  revenue:
    {label: "Revenue, last 12 months", from: sales, value: sum(amount), window: trailing 12 months}
  before:
    label: Revenue, the year before
    from: sales
    value: sum(amount)
    window: trailing 12 months, 12 months ago
  growth: {label: Growth, formula: revenue / before - 1, unit: percent}
  average: {label: Average sale, from: sales, value: avg(amount), window: trailing 12 months}
  people: {label: Certified people, from: people, value: count(distinct person), window: valid}
  returns: {label: Returned sales, from: sales, value: count(), where: amount < 0, window: lifetime}
  csat: {label: CSAT score, attested: number}
  audit: {label: Audit passed, attested: yes_no}
TIERS
"""


def sold(amount: str, before: str = "") -> dict[str, Any]:
    sales = [{"date": "2026-01-10", "amount": amount}]
    return {"sales": [*sales, {"date": "2025-01-10", "amount": before}] if before else sales}


def people(*names: str) -> dict[str, Any]:
    return {"people": [{"person": name, "begun": "2026-01-01"} for name in names]}


SALE = sold("7700")
WITH_PEOPLE = SALE | people("ann")


def told(folder: Path, tiers: str, given: dict | None = None, **options) -> str:
    run = on_rows(folder, PROGRAM.replace("TIERS", tiers), given if given is not None else SALE)
    catalogue = options.pop("catalogue", None)
    return Sentences(run, DAY, catalogue).of(first(run, DAY), **options)
