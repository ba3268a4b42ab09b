"""One sentence says where a partner stands and what is missing; pages, mails and files share it.

"You are Silver. For Gold by 31 Dec you need USD 42,300 more revenue and 1 more certified person."
First what is held and why, then what waits for a day or a person, then the goal: to keep the tier
where that is at risk, else the next one above.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from gettext import NullTranslations

from rulebook.dataset.data import Override
from rulebook.explain.labels import ladder_of, tier_label, track_label
from rulebook.explain.phrases import Phrases
from rulebook.explain.requirements import Requirements, TierView
from rulebook.explain.unmet import Unmet
from rulebook.explain.words import Words
from rulebook.standing.decision import Direction, Reason
from rulebook.standing.ladder import Ladder
from rulebook.standing.result import LadderStanding, PartnerStanding
from rulebook.standing.run import Run
from rulebook.standing.table import Table

_DAY = timedelta(days=1)


class Sentences:
    """The sentences of one run on one date."""

    def __init__(
        self,
        run: Run,
        day: date,
        catalogue: NullTranslations | None = None,
        requirements: Requirements | None = None,
    ) -> None:
        """Take the run, the date levelled at, and a catalogue of translations.

        What is asked and what is missing is worked out here, unless `requirements` are given.
        """
        self.run, self.day = run, day
        self.words = Words(run.program.currency, catalogue)
        self.phrases = Phrases(run.meaning, self.words)
        self.requirements = requirements or Requirements(run.figures, day)
        self._places = {partner: place for place, partner in enumerate(run.figures.partners)}

    @classmethod
    def levelled(
        cls, run: Run, table: Table, catalogue: NullTranslations | None = None
    ) -> Sentences:
        """Return the same sentences of those in the table of a levelling, and of nobody else.

        Quicker for many: nobody is measured again, and what is met has no figures.
        """
        return cls(run, table.as_of, catalogue, Unmet(table.figures, table.as_of))

    def of(self, standing: PartnerStanding, track: str = "", tier: str | None = None) -> str:
        """Return the sentence for a partner on a ladder; with `tier`, about that tier."""
        if not standing.enrolled:
            return self._not_enrolled(standing.partner)
        ladder = standing.tracks[track].ladder if track else standing.ladder
        return _Telling(self, standing.partner, track, ladder).sentence(tier)

    def above(self, standing: PartnerStanding, track: str = "") -> str | None:
        """Return the tier above for which the sentence says what is missing.

        None at the top, for who isn't enrolled, and where there is a tier to keep first.
        """
        if not standing.enrolled:
            return None
        ladder = standing.tracks[track].ladder if track else standing.ladder
        goal = _Telling(self, standing.partner, track, ladder).goal()
        return goal[0] if goal is not None and not goal[1] else None

    def place(self, partner: str) -> int:
        """Return a partner's place among the columns of figures."""
        return self._places[partner]

    def _not_enrolled(self, partner: str) -> str:
        say, rows = self.words.say, self.run.figures.enrolled.own.get(partner, [])
        begins = [row.start for row in rows if row.start is not None and row.start > self.day]
        ended = [row.end for row in rows if row.end is not None and row.end < self.day]
        if begins:
            when = self.words.day(min(begins), self.day)
            return say("You are not enrolled yet: your enrollment begins on {day}.", day=when)
        if ended:
            when = self.words.day(max(ended), self.day)
            return say("You are not enrolled: your enrollment ended on {day}.", day=when)
        return say("You are not enrolled in this program.")


class _Telling:
    """What is told to one partner about one ladder."""

    def __init__(self, told: Sentences, partner: str, track: str, ladder: LadderStanding) -> None:
        self.told, self.partner, self.track, self.standing = told, partner, track, ladder
        self.words, self.day = told.words, told.day
        self.program = told.run.program
        self.ladder = ladder_of(self.program, track)
        self.tiers = list(self.ladder.tiers)
        self.held, self.qualified = self._rank(ladder.held), self._rank(ladder.qualified)

    def _rank(self, tier: str | None) -> int:
        return 0 if tier is None else self.tiers.index(tier) + 1

    def label(self, tier: str | None) -> str:
        return tier_label(self.program, self.track, tier)

    def sentence(self, tier: str | None) -> str:
        parts = [self.status(), *self.waiting()]
        if tier is not None:
            parts.append(self.asked_for(tier))
        elif (goal := self.goal()) is not None:
            parts.append(self.to_keep() if goal[1] else self.asked_for(goal[0]))
        elif self._keeps():
            parts.append(self.keeps())
        if self.standing.decision.suspended:
            parts.append(self.suspended())
        return " ".join(part for part in parts if part)

    # -- what is held -----------------------------------------------------------------------

    def status(self) -> str:
        say, held = self.words.say, self.label(self.standing.held)
        would = self.label(self.standing.qualified)
        place = track_label(self.program, self.track)
        top = self.held == len(self.tiers)
        if not self.tiers:
            text = say("You are enrolled.")
        elif self.held > self.qualified and not self.qualified:
            text = say("{you} {held} (at today's figures you would have no tier).",
                       you=self._you(place), held=held)  # fmt: skip
        elif self.held > self.qualified:
            text = say("{you} {held} (at today's figures you would be {would}).",
                       you=self._you(place), held=held, would=would)  # fmt: skip
        elif self.held < self.qualified and not self.held:
            text = say("{you} no tier yet and qualify for {would}.",
                       you=self._have(place), would=would)  # fmt: skip
        elif self.held < self.qualified:
            text = say("{you} {held} and qualify for {would}.",
                       you=self._you(place), held=held, would=would)  # fmt: skip
        elif not self.held:
            text = say("{you} no tier yet.", you=self._have(place))
        elif top and len(self.tiers) > 1:
            text = say("{you} {held}, the highest tier.", you=self._you(place), held=held)
        else:
            text = say("{you} {held}.", you=self._you(place), held=held)
        return text

    def _you(self, place: str) -> str:
        say = self.words.say
        return say("In {place} you are", place=place) if self.track else say("You are")

    def _have(self, place: str) -> str:
        say = self.words.say
        return say("In {place} you have", place=place) if self.track else say("You have")

    # -- what waits -------------------------------------------------------------------------

    def waiting(self) -> Iterator[str]:
        """Yield what waits for a day or a person, or what stands above the rules."""
        say, decision = self.words.say, self.standing.decision
        if decision.proposal is not None:
            to = self.label(decision.proposal.tier)
            if decision.proposal.direction is Direction.DEMOTION:
                yield say("A move down to {tier} waits for approval.", tier=to)
            else:
                yield say("The move to {tier} waits for approval.", tier=to)
        pending = decision.standing.pending
        if pending is not None:
            when = self.words.day(pending.effective, self.day)
            yield say("{tier} counts from {day}.", tier=self.label(pending.tier), day=when)
        if self.held == self.qualified:
            return
        if decision.reason is Reason.LOCK:
            yield self._until("Your tier is locked", self._overrides("lock"))
        elif decision.reason is Reason.FLOOR:
            yield self._until(
                say("{tier} is guaranteed", tier=self.label(self.standing.held)),
                [each for each in self._overrides("floor") if each.tier == self.standing.held],
            )
        elif self.held < self.qualified and decision.reason is Reason.NOT_DUE:
            if (review := self.next_review()) is not None:
                when = self.words.day(review, self.day)
                yield say("The next review is on {day}.", day=when)
        elif self.held < self.qualified and decision.reason is Reason.ONE_A_MONTH:
            yield say("You rise at most one tier a month.")

    def _overrides(self, kind: str) -> list[Override]:
        rows = self.told.run.leveller.overrides.get((self.partner, self.track), [])
        return [row for row in rows if row.kind == kind and row.covers(self.day)]

    def _until(self, what: str, rows: list[Override]) -> str:
        ends = [row.until for row in rows]
        last = None if not ends or None in ends else max(end for end in ends if end is not None)
        if last is None:
            return self.words.say("{what}.", what=what)
        return self.words.say(
            "{what} until {day}.", what=what, day=self.words.day(last - _DAY, self.day)
        )

    def suspended(self) -> str:
        return self._until(
            self.words.say("Your benefits are suspended"), self._overrides("suspend")
        )

    # -- what is missing --------------------------------------------------------------------

    def goal(self) -> tuple[str, bool] | None:
        """Return the tier to keep where that is at risk, else the one above; None at the top."""
        keep = self.standing.keep
        if keep is not None and keep.gaps:
            return keep.tier, True
        above = max(self.held, self.qualified)
        return (self.tiers[above], False) if above < len(self.tiers) else None

    def _keeps(self) -> bool:
        return self.held > self.qualified and self.standing.keep is not None

    def keeps(self) -> str:
        held = self.label(self.standing.held)
        return self.words.say("You meet what it takes to keep {tier}.", tier=held)

    def to_keep(self) -> str:
        keep = self.standing.keep
        assert keep is not None
        view = self._view(keep.tier, keep=True)
        needs = self.told.phrases.needs(view.tree)
        text = self.words.say(
            "To keep {tier} you need {needs}", tier=self.label(keep.tier), needs=needs
        )
        if keep.lost_from is None:
            return self.words.say("{text}.", text=text)
        if keep.lost_from <= self.day:
            return self.words.say("{text}; it may be lost any day.", text=text)
        when = self.words.day(keep.lost_from, self.day)
        return self.words.say("{text}; it may be lost from {day}.", text=text, day=when)

    def asked_for(self, tier: str) -> str:
        view, label = self._view(tier), self.label(tier)
        first = self.keeps() + " " if self._keeps() and self._rank(tier) > self.held else ""
        if view.met:
            return self.words.say("You meet all that {tier} asks for.", tier=label)
        lower = [
            self.words.say("what {tier} asks for", tier=self.label(below)) for below in view.below
        ]
        review = self.next_review() if self._in_reach(tier) else None
        needs = self.told.phrases.needs(view.tree, lower)
        if review is None:
            text = self.words.say("For {tier} you need {needs}.", tier=label, needs=needs)
        else:
            when = self.words.day(review, self.day)
            text = self.words.say(
                "For {tier} by {day} you need {needs}.", tier=label, day=when, needs=needs
            )
        return first + text

    def _view(self, tier: str, *, keep: bool = False) -> TierView:
        place = self.told.place(self.partner)
        return self.told.requirements.tier(self.track, tier, place, keep=keep)

    def _in_reach(self, tier: str) -> bool:
        """Whether the next review can promote to a tier: with `up: one` only by one."""
        policy = self.ladder.movement
        rank = self._rank(tier)
        return policy is not None and (policy.up != "one" or rank <= self.held + 1)

    def next_review(self) -> date | None:
        """Return the next day on which a promotion is decided; None where that is any day."""
        policy = self.ladder.movement
        enrollment = self.told.run.figures.enrolled.in_force(self.partner, self.day)
        if policy is None or enrollment is None or policy.promote.kind == "immediately":
            return None
        ladder = Ladder(self.tiers, policy, self.program.calendar, enrollment)
        since = self.standing.decision.standing.since
        return ladder.reviews(False, since).first_from(self.day + _DAY)
