"""``make bench``: how long a user waits for the command, from its start to its last line.

Each run is a process of its own, its output thrown away. One run that isn't counted comes first, so
that files are in the page cache and compiled; then the median of five. The first row is the floor
on this machine: Python with the database imported, doing nothing. Only ratios travel from one
machine to another.
"""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("ECHELON_SHARED", ROOT.parent / "shared"))
ADVENTUREWORKS = SHARED / "data" / "adventureworks"
RUNS = 5

# Name, program, data, as-of date.
WORKLOADS = (
    ("channel", ROOT / "examples/channel/reseller.yaml", ROOT / "examples/channel", "2026-06-30"),
    ("AdventureWorks", ADVENTUREWORKS / "program/program.yaml", ADVENTUREWORKS, "2019-06-30"),
)


def commands() -> dict[str, list[str]]:
    """What is timed, by the name shown. Data that isn't here is left out, and said to be."""
    echelon = str(Path(sys.executable).with_name("echelon"))
    found = {"floor: python -c 'import duckdb'": [sys.executable, "-c", "import duckdb"]}
    for name, program, data, as_of in WORKLOADS:
        if not program.is_file():
            print(f"left out: {name}, no {os.path.relpath(program, ROOT)}")
            continue
        where = [str(program), "--data", str(data)]
        found[f"echelon check, {name}"] = [echelon, "check", *where]
        found[f"echelon level, {name}"] = [echelon, "level", *where, "--as-of", as_of]
    return found


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - start


def main() -> int:
    table = Table("whole process", "median s", "lowest", "highest", "× floor")
    floor = None
    try:
        for name, command in commands().items():
            seconds(command)
            times = [seconds(command) for _ in range(RUNS)]
            middle = median(times)
            floor = floor or middle
            row = (middle, min(times), max(times))
            table.add_row(name, *(f"{value:.2f}" for value in row), f"{middle / floor:.1f}")
    except subprocess.CalledProcessError as failed:
        print(f"exit status {failed.returncode}: {' '.join(failed.cmd)}", file=sys.stderr)
        print(failed.stderr.decode(errors="replace"), file=sys.stderr)
        return 1
    Console().print(table)
    print(f"{RUNS} runs each; {os.cpu_count()} cores, Python {platform.python_version()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
