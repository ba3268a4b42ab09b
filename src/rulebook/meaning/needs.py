"""What needs what: which metrics, parameters and tiers a metric or tier rests on."""

from __future__ import annotations

from collections.abc import Iterator

from rulebook.expressions.typed import Ref, Typed, refs
from rulebook.meaning.model import (
    AttestedMeaning,
    FormulaMeaning,
    Meaning,
    MeasuredMeaning,
    MetricMeaning,
    OverTimeMeaning,
    PlaceMeaning,
    asked_criteria,
)
from rulebook.meaning.scopes import MetricKey

#: A thing that others can need: ("metric", track, name), ("parameter", name), ("tier", track).
Need = tuple[str, ...]


def needs(meaning: Meaning, thing: Need) -> list[Need]:
    """Return what a metric, a parameter or a track's tiers need directly, each once."""
    kind, *path = thing
    found: list[Need] = []
    if kind == "metric":
        metric = meaning.metrics.get((path[0], path[1]))
        if isinstance(metric, OverTimeMeaning | PlaceMeaning):
            found.append(("metric", *metric.of))
    for ref in (ref for tree in trees(meaning, thing) for ref in refs(tree)):
        if ref.kind in ("metric", "parameter", "tier"):
            found.append((ref.kind, *ref.path))
    return list(dict.fromkeys(found))


def trees(meaning: Meaning, thing: Need) -> list[Typed]:
    """Return the expressions of a metric, a parameter or a track's tiers."""
    kind, *path = thing
    found: list[Typed | None] = []
    if kind == "metric":
        metric = meaning.metrics.get((path[0], path[1]))
        found = [] if metric is None else _trees(metric)
    elif kind == "parameter":
        found = [entry.by for entry in meaning.parameters[path[0]].entries]
    else:
        for tier in meaning.ladders.get(path[0], ()):
            found += [criterion.test for criterion in asked_criteria(tier.requires)]
    return [tree for tree in found if tree is not None]


def _trees(metric: MetricMeaning) -> list[Typed | None]:
    match metric:
        case MeasuredMeaning():
            return list(metric.trees)
        case FormulaMeaning():
            return [metric.formula]
        case OverTimeMeaning():
            return [metric.test]
        case AttestedMeaning():
            return []
    return [metric.within]


def under(meaning: Meaning, thing: Need) -> Iterator[Need]:
    """Yield a thing and everything it rests on, each once."""
    seen, waiting = {thing}, [thing]
    while waiting:
        current = waiting.pop()
        yield current
        for need in needs(meaning, current):
            if need not in seen:
                seen.add(need)
                waiting.append(need)


def metrics_under(meaning: Meaning, key: MetricKey) -> list[MetricKey]:
    """Return a metric and every metric that it rests on."""
    return [(need[1], need[2]) for need in under(meaning, ("metric", *key)) if need[0] == "metric"]


def metric_refs(tree: Typed) -> list[Ref]:
    """Return the metrics named in an expression, each once, in order."""
    return [ref for ref in refs(tree) if ref.kind == "metric"]
