"""Where a company stands on one ladder, put together for its pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from echelon.foundation.access import Scope
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.ladders import Choice, Criterion, Ladder, Rung
from echelon.outcomes.standings.models import Current, Standing
from echelon.surfaces.portal.templatetags.figures import number_of

#: So many figures that have moved are told.
TOLD = 4


@dataclass(frozen=True)
class Step:
    """A tier on the way up: `place` is done, held, next or ahead."""

    tier: str
    label: str
    place: str


@dataclass(frozen=True)
class Goal:
    """What to go for: a tier to keep while it is at risk, else the next one."""

    label: str
    keep: bool
    tree: Choice | Criterion | None
    rung: Rung

    @property
    def parts(self) -> tuple[Choice | Criterion, ...]:
        """What it takes: all of it."""
        if isinstance(self.tree, Choice) and self.tree.kind == "all":
            return self.tree.parts
        return (self.tree,) if self.tree is not None else ()


@dataclass(frozen=True)
class Change:
    """A figure that has moved since the standing before."""

    label: str
    unit: str
    before: str | None
    after: str | None
    up: bool | None


@dataclass(frozen=True)
class Stand:
    """One ladder: what is held, what to go for, what has changed."""

    current: Current
    ladder: Ladder
    before: Standing | None

    @property
    def now(self) -> Standing:
        """The standing that counts."""
        return self.current.standing

    @property
    def track(self) -> str:
        """The track's name for its own ladder, "" for the program's."""
        return self.ladder.label if self.current.track else ""

    def label(self, tier: str | None) -> str:
        """Return what a tier is called; "" for none."""
        rung = self.ladder.rung(tier)
        return rung.label if rung else (tier or "").replace("_", " ").capitalize()

    @property
    def held(self) -> str:
        """What the tier held is called."""
        return self.label(self.now.held)

    @property
    def rank(self) -> int:
        """How many tiers up the held one is; 0 is none."""
        names = [rung.tier for rung in self.ladder.rungs]
        return names.index(self.now.held) + 1 if self.now.held in names else 0

    @property
    def steps(self) -> list[Step]:
        """Every tier on the way up."""
        goal = self.goal
        names = [rung.tier for rung in self.ladder.rungs]
        ahead = names.index(goal.rung.tier) if goal and not goal.keep else -1
        return [
            Step(rung.tier, rung.label, _place(place, self.rank - 1, ahead))
            for place, rung in enumerate(self.ladder.rungs)
        ]

    @property
    def goal(self) -> Goal | None:
        """What to go for; None at the top, and for who isn't enrolled."""
        if self.now.begun is None:
            return None
        held = self.ladder.rung(self.now.held)
        if held is not None and self.now.keep.get("gaps"):
            return Goal(held.label, True, held.keep or held.requires, held)
        above = self.ladder.rung(self._above)
        return Goal(above.label, False, above.requires, above) if above else None

    @property
    def _above(self) -> str | None:
        """The tier above what is held and what is qualified for."""
        names = [rung.tier for rung in self.ladder.rungs]
        places = [names.index(t) for t in (self.now.held, self.now.qualified) if t in names]
        above = max(places, default=-1) + 1
        return names[above] if above < len(names) else None

    @property
    def lost_from(self) -> date | None:
        """From which day the tier held may be lost."""
        return self.now.at_risk_from

    @property
    def changes(self) -> list[Change]:
        """Return the figures that have moved since the standing before."""
        return list(self._changes())[:TOLD] if self.before else []

    def _changes(self) -> Iterator[Change]:
        assert self.before is not None
        for name, after in self.now.metrics.items():
            before = self.before.metrics.get(name)
            said = self.ladder.metrics.get(f"{self.current.track}.{name}" if self.current.track
                                           else name) or self.ladder.metrics.get(name)  # fmt: skip
            if said is None or before == after:
                continue
            was, now = number_of(before), number_of(after)
            up = None if was is None or now is None else now > was
            yield Change(said["label"], said["unit"], before, after, up)

    @property
    def moved(self) -> str:
        """The tier held before, where it was another one."""
        if self.before is None or self.before.held == self.now.held:
            return ""
        return self.label(self.before.held)


def of(
    scope: Scope, partner: UUID, program: UUID | None = None, *, since: bool = True
) -> list[Stand]:
    """Return where a company stands, in a program or in all; the program's own ladder first.

    A ladder without tiers isn't told beside others of its program. `since`: with the standing
    before.
    """
    before = selectors.previous(scope, partner) if since else {}
    found = [
        Stand(each, selectors.ladder_of(each), before.get((each.program_id, each.track)))
        for each in selectors.of_partner(scope, partner, program)
    ]
    several = {each.current.program_id for each in found if each.current.track}
    return [
        each
        for each in found
        if each.ladder.rungs or each.current.track or each.current.program_id not in several
    ]


def _place(place: int, held: int, ahead: int) -> str:
    if place == held:
        return "held"
    if place == ahead:
        return "next"
    return "done" if place < held else "ahead"
