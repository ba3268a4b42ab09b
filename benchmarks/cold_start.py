"""The command cold: how long a user waits for it, from its start to its last line.

Each run is a process of its own, its output thrown away. One run that isn't counted comes first, so
that files are in the page cache and compiled. The first row is the floor on this machine: Python
with the database imported, doing nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.timing import RUNS, clocked

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("ECHELON_SHARED", ROOT.parent / "shared"))
ADVENTUREWORKS = SHARED / "data" / "adventureworks"

NAME = "cold"
TITLE = "the command as a whole process, cold"
FLOOR = "floor: python -c 'import duckdb'"

# Name, program, data, as-of date.
COMMANDS = (
    ("channel", ROOT / "examples/channel/reseller.yaml", ROOT / "examples/channel", "2026-06-30"),
    ("AdventureWorks", ADVENTUREWORKS / "program/program.yaml", ADVENTUREWORKS, "2019-06-30"),
)


def commands() -> dict[str, list[str]]:
    """What is timed, by the name shown. Data that isn't here is left out."""
    echelon = str(Path(sys.executable).with_name("echelon"))
    found = {FLOOR: [sys.executable, "-c", "import duckdb"]}
    for name, program, data, as_of in COMMANDS:
        if program.is_file():
            where = [str(program), "--data", str(data)]
            found[f"echelon check, {name}"] = [echelon, "check", *where]
            found[f"echelon level, {name}"] = [echelon, "level", *where, "--as-of", as_of]
    return found


def outcomes(tell: Callable[[str], None]) -> dict[str, dict[str, Any]]:
    """Time every command; one that fails is an outcome too."""
    found: dict[str, dict[str, Any]] = {}
    for name, command in commands().items():
        tell(f"cold: {name}")
        times = []
        for _ in range(RUNS + 1):
            seconds, done = clocked(
                lambda command=command: subprocess.run(command, cwd=ROOT, capture_output=True)
            )
            times.append(seconds)
            if done.returncode:
                break
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines()
            found[name] = {"failed": lines[-1] if lines else f"exit status {done.returncode}"}
        else:
            found[name] = {"times": {"run": times[1:]}, "notes": []}
    return found
