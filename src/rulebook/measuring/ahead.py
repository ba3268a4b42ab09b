"""Measures ahead: everything that tiers rest on, each metric on all its dates at once.

Asked date by date, facts would be read once for each; a history of a year's months reads them
once. Formulas and ranks rest on metrics of the same dates, a metric over time on others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from rulebook.expressions.typed import refs
from rulebook.meaning import Meaning
from rulebook.meaning.model import MeasuredMeaning, OverTimeMeaning, asked_criteria
from rulebook.meaning.needs import Need, metrics_under, needs
from rulebook.meaning.scopes import MetricKey
from rulebook.measuring.figures import Figures


def measure_ahead(
    figures: Figures, days: Sequence[date], begin: Callable[[str], None] = lambda _: None
) -> None:
    """Work out on these days all that tiers rest on; `begin` is told of each metric."""
    meaning = figures.meaning
    dates: dict[Need, set[date]] = {thing: set(days) for thing in _tiers_rest_on(meaning)}
    order = _lowest_first(meaning, list(dates))
    for thing in reversed(order):
        on = _asked_on(figures, thing, dates.setdefault(thing, set()))
        for need in needs(meaning, thing):
            dates.setdefault(need, set()).update(on)
    metrics = {
        (thing[1], thing[2]): sorted(dates[thing]) for thing in order if thing[0] == "metric"
    }
    first = {key: days for key, days in metrics.items() if _from_facts_alone(meaning, key)}
    for key in first:
        begin(".".join(part for part in key if part))
    figures.measure(first)
    for key in [each for each in metrics if each not in first]:
        begin(".".join(part for part in key if part))
        figures.metrics_on(key, metrics[key])


def _from_facts_alone(meaning: Meaning, key: MetricKey) -> bool:
    """Whether a metric is measured and rests on no other: such can be measured together."""
    measured = isinstance(meaning.metrics[key], MeasuredMeaning)
    return measured and len(metrics_under(meaning, key)) == 1


def _tiers_rest_on(meaning: Meaning) -> list[Need]:
    """Return what the requirements of all ladders name, also those to keep a tier."""
    found: dict[Need, None] = {}
    for tiers in meaning.ladders.values():
        for asked in (bar for tier in tiers for bar in (tier.requires, tier.keep)):
            for criterion in asked_criteria(asked):
                for ref in refs(criterion.test):
                    if ref.kind in ("metric", "parameter", "tier"):
                        found[ref.kind, *ref.path] = None
    return list(found)


def _lowest_first(meaning: Meaning, things: Sequence[Need]) -> list[Need]:
    """Return things and all that they rest on, each after what it rests on."""
    order: dict[Need, None] = {}

    def put(thing: Need) -> None:
        if thing not in order:
            for need in needs(meaning, thing):
                put(need)
            order[thing] = None

    for thing in things:
        put(thing)
    return list(order)


def _asked_on(figures: Figures, thing: Need, days: set[date]) -> set[date]:
    """Return the dates on which something needs what it rests on, to be worked out on `days`."""
    metric = figures.meaning.metrics.get((thing[1], thing[2])) if thing[0] == "metric" else None
    if not isinstance(metric, OverTimeMeaning):
        return days
    return {d for day in days for d in figures.over_time_dates(metric, day).every}
