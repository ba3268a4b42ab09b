"""Another document over a run's figures, where only what tiers ask for differs.

A what-if on a bar need not understand a document anew, nor sort who is enrolled, nor work out a
criterion that stands as it stood: all that a bar can't change is the other run's. Where a
document differs in more, or more hangs on the tiers, it is opened as any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import date

from rulebook.checks import check
from rulebook.columns import Column
from rulebook.columns.column import Flags
from rulebook.expressions import Expression
from rulebook.expressions.scope import Inferred
from rulebook.expressions.tree import names
from rulebook.expressions.typed import Ref, refs
from rulebook.meaning import Meaning
from rulebook.meaning.metrics import type_metric
from rulebook.meaning.model import Asked, Criterion, TierMeaning, asked_criteria
from rulebook.meaning.needs import Need, trees
from rulebook.meaning.requirements import type_requirement
from rulebook.meaning.understanding import Understanding
from rulebook.measuring import Figures
from rulebook.measuring.qualify import Columns, Met, Qualifying
from rulebook.program import Ladder, Program, Tier
from rulebook.program.requirement import leaves
from rulebook.reading.document import Document
from rulebook.standing.run import Run


def beside(run: Run, program: Program, document: Document) -> Run:
    """Return what `run.beside` returns, sooner where only what tiers ask for differs.

    Raises ProgramError where the document is wrong.
    """
    meaning = _with_other_bars(run.meaning, program, document)
    found = [] if meaning is None else check(meaning)
    if meaning is None or not all(problem.notice for problem in found):
        return run.beside(program, document)
    other = copy(run)
    other.program, other.document, other.meaning = program, document, meaning
    other.notices = found
    other.figures = _figures(run.figures, meaning)
    other.leveller = run.leveller.of(other.figures)
    other.leveller.program = program
    return other


def _figures(figures: Figures, meaning: Meaning) -> Figures:
    """Return the same figures under another meaning: what was measured is there for both."""
    figures.order  # noqa: B018 (one for both)
    other = copy(figures)
    other.meaning, other.program = meaning, meaning.program
    other.qualifying = QualifyingBeside(other, figures.qualifying, figures.meaning)
    return other


class QualifyingBeside(Qualifying):
    """Requirements of which many are another document's too: those are worked out there."""

    def __init__(self, figures: Columns, like: Qualifying, before: Meaning) -> None:
        """Find what both documents ask for; what it names must mean the same in both."""
        super().__init__(figures)
        self.like, self.before = like, before
        self.gains, self.shown = like.gains, like.shown
        known = {each.path: each for each in _criteria(before)}
        asked = list(_criteria(figures.meaning))
        self._twins = {each.path: each for each in asked if known.get(each.path) == each}
        self._kept = {id(bar) for tier in _tiers(before) for bar in (tier.requires, tier.keep)}

    def criterion(self, criterion: Criterion, day: date) -> Met:
        """Return whether a criterion is met, for every partner."""
        if criterion.path in self._twins:
            return self.like.criterion(criterion, day)
        return super().criterion(criterion, day)

    def sides(self, criterion: Criterion, day: date) -> tuple[Column, Column]:
        """Return both sides of a comparison for every partner."""
        if criterion.path in self._twins:
            return self.like.sides(criterion, day)
        return super().sides(criterion, day)

    def met(self, asked: Asked | None, day: date) -> Flags:
        """Return whether a requirement is met, for every partner; none is always met."""
        if asked is not None and id(asked) in self._kept:
            return self.like.met(asked, day)
        return super().met(asked, day)


def _tiers(meaning: Meaning) -> Iterator[TierMeaning]:
    for tiers in meaning.ladders.values():
        yield from tiers


def _criteria(meaning: Meaning) -> Iterator[Criterion]:
    for tier in _tiers(meaning):
        yield from asked_criteria(tier.requires)
        yield from asked_criteria(tier.keep)


# -- the meaning ------------------------------------------------------------------------


def _with_other_bars(meaning: Meaning, program: Program, document: Document) -> Meaning | None:
    """Return the meaning with other tiers' requirements; None where more than these differs.

    What changes names no parameter (whose types follow from their uses), and nothing rests on
    the tiers of a ladder that changes.
    """
    changed = _changed(meaning.program, program)
    if changed is None or any(
        ref.kind == "tier" and ref.path[0] in {track for track, _ in changed}
        for ref in _names_of(meaning)
    ):
        return None
    known = frozenset(meaning.metrics)
    types = {name: each.type for name, each in meaning.parameters.items()}
    inferred = Inferred(types | {f"{name}[]": kind for name, kind in types.items()})
    work = Understanding(program, document, meaning.tables, inferred, type_metric, known)
    found = work.meaning
    found.metrics, found.parameters = meaning.metrics, meaning.parameters
    found.ladders = {
        track: tuple(
            _typed(work, track, tier.name) if (track, tier.name) in changed else tier
            for tier in tiers
        )
        for track, tiers in meaning.ladders.items()
    }
    return None if work.problems else found


def _typed(work: Understanding, track: str, name: str) -> TierMeaning:
    """Return a tier with its requirements typed, as `understand` types it."""
    top = f"tracks.{track}." if track else ""
    tier = (work.program.tracks[track] if track else work.program).tiers[name]
    return TierMeaning(
        name,
        type_requirement(work, tier.requires, f"{top}tiers.{name}.requires", track),
        type_requirement(work, tier.keep, f"{top}tiers.{name}.keep", track),
    )


def _names_of(meaning: Meaning) -> Iterator[Ref]:
    """Yield all that metrics, parameters and criteria name."""
    things: list[Need] = [("metric", *key) for key in meaning.metrics]
    things += [("parameter", name) for name in meaning.parameters]
    for thing in things:
        for tree in trees(meaning, thing):
            yield from refs(tree)
    for criterion in _criteria(meaning):
        yield from refs(criterion.test)


def _changed(one: Program, other: Program) -> set[tuple[str, str]] | None:
    """Return the tiers, by track and name, that ask for something else; None where more differs."""
    if not _alike(one, other, {"tiers", "tracks"}) or list(one.tracks) != list(other.tracks):
        return None
    pairs = [("", one, other), *((t, one.tracks[t], other.tracks[t]) for t in one.tracks)]
    found: set[tuple[str, str]] = set()
    for track, first, second in pairs:
        if track and not _alike(first, second, {"tiers"}):
            return None
        if list(first.tiers) != list(second.tiers):
            return None
        for name, tier in first.tiers.items():
            if tier != second.tiers[name]:
                found.add((track, name))
                if _names_a_parameter(one, tier, second.tiers[name]):
                    return None
    return found


def _names_a_parameter(program: Program, tier: Tier, other: Tier) -> bool:
    """Whether a criterion that only one of two tiers has names a parameter, or any one a list."""
    before, after = set(_leaves(tier)), set(_leaves(other))
    return any(
        name.text in program.parameters
        and (leaf in before ^ after or program.parameters[name.text].has_list)
        for leaf in before | after
        for name in names(leaf[1].tree)
    )


def _leaves(tier: Tier) -> Iterator[tuple[str, Expression]]:
    for bar in ("requires", "keep"):
        requirement = getattr(tier, bar)
        if requirement is not None:
            yield from ((path, leaf.test) for path, leaf in leaves(requirement, bar))


def _alike(one: Ladder, other: Ladder, but: set[str]) -> bool:
    return all(getattr(one, f) == getattr(other, f) for f in type(one).model_fields if f not in but)
