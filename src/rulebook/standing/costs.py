"""What benefits cost: percent of a metric, or an amount for each partner, by the tier held.

A percent without `of`, a number, a text, yes or no cost nothing that could be worked out here.
Who isn't enrolled and who is suspended gets nothing. Partners of one tier are worked out together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from rulebook.columns import Beyond, Column, Numbers, constant, from_units
from rulebook.columns.arithmetic import multiply as multiply_columns
from rulebook.columns.column import Places
from rulebook.columns.numbers import alike, tightened
from rulebook.columns.rounding import rounded as rounded_column
from rulebook.dataset.data import Value
from rulebook.program import Benefit, Ladder
from rulebook.standing.decision import Decision, Reason
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


def total(spent: Iterable[Spent | None]) -> Decimal:
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
    digits = minor_unit(program.currency)
    metric = None
    if benefit.of is not None:
        key = (track if benefit.of in ladder.metrics else "", benefit.of)
        metric = side.run.figures.metric(key, side.as_of)
    amount, partners = _NOTHING, 0
    for tier, places in _paid(side, track):
        value = benefit.value_for(tier)
        if isinstance(value, bool) or not isinstance(value, Decimal) or not len(places):
            continue
        if metric is None:
            share = multiply(rounded(value, digits), Decimal(len(places)))
            spent = Spent(share, len(places) if value else 0)
        else:
            spent = _shares(value, metric.take(places), benefit.cap, digits)
        amount, partners = add(amount, spent.amount), partners + spent.partners
    return Spent(amount, partners)


def _paid(side: Side, track: str) -> Iterator[tuple[str | None, Places]]:
    """Yield each tier, and none, with the places of those who hold it and get what it gives."""
    which, decisions = side.decided[track]
    paid = np.array([_is_paid(decision) for decision in decisions], np.bool_)[which]
    held, tiers = side.held(track), side.tiers(track)
    for place, tier in enumerate((*tiers, None)):
        yield tier, np.flatnonzero(paid & (held == (-1 if tier is None else place)))


def _is_paid(decision: Decision) -> bool:
    return not decision.suspended and decision.reason is not Reason.NOT_ENROLLED


def _shares(percent: Decimal, of: Column, cap: Decimal | None, digits: int) -> Spent:
    """Return a percentage of each partner's metric, at most the cap, and all of them together."""
    if isinstance(of, Numbers):
        try:
            return _shares_in_arrays(percent, of, cap, digits)
        except Beyond:
            pass
    shares = [_share(percent, value, cap) for value in of]
    amount = _NOTHING
    for share in shares:
        amount = add(amount, rounded(share, digits))
    return Spent(amount, sum(map(bool, shares)))


def _share(percent: Decimal, of: Value, cap: Decimal | None) -> Decimal:
    """Return a percentage of a metric, at most the cap; of less than nothing nothing is paid."""
    if not isinstance(of, Decimal):
        return _NOTHING
    share = max(multiply(percent, of).scaleb(-2), _NOTHING)
    return share if cap is None else min(share, cap)


def _shares_in_arrays(percent: Decimal, of: Numbers, cap: Decimal | None, digits: int) -> Spent:
    """Return the same from one limb, or raise Beyond where that is too short."""
    rate = constant(percent, of.length)
    assert isinstance(rate, Numbers)
    share = tightened(multiply_columns(of, rate))  # without a value: nothing
    share.scale += 2
    most = share if cap is None else constant(cap, of.length)
    assert isinstance(most, Numbers)
    share, most = alike(share, most)
    if share.high is not None or most.high is not None:
        raise Beyond
    units = np.maximum(share.units, 0)
    units = units if cap is None else np.minimum(units, most.units)
    found = rounded_column(from_units(units, share.scale), digits)
    amount = multiply(Decimal(sum(found.whole())), Decimal(1).scaleb(-found.scale))
    return Spent(amount, int(np.count_nonzero(units)))
