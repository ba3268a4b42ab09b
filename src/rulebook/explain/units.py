"""Units: how a metric's number is shown, taken from the document or from what it is made of.

A document says `unit: money`, `percent`, `days` …; a metric without one that adds up amounts is
money all the same. A percent is a ratio (0.08 is shown as 8 %), but for percentiles, which are in
percent already.
"""

from __future__ import annotations

from dataclasses import dataclass

from rulebook.dataset.spec import Facts
from rulebook.expressions.typed import Agg, Const, Op, Ref, Typed, walk
from rulebook.meaning import Meaning
from rulebook.meaning.model import (
    FormulaMeaning,
    MeasuredMeaning,
    MetricMeaning,
    OverTimeMeaning,
)
from rulebook.meaning.scopes import MetricKey
from rulebook.metrics import Percentile
from rulebook.plan.build import is_money

_SAME = ("+", "-", "negative", "least", "greatest", "clamp", "coalesce", "abs", "round", "case")


@dataclass(frozen=True)
class Unit:
    """`kind` is money, percent, another word of the document, or nothing.

    `hundredfold`: the number is a ratio and shown times 100.
    """

    kind: str = ""
    hundredfold: bool = False


PLAIN, MONEY = Unit(), Unit("money")
RATIO, IN_PERCENT = Unit("percent", hundredfold=True), Unit("percent")


def unit_of(meaning: Meaning, key: MetricKey) -> Unit:
    """Return the unit in which a metric is shown."""
    found = meaning.metrics[key]
    written = found.metric.unit
    if written == "percent" or (written is None and isinstance(found.metric, Percentile)):
        return IN_PERCENT if _is_percentile(meaning, found) else RATIO
    if written is not None:
        return Unit(written)
    return _unwritten(meaning, found)


def _is_percentile(meaning: Meaning, found: MetricMeaning) -> bool:
    if isinstance(found, OverTimeMeaning) and found.take != "count":
        return _is_percentile(meaning, meaning.metrics[found.of])
    return isinstance(found.metric, Percentile)


def _unwritten(meaning: Meaning, found: MetricMeaning) -> Unit:
    match found:
        case MeasuredMeaning():
            return unit_of_tree(meaning, found.value, found)
        case FormulaMeaning():
            return unit_of_tree(meaning, found.formula)
        case OverTimeMeaning() if found.take != "count":
            return unit_of(meaning, found.of)
    return PLAIN


def unit_of_tree(meaning: Meaning, tree: Typed, within: MeasuredMeaning | None = None) -> Unit:
    """Return the unit of an expression: that of its metrics and columns where they agree."""
    match tree:
        case Ref("metric", (track, name)):
            return unit_of(meaning, (track, name))
        case Ref("column", (column,)) if within is not None and isinstance(within.facts, Facts):
            return MONEY if is_money(within.facts, column) else PLAIN
        case Ref("each") if within is not None and within.each is not None:
            return unit_of_tree(meaning, within.each, within)
        case Agg("count") | Const():
            return PLAIN
        case Agg(_, arg) if arg is not None:
            return unit_of_tree(meaning, arg, within)
        case Op("*", args):
            found = [unit_of_tree(meaning, arg, within) for arg in args]
            return MONEY if found.count(MONEY) == 1 and found.count(PLAIN) == 1 else PLAIN
        case Op("/", (left, right)):
            over, under = (unit_of_tree(meaning, side, within) for side in (left, right))
            return over if under == PLAIN else PLAIN
        case Op(name, args) if name in _SAME:
            found = [unit_of_tree(meaning, arg, within) for arg in args if not _is_test(arg)]
            kinds = {unit for unit in found if unit != PLAIN}
            return kinds.pop() if len(kinds) == 1 else PLAIN
    return PLAIN


def _is_test(tree: Typed) -> bool:
    return tree.type.name == "BOOLEAN"


def adds_up(meaning: Meaning, key: MetricKey) -> bool:
    """Whether one more of what it counts makes it larger by as much: sums and counts do."""
    found = meaning.metrics[key]
    match found:
        case MeasuredMeaning():
            trees = [tree for tree in (found.value, found.each) if tree is not None]
            return all(_adds(meaning, tree) for tree in trees)
        case FormulaMeaning():
            return _adds(meaning, found.formula)
        case OverTimeMeaning():
            return found.take in ("sum", "count")
    return False


def _adds(meaning: Meaning, tree: Typed) -> bool:
    for node in walk(tree):
        match node:
            case Op("/" | "round") | Agg("avg" | "median" | "min" | "max"):
                return False
            case Ref("metric", (track, name)) if not adds_up(meaning, (track, name)):
                return False
    return True


__all__ = ["IN_PERCENT", "MONEY", "PLAIN", "RATIO", "Unit", "adds_up", "unit_of"]
