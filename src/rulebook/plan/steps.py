"""The steps of a plan, in the order in which facts go through them.

Facts of a table → converted amounts → families → window → filter → groups → total. Every
step is data; expressions in it are typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rulebook.expressions.typed import Agg, Ref, Type, Typed, refs
from rulebook.values.windows import Window


@dataclass(frozen=True)
class Scan:
    """Read a table's facts that are not set aside, with the columns needed."""

    table: str
    partner: str
    columns: tuple[Ref, ...]


@dataclass(frozen=True)
class Exchanged:
    """An amount's column, with its currency: a column, or the code of a constant."""

    column: str
    currency: str
    constant: bool


@dataclass(frozen=True)
class Convert:
    """Convert amounts at the rate of the fact's day, or of the window's last day."""

    amounts: tuple[Exchanged, ...]
    day: str
    at_window_end: bool


@dataclass(frozen=True)
class Reach:
    """Give each fact to the partner levelled: its own, or with `family` all above it too."""

    family: bool


@dataclass(frozen=True)
class During:
    """Keep facts whose day lies in the window, or that hold at its date."""

    window: Window
    day: str
    valid_from: str | None
    valid_until: str | None


@dataclass(frozen=True)
class Keep:
    """Keep facts for which the condition is true: the metric's own, or what is visible."""

    where: Typed


@dataclass(frozen=True)
class Grouped:
    """Group facts by `keys`; keep groups with `having`; give one number `each`.

    `having` and `each` refer to `aggregates` by their place (Ref kind "aggregate") and to
    keys (kind "key"). A null key makes no group.
    """

    keys: tuple[Typed, ...]
    aggregates: tuple[Agg, ...]
    having: Typed | None
    each: Typed | None


@dataclass(frozen=True)
class Total:
    """Aggregate what is left; `value` refers to the aggregates by their place."""

    aggregates: tuple[Agg, ...]
    value: Typed
    type: Type


@dataclass(frozen=True)
class Plan:
    """All steps for one metric, in order."""

    metric: str
    scan: Scan
    convert: Convert
    reach: Reach
    during: During
    keep: Keep | None
    visible: Keep | None
    grouped: Grouped | None
    total: Total

    @property
    def conditions(self) -> tuple[Typed, ...]:
        """What a fact must meet beside its day: the metric's own, then the table's."""
        return tuple(step.where for step in (self.keep, self.visible) if step is not None)

    @property
    def constants(self) -> tuple[Ref, ...]:
        """The references that are one value per partner levelled and date."""
        kinds = ("parameter", "enrollment", "as_of")
        return tuple(ref for ref in self.refs if ref.kind in kinds)

    @property
    def refs(self) -> tuple[Ref, ...]:
        """Every reference in any expression of the plan, each once."""
        return _refs(self, self.conditions)

    @property
    def told(self) -> tuple[Ref, ...]:
        """Those that the metric itself names: what `visible` looks at is nobody's to see."""
        return _refs(self, () if self.keep is None else (self.keep.where,))


def _refs(plan: Plan, conditions: tuple[Typed, ...]) -> tuple[Ref, ...]:
    trees: list[Typed | None] = [*conditions]
    if plan.grouped:
        trees += [
            *plan.grouped.keys,
            *plan.grouped.aggregates,
            plan.grouped.having,
            plan.grouped.each,
        ]
    trees += [*plan.total.aggregates, plan.total.value]
    return tuple(dict.fromkeys(ref for tree in trees for ref in refs(tree)))


#: Why a fact of the partner does not count, in the order in which reasons are tried.
NOT_ENROLLED, OUTSIDE, FILTERED, GROUP = "not enrolled", "window", "filter", "group"
NOT_VISIBLE = "not visible"
Reason = Literal["not enrolled", "window", "filter", "not visible", "group"]

__all__ = ["Convert", "During", "Exchanged", "Grouped", "Keep", "Plan", "Reach", "Scan", "Total"]
