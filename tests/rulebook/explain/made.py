"""Small runs for tests: a program as text, and a folder of CSV texts or the rows of an example."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from rulebook import Run, open_run, read_program
from rulebook.dataset.given import Given
from rulebook.dataset.spec import Dataset
from rulebook.standing.result import PartnerStanding

HEAD = "program: small\nversion: 2026-01-01\n"


def on_folder(folder: Path, program: str, files: dict[str, str], **options: Any) -> Run:
    """Open a program over files that are written to a folder."""
    for name, text in files.items():
        (folder / name).write_text(dedent(text).lstrip(), encoding="utf-8")
    (folder / "program.yaml").write_text(HEAD + dedent(program), encoding="utf-8")
    return open_run(folder / "program.yaml", folder, **options)


def on_rows(folder: Path, program: str, given: dict[str, Any]) -> Run:
    """Open a program over the rows of an example, written as its `given` is."""
    path = folder / "program.yaml"
    path.write_text(HEAD + dedent(program), encoding="utf-8")
    typed, document = read_program(path)

    def refuse(where: str, message: str, hint: str) -> None:
        raise AssertionError(f"{where}: {message} ({hint})")

    rows = Given(
        typed.reads or Dataset(), typed.program, typed.currency, typed.time_zone, given, refuse
    )
    return Run(typed, document, rows.data())


def first(run: Run, day: Any) -> PartnerStanding:
    """The standing of the first partner."""
    return run.standings(day)[0]
