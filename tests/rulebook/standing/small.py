"""A channel small enough to be worked out by hand, for what-if and history."""

from __future__ import annotations

from typing import Any

from rulebook import read_program
from rulebook.backends.by_record import ByRecord
from rulebook.dataset.given import Given
from rulebook.standing.run import Run

READS = """
reads:
  partners: {columns: {country: text}}
  facts:
    sales:
      key: number
      partner: partner_id
      date: sold_on
      columns: {amount: {type: money, currency: currency}}
    deals: {key: number, partner: partner_id, date: won_on, columns: {size: integer}}
"""

PROGRAM = (
    """program: small
version: 2026-01-01
currency: USD
"""
    + READS
    + """
parameters:
  gold_bar: {by: partner.country, values: {IN: 500, default: 1000}}
metrics:
  revenue: {from: sales, value: sum(amount), window: this year}
  deals_won: {from: deals, value: count(), window: this year}
  csat: {attested: number}
  audited: {attested: yes_no}
tiers:
  member: {}
  silver: {requires: {revenue: 100, deals_won: 1}}
  gold:
    label: Gold
    requires:
      all:
        - revenue >= gold_bar
        - any: [deals_won >= 3, csat > 4.5]
    keep: {revenue: 0.8 * gold_bar}
  platinum:
    requires:
      - revenue >= 5000
      - at_least: 2
        of: [deals_won >= 3, csat >= 4, audited]
benefits:
  rebate: {type: percent, of: revenue, cap: 200, silver: 1.5, gold: 3, platinum: 10}
  mdf: {type: amount, gold: 500, platinum: 2000}
  discount: {type: percent, all: 10}
  badge: {type: text, gold: Gold badge}
  welcome: {type: amount, all: 1}
"""
)


def sale(partner: str, amount: str, day: str = "2026-02-01") -> dict[str, str]:
    """One sale in dollars."""
    return {"partner": partner, "date": day, "amount": amount, "currency": "USD"}


def deals(partner: str, count: int) -> list[dict[str, str]]:
    """Some deals won in March."""
    return [{"partner": partner, "date": "2026-03-01"} for _ in range(count)]


#: a: member. b: silver. c: gold by deals. d: gold by csat, in India. e: platinum.
GIVEN: dict[str, Any] = {
    "partners": [
        *({"id": name, "country": "DE"} for name in "abc"),
        {"id": "d", "country": "IN"},
        {"id": "e"},
    ],
    "sales": [
        sale("a", "99.99"),
        sale("b", "101.00"),
        sale("c", "1000"),
        sale("c", "99.50"),
        sale("d", "600"),
        sale("e", "5000"),
    ],
    "deals": [*deals("a", 1), *deals("b", 1), *deals("c", 3), *deals("d", 1), *deals("e", 4)],
    "attested": [{"partner": "d", "csat": "4.6"}, {"partner": "e", "audited": "yes"}],
}


def run_of(text: str = PROGRAM, given: dict[str, Any] = GIVEN) -> Run:
    """Return a document's run over rows as an example gives them."""
    program, document = read_program(text, "small.yaml")
    assert program.reads is not None
    refused: list[tuple[str, str, str]] = []
    data = Given(
        program.reads,
        program.program,
        program.currency,
        program.time_zone,
        given,
        lambda *problem: refused.append(problem),
    ).data()
    assert not refused
    return Run(program, document, data)


class Counting(ByRecord):
    """Counts how often facts are measured."""

    asked = 0

    def measure(self, asks: Any) -> Any:
        Counting.asked += len(asks)
        return super().measure(asks)


def counting_run(text: str = PROGRAM, given: dict[str, Any] = GIVEN) -> Run:
    """Return a run that counts in `Counting.asked` how often its facts are measured."""
    plain = run_of(text, given)
    Counting.asked = 0
    return Run(plain.program, plain.document, plain.data, make=Counting)
