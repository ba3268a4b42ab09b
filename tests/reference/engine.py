"""The one place where these tests meet the engine: its answer in the reference's shape."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any


class Refused(Exception):
    """The engine gave errors instead of an answer; the message has them all."""


@cache
def missing() -> str:
    """Why the engine can't be asked, or "" when it can."""
    return "" if find_spec("echelon.__main__") else "the command isn't there yet"


def engine_answer(program_text: str, folder: Path, as_of: date) -> dict[str, dict[str, Any]]:
    """What `echelon level` says, per partner; numbers as text."""
    document = folder / "engine-program.yaml"
    document.write_text(program_text, encoding="utf-8")
    command = [sys.executable, "-m", "echelon", "level", str(document), "--data", str(folder)]
    command += ["--as-of", str(as_of), "--format", "json"]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        raise Refused(ran.stderr or ran.stdout)
    answer = json.loads(ran.stdout)
    return {partner["partner"]: shaped(partner) for partner in answer["partners"]}


def shaped(found: dict[str, Any]) -> dict[str, Any]:
    """A partner or one of its tracks, as the reference says it."""
    return {
        "qualified": found["qualified"],
        "metrics": found["metrics"],
        "gaps": (found.get("next") or {}).get("gaps", []),
        "tracks": {name: shaped(track) for name, track in found.get("tracks", {}).items()},
    }
