"""Requirements as a tree: what a tier asks for, met or not, with what the partner has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rulebook.dataset.data import Value
from rulebook.errors import DataError, Problem, nearest
from rulebook.explain.figure import Part
from rulebook.explain.labels import metric_label, spoken, tier_label, track_label
from rulebook.explain.parts import parts_of
from rulebook.explain.units import PLAIN, Unit, unit_of, unit_of_tree
from rulebook.expressions.typed import Op, Ref, Type
from rulebook.meaning.model import Asked, Criterion, TierMeaning
from rulebook.measuring import Figures
from rulebook.standing.gaps import Gaps


@dataclass(frozen=True)
class Checked:
    """One criterion. `short` is what is missing, None where it is met or no number closes it.

    `parts` are the metrics, parameters and tiers that it names, with their values.
    """

    criterion: Criterion
    path: str
    text: str
    label: str
    op: str | None
    have: Value
    need: Value
    short: Decimal | None
    unit: Unit
    met: bool
    parts: tuple[Part, ...]

    @property
    def track(self) -> str | None:
        """The track whose tiers are compared; None for any other criterion."""
        match self.criterion.left:
            case Ref("tier", (track,)):
                return track
        return None


@dataclass(frozen=True)
class Needed:
    """`need` of the parts must hold; `kind` is all, any or at_least.

    `nearest` are the places of the unmet parts by which it is met soonest, as gaps list them.
    """

    kind: str
    need: int
    met: bool
    parts: tuple[Needed | Checked, ...]
    nearest: tuple[int, ...] = ()

    @property
    def have(self) -> int:
        """How many parts hold."""
        return sum(part.met for part in self.parts)


Node = Needed | Checked


@dataclass(frozen=True)
class TierView:
    """What a tier asks for (`bar` requires), or what it takes to stay (keep), for one partner.

    `tree` is None where nothing is asked. `below` are tiers that a sequential ladder asks for
    first and that aren't met.
    """

    track: str
    tier: str
    label: str
    bar: str
    met: bool
    tree: Node | None
    below: tuple[str, ...] = ()


class Requirements(Gaps):
    """Requirements of every partner on one date; gaps, with what is met beside them."""

    def __init__(self, figures: Figures, day: date) -> None:
        """Take the figures by which partners are levelled."""
        super().__init__(figures, day)

    def tier(self, track: str, name: str, place: int, *, keep: bool = False) -> TierView:
        """Return what a tier asks of the partner at a place, or its lower bar to stay."""
        tiers = {tier.name: tier for tier in self.figures.meaning.ladders[track]}
        if name not in tiers:
            hint = nearest(name, tiers) or f"tiers: {', '.join(tiers)}"
            raise DataError([Problem(f"there is no tier {name!r}", hint=hint)])
        meaning = tiers[name]
        asked = (meaning.keep or meaning.requires) if keep else meaning.requires
        below = () if keep else self._below(track, meaning, place)
        return TierView(
            track,
            name,
            tier_label(self.figures.program, track, name),
            "keep" if keep else "requires",
            not below and (asked is None or self.met(asked, place)),
            None if asked is None else self.node(asked, place),
            below,
        )

    def _below(self, track: str, tier: TierMeaning, place: int) -> tuple[str, ...]:
        program = self.figures.program
        ladder = program.tracks[track] if track else program
        if not ladder.sequential:
            return ()
        tiers = self.figures.meaning.ladders[track]
        lower = tiers[: [each.name for each in tiers].index(tier.name)]
        return tuple(
            each.name
            for each in lower
            if each.requires is not None and not self.met(each.requires, place)
        )

    def node(self, asked: Asked, place: int) -> Node:
        """Return a requirement with everything under it."""
        if isinstance(asked, Criterion):
            return self.tested(asked, place)
        listed = {gap.path for gap in self.of(asked, place)}
        parts = tuple(self.node(part, place) for part in asked.parts)
        near = tuple(
            index
            for index, part in enumerate(parts)
            if not part.met and any(leaf.path in listed for leaf in leaves(part))
        )
        return Needed(asked.kind, asked.need, self.met(asked, place), parts, near)

    def tested(self, criterion: Criterion, place: int) -> Checked:
        """Return one criterion with what the partner has and needs."""
        gap, met = self.gap(criterion, place), self.met(criterion, place)
        sides = [side for side in (criterion.left, criterion.right) if side is not None]
        trees = sides or [criterion.test]
        return Checked(
            criterion,
            criterion.path,
            criterion.text,
            self.label(criterion),
            gap.op,
            gap.have,
            gap.need,
            None if met else gap.short,
            self.unit(criterion),
            met,
            parts_of(self.figures, trees, place, self.day),
        )

    def label(self, criterion: Criterion) -> str:
        """Return what people read for the left side."""
        left = criterion.test if criterion.left is None else criterion.left
        if isinstance(left, Op) and left.name == "not":
            left = left.args[0]
        match left:
            case Ref("metric", (track, name)):
                return metric_label(self.figures.program, (track, name))
            case Ref("tier", (track,)):
                return track_label(self.figures.program, track)
            case Ref("program", (program, *_)):
                return f"Tier in {spoken(program)}"
            case Ref("partner", path):
                return spoken(" ".join(path))
            case Op("count_true", args) if criterion.left is not None:
                return f"Tracks at {self._tier_of_count(args[0])}"
        return criterion.left_text or criterion.text

    def _tier_of_count(self, test: object) -> str:
        match test:
            case Op(_, (Ref("tier", (track,)), constant)):
                order = list(self.figures.program.tracks[track].tiers)
                index = int(getattr(constant, "value", 0))
                return tier_label(self.figures.program, track, order[index])
        return "the tier"

    def unit(self, criterion: Criterion) -> Unit:
        """Return how people read the amounts of both sides."""
        left = criterion.left
        if left is None or left.type is not Type.NUMBER:
            return PLAIN
        if isinstance(left, Ref) and left.kind == "metric":
            return unit_of(self.figures.meaning, (left.path[0], left.path[1]))
        return unit_of_tree(self.figures.meaning, left)


def leaves(node: Node | None) -> Iterator[Checked]:
    """Yield every criterion under a node, in the document's order."""
    if isinstance(node, Checked):
        yield node
    elif node is not None:
        for part in node.parts:
            yield from leaves(part)
