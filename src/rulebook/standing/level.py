"""Levels every partner on a date: figures, tiers, gaps, and what is held after movement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rulebook.dataset.data import Enrollment, Override
from rulebook.errors import DataError, Problem, nearest
from rulebook.measuring import Figures
from rulebook.standing.gaps import Gaps
from rulebook.standing.movement import Decision, Reached, Standing, move
from rulebook.standing.result import (
    Keeping,
    LadderStanding,
    PartnerStanding,
    TrackStanding,
)


class Leveller:
    """Levels partners from figures; `before` can carry standings from an earlier date."""

    def __init__(self, figures: Figures) -> None:
        """Sort the overrides by ladder, refusing tiers that no ladder has."""
        self.figures = figures
        self.program = figures.program
        self.overrides: dict[tuple[str, str], list[Override]] = {}
        self._refuse_unknown_tiers()
        for row in figures.data.overrides:
            if row.program in (None, self.program.program):
                self.overrides.setdefault((row.partner, row.track or ""), []).append(row)

    def level(self, day: date, wanted: Sequence[str] | None = None) -> list[PartnerStanding]:
        """Return the standing of every partner (or of those wanted), in the partners' order."""
        places: Sequence[int] = range(len(self.figures.partners))
        if wanted is not None:
            order = {partner: place for place, partner in enumerate(self.figures.partners)}
            places = sorted(order[partner] for partner in wanted)
        gaps = Gaps(self.figures, day)
        enrolled = self.figures.enrolled_on(day)
        return [
            PartnerStanding(
                self.figures.partners[place],
                enrolled[place],
                {
                    name: self.figures.metric(("", name), day)[place]
                    for name in self.program.metrics
                },
                self.ladder("", place, day, gaps),
                {
                    track: TrackStanding(
                        {
                            name: self.figures.metric((track, name), day)[place]
                            for name in ladder.metrics
                        },
                        self.ladder(track, place, day, gaps),
                    )
                    for track, ladder in self.program.tracks.items()
                },
            )
            for place in places
        ]

    def ladder(self, track: str, place: int, day: date, gaps: Gaps) -> LadderStanding:
        """Return a partner's standing on the program's ladder or a track's."""
        tiers = [tier.name for tier in self.figures.meaning.ladders[track]]
        decision = self.decide(track, place, day)
        held = decision.standing.tier
        index = self.figures.qualifying.tiers(track, day)[place]
        qualified = None if index is None else tiers[int(index)]
        partner = self.figures.partners[place]
        following = None
        if self.figures.enrolled.in_force(partner, day) is not None:
            above = 0 if index is None else int(index) + 1
            following = tiers[above] if above < len(tiers) else None
        meanings = {tier.name: tier for tier in self.figures.meaning.ladders[track]}
        missing = gaps.of(meanings[following].requires, place) if following else ()
        keep = None
        if held is not None and (index is None or tiers.index(held) > int(index)):
            bar = meanings[held].keep or meanings[held].requires
            keep = Keeping(held, gaps.of(bar, place), decision.at_risk_from)
        return LadderStanding(qualified, held, following, missing, decision, keep)

    def before(self, track: str, place: int, day: date) -> Standing:
        """Return the standing before, as the enrollment carries it."""
        row = self.figures.enrolled.standing_before(self.figures.partners[place], track, day)
        if row is None:
            return Standing(None, None, None, None)
        return Standing(row.tier, row.since, row.below_since, row.reviewed)

    def reached(self, track: str, place: int, day: date) -> Reached:
        """Return what the facts say of a partner on a date."""
        tiers = [tier.name for tier in self.figures.meaning.ladders[track]]
        index = self.figures.qualifying.tiers(track, day)[place]
        met = self.figures.qualifying.reached(track, day)[place]
        return Reached(None if index is None else tiers[int(index)], met)

    def decide(self, track: str, place: int, day: date, before: Standing | None = None) -> Decision:
        """Return what movement makes of a partner on a date."""
        ladder = self.program.tracks[track] if track else self.program
        partner = self.figures.partners[place]
        return move(
            [tier.name for tier in self.figures.meaning.ladders[track]],
            ladder.movement,
            self.program.calendar,
            self.before(track, place, day) if before is None else before,
            self.reached(track, place, day),
            day,
            enrollment=self.figures.enrolled.in_force(partner, day),
            overrides=self.overrides.get((partner, track), ()),
        )

    def _refuse_unknown_tiers(self) -> None:
        """Refuse standings before and overrides that name a tier or track which isn't there."""
        problems: list[Problem] = []
        ladders = {track or "": list(ladder.tiers) for track, ladder in self.program.ladders()}
        data = self.figures.data
        rows: list[tuple[str, Enrollment | Override]] = []
        rows += [("enrollments", row) for row in data.enrollments or ()]
        rows += [("overrides", row) for row in data.overrides]
        for table, row in rows:
            if row.program not in (None, self.program.program):
                continue
            track, tier = row.track or "", row.tier
            if track not in ladders:
                problems.append(
                    Problem(
                        f"{row.partner}: unknown track {track!r}",
                        table,
                        column="track",
                        hint=nearest(track, ladders),
                    )
                )
            elif tier is not None and tier not in ladders[track]:
                problems.append(
                    Problem(
                        f"{row.partner}: unknown tier {tier!r}",
                        table,
                        column="tier",
                        hint=nearest(tier, ladders[track]),
                    )
                )
        if problems:
            raise DataError(problems[:100], len(problems))
