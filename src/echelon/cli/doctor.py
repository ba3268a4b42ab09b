"""`echelon doctor`: what is wrong with settings, database and folders, and what to do."""

from __future__ import annotations

import typer

from echelon.cli.platform import start


def doctor() -> None:
    """Look at everything that the platform needs; exit 1 if it can't run as things are."""
    start()
    from echelon.config.checkup import CHECKS

    wrong = False
    for name, check in CHECKS.items():
        found = list(check())
        wrong = wrong or any(not problem.notice for problem in found)
        if not found:
            typer.echo(f"✓ {name}")
        for problem in found:
            typer.echo(f"{'!' if problem.notice else '✗'} {name}: {problem}")
    if wrong:
        raise typer.Exit(1)
