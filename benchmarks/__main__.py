"""``make bench``, or ``python -m benchmarks``: every workload, by us and by what others would use.

The answers of all contestants are compared to the last cent before any time is shown; a difference
stops it. ``SIZE=10M`` or ``--size 10M`` takes ten million lines; ``--write`` keeps the figures in
``benchmarks/results`` and writes ``docs/performance.md`` from all that are kept.

``python -m benchmarks platform`` times the platform instead; see ``benchmarks/platform``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks import cold_start
from benchmarks.answers import Differ
from benchmarks.contest import contest
from benchmarks.machine import machine, told
from benchmarks.page import keep, write
from benchmarks.sizes import SMALL, Size, cache, read_size
from benchmarks.tables import rows
from benchmarks.workloads import WORKLOADS

#: How wide tables are where no terminal says how wide it is.
PIPE = 140


def main() -> int:
    if sys.argv[1:2] == ["platform"]:
        from benchmarks.platform import contest as platform  # needs Django, which engines don't

        return platform.main(sys.argv[2:])
    arguments = _arguments()
    try:
        size = read_size(arguments.size)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPE)
    without = set(arguments.without)
    wanted = {name.strip().lower() for name in arguments.only.split(",") if name.strip()}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    try:
        with console.status("") as status:
            tell = _teller(console, status)
            for name, title, run in _work(size, without, tell):
                if not wanted or name.lower() in wanted:
                    found[name] = run()
                    show(console, f"{name}: {title}; {size.name} lines", found[name])
    except Differ as error:
        console.print(f"[bold]The answers differ, so no time counts.[/bold] {error}")
        return 1
    console.print(f"{told(machine())}. Made files are kept in {cache()}.")
    if arguments.write:
        keep(size, found)
        console.print(f"wrote {write()}")
    return int(any("failed" in outcome for part in found.values() for outcome in part.values()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time every workload, by us and by what others would use. Answers are "
        "compared to the last cent first; a difference stops it.",
    )
    parser.add_argument(
        "--size",
        default=os.environ.get("SIZE") or SMALL,
        help=f"lines of sales: 1M, 10M, 100M, or any such as 20k (default: SIZE, else {SMALL})",
    )
    parser.add_argument("--only", default="", help="workloads to run, such as W1,W4,cold")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="NAME",
        help="a contestant to leave out, such as pandas; repeatable",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="keep the figures in benchmarks/results and write docs/performance.md and .svg",
    )
    return parser.parse_args()


Work = tuple[str, str, Callable[[], dict[str, dict[str, Any]]]]


def _work(size: Size, without: set[str], tell: Callable[[str], None]) -> list[Work]:
    """Return name, title and what to run, in order."""

    def run(workload: Any) -> dict[str, dict[str, Any]]:
        workload.MAKE(size, tell)  # a contestant's own making would be counted as its memory
        return contest(workload, size, without, tell)

    work: list[Work] = [
        (workload.NAME, workload.TITLE, lambda workload=workload: run(workload))
        for workload in WORKLOADS
    ]
    return [*work, (cold_start.NAME, cold_start.TITLE, lambda: cold_start.outcomes(tell))]


def _teller(console: Console, status: Any) -> Callable[[str], None]:
    """Return what shows a step: a line that changes on a terminal, one line each in a pipe."""
    if console.is_terminal:
        return lambda text: status.update(f"{text} …")
    return lambda text: print(text, "…", file=sys.stderr, flush=True)


def show(console: Console, title: str, outcomes: dict[str, dict[str, Any]]) -> None:
    header, lines = rows(outcomes)
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for place, name in enumerate(header):
        table.add_column(name, justify="left" if place in (0, len(header) - 1) else "right")
    for line in lines:
        table.add_row(*line)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
