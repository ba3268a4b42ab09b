"""Scenarios: how many partners would have each tier, for many sets of bars in one call.

Each answer is the one that `simulate` gives for the document with these bars set; only its counts
are worked out, and no document is read for it. Metrics are measured once, and who meets a
criterion at a value is a set, kept for all scenarios that ask the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from rulebook.errors import Problem, ProgramError, nearest
from rulebook.expressions.typed import Type
from rulebook.meaning.model import Criterion, asked_criteria
from rulebook.meaning.needs import under
from rulebook.measuring.qualify import NO_TIER, TierPlaces
from rulebook.reading.programs import bind_program
from rulebook.standing.asking import Asking, Values
from rulebook.standing.bars import beside
from rulebook.standing.in_order import out_of_order
from rulebook.standing.named_criterion import Refused, criterion_named
from rulebook.standing.run import Run
from rulebook.standing.sets import Bits, bits_of, flags_of, size
from rulebook.standing.setting import changed
from rulebook.values.numbers import read_number

#: For each bar, by its path or as `gold.revenue`, its value in each scenario.
Bars = Mapping[str, Sequence[Decimal | int | str]]
#: For each ladder who qualifies for no tier, and for each tier, the lowest first.
Levelled = dict[str, list[Bits]]


@dataclass(frozen=True)
class Counts:
    """One ladder's tiers, lowest first, and a row of whole numbers for each scenario.

    `partners` counts those who qualify for no tier, then for each; `movers` has one number: those
    who qualify for another tier than under the document as it is.
    """

    tiers: tuple[str, ...]
    partners: NDArray[np.int64]
    movers: NDArray[np.int64]


class Scenarios:
    """The bars of a run's document on a date, and what other values for them would make of it."""

    def __init__(self, run: Run, as_of: date) -> None:
        """Level everybody by the document as it is."""
        self.run, self.as_of = run, as_of
        ladders, qualifying = run.meaning.ladders, run.figures.qualifying
        self.tiers = {track: tuple(t.name for t in tiers) for track, tiers in ladders.items()}
        self.length = len(run.figures.partners)
        self.as_it_is = {t: self._sets(t, qualifying.tiers(t, as_of)) for t in ladders}
        tiers = [tier for each in ladders.values() for tier in each]
        asked = [each for tier in tiers for each in asked_criteria(tier.requires)]
        self.bars = {each.path: each for each in asked if _is_bar(each)}

    def counts(self, bars: Bars) -> dict[str, Counts]:
        """Return for each ladder ("" is the program's own) how many have each tier, who moves.

        Every bar has one value for each scenario; what isn't named stays as it is. Raises
        ProgramError for what is no bar under `requires`, for what is no number, and for scenarios
        with tiers out of order, whose document would be refused.
        """
        partners: dict[str, list[list[int]]] = {track: [] for track in self.tiers}
        movers: dict[str, list[int]] = {track: [] for track in self.tiers}
        for levelled in self._levelled(self._read(bars)):
            for track, sets in levelled.items():
                stay = np.zeros_like(sets[0])
                for one, two in zip(sets, self.as_it_is[track], strict=True):
                    stay |= one & two
                counts = [size(each) for each in sets[1:]]
                partners[track].append([self.length - sum(counts), *counts])
                movers[track].append(self.length - size(stay))
        return {
            track: Counts(
                tiers,
                np.array(partners[track], np.int64).reshape(-1, len(tiers) + 1),
                np.array(movers[track], np.int64),
            )
            for track, tiers in self.tiers.items()
        }

    def qualified(self, bars: Bars) -> Iterator[dict[str, TierPlaces]]:
        """Yield for each scenario the place of each partner's tier, by ladder; -1 is none.

        Raises what `counts` raises.
        """
        for levelled in self._levelled(self._read(bars)):
            found: dict[str, TierPlaces] = {}
            for track, sets in levelled.items():
                found[track] = np.full(self.length, NO_TIER, np.int16)
                for place, each in enumerate(sets[1:]):
                    found[track][flags_of(each, self.length)] = place
            yield found

    # -- what is asked ------------------------------------------------------------------

    def _read(self, bars: Bars) -> Values:
        """Return the values as numbers, by the paths of criteria."""
        found: dict[str, list[Decimal]] = {}
        problems: list[Problem] = []
        for written, values in bars.items():
            try:
                path = self._path(written)
                known = {value: _number(value, written) for value in dict.fromkeys(values)}
                if path in found:
                    raise Refused(written, "this bar is set twice", path)
                found[path] = [known[value] for value in values]
            except Refused as refused:
                problems.append(refused.problem)
        if problems:
            raise ProgramError(problems)
        if len({len(values) for values in found.values()}) > 1:
            raise ValueError("every bar has one value for each scenario")
        wrong = out_of_order(self.run.meaning, found)
        if wrong:
            raise ProgramError(
                [replace(each, message=f"scenario {n}: {each.message}") for n, each in wrong]
            )
        return found

    def _path(self, written: str) -> str:
        """Return the path of the bar that is meant, as criteria have it."""
        known = {path.replace(".all[", "["): path for path in self.bars}
        if written in self.bars or written in known:
            return known.get(written, written)
        if written.startswith(("tiers.", "tracks.")):
            hint = nearest(written, known) or f"it has {', '.join(known)}"
            raise Refused(written, "this is no criterion that compares with a number", hint)
        path = criterion_named(self.run.program, written)
        if path not in known:
            raise Refused(written, f"{path} doesn't compare with a number, or only keeps a tier")
        return known[path]

    # -- what comes of it ---------------------------------------------------------------

    def _levelled(self, values: Values) -> Iterator[Levelled]:
        """Yield the answer of each scenario."""
        if self._feeds_back(values):
            yield from self._one_by_one(values)
            return
        meaning, figures = self.run.meaning, self.run.figures
        asking = Asking(figures, self.as_of, self.bars, values)
        enrolled = bits_of(figures.enrolled_on(self.as_of))
        everybody = bits_of(np.ones(self.length, np.bool_))
        asked = {
            track: [asking.of(tier.requires) for tier in tiers]
            for track, tiers in meaning.ladders.items()
        }
        for scenario in range(len(next(iter(values.values()), ()))):
            found: Levelled = {}
            for track, tiers in asked.items():
                met = [each if isinstance(each, np.ndarray) else each(scenario) for each in tiers]
                program = self.run.program
                if (program.tracks[track] if track else program).sequential:
                    met = list(np.bitwise_and.accumulate(met)) if met else []
                found[track] = _highest(met, enrolled, everybody)
            yield found

    def _feeds_back(self, values: Values) -> bool:
        """Whether what a tier asks for rests on a tier whose bars are set."""
        changes = {("tier", _track(path)) for path in values}
        return any(
            need in changes
            for track in self.tiers
            for need in under(self.run.meaning, ("tier", track))
            if need != ("tier", track)
        )

    def _one_by_one(self, values: Values) -> Iterator[Levelled]:
        """Level each scenario as a document of its own."""
        run = self.run
        for scenario in zip(*values.values(), strict=True):
            bars = zip(values, scenario, strict=True)
            settings = [f"{path}={format(value, 'f')}" for path, value in bars]
            document = changed(run.program, run.document, settings)
            other = beside(run, bind_program(document), document).figures.qualifying
            yield {track: self._sets(track, other.tiers(track, self.as_of)) for track in self.tiers}

    def _sets(self, track: str, places: TierPlaces) -> list[Bits]:
        return [bits_of(places == place) for place in range(NO_TIER, len(self.tiers[track]))]


def _is_bar(criterion: Criterion) -> bool:
    """Whether a criterion compares numbers, so that another can stand on its right side."""
    sides = (criterion.left, criterion.right)
    return all(side is not None and side.type is Type.NUMBER for side in sides)


def _number(value: Decimal | int | str, written: str) -> Decimal:
    try:
        return read_number(value if isinstance(value, str) else format(Decimal(value), "f"))
    except (ValueError, TypeError) as error:
        raise Refused(written, str(error), "a bar is a number") from None


def _track(path: str) -> str:
    return path.split(".")[1] if path.startswith("tracks.") else ""


def _highest(met: Sequence[Bits], enrolled: Bits, everybody: Bits) -> list[Bits]:
    """Return who has none of some tiers, and each as the highest; the lowest first."""
    left, found = enrolled, []
    for each in reversed(met):
        found.append(left & each)
        left = left & ~each
    none = everybody if not found else everybody & ~np.bitwise_or.reduce(found)
    return [none, *reversed(found)]
