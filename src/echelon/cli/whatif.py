"""`echelon whatif`: what changes, for whom and why, when bars or the whole document change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from echelon.cli import terms
from echelon.cli.level import measure, notices
from echelon.cli.opening import load_folder, open_run
from echelon.cli.screen import complain
from echelon.cli.whatif_table import table
from rulebook import RulebookError, Run, read_program, run_on
from rulebook.errors import Problem
from rulebook.program import Program
from rulebook.reading import Document
from rulebook.reading.programs import bind_program
from rulebook.standing.bars import beside
from rulebook.standing.setting import changed
from rulebook.standing.simulate import simulate
from rulebook.standing.whatif_written import whatif_csv, whatif_json

Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="change a part of the document; repeatable"),
]
Against = Annotated[
    Path | None, typer.Option("--against", help="another document over the same data")
]


def whatif(
    program: terms.Program,
    data: terms.DataFolder,
    as_of: terms.AsOf,
    settings: Settings = None,
    against: Against = None,
    format: terms.OutputFormat = terms.Format.TABLE,
    out: terms.Out = None,
    allow_bad_rows: terms.AllowBadRows = False,
) -> None:
    """Compare a program with itself changed, or with another: counts, movers, cost."""
    if bool(settings) == (against is not None):
        raise typer.BadParameter("give --set PATH=VALUE (as often as needed) or --against OTHER")
    before, after = sides(program, data, settings or [], against, allow_bad_rows)
    measure(before, as_of)
    measure(after, as_of)
    answer = simulate(before, after, as_of)
    notices(before, as_of)
    after_notices(before, after, as_of)
    match format:
        case terms.Format.JSON:
            written = whatif_json(answer, settings or [])
            text = json.dumps(written, ensure_ascii=False, indent=1) + "\n"
        case terms.Format.CSV:
            text = whatif_csv(answer)
        case _:
            title = before.program.name or before.program.program
            text = table(answer, title, settings or [f"against {against}"])
    terms.write(text, out)


def sides(
    program: Path, data: Path, settings: Sequence[str], against: Path | None, allow_bad_rows: bool
) -> tuple[Run, Run]:
    """Open both sides, or raise one error with what is wrong with either."""
    other, problems, total = None, [], 0
    try:
        other = None if against is None else read_program(against)
    except RulebookError as error:
        problems, total = list(error.problems), error.total
    try:
        before = open_run(program, data, allow_bad_rows)
    except RulebookError as error:
        raise RulebookError([*error.problems, *problems], error.total + total) from None
    if problems:
        raise RulebookError(problems, total)
    if other is None:
        document = changed(before.program, before.document, settings)
        other = bind_program(document), document
    return before, _other_side(before, *other, data, allow_bad_rows)


def _other_side(
    before: Run, program: Program, document: Document, data: Path, allow_bad_rows: bool
) -> Run:
    """Open the side after: on the same rows, read again only where another time zone counts."""
    if program.time_zone == before.program.time_zone:
        return beside(before, program, document)
    folder = load_folder(data, program, allow_bad_rows)
    return run_on(program, document, folder, allow_bad_rows=allow_bad_rows)


def after_notices(before: Run, after: Run, as_of: date) -> None:
    """Say what is odd about the side after, and not about the one before too."""
    known = {replace(problem, file="", line=None) for problem in before.notices}
    found = [p for p in after.notices if replace(p, file="", line=None) not in known]
    version = after.program.version
    if as_of < version != before.program.version:
        text = f"{as_of} is before this version ({version})"
        found.append(after.document.problem(("version",), text, notice=True))
    if before.program.program != after.program.program:
        text = (
            f"this is the program {after.program.program!r}, not {before.program.program!r}: "
            "its own enrollments count"
        )
        found.append(after.document.problem(("program",), text, notice=True))
    if after.data is not before.data and after.program.time_zone == before.program.time_zone:
        text = "who stands in a tier that this document doesn't have is levelled for the first time"
        found.append(Problem(text, after.document.file, notice=True))
    complain(found)
