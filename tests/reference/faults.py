"""Faults to seed into the engine, one at a time: each is a rule that someone may get wrong.

A fault is a small patch of one place. `test_faults.py` asks that the comparison with the
reference sees every one of them.
"""

from __future__ import annotations

import dataclasses
import operator
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
import pytest
from sqlglot import exp

from rulebook.backends.families import Families
from rulebook.backends.sql import expressions as sql
from rulebook.backends.sql import query
from rulebook.backends.sql.query import Query
from rulebook.backends.sql.source import Source
from rulebook.columns import Beyond, comparing
from rulebook.columns import evaluating as columns
from rulebook.columns.spans import NO_END
from rulebook.dataset.data import Enrollment
from rulebook.expressions.functions import AGGREGATES, OPERATIONS, comparison
from rulebook.expressions.functions import numbers as number_functions
from rulebook.measuring import enrolled, figures, places
from rulebook.measuring.attestations import Attestations
from rulebook.measuring.constants import Constants
from rulebook.measuring.enrolled import SortedRows
from rulebook.measuring.qualify import NO_TIER, Qualifying
from rulebook.standing import gaps
from rulebook.values import calendar, money
from rulebook.values.calendar import Calendar
from rulebook.values.money import Exchange
from rulebook.values.windows import Span, Window

Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """A name, what it breaks in a channel manager's words, and how it is put in."""

    name: str
    breaks: str
    patch: Patch


FAULTS: list[Fault] = []


def fault(breaks: str) -> Callable[[Patch], Patch]:
    """Add a patch to the list under its own name."""

    def add(patch: Patch) -> Patch:
        FAULTS.append(Fault(patch.__name__, breaks, patch))
        return patch

    return add


def wrap(monkey: pytest.MonkeyPatch, owner: Any, name: str, change: Callable[..., Any]) -> None:
    """Put `change(original, *arguments)` for a function or method."""
    original = getattr(owner, name)
    monkey.setattr(owner, name, lambda *given, **named: change(original, *given, **named))


# Windows and calendars


def _spans(monkey: pytest.MonkeyPatch, kind: str, change: Callable[..., Any]) -> None:
    """Change the days of windows of one kind: `change(window, span, as_of, calendar, term_at)`."""

    def span(original: Any, window: Window, as_of: date, *rest: Any) -> Any:
        found = original(window, as_of, *rest)
        return change(window, found, as_of, *rest) if window.kind == kind and found else found

    wrap(monkey, Window, "_span", span)


@fault("a trailing window begins a day early")
def off_by_one_window(monkey: pytest.MonkeyPatch) -> None:
    def early(_: Window, span: Span, *__: Any) -> Span:
        return Span(span.low - timedelta(days=1) if span.low else None, span.high)

    _spans(monkey, "trailing", early)


@fault("`last month` runs to as-of")
def last_period_not_closed(monkey: pytest.MonkeyPatch) -> None:
    _spans(monkey, "last", lambda _, span, as_of, *__: Span(span.low, as_of))


@fault("`12 months ago` is left out")
def ago_left_out(monkey: pytest.MonkeyPatch) -> None:
    _spans(monkey, "ago", lambda window, _, as_of, *rest: window.of.span(as_of, *rest))


@fault("`enrolled` doesn't cut the window's begin")
def enrolled_cut(monkey: pytest.MonkeyPatch) -> None:
    def uncut(original: Any, window: Window, *rest: Any) -> Any:
        found = original(window, *rest)
        if window.kind != "enrolled":
            return found
        return dataclasses.replace(found, low=original(window.of, *rest).low)

    wrap(monkey, figures, "spans_of", uncut)


@fault("a month back from the 31st lands in the month after")
def month_end_runs_over(monkey: pytest.MonkeyPatch) -> None:
    def run_over(original: Any, day: date, months: int) -> date:
        found = original(day, months)
        return found + timedelta(days=1) if found.day < day.day else found

    wrap(monkey, calendar, "add_months", run_over)


@fault("the fiscal year starts in January")
def fiscal_year_ignored(monkey: pytest.MonkeyPatch) -> None:
    wrap(
        monkey,
        Calendar,
        "_fiscal_start",
        lambda original, _, months, day: original(Calendar(), months, day),
    )


@fault("weeks begin on Sunday")
def weeks_from_sunday(monkey: pytest.MonkeyPatch) -> None:
    def start(original: Any, self: Calendar, unit: str, day: date) -> date:
        if unit == "week":
            return day - timedelta(days=(day.weekday() + 1) % 7)
        return original(self, unit, day)

    wrap(monkey, Calendar, "start_of", start)


# Money and numbers


@fault("the rate of the day before")
def rate_of_the_wrong_day(monkey: pytest.MonkeyPatch) -> None:
    wrap(
        monkey,
        money,
        "_latest",
        lambda original, dated, day: original(dated, day - timedelta(days=1)),
    )


@fault("rates are rounded to 4 decimals")
def rate_rounding(monkey: pytest.MonkeyPatch) -> None:
    monkey.setattr(money, "RATE_DECIMALS", 4)


@fault("amounts keep a decimal more than their currency has")
def minor_unit(monkey: pytest.MonkeyPatch) -> None:
    wrap(monkey, money, "minor_unit", lambda original, currency: original(currency) + 1)


@fault("amounts are cut to the minor unit, not rounded")
def wrong_rounding(monkey: pytest.MonkeyPatch) -> None:
    def convert(self: Exchange, amount: Decimal, rate: Decimal) -> Decimal:
        return (amount * rate).quantize(Decimal(1).scaleb(-self.places), ROUND_DOWN)

    def converted(original: Any, self: Source, amount: Any) -> Any:
        piece = original(self, amount)
        for node in piece.sql.find_all(exp.Round):
            node.replace(
                exp.Anonymous(this="trunc", expressions=[node.this, node.args["decimals"]])
            )
        return piece

    monkey.setattr(Exchange, "convert", convert)
    wrap(monkey, Source, "converted", converted)


@fault("round() goes half to even")
def half_to_even(monkey: pytest.MonkeyPatch) -> None:
    def rounded(value: Decimal, places_: int) -> Decimal:
        return value.quantize(Decimal(1).scaleb(-places_), ROUND_HALF_EVEN)

    monkey.setattr(number_functions, "rounded", rounded)
    monkey.setitem(columns.STRICT, "round", _one_by_one)


def _one_by_one(*_: Any) -> Any:
    raise Beyond


@fault("comparisons see more than 12 decimals")
def comparisons_at_full_precision(monkey: pytest.MonkeyPatch) -> None:
    monkey.setattr(comparison, "seen", lambda value: value)
    monkey.setattr(comparing, "comparable", lambda column: column)


@fault("a strict bar is met when just reached")
def strict_bar(monkey: pytest.MonkeyPatch) -> None:
    monkey.setitem(OPERATIONS, ">", comparison._comparison(">", operator.ge))
    monkey.setitem(comparing._TESTS, ">", np.greater_equal)


# Facts


@fault("count(x) counts nulls")
def null_counted(monkey: pytest.MonkeyPatch) -> None:
    def total(original: Any, agg: Any, resolve: Any) -> Any:
        plain = agg.name == "count" and not agg.distinct
        return original(dataclasses.replace(agg, arg=None) if plain else agg, resolve)

    wrap(monkey, query, "total", total)


@fault("count(distinct x) counts each value as often as it stands there")
def distinct_left_out(monkey: pytest.MonkeyPatch) -> None:
    wrap(
        monkey,
        query,
        "total",
        lambda original, agg, resolve: original(dataclasses.replace(agg, distinct=False), resolve),
    )


@fault("the same row twice is two facts")
def repeated_rows_counted(monkey: pytest.MonkeyPatch) -> None:
    wrap(monkey, Query, "conditions", lambda original, self: original(self)[1:])


@fault("facts for which `where` ends null count")
def null_condition_counts(monkey: pytest.MonkeyPatch) -> None:
    def conditions(original: Any, self: Query) -> list[Any]:
        tests = original(self)
        if self.plan.keep is not None:
            tests[-1] = exp.Coalesce(this=tests[-1], expressions=[exp.true()])
        return tests

    wrap(monkey, Query, "conditions", conditions)


@fault("a certificate still holds on the day it ends")
def until_inclusive(monkey: pytest.MonkeyPatch) -> None:
    def during(original: Any, self: Query) -> list[Any]:
        tests = original(self)
        for node in [found for test in tests for found in test.find_all(exp.GT)]:
            node.replace(exp.GTE(this=node.this, expression=node.expression))
        return tests

    wrap(monkey, Query, "during", during)


@fault("a descendant's facts count twice")
def family_double(monkey: pytest.MonkeyPatch) -> None:
    def members(original: Any, self: Families, partner: str) -> Any:
        found = original(self, partner)
        return [*found, *found[1:]]

    wrap(monkey, Families, "members", members)


@fault("a family ends with the direct children")
def family_of_children(monkey: pytest.MonkeyPatch) -> None:
    def members(original: Any, self: Families, partner: str) -> Any:
        return [pair for pair in original(self, partner) if pair[0] == pair[1]]

    wrap(monkey, Families, "members", members)


@fault("`branch` is the descendant, not the child it is under")
def branch_is_the_member(monkey: pytest.MonkeyPatch) -> None:
    def members(original: Any, self: Families, partner: str) -> Any:
        return [(member, member) for member, _ in original(self, partner)]

    pairs = Families.closure.func
    wrap(monkey, Families, "members", members)
    closure = property(lambda self: (*pairs(self)[:2], pairs(self)[1]))
    monkey.setattr(Families, "closure", closure)


@fault("May 2019 and May 2020 are one month")
def month_without_its_year(monkey: pytest.MonkeyPatch) -> None:
    whole = sql._ordinal("MONTH", 12)
    monkey.setitem(sql._BUILD, "month", lambda day: sql._bare(12)(whole(day)))


@fault("the median of an even number is the lower of the middle two")
def lower_median(monkey: pytest.MonkeyPatch) -> None:
    def median(values: Any) -> Any:
        return sorted(values)[(len(values) - 1) // 2] if values else None

    monkey.setitem(AGGREGATES, "median", median)


# Other metrics


@fault("ties in a rank take the lower place")
def rank_ties(monkey: pytest.MonkeyPatch) -> None:
    def ranks(values: Any, within: Any, enrolled: Any) -> Any:
        return places._placed(
            values, within, enrolled,
            lambda ordered, value: Decimal(len(ordered) - ordered.index(value)),
        )  # fmt: skip

    monkey.setattr(figures, "ranks", ranks)


@fault("who isn't enrolled has a rank")
def everyone_ranked(monkey: pytest.MonkeyPatch) -> None:
    wrap(
        monkey,
        figures,
        "ranks",
        lambda original, values, within, _: original(values, within, [True] * len(values)),
    )


@fault("a percentile counts the partner among the others")
def percentile_of_all(monkey: pytest.MonkeyPatch) -> None:
    def percentiles(values: Any, within: Any, enrolled: Any) -> Any:
        def share(ordered: list[Decimal], value: Decimal) -> Any:
            return places.divide(places.bisect_left(ordered, value) * 100, Decimal(len(ordered)))

        return places._placed(values, within, enrolled, share)

    monkey.setattr(figures, "percentiles", percentiles)


@fault("earlier dates of `this` and `last` metrics aren't the ends of their periods")
def dates_not_on_period_ends(monkey: pytest.MonkeyPatch) -> None:
    monkey.setattr(figures, "calendar_bound", lambda *_: False)


@fault("an attestation that has run out counts")
def attestation_never_ends(monkey: pytest.MonkeyPatch) -> None:
    def read(original: Any, self: Attestations, *given: Any) -> None:
        original(self, *given)
        self.rows = {
            key: [(dataclasses.replace(row, until=None), value) for row, value in rows]
            for key, rows in self.rows.items()
        }

    wrap(monkey, Attestations, "__init__", read)


@fault("a parameter takes its newest entry, whatever the date")
def newest_parameter(monkey: pytest.MonkeyPatch) -> None:
    wrap(
        monkey,
        Constants,
        "_parameter",
        lambda original, self, name, _: original(self, name, date.max),
    )


@fault("an enrollment's last day is outside it")
def enrollment_end_exclusive(monkey: pytest.MonkeyPatch) -> None:
    wrap(
        monkey,
        Enrollment,
        "covers",
        lambda original, self, day: original(self, day) and day != self.end,
    )

    def in_force(original: Any, self: SortedRows, day: date) -> Any:
        ends = self.end
        self.end = np.where(ends == NO_END, ends, ends - 1)
        try:
            return original(self, day)
        finally:
            self.end = ends

    wrap(monkey, SortedRows, "in_force", in_force)
    monkey.setattr(enrolled, "_KEPT", deque())  # what is worked out with the fault isn't kept


# Tiers and gaps


@fault("`at_least` asks for one fewer")
def at_least_one_fewer(monkey: pytest.MonkeyPatch) -> None:
    def met(original: Any, self: Qualifying, asked: Any, day: date) -> Any:
        if getattr(asked, "kind", "") == "at_least":
            asked = dataclasses.replace(asked, need=asked.need - 1)
        return original(self, asked, day)

    wrap(monkey, Qualifying, "met", met)


@fault("a criterion without a value yet is met")
def null_is_met(monkey: pytest.MonkeyPatch) -> None:
    wrap(
        monkey,
        Qualifying,
        "criterion",
        lambda original, self, criterion, day: [
            value is not False for value in original(self, criterion, day)
        ],
    )


@fault("`sequential` is left out")
def sequential_left_out(monkey: pytest.MonkeyPatch) -> None:
    def qualify(self: Qualifying, track: str, day: date) -> Any:
        answers = np.full(len(self.figures.partners), NO_TIER, np.int16)
        for place, tier in enumerate(self.figures.meaning.ladders[track]):
            answers[self.met(tier.requires, day) & self.figures.enrolled_on(day)] = place
        return answers

    monkey.setattr(Qualifying, "_qualify", qualify)


@fault("`short` of an upper bar has the wrong sign")
def short_sign(monkey: pytest.MonkeyPatch) -> None:
    wrap(monkey, gaps, "_short", lambda original, _, have, need: original(">=", have, need))


@fault("`any` lists its first way, not its nearest")
def any_first(monkey: pytest.MonkeyPatch) -> None:
    monkey.setattr(gaps, "_distance", lambda _: (0, Decimal(0)))
