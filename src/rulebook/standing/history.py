"""History: what every partner qualifies for and holds at each of a series of dates.

The standing before comes from the data at the first date; from then on each date goes on from
the one before it, with clocks, decided moves and proposals. So the dates that are asked for are
part of the answer: a review between two of them takes place at the later one.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rulebook.dataset.data import Enrollment
from rulebook.measuring.ahead import measure_ahead
from rulebook.standing.decision import Decision
from rulebook.standing.digest import digest_of
from rulebook.standing.replay import replay
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
    standings: Mapping[str, Mapping[str, Sequence[At]]]

    def counts(self, track: str, index: int) -> tuple[Counter[Tier], Counter[Tier]]:
        """Return how many partners qualify for and hold each tier at a date."""
        there = [path[index] for path in self.standings[track].values()]
        return Counter(at.qualified for at in there), Counter(at.held for at in there)


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
    places = [place for place, name in enumerate(run.figures.partners) if name in wanted]
    return History(
        run.program.program,
        run.program.version,
        tuple(dates),
        tuple(digest_of(run.document.content, day, run.data.digest) for day in dates),
        {track: tuple(t.name for t in tiers) for track, tiers in run.meaning.ladders.items()},
        {
            track: {
                run.figures.partners[place]: _path(run, track, place, dates) for place in places
            }
            for track in run.meaning.ladders
        },
    )


def _path(run: Run, track: str, place: int, dates: Sequence[date]) -> list[At]:
    """Return one partner's way on a ladder."""
    partner, enrolled = run.figures.partners[place], run.figures.enrolled
    ladder = run.program.tracks[track] if track else run.program
    reached = [run.leveller.reached(track, place, day) for day in dates]
    decisions = replay(
        [tier.name for tier in run.meaning.ladders[track]],
        ladder.movement,
        run.program.calendar,
        zip(dates, reached, strict=True),
        enrollments=[Enrollment(partner)] if enrolled.open else enrolled.own.get(partner, []),
        carriers=enrolled.tracks.get((partner, track), []) if track else None,
        overrides=run.leveller.overrides.get((partner, track), ()),
    )
    return [
        At(what.qualified, decision) for what, (_, decision) in zip(reached, decisions, strict=True)
    ]


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
