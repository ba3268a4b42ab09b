"""A metric at several dates: which dates, and what is taken of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rulebook.expressions import tree
from tests.reference.evaluator import numbers
from tests.reference.evaluator.calculate import compare, value_of
from tests.reference.evaluator.days import moved, period_end, period_start


def over_time(world: Any, track: str | None, metric: Any, partner: str, day: date) -> Any:
    dates = dates_of(world, track, metric, partner, day)
    if metric.newcomers is not None and world.tables.enrollments is not None:
        term = world.term(partner, day)
        begun = date.min if term is None else term.start or date.min
        dates = [each for each in dates if each >= begun]
    found = [(each, world.metric(track, metric.of, partner, each)) for each in dates]
    found = [(each, value) for each, value in found if value is not None]
    take = metric.take.tree
    if isinstance(take, tree.Call) and take.function == "count":
        count = 0
        for each, value in found:
            test = take.arguments[0]
            assert isinstance(test, tree.Test)
            bar = value_of(test.right, world.scope(track, partner, each))
            count += compare(test.op, value, bar) is True
        return Decimal(count)
    values = [value for _, value in found]
    match take.parts[0] if isinstance(take, tree.Name) else take.function:
        case "sum":
            return numbers.total(values)
        case "avg":
            return numbers.average(values)
        case "min":
            return min(values, default=None)
        case "max":
            return max(values, default=None)
    raise AssertionError(take)


def dates_of(world: Any, track: str | None, metric: Any, partner: str, day: date) -> list[date]:
    """As-of (or the window's last day) and the dates before it, one period apart."""
    unit = metric.each
    snap = follows_periods(world, track, metric.of)

    def step(first: date, back: int) -> date:
        if back and snap:
            start = period_start(first, unit, back, world.year_starts)
            return period_end(start, unit, world.year_starts)
        return moved(first, -back, unit)

    if metric.last is not None:
        return [step(day, back) for back in range(metric.last)]
    days = world.days(metric.over, partner, day)
    dates: list[date] = []
    while days is not None and (date_ := step(days.last, len(dates))) in days:
        dates.append(date_)
        if date_ <= date.min + timedelta(days=400):
            break
    return dates


def follows_periods(world: Any, track: str | None, name: str) -> bool:
    """Whether a metric, or one under it, has a `this` or `last` window."""
    if "." in name:
        track, name = name.split(".")
    track = world.owner(track, name)
    metric = world.definition(track, name)
    window = getattr(metric, "window", None) or getattr(metric, "over", None)
    while window is not None:
        if window.kind in ("this", "last"):
            return True
        window = window.of
    return any(follows_periods(world, track, name) for name in under(world, track, metric))


def under(world: Any, track: str | None, metric: Any) -> list[str]:
    """The metrics that a metric is worked out from."""
    trees = [getattr(metric, key, None) for key in ("formula", "take", "within")]
    texts = [name.text for each in trees if each is not None for name in tree.names(each.tree)]
    texts += [
        str(getattr(metric, key))
        for key in ("of", "rank", "percentile")
        if getattr(metric, key, None) is not None
    ]
    return [text for text in texts if is_metric(world, track, text)]


def is_metric(world: Any, track: str | None, text: str) -> bool:
    if "." in text:
        head, _, tail = text.partition(".")
        return head in world.program.tracks and tail in world.program.tracks[head].metrics
    own = world.program.tracks[track].metrics if track is not None else {}
    return text in own or text in world.program.metrics
