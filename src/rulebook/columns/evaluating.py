"""Works out a typed expression for all places at once.

One meaning, two ways: what arrays can do exactly is done in arrays; anything else (a number
that needs more than 36 digits, a date beyond the calendar, a comparison of unlike things) is
left to `rulebook.expressions.evaluate`, place by place, for the whole expression. A property
test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable

from rulebook.columns import arithmetic, choosing, dates, rounding
from rulebook.columns.column import Column, Nulls, Texts
from rulebook.columns.comparing import comparison
from rulebook.columns.making import constant, from_values
from rulebook.columns.numbers import Beyond, Numbers
from rulebook.expressions.evaluate import getter
from rulebook.expressions.functions.numbers import MAX_PLACES
from rulebook.expressions.typed import Const, Op, Ref, Typed

Resolve = Callable[[Ref], Column]
Vector = Callable[..., Column]


def evaluate(tree: Typed, resolve: Resolve, length: int) -> Column:
    """Return an expression for `length` places; `resolve` gives the column of a reference.

    Raises what the expression raises for a place: TooLarge, decimal.DecimalException.
    """
    try:
        return in_arrays(tree, resolve, length)
    except Beyond:
        return one_by_one(tree, resolve, length)


def one_by_one(tree: Typed, resolve: Resolve, length: int) -> Column:
    """Return an expression worked out place by place."""
    run = getter(tree, lambda ref: list(resolve(ref)).__getitem__)
    return from_values([run(place) for place in range(length)])


def in_arrays(tree: Typed, resolve: Resolve, length: int) -> Column:
    """Return an expression worked out in arrays, or raise Beyond."""
    match tree:
        case Const(value):
            return constant(value, length)
        case Ref():
            return resolve(tree)
        case Op(name, args):
            columns = [in_arrays(arg, resolve, length) for arg in args]
            if name in STRICT:
                if any(isinstance(column, Nulls) for column in columns):
                    return Nulls(length, None)
                return STRICT[name](*columns)
            if name in LENIENT:
                return LENIENT[name](*columns)
    raise Beyond


def _of_numbers(work: Callable[..., Numbers]) -> Vector:
    def run(*columns: Column) -> Column:
        if not all(isinstance(column, Numbers) for column in columns):
            raise Beyond
        return work(*columns)

    return run


def _round(value: Numbers, places: Numbers) -> Numbers:
    if not places.same or places.valid is not None:
        raise Beyond
    count = int(rounding.rounded(places, 0).at(0))
    return rounding.rounded(value, max(-MAX_PLACES, min(MAX_PLACES, count)))


def _lower(column: Column) -> Column:
    if not isinstance(column, Texts):
        raise Beyond
    words = from_values([word.lower() for word in column.words])
    assert isinstance(words, Texts)  # there is a column of texts only where there are words
    return Texts(column.length, column.valid, words.codes[column.codes], words.words)


#: Null as soon as one argument is.
STRICT: dict[str, Vector] = {
    "+": _of_numbers(arithmetic.add),
    "-": _of_numbers(arithmetic.subtract),
    "*": _of_numbers(arithmetic.multiply),
    "/": _of_numbers(arithmetic.divide),
    "negative": _of_numbers(arithmetic.negate),
    "abs": _of_numbers(arithmetic.absolute),
    "round": _of_numbers(_round),
    **{name: comparison(name) for name in ("=", "<>", "<", "<=", ">", ">=")},
    "not": choosing.negation,
    "least": choosing.least,
    "greatest": choosing.greatest,
    "clamp": choosing.clamp,
    "lower": _lower,
    "year": dates.year,
    "month": dates.month,
    "quarter": dates.quarter,
    "day": dates.day,
    "bare_month": dates.bare_month,
    "bare_quarter": dates.bare_quarter,
    "days_between": dates.days_between,
    "date_add": dates.date_add,
}
#: They see nulls.
LENIENT: dict[str, Vector] = {
    "and": choosing.conjunction,
    "or": choosing.disjunction,
    "in": choosing.among,
    "in_list": choosing.among_listed,
    "is_null": choosing.is_null,
    "count_true": choosing.count_true,
    "case": choosing.case,
    "coalesce": choosing.coalesce,
}
