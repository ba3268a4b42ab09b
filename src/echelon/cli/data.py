"""`echelon data check`: what is wrong with a folder of data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from echelon.cli.screen import complain

app = typer.Typer(help="Look at a folder of data.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def data() -> None:
    """Look at a folder of data."""


@app.command("check")
def check(folder: Annotated[Path, typer.Argument(help="the folder with dataset.yaml")]) -> None:
    """Check every table of a folder: files, columns, values, keys, families."""
    from rulebook.loading import load_folder

    loaded = load_folder(folder)
    complain(list(loaded.notices))
    for name in loaded.spec.facts:
        aside = {reason: count for (table, reason), count in loaded.aside.items() if table == name}
        note = "".join(f", {count:,} set aside ({reason})" for reason, count in aside.items())
        typer.echo(f"{name}: ok{note}")
    typer.echo(f"{len(loaded.partners):,} partners: ok")
