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
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from rulebook.columns.column import Flags
from rulebook.errors import Problem, ProgramError, nearest
from rulebook.expressions.typed import Type
from rulebook.meaning.model import Criterion, asked_criteria
from rulebook.meaning.needs import under
from rulebook.measuring.qualify import NO_TIER, TierPlaces
from rulebook.reading.programs import bind_program
from rulebook.standing.asking import Asking, Values, words
from rulebook.standing.bars import beside
from rulebook.standing.in_order import out_of_order
from rulebook.standing.named_criterion import Refused, criterion_named
from rulebook.standing.run import Run
from rulebook.standing.sets import Bits, bits_of, flags_of, sizes
from rulebook.standing.setting import changed
from rulebook.values.numbers import read_number

#: For each bar, by its path or as `gold.revenue`, its value in each scenario.
Bars = Mapping[str, Sequence[Decimal | int | str]]
#: Some scenarios, a part of the partners, a ladder; who qualifies for no tier there, and for each.
Levelled = tuple[slice, slice, str, list[Bits]]
#: So many partners and scenarios are looked at together: their sets stay near the processor.
PARTNERS, ROWS = 2**14, 2**7


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
        values = self._read(bars)
        rows = _scenarios(values)
        found = {
            track: Counts(
                tiers, np.zeros((rows, len(tiers) + 1), np.int64), np.zeros(rows, np.int64)
            )
            for track, tiers in self.tiers.items()
        }
        for some, part, track, sets in self._levelled(values):
            stay = np.zeros_like(sets[0])
            for place, each in enumerate(sets):
                found[track].partners[some, place] += sizes(each)
                stay = stay | (each & words(self.as_it_is[track][place], part))
            found[track].movers[some] += part.stop - part.start - sizes(stay)
        return found

    def qualified(self, bars: Bars) -> dict[str, TierPlaces]:
        """Return by ladder the places of tiers, a row a scenario, a column a partner; -1 is none.

        Raises what `counts` raises.
        """
        values = self._read(bars)
        shape = _scenarios(values), self.length
        found = {track: np.full(shape, NO_TIER, np.int16) for track in self.tiers}
        for some, part, track, sets in self._levelled(values):
            for place, each in enumerate(sets[1:]):
                found[track][some, part][_flags(each, some, part)] = place
        return found

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
        """Yield for some scenarios and a part of the partners what becomes of a ladder."""
        if self._feeds_back(values):
            yield from self._one_by_one(values)
            return
        figures, rows = self.run.figures, _scenarios(values)
        asking = Asking(figures, self.as_of, self.bars, values)
        enrolled = bits_of(figures.enrolled_on(self.as_of)[None])
        everybody = bits_of(np.ones((1, self.length), np.bool_))
        ladders = self.run.meaning.ladders.items()
        asked = {track: [asking.of(tier.requires) for tier in tiers] for track, tiers in ladders}
        for start in range(0, self.length, PARTNERS):
            part = slice(start, min(start + PARTNERS, self.length))
            asking.look_at(part)
            those, there = words(everybody, part), words(enrolled, part)
            for first in range(0, rows, ROWS):
                some = slice(first, min(first + ROWS, rows))
                for track, tiers in asked.items():
                    met = [each(some) for each in tiers]
                    yield some, part, track, _highest(met, those, there, self._sequential(track))

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
        run, everybody = self.run, slice(0, self.length)
        for number, scenario in enumerate(zip(*values.values(), strict=True)):
            bars = zip(values, scenario, strict=True)
            settings = [f"{path}={format(value, 'f')}" for path, value in bars]
            document = changed(run.program, run.document, settings)
            other = beside(run, bind_program(document), document).figures.qualifying
            for track in self.tiers:
                sets = self._sets(track, other.tiers(track, self.as_of))
                yield slice(number, number + 1), everybody, track, sets

    def _sequential(self, track: str) -> bool:
        program = self.run.program
        return (program.tracks[track] if track else program).sequential

    def _sets(self, track: str, places: TierPlaces) -> list[Bits]:
        tiers = range(NO_TIER, len(self.tiers[track]))
        return [bits_of((places == place)[None]) for place in tiers]


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


def _flags(bits: Bits, some: slice, part: slice) -> Flags:
    """Return sets as flags, a row for each of some scenarios."""
    width = part.stop - part.start
    return np.broadcast_to(flags_of(bits, width), (some.stop - some.start, width))


def _scenarios(values: Values) -> int:
    return len(next(iter(values.values()), ()))


def _highest(met: Sequence[Bits], everybody: Bits, enrolled: Bits, sequential: bool) -> list[Bits]:
    """Return who has none of some tiers, and each as the highest; the lowest first."""
    if sequential:
        met = list(accumulate(met, np.bitwise_and))
    left, found = enrolled, []
    for each in reversed(met):
        found.append(left & each)
        left = left & ~each
    none = everybody
    for each in found:
        none = none & ~each
    return [none, *reversed(found)]
