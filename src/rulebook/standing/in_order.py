"""Scenarios in which tiers would be out of order, as the check of every document finds them.

Few are, so most are told apart by what such a scenario must have; the check itself is asked of the
rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rulebook.checks import tier_order
from rulebook.errors import Problem
from rulebook.expressions.typed import Const
from rulebook.meaning.model import Asked, Criterion, Group, Meaning, TierMeaning, asked_criteria
from rulebook.standing.asking import Values, with_bar

_UP, _DOWN = (">", ">=", "="), ("<", "<=", "=")


def out_of_order(meaning: Meaning, values: Values) -> list[tuple[int, Problem]]:
    """Return what is wrong with the tiers' order, beside the scenario's number."""
    found: list[tuple[int, Problem]] = []
    for scenario in _suspects(meaning, values):
        asked = {path: column[scenario] for path, column in values.items()}
        ladders = {
            track: tuple(
                TierMeaning(tier.name, _with_bars(tier.requires, asked), tier.keep)
                for tier in tiers
            )
            for track, tiers in meaning.ladders.items()
        }
        problems = tier_order.check(replace(meaning, ladders=ladders))
        found += [(scenario, problem) for problem in problems if not problem.notice]
    return found


def _with_bars(asked: Asked | None, values: dict[str, Decimal]) -> Asked | None:
    if isinstance(asked, Criterion):
        return with_bar(asked, values[asked.path]) if asked.path in values else asked
    if asked is None:
        return None
    parts = [_with_bars(part, values) for part in asked.parts]
    return Group(asked.kind, asked.need, tuple(part for part in parts if part is not None))


def _suspects(meaning: Meaning, values: Values) -> list[int]:
    """Return the scenarios in which each criterion of a tier may follow from the tier below."""
    count = len(next(iter(values.values()), ()))
    order = {value: rank for rank, value in enumerate(sorted(_all(meaning, values)))}
    found = np.zeros(count, np.bool_)
    for tiers in meaning.ladders.values():
        for lower, upper in pairwise(tiers):
            below = list(asked_criteria(lower.requires))
            suspect = np.ones(count, np.bool_)
            for other in asked_criteria(upper.requires):
                follows = np.zeros(count, np.bool_)
                for one in below:
                    follows |= _may_follow(one, other, values, order)
                suspect &= follows
            found |= suspect
    return [int(scenario) for scenario in np.flatnonzero(found)]


def _may_follow(
    one: Criterion, other: Criterion, values: Values, order: dict[Decimal, int]
) -> NDArray[np.bool_] | bool:
    """Return in which scenarios meeting one criterion may mean meeting the other."""
    if one.path not in values and other.path not in values and one.test == other.test:
        return True
    if one.left is None or one.left != other.left:
        return False
    first, second = (_ranks(each, values, order) for each in (one, other))
    if first is None or second is None:
        return True
    up = (first >= second) if other.op in _UP and one.op in _UP else False
    down = (first <= second) if other.op in _DOWN and one.op in _DOWN else False
    same = (first == second) if one.op == other.op else False
    return up | down | same


def _all(meaning: Meaning, values: Values) -> Iterator[Decimal]:
    """Yield every value that a bar has in the document or in a scenario, each once."""
    found: dict[Decimal, None] = {}
    for column in values.values():
        found |= dict.fromkeys(column)
    for tiers in meaning.ladders.values():
        for tier in tiers:
            for criterion in asked_criteria(tier.requires):
                if isinstance(criterion.right, Const) and isinstance(
                    criterion.right.value, Decimal
                ):
                    found[criterion.right.value] = None
    yield from found


def _ranks(
    criterion: Criterion, values: Values, order: dict[Decimal, int]
) -> NDArray[np.int64] | None:
    """Return the rank of a criterion's bar in each scenario; None where it is no fixed number."""
    if criterion.path in values:
        column: Sequence[Decimal] = values[criterion.path]
        return np.array([order[value] for value in column], np.int64)
    right = criterion.right
    if isinstance(right, Const) and isinstance(right.value, Decimal):
        return np.array([order[right.value]], np.int64)
    return None
