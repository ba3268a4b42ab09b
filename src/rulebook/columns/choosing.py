"""`and`, `or`, `not`, `in`, `is null`, `case`, `coalesce`, `least` … of whole columns.

Nothing here can fail, so looking at more places than a value rests on changes no answer.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rulebook.columns.column import (
    Booleans,
    Column,
    Days,
    Flags,
    Nulls,
    Objects,
    Texts,
    both,
    truth,
)
from rulebook.columns.comparing import compared
from rulebook.columns.making import constant, from_units
from rulebook.columns.numbers import Beyond, Numbers, alike, wide


def _flags(column: Column) -> tuple[Flags, Flags]:
    """Return where a column says yes, and where it says no."""
    if isinstance(column, Nulls):
        nowhere = np.zeros(1, np.bool_)
        return nowhere, nowhere
    if not isinstance(column, Booleans):
        raise Beyond
    if column.valid is None:
        return column.flags, ~column.flags
    return column.flags & column.valid, ~column.flags & column.valid


def conjunction(one: Column, other: Column) -> Column:
    """Return `and`: no as soon as one side is no."""
    (yes, no), (other_yes, other_no) = _flags(one), _flags(other)
    return _three_valued(one, other, yes & other_yes, no | other_no)


def disjunction(one: Column, other: Column) -> Column:
    """Return `or`: yes as soon as one side is yes."""
    (yes, no), (other_yes, other_no) = _flags(one), _flags(other)
    return _three_valued(one, other, yes | other_yes, no & other_no)


def _three_valued(one: Column, other: Column, yes: Flags, no: Flags) -> Column:
    certain = all(isinstance(side, Booleans) and side.valid is None for side in (one, other))
    return Booleans(one.length, None if certain else yes | no, yes)


def negation(column: Column) -> Column:
    """Return `not`."""
    if not isinstance(column, Booleans):
        raise Beyond
    return Booleans(column.length, column.valid, ~column.flags)


def is_null(column: Column) -> Column:
    """Return where there is no value."""
    if isinstance(column, Objects):
        raise Beyond
    return truth(~column.there, column.length)


def among(operand: Column, *items: Column) -> Column:
    """Return `in`: null where nothing is equal and something is null."""
    if isinstance(operand, Objects):
        raise Beyond
    found = Booleans(operand.length, None, np.zeros(1, np.bool_))
    unknown = np.zeros(1, np.bool_)
    for item in items:
        if isinstance(item, Nulls):
            unknown = np.ones(1, np.bool_)
            continue
        there = item.there
        if not isinstance(operand, Nulls):
            found.flags = found.flags | (compared("=", operand, item) & there)
        unknown = unknown | ~there
    valid = operand.there & (found.flags | ~unknown)
    return Booleans(operand.length, valid, found.flags)


def among_listed(operand: Column, listed: Column) -> Column:
    """Return `in` of a list that is the same for all."""
    if isinstance(listed, Nulls) or isinstance(operand, Nulls):
        return Nulls(operand.length, None)
    if not isinstance(listed, Objects) or not listed.same or listed.valid is not None:
        raise Beyond
    items = listed.objects[0]
    if items is None:
        return Nulls(operand.length, None)
    return among(operand, *(constant(item, operand.length) for item in items))


def count_true(*tests: Column) -> Column:
    """Return how many are yes."""
    total = sum((_flags(test)[0].astype(np.int64) for test in tests), np.zeros(1, np.int64))
    found = from_units(total)
    found.length = tests[0].length
    return found


def case(*arguments: Column) -> Column:
    """Return the value of the first condition that is yes, else the last argument."""
    found = arguments[-1]
    for place in range(len(arguments) - 3, -1, -2):
        found = chosen(_flags(arguments[place])[0], arguments[place + 1], found)
    return found


def coalesce(*arguments: Column) -> Column:
    """Return the first value that there is."""
    found = arguments[-1]
    for argument in reversed(arguments[:-1]):
        if isinstance(argument, Objects):
            raise Beyond
        found = chosen(argument.there, argument, found)
    return found


def least(*values: Column) -> Column:
    """Return the smallest as comparisons see it; of equal ones the first."""
    return _extreme("<", values)


def greatest(*values: Column) -> Column:
    """Return the largest as comparisons see it; of equal ones the first."""
    return _extreme(">", values)


def _extreme(test: str, values: tuple[Column, ...]) -> Column:
    valid = None
    for value in values:
        valid = both(valid, value.valid)
    best = values[0]
    for value in values[1:]:
        best = chosen(compared(test, value, best), value, best)
    best = replace(best)
    best.valid = valid
    return best


def clamp(value: Column, low: Column, high: Column) -> Column:
    """Return the value, at least low, and of that at most high."""
    return least(greatest(value, low), high)


def chosen(flags: Flags, one: Column, other: Column) -> Column:
    """Return one where the flag is set, the other elsewhere."""
    length = one.length
    if isinstance(one, Nulls):
        if isinstance(other, Nulls):
            return other
        return _with_valid(other, ~flags & other.there)
    if isinstance(other, Nulls):
        return _with_valid(one, flags & one.there)
    valid = None
    if one.valid is not None or other.valid is not None:
        valid = np.where(flags, one.there, other.there)
    match one, other:
        case Numbers(), Numbers():
            first, second = alike(one, other)
            bound = max(first.bound, second.bound)
            if first.high is None and second.high is None:
                units = np.where(flags, first.units, second.units)
                return Numbers(length, valid, units, first.scale, bound)
            (high, low), (other_high, other_low) = wide(first), wide(second)
            high, low = np.where(flags, high, other_high), np.where(flags, low, other_low)
            return Numbers(length, valid, low, first.scale, bound, high)
        case Booleans(), Booleans():
            return Booleans(length, valid, np.where(flags, one.flags, other.flags))
        case Days(), Days():
            return Days(length, valid, np.where(flags, one.days, other.days))
        case Texts(), Texts():
            return _chosen_texts(flags, one, other, valid)
    raise Beyond


def _with_valid(column: Column, valid: Flags) -> Column:
    if isinstance(column, Objects):
        raise Beyond
    found = replace(column)
    found.valid = valid
    return found


def _chosen_texts(flags: Flags, one: Texts, other: Texts, valid: Flags | None) -> Texts:
    numbers = {word: place for place, word in enumerate(dict.fromkeys((*one.words, *other.words)))}
    first, second = (
        np.array([numbers[word] for word in side.words], np.int32)[side.codes]
        for side in (one, other)
    )
    return Texts(one.length, valid, np.where(flags, first, second), list(numbers))
