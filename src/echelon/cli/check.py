"""`echelon check`: everything that is wrong with a program, all at once; runs its examples."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from echelon.cli import terms
from echelon.cli.screen import complain
from rulebook import check_program


def check(
    program: terms.Program,
    data: Annotated[
        Path | None, typer.Option("--data", help="the folder with dataset.yaml")
    ] = None,
) -> None:
    """Check a program: names, types, circles, tiers, and its own examples."""
    problems, examples = check_program(program, data)
    complain(problems)
    if any(not problem.notice for problem in problems):
        raise typer.Exit(1)
    ran = f", {examples} example{'' if examples == 1 else 's'} passed" if examples else ""
    typer.echo(f"{program}: ok{ran}")
