"""Which metrics two programs measure alike, so that one need not measure again what the other has.

A metric is the same where it, and everything that it rests on, means the same in both: other
metrics, parameters, tracks. Labels count too: then it is measured again, which costs time, not
truth. What is left out (partners, facts, rates of the market) must be the same data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rulebook.meaning import Meaning
from rulebook.meaning.model import MeasuredMeaning
from rulebook.meaning.needs import Need, needs
from rulebook.meaning.scopes import MetricKey
from rulebook.plan.steps import Exchanged
from rulebook.program import Program

#: For each fact table the amounts that a program reads: a fact without a rate for one is set aside.
Amounts = Mapping[str, Sequence[Exchanged]]


def converts_alike(one: Program, other: Program) -> bool:
    """Whether amounts are converted at the same rates into the same currency."""
    return one.currency == other.currency and one.fx == other.fx


def alike(one: Meaning, amounts: Amounts, other: Meaning, others: Amounts) -> frozenset[MetricKey]:
    """Return the metrics that have the same values in both programs, whatever the date."""
    first, second = one.program, other.program
    if (
        not converts_alike(first, second)
        or first.program != second.program  # whose enrollments count
        or first.calendar != second.calendar
        or first.time_zone != second.time_zone
    ):
        return frozenset()
    changed = {thing for thing in _things(other) if not _same(thing, one, other)}
    changed |= {
        ("metric", *key)
        for key, metric in other.metrics.items()
        if isinstance(metric, MeasuredMeaning)
        and set(amounts.get(metric.metric.table, ())) != set(others.get(metric.metric.table, ()))
    }
    below = {thing: needs(other, thing) for thing in _things(other)}
    while more := {t for t, rests_on in below.items() if t not in changed} & {
        t for t, rests_on in below.items() if changed.intersection(rests_on)
    }:
        changed |= more
    return frozenset(key for key in other.metrics if ("metric", *key) not in changed)


def _things(meaning: Meaning) -> list[Need]:
    return [
        *(("metric", *key) for key in meaning.metrics),
        *(("parameter", name) for name in meaning.parameters),
        *(("tier", track) for track in meaning.ladders),
    ]


def _same(thing: Need, one: Meaning, other: Meaning) -> bool:
    """Whether a metric, parameter or ladder is itself the same, whatever it rests on."""
    kind, *path = thing
    if kind == "metric":
        key = (path[0], path[1])
        return one.metrics.get(key) == other.metrics[key]
    if kind == "parameter":
        return one.parameters.get(path[0]) == other.parameters[path[0]]
    if one.ladders.get(path[0]) != other.ladders[path[0]]:
        return False
    first, second = (m.program.tracks[path[0]] if path[0] else m.program for m in (one, other))
    return first.sequential == second.sequential
