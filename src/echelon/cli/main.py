"""Gathers the commands, and turns refusals into messages with exit status 1."""

from __future__ import annotations

import os
import sys

import typer

from echelon.cli import check, data, explain, history, level, schema, whatif
from echelon.cli.screen import complain
from rulebook.errors import RulebookError

app = typer.Typer(
    name="echelon",
    help="Run partner programs: who is in which tier, why, and what is missing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("check")(check.check)
app.command("level")(level.level)
app.command("explain")(explain.explain)
app.command("whatif")(whatif.whatif)
app.command("history")(history.history)
app.command("schema")(schema.schema)
app.add_typer(data.app, name="data")


def main() -> None:
    """Run the command that was typed; exit 0, 1 (program or data wrong) or 2 (wrong usage)."""
    try:
        app()
    except RulebookError as error:
        complain(error.problems, error.total)
        sys.exit(1)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
