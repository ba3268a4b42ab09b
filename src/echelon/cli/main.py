"""Gathers the commands, and turns refusals into messages with exit status 1."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from echelon.cli import (
    audit,
    check,
    createadmin,
    createkey,
    data,
    demo,
    doctor,
    explain,
    history,
    level,
    migrate,
    schema,
    serve,
    whatif,
    worker,
)
from echelon.cli.screen import complain
from rulebook.errors import RulebookError

#: Names a variable of the environment: with it, a bug shows its traceback.
SHOW = "ECHELON_TRACEBACK"

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
app.add_typer(audit.app, name="audit")
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("migrate")(migrate.migrate)
app.command("createadmin")(createadmin.createadmin)
app.command("createkey")(createkey.createkey)
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)


def main() -> None:
    """Run the command that was typed; exit 0, 1 (program or data wrong) or 2 (wrong usage)."""
    try:
        app(prog_name="echelon")
    except RulebookError as error:
        complain(error.problems, error.total)
        sys.exit(1)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get(SHOW):
            raise
        sys.stderr.write(bug(error))
        sys.exit(1)


def bug(error: Exception) -> str:
    """Return what is said of an error that no one foresaw: ours, whatever the files hold."""
    import traceback

    *_, last = traceback.extract_tb(error.__traceback__)
    words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return (
        f"error: a bug in Echelon, at {Path(last.filename).name}:{last.lineno}: {words}\n"
        f"Your files may be fine. Please report it; {SHOW}=1 shows where it happened.\n"
    )
