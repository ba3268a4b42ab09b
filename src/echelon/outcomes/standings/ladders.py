"""A ladder as a partner reads it: each tier with what it asks for, what is there and missing.

A run keeps how its ladders read (`criteria` works it out), and a partner what it has of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Of one criterion: met, had, needed, short; the values as text, as figures are kept.
Values = list[Any]


@dataclass(frozen=True)
class Criterion:
    """One test of one partner. Values are text; None: no value yet, or not known."""

    label: str
    op: str | None
    unit: str
    currency: str
    met: bool
    have: Any
    need: Any
    short: Any
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """`need` of the parts must hold; `kind` is all, any or at_least."""

    kind: str
    need: int
    parts: tuple[Choice | Criterion, ...]

    @property
    def have(self) -> int:
        """How many parts hold."""
        return sum(part.met for part in self.parts)

    @property
    def met(self) -> bool:
        """Whether enough of them do."""
        return self.have >= self.need


@dataclass(frozen=True)
class Rung:
    """One tier as a partner stands to it: what it asks for, and what it takes to stay."""

    tier: str
    label: str
    requires: Choice | Criterion | None
    keep: Choice | Criterion | None

    @property
    def met(self) -> bool:
        """Whether its own requirement is met."""
        return self.requires is None or self.requires.met


@dataclass(frozen=True)
class Ladder:
    """A ladder as a partner reads it: its name, its tiers from the lowest, its figures' words."""

    label: str
    currency: str
    sequential: bool
    rungs: tuple[Rung, ...]
    metrics: Mapping[str, Mapping[str, str]]

    def rung(self, tier: str | None) -> Rung | None:
        """Return a tier by its name."""
        return next((rung for rung in self.rungs if rung.tier == tier), None)


def read(kept: Mapping[str, Any], values: Sequence[Values] = ()) -> Ladder:
    """Put a ladder together with what a partner has; without values it is what anybody reads."""
    found = [
        _criterion(kept, said, values[number] if number < len(values) else None)
        for number, said in enumerate(kept.get("criteria", ()))
    ]
    rungs = tuple(
        Rung(
            each["tier"], each["label"], _node(each["requires"], found), _node(each["keep"], found)
        )
        for each in kept.get("tiers", ())
    )
    return Ladder(
        kept.get("label", ""), kept.get("currency", ""), bool(kept.get("sequential")),
        rungs, kept.get("metrics", {}),
    )  # fmt: skip


def _criterion(
    kept: Mapping[str, Any], said: Mapping[str, Any], values: Values | None
) -> Criterion:
    met, have, need, short = values or (False, None, said["need"], None)
    return Criterion(
        said["label"], said["op"], said["unit"], kept["currency"], met, have, need, short,
        tuple(said["metrics"]),
    )  # fmt: skip


def _node(tree: Any, found: Sequence[Criterion]) -> Choice | Criterion | None:
    if tree is None:
        return None
    if isinstance(tree, int):
        return found[tree]
    parts = [part for each in tree["of"] if (part := _node(each, found)) is not None]
    if len(parts) == 1 == tree["need"]:
        return parts[0]
    return Choice(tree["kind"], tree["need"], tuple(parts))
