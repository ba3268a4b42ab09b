"""Why a partner moves in a what-if: the criteria that turned, and decided it.

One document has the tier's requirement met, the other not. Of all that isn't met in the latter
those parts are named that are met in the former, or that it doesn't ask for: they make the
difference. Where no criterion turned, because only how many of them are needed changed, it is
the group that did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rulebook.dataset.data import Value
from rulebook.meaning.model import Asked, Criterion, Group, TierMeaning, asked_criteria
from rulebook.measuring import Figures
from rulebook.standing.gaps import Gaps
from rulebook.standing.side import Side

_LAST = re.compile(r"(\.[^.\[\]]+|\[\d+\])$")
_FORM = re.compile(r"\.(all|any|at_least)$")


@dataclass(frozen=True)
class Look:
    """A criterion, or how many of a group are met, for one partner under one document."""

    path: str
    text: str
    metric: str
    op: str | None
    have: Value
    need: Value
    met: bool


@dataclass(frozen=True)
class Turned:
    """One part of a requirement before and after; None where a document doesn't ask for it."""

    before: Look | None
    after: Look | None

    @property
    def met(self) -> bool:
        """Whether it counts for the partner after."""
        return self.after is None or self.after.met


class _Requirements(Gaps):
    """The requirements of one side, met or not."""

    def __init__(self, figures: Figures, day: date) -> None:
        """Every mover is asked for many requirements: each is looked up once, for all."""
        super().__init__(figures, day)
        self._met: dict[int, tuple[Asked, list[bool]]] = {}  # by the objects, which stay

    def met(self, asked: Asked, place: int) -> bool:
        """Return whether the partner at a place meets a requirement."""
        if id(asked) not in self._met:
            found: list[bool] = self.figures.qualifying.met(asked, self.day).tolist()
            self._met[id(asked)] = (asked, found)
        return self._met[id(asked)][1][place]

    def look(self, criterion: Criterion, place: int) -> Look:
        gap, met = self.gap(criterion, place), self.met(criterion, place)
        return Look(criterion.path, criterion.text, gap.metric, gap.op, gap.have, gap.need, met)

    def count(self, group: Group, place: int) -> Look:
        """Return how many of a group are met, as if that were a criterion."""
        met = sum(self.met(part, place) for part in group.parts)
        kind = group.need if group.kind == "at_least" else group.kind
        text = f"{kind} of {len(group.parts)}"
        have, need = Decimal(met), Decimal(group.need)
        return Look(_group_path(group), text, text, ">=", have, need, met >= group.need)


class Turning:
    """Compares requirements of two sides for some partners; a place is one among these."""

    def __init__(self, before: Side, after: Side, partners: Sequence[str]) -> None:
        """Take the sides; requirements that belong together are paired once."""
        self.sides = (before, after)
        self.asked = tuple(
            _Requirements(side.run.figures.about(partners), side.as_of) for side in self.sides
        )
        self._pairs: dict[tuple[str, str, str, int], dict[str, Criterion]] = {}
        self._twins: dict[tuple[int, int], Group | None] = {}  # by the objects, which stay

    def lost(self, track: str, tier: str, place: int, bar: str = "requires") -> tuple[Turned, ...]:
        """Return what made a partner lose a tier: what isn't met after, and was before."""
        return self._turned(track, tier, place, bar, 1)

    def gained(self, track: str, tier: str, place: int) -> tuple[Turned, ...]:
        """Return what made a partner reach a tier: what wasn't met before, and is after."""
        return self._turned(track, tier, place, "requires", 0)

    def _turned(
        self, track: str, tier: str, place: int, bar: str, unmet: int
    ) -> tuple[Turned, ...]:
        found: list[Turned] = []
        for name in self._rests_on(track, tier, unmet) if bar == "requires" else [tier]:
            missing = _asked(self.sides[unmet], track, name, bar)
            other = _asked(self.sides[1 - unmet], track, name, bar)
            if other is not None and not self.asked[1 - unmet].met(other, place):
                continue  # what isn't met on either side decides nothing
            pairs = self._paired(track, name, bar, unmet)
            found += self._differences(missing, other, pairs, place, unmet)
        return tuple(found)

    def _rests_on(self, track: str, tier: str, side: int) -> list[str]:
        """Return the tiers whose requirements a tier needs met: with `sequential` all below too."""
        tiers = self.sides[side].tiers(track)
        program = self.sides[side].run.program
        ladder = program.tracks[track] if track else program
        return list(tiers[: tiers.index(tier) + 1]) if ladder.sequential else [tier]

    def _differences(
        self,
        asked: Asked | None,
        other: Asked | None,
        pairs: dict[str, Criterion],
        place: int,
        unmet: int,
    ) -> Iterator[Turned]:
        """Yield the parts of `asked`, not met, that are met or not asked in the other document."""
        ours, theirs = self.asked[unmet], self.asked[1 - unmet]
        if asked is None or ours.met(asked, place):
            return
        if isinstance(asked, Criterion):
            twin = pairs.get(asked.path)
            if twin is None or theirs.met(twin, place):
                look = None if twin is None else theirs.look(twin, place)
                yield _in_order(ours.look(asked, place), look, unmet)
            return
        group = self._twin(asked, other, pairs)
        if group is not None and not theirs.met(group, place):
            return
        below = [
            turned
            for part in asked.parts
            for turned in self._differences(part, other, pairs, place, unmet)
        ]
        yield from below
        if group is not None:
            number_changed = asked.kind == group.kind == "at_least" and asked.need != group.need
            if not below or number_changed:
                yield _in_order(ours.count(asked, place), theirs.count(group, place), unmet)

    def _twin(self, group: Group, other: Asked | None, pairs: dict[str, Criterion]) -> Group | None:
        """Return `_twin_of`, looked for once."""
        key = (id(group), id(other))
        if key not in self._twins:
            self._twins[key] = _twin_of(group, other, pairs)
        return self._twins[key]

    def _paired(self, track: str, tier: str, bar: str, unmet: int) -> dict[str, Criterion]:
        """Return for each criterion of a tier in one document the one it is in the other."""
        key = (track, tier, bar, unmet)
        if key not in self._pairs:
            mine = list(asked_criteria(_asked(self.sides[unmet], track, tier, bar)))
            theirs = list(asked_criteria(_asked(self.sides[1 - unmet], track, tier, bar)))
            self._pairs[key] = paired(mine, theirs)
        return self._pairs[key]


def _in_order(unmet: Look | None, met: Look | None, side: int) -> Turned:
    return Turned(unmet, met) if side == 0 else Turned(met, unmet)


def paired(mine: Sequence[Criterion], theirs: Sequence[Criterion]) -> dict[str, Criterion]:
    """Pair criteria of two documents, by path: same place and left side, then same left side.

    Each is used once. What compares the same thing in the same way goes before what compares it
    in another; ties go by the documents' order.
    """
    found: dict[str, Criterion] = {}
    free = list(theirs)
    for alike in (_same_place, _same_comparison, _same_left):
        for one in mine:
            twin = next((other for other in free if alike(one, other)), None)
            if one.path not in found and twin is not None:
                found[one.path] = twin
                free.remove(twin)
    return found


def _same_place(one: Criterion, other: Criterion) -> bool:
    return one.path == other.path and _same_left(one, other)


def _same_comparison(one: Criterion, other: Criterion) -> bool:
    return one.op == other.op and _same_left(one, other)


def _same_left(one: Criterion, other: Criterion) -> bool:
    return one.left_text == other.left_text


def _asked(side: Side, track: str, tier: str, bar: str) -> Asked | None:
    found: dict[str, TierMeaning] = {t.name: t for t in side.run.meaning.ladders.get(track, ())}
    if tier not in found:
        return None
    return found[tier].requires if bar == "requires" else found[tier].keep


def _group_path(asked: Asked) -> str:
    """Return the path of a requirement; a group's is what its parts' paths go on from."""
    if isinstance(asked, Criterion):
        return asked.path
    if not asked.parts:
        return ""
    first = asked.parts[0]
    path = _group_path(first)
    if isinstance(first, Group):
        path = _FORM.sub("", path)
    if isinstance(first, Criterion) and path.endswith(f".{first.left_text}"):
        path = path.removesuffix(f".{first.left_text}")  # the short form: a name may have dots
    else:
        path = _LAST.sub("", path)
    return path.removesuffix(".of") + (".at_least" if asked.kind == "at_least" else "")


def _twin_of(group: Group, other: Asked | None, pairs: dict[str, Criterion]) -> Group | None:
    """Return the group that stands in the other document's same place, and asks for the like."""
    found = _group_at(other, _group_path(group))
    if found is None:
        return None
    twins = {pairs[one.path].path for one in asked_criteria(group) if one.path in pairs}
    return found if twins & {one.path for one in asked_criteria(found)} else None


def _group_at(asked: Asked | None, path: str) -> Group | None:
    """Return the group at a path, in whichever form it is written there."""
    if asked is None or isinstance(asked, Criterion):
        return None
    if _bare(_group_path(asked)) == _bare(path):
        return asked
    found = (_group_at(part, path) for part in asked.parts)
    return next((group for group in found if group is not None), None)


def _bare(path: str) -> str:
    return _FORM.sub("", path.replace(".all[", "["))
