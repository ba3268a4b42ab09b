"""What benefits cost: percent of a metric, or an amount for each partner, by the tier held.

A percent without `of`, a number, a text, yes or no cost nothing that could be worked out here.
Who isn't enrolled and who is suspended gets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rulebook.dataset.data import Value
from rulebook.program import Benefit, Ladder
from rulebook.standing.decision import Reason
from rulebook.standing.side import Side
from rulebook.values.money import minor_unit
from rulebook.values.numbers import add, multiply, rounded

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Spent:
    """What a benefit costs under one document, and how many partners have a share in it."""

    amount: Decimal
    partners: int


@dataclass(frozen=True)
class Cost:
    """A benefit's cost before and after; None where a document has no such cost."""

    track: str
    benefit: str
    label: str | None
    before: Spent | None
    after: Spent | None


def costs(before: Side, after: Side) -> tuple[Cost, ...]:
    """Return the cost of every benefit that has one, in the documents' order."""
    first, second = dict(_costly(before)), dict(_costly(after))
    found: list[Cost] = []
    for key in dict.fromkeys((*first, *second)):
        label = (first.get(key) or second[key]).label
        sides = ((before, first.get(key)), (after, second.get(key)))
        spent = [
            None if benefit is None else _spent(side, key[0], benefit) for side, benefit in sides
        ]
        found.append(Cost(*key, label, *spent))
    return tuple(found)


def total(spent: Iterator[Spent | None]) -> Decimal:
    """Return the sum of some costs."""
    amount = _NOTHING
    for each in spent:
        amount = amount if each is None else add(amount, each.amount)
    return amount


def _costly(side: Side) -> Iterator[tuple[tuple[str, str], Benefit]]:
    for track, ladder in side.run.program.ladders():
        for name, benefit in ladder.benefits.items():
            if benefit.type == "amount" or (benefit.type == "percent" and benefit.of is not None):
                yield (track or "", name), benefit


def _spent(side: Side, track: str, benefit: Benefit) -> Spent:
    program = side.run.program
    ladder: Ladder = program.tracks[track] if track else program
    places = minor_unit(program.currency)
    metric = None
    if benefit.of is not None:
        key = (track if benefit.of in ladder.metrics else "", benefit.of)
        metric = side.run.figures.metric(key, side.as_of)
    amount, partners = _NOTHING, 0
    for place, decision in enumerate(side.decisions[track]):
        if decision.suspended or decision.reason is Reason.NOT_ENROLLED:
            continue
        value = benefit.value_for(decision.held)
        if isinstance(value, bool) or not isinstance(value, Decimal):
            continue
        share = value if metric is None else _share(value, metric[place], benefit.cap)
        amount, partners = add(amount, rounded(share, places)), partners + bool(share)
    return Spent(amount, partners)


def _share(percent: Decimal, of: Value, cap: Decimal | None) -> Decimal:
    """Return a percentage of a metric, at most the cap; of less than nothing nothing is paid."""
    if not isinstance(of, Decimal):
        return _NOTHING
    share = max(multiply(percent, of).scaleb(-2), _NOTHING)
    return share if cap is None else min(share, cap)
