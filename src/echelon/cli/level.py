"""`echelon level`: metrics, tier qualified for and held, gaps, for every partner."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Annotated

import typer

from echelon.cli import terms
from echelon.cli.opening import open_run
from echelon.cli.screen import columns, complain, progress
from rulebook import Run
from rulebook.errors import Problem
from rulebook.standing.result import Levelling
from rulebook.standing.written import cell_columns, header, levelling_csv, levelling_json


def level(
    program: terms.Program,
    data: terms.DataFolder,
    as_of: terms.AsOf,
    partner: Annotated[list[str] | None, typer.Option(help="only this partner")] = None,
    format: terms.OutputFormat = terms.Format.TABLE,
    out: terms.Out = None,
    allow_bad_rows: terms.AllowBadRows = False,
) -> None:
    """Level every partner on a date: metrics, tiers, gaps."""
    run = open_run(program, data, allow_bad_rows)
    wanted = None if not partner else [terms.known_partner(run, name) for name in partner]
    measure(run, as_of)
    answer = run.level(as_of, wanted)
    notices(run, as_of)
    match format:
        case terms.Format.JSON:
            text = json.dumps(levelling_json(answer), ensure_ascii=False, indent=1) + "\n"
        case terms.Format.CSV:
            text = levelling_csv(answer, run.program)
        case _:
            text = table(answer, run)
    terms.write(text, out)


def measure(run: Run, as_of: date) -> None:
    """Work out every metric, with a bar on a terminal."""
    with progress("measuring", len(run.meaning.metrics) + 1) as begin:
        begin("facts")
        run.figures.measure({key: [as_of] for key in run.meaning.metrics})
        for track, name in run.meaning.metrics:
            begin(f"{track}.{name}" if track else name)
            run.figures.metric((track, name), as_of)


def notices(run: Run, as_of: date) -> None:
    """Say what is odd but not wrong, and what was set aside."""
    found = list(run.notices)
    if as_of < run.program.version:
        found.append(
            run.document.problem(
                ("version",), f"{as_of} is before this version ({run.program.version})", notice=True
            )
        )
    found += [
        Problem(f"{count:,} facts of {name} set aside: {reason}", notice=True)
        for (name, reason), count in sorted(run.aside.items())
        if count
    ]
    complain(found)


def table(answer: Levelling, run: Run) -> str:
    """Return the partners as aligned columns under a count of each tier."""
    cells = cell_columns(answer.partners.table)
    rows = [header(run.program), *(list(row) for row in zip(*cells, strict=True))]
    right = frozenset(range(3, len(rows[0])))
    title = run.program.name or run.program.program
    return f"{title}, {answer.as_of}\n\n{pyramid(answer, run)}\n{columns(rows, right)}"


def pyramid(answer: Levelling, run: Run) -> str:
    """Return how many partners qualify for and hold each tier, the highest first."""
    text = ""
    for track, ladder in run.program.ladders():
        if not ladder.tiers:
            continue
        standing = answer.partners.table.ladders[track or ""]
        qualified, held = (
            Counter(standing.names(each)) for each in (standing.qualified, standing.held)
        )
        rows = [[f"{track or 'tier'}", "qualified", "held"]]
        for tier in [*reversed(ladder.tiers), None]:
            if tier is not None or qualified[None] or held[None]:
                rows.append([tier or "none", f"{qualified[tier]:,}", f"{held[tier]:,}"])
        text += columns(rows, frozenset((1, 2))) + "\n"
    return text
