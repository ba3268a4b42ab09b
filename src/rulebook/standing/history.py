"""History: what every partner qualifies for and holds at each of a series of dates.

The standing before comes from the data at the first date; from then on each date goes on from
the one before it, with clocks, decided moves and proposals. So the dates that are asked for are
part of the answer: a review between two of them takes place at the later one.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.measuring.ahead import measure_ahead
from rulebook.measuring.qualify import TierPlaces
from rulebook.standing.deciding import Decided
from rulebook.standing.decision import Decision
from rulebook.standing.digest import digest_of
from rulebook.standing.replay import Replay
from rulebook.standing.run import Run
from rulebook.standing.written import value_text
from rulebook.values.calendar import PERIODS, add

MAX_DATES = 4000

Tier = str | None


@dataclass(frozen=True)
class At:
    """One partner on one ladder at a date."""

    qualified: Tier
    decision: Decision

    @property
    def held(self) -> Tier:
        """The tier held."""
        return self.decision.held


@dataclass(frozen=True)
class History:
    """Standings by ladder ("" is the program's own), partner and date, in their orders."""

    program: str
    version: date
    dates: tuple[date, ...]
    digests: tuple[str, ...]
    tiers: Mapping[str, tuple[str, ...]]
    standings: Mapping[str, Ways]

    def counts(self, track: str, index: int) -> tuple[Counter[Tier], Counter[Tier]]:
        """Return how many partners qualify for and hold each tier at a date."""
        return self.standings[track].counts(index)


class Ways(Mapping[str, Sequence[At]]):
    """The ways of partners on one ladder, by partner."""

    def __init__(
        self,
        places: Mapping[str, int],
        tiers: Sequence[str],
        qualified: Sequence[TierPlaces],
        decided: Sequence[Decided],
    ) -> None:
        """Take what was found on each date of everybody; `places` are those asked for."""
        self.places, self.tiers = places, [*tiers, None]
        self.qualified, self.decided = qualified, decided

    def at(self, place: int, index: int) -> At:
        """Return how the partner at a place stood at a date."""
        tier = self.tiers[int(self.qualified[index][place])]
        return At(tier, self.decided[index].at(place))

    def counts(self, index: int) -> tuple[Counter[Tier], Counter[Tier]]:
        """Return how many qualify for and hold each tier at a date."""
        places = np.fromiter(self.places.values(), np.int64, len(self.places))
        which, decisions = self.decided[index]
        qualified = _counted(self.qualified[index][places])
        held = _counted(which[places])
        tiers: Counter[Tier] = Counter()
        for number, count in held.items():
            tiers[decisions[number].held] += count
        return Counter({self.tiers[tier]: n for tier, n in qualified.items()}), tiers

    def __getitem__(self, partner: str) -> Way:
        return Way(self, self.places[partner])

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


class Way(Sequence[At]):
    """One partner's way: how it stood at each date."""

    def __init__(self, ways: Ways, place: int) -> None:
        """Read nothing yet."""
        self.ways, self.place = ways, place

    def __len__(self) -> int:
        return len(self.ways.decided)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        return self.ways.at(self.place, index)


def _counted(numbers: NDArray[Any]) -> dict[int, int]:
    found, counts = np.unique(numbers, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def dates_between(first: date, last: date, each: str) -> list[date]:
    """Return the first date and those whole periods later, each counted from the first.

    A month on from 01-31 is 02-28, two are 03-31. Raises ValueError where the first comes after
    the last, and above 4,000 dates.
    """
    if each not in PERIODS:
        raise ValueError(f"{each!r} is none of {', '.join(PERIODS)}")
    if first > last:
        raise ValueError(f"{first} comes after {last}")
    dates: list[date] = []
    try:
        while (day := add(first, len(dates), each)) <= last:
            dates.append(day)
            if len(dates) > MAX_DATES:
                raise ValueError(f"these are more than {MAX_DATES:,} dates")
    except OverflowError:  # the calendar's end
        pass
    return dates


def history(
    run: Run,
    dates: Sequence[date],
    partners: Sequence[str] | None = None,
    begin: Callable[[str], None] = lambda _: None,
) -> History:
    """Return how all partners (or those named) stood at ascending dates.

    Facts are read once for all dates; `begin` is told of each metric.
    """
    measure_ahead(run.figures, dates, begin)
    wanted = set(run.figures.partners if partners is None else partners)
    places = {name: n for n, name in enumerate(run.figures.partners) if name in wanted}
    return History(
        run.program.program,
        run.program.version,
        tuple(dates),
        tuple(digest_of(run.document.content, day, run.data.digest) for day in dates),
        {track: tuple(t.name for t in tiers) for track, tiers in run.meaning.ladders.items()},
        {track: _ways(run, track, places, dates) for track in run.meaning.ladders},
    )


def _ways(run: Run, track: str, places: Mapping[str, int], dates: Sequence[date]) -> Ways:
    """Return the ways of partners on a ladder."""
    replay, qualifying = Replay(run.leveller, track), run.figures.qualifying
    decided = [replay.decided(day) for day in dates]
    tiers = [tier.name for tier in run.meaning.ladders[track]]
    return Ways(places, tiers, [qualifying.tiers(track, day) for day in dates], decided)


def history_json(answer: History) -> dict[str, Any]:
    """Return a history, date by date; partners in the order of their keys."""
    return {
        "program": answer.program,
        "version": answer.version.isoformat(),
        "dates": [_date(answer, index) for index in range(len(answer.dates))],
    }


def _date(answer: History, index: int) -> dict[str, Any]:
    tracks = [track for track, tiers in answer.tiers.items() if tiers]
    return {
        "as_of": answer.dates[index].isoformat(),
        "digest": answer.digests[index],
        "counts": [_counts(answer, track, index) for track in tracks],
        "partners": [
            {
                "partner": partner,
                **_at(answer.standings[""][partner][index]),
                "tracks": {
                    track: _at(answer.standings[track][partner][index])
                    for track in answer.tiers
                    if track
                },
            }
            for partner in answer.standings[""]
        ],
    }


def _counts(answer: History, track: str, index: int) -> dict[str, Any]:
    qualified, held = answer.counts(track, index)
    return {
        "track": track or None,
        "tiers": [
            {"tier": tier, "qualified": qualified[tier], "held": held[tier]}
            for tier in (*reversed(answer.tiers[track]), None)
        ],
    }


def _at(at: At) -> dict[str, Any]:
    standing, proposal = at.decision.standing, at.decision.proposal
    return {
        "qualified": at.qualified,
        "held": at.held,
        "since": value_text(standing.since),
        "reason": str(at.decision.reason),
        "proposal": None if proposal is None else proposal.tier,
    }


def history_csv(answer: History) -> str:
    """Return a history as CSV: one row for each date and partner; none is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    tracks = list(answer.tiers)
    words = ("qualified", "held")
    names = [f"{track}.{word}" if track else word for track in tracks for word in words]
    writer.writerow(["as_of", "partner", *names])
    for index, day in enumerate(answer.dates):
        for partner in answer.standings[""]:
            ats = [answer.standings[track][partner][index] for track in tracks]
            cells = [tier or "" for at in ats for tier in (at.qualified, at.held)]
            writer.writerow([day.isoformat(), partner, *cells])
    return text.getvalue()
