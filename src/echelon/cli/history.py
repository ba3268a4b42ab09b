"""`echelon history`: tiers at each of a series of dates, qualified and held."""

from __future__ import annotations

import json
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from echelon.cli import terms
from echelon.cli.level import notices
from echelon.cli.opening import open_run
from echelon.cli.screen import columns, progress
from rulebook.standing import history as replayed
from rulebook.standing.history import History


class Each(StrEnum):
    """How far apart the dates are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


First = Annotated[
    date, typer.Option("--from", parser=terms.day, metavar="DATE", help="the first date")
]
Last = Annotated[
    date, typer.Option("--to", parser=terms.day, metavar="DATE", help="no date after this one")
]


def history(
    program: terms.Program,
    data: terms.DataFolder,
    first: First,
    last: Last,
    each: Annotated[Each, typer.Option("--each", help="one date each …")],
    partner: Annotated[list[str] | None, typer.Option(help="only this partner")] = None,
    format: terms.OutputFormat = terms.Format.TABLE,
    out: terms.Out = None,
    allow_bad_rows: terms.AllowBadRows = False,
) -> None:
    """Show the tiers at each date; what is held goes on from the first."""
    try:
        dates = replayed.dates_between(first, last, each)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    run = open_run(program, data, allow_bad_rows)
    wanted = None if not partner else [terms.known_partner(run, name) for name in partner]
    with progress("measuring", len(run.meaning.metrics)) as begin:
        answer = replayed.history(run, dates, wanted, begin)
    notices(run, first)
    match format:
        case terms.Format.JSON:
            written = replayed.history_json(answer)
            text = json.dumps(written, ensure_ascii=False, indent=1) + "\n"
        case terms.Format.CSV:
            text = replayed.history_csv(answer)
        case _:
            text = f"{run.program.name or run.program.program}, {first} to {last}, each {each}\n"
            text += table(answer) if wanted is None else paths(answer)
    terms.write(text, out)


def table(answer: History) -> str:
    """Return how many qualify for and hold each tier, the highest first, a line a date."""
    text = ""
    for track, ladder in answer.tiers.items():
        counts = [answer.counts(track, index) for index in range(len(answer.dates))]
        some_have_none = any(None in column for pair in counts for column in pair)
        tiers = [*reversed(ladder), *([None] if some_have_none else [])]
        rows = [[track or "qualified / held", *(tier or "none" for tier in tiers)]]
        for day, (qualified, held) in zip(answer.dates, counts, strict=True):
            rows.append([str(day), *(f"{qualified[t]:,} / {held[t]:,}" for t in tiers)])
        if ladder:
            text += "\n" + columns(rows, frozenset(range(1, len(tiers) + 1)))
    return text


def paths(answer: History) -> str:
    """Return what each partner qualified for and held, a line a date, with movement's word."""
    text = ""
    for partner in answer.standings[""]:
        rows = [["date", "ladder", "qualified", "held", "since", "why"]]
        for index, day in enumerate(answer.dates):
            for track, ladder in answer.tiers.items():
                at = answer.standings[track][partner][index]
                since, reason = at.decision.standing.since, str(at.decision.reason)
                tiers = [at.qualified or "none", at.held or "none"]
                if ladder:
                    rows.append([str(day), track, *tiers, str(since or ""), reason])
        text += f"\n{partner}\n" + columns(rows)
    return text
