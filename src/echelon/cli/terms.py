"""Arguments that several commands take."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rulebook.errors import DataError, Problem, nearest
from rulebook.standing.run import Run


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def day(text: str) -> date:
    """Read a date argument; a wrong one is wrong usage."""
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date such as 2026-06-30") from None


Program = Annotated[Path, typer.Argument(help="the program's document, YAML or JSON")]
DataFolder = Annotated[Path, typer.Option("--data", help="the folder with dataset.yaml")]
AsOf = Annotated[
    date, typer.Option("--as-of", parser=day, metavar="DATE", help="the date to level at")
]
AllowBadRows = Annotated[
    bool, typer.Option("--allow-bad-rows", help="set rows aside that can't be read, and go on")
]
OutputFormat = Annotated[Format, typer.Option("--format", help="table, json or csv")]
Out = Annotated[Path | None, typer.Option("--out", help="write to this file")]


def write(text: str, out: Path | None) -> None:
    """Write an answer to stdout, or to a file that is complete or not there."""
    if out is None:
        typer.echo(text, nl=False)
        return
    draft = out.with_name(out.name + ".part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(out)
    except OSError as error:
        raise DataError([Problem(f"can't be written: {error.strerror}", str(out))]) from None


def known_partner(run: Run, partner: str) -> str:
    """Return a partner's key, or refuse one that the data doesn't have."""
    if partner not in run.data.partners:
        raise DataError(
            [Problem(f"unknown partner {partner!r}", hint=nearest(partner, run.data.partners))]
        )
    return partner
