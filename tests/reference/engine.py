"""The one place where these tests meet the engine: its answer in the reference's shape."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from rulebook import RulebookError, Run, load_folder, open_run, read_program
from rulebook.standing.written import levelling_json


class Refused(Exception):
    """The engine gave errors instead of an answer; the message has them all."""


def engine_answer(
    program_text: str, folder: Path, as_of: date, by_record: bool = False
) -> dict[str, dict[str, Any]]:
    """What `echelon level` says, per partner; numbers as text.

    In bulk as for a folder, or `by_record` as for the rows of an example.
    """
    document = folder / "engine-program.yaml"
    document.write_text(program_text, encoding="utf-8")
    try:
        if by_record:
            program, read = read_program(document)
            run = Run(program, read, load_folder(folder, program))
        else:
            run = open_run(document, folder)
        answer = levelling_json(run.level(as_of))
    except RulebookError as error:
        raise Refused(str(error)) from error
    return {partner["partner"]: shaped(partner) for partner in answer["partners"]}


def shaped(found: dict[str, Any]) -> dict[str, Any]:
    """A partner or one of its tracks, as the reference says it."""
    return {
        "qualified": found["qualified"],
        "metrics": found["metrics"],
        "gaps": (found.get("next") or {}).get("gaps", []),
        "tracks": {name: shaped(track) for name, track in found.get("tracks", {}).items()},
    }
