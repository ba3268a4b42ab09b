"""Runs as a process of its own: dies at each step of a change or of a build, killed by itself.

`python -m tests.rulebook.store.dying <folder>` takes a folder that holds the store `0`, copies it
for each step, and prints how many steps there are. It forks before it has a DuckDB.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb

from rulebook.store import Store, change, manifest, native, places
from tests.rulebook.store.rows import FORM, PURPOSE, arrow, row

NEW = [row(line, "P9") for line in range(100, 140)]


def work(folder: Path) -> None:
    """What is interrupted: a source put, a native file built."""
    with Store.open(folder) as store:
        with store.change() as changing:
            changing.put(FORM, "new.csv", "key", arrow(NEW))
        store.native(duckdb.connect(), "sales", replace(PURPOSE, key="another"))


def die_at(step: int) -> None:
    """Have the process killed before or after the moves to their place, by number."""
    moves = iter(range(1000))
    settle = places.settle

    def settle_or_die(draft: Path, place: Path) -> None:
        number = next(moves)
        if 2 * number == step:
            os.kill(os.getpid(), signal.SIGKILL)
        settle(draft, place)
        if 2 * number + 1 == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for module in (change, manifest, native):
        module.settle = settle_or_die  # type: ignore[attr-defined]


def ended_by(child: Callable[[], None]) -> int:
    """Run something in a child; return the signal that ended it, 0 if it came to its end."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            child()
            status = 0
        finally:
            os._exit(status)
    status = os.waitpid(pid, 0)[1]
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "the child failed"
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def main(folder: Path) -> None:
    step = 0
    while True:
        copy = folder / str(step + 1)
        shutil.copytree(folder / "0", copy)

        def child(step: int = step, copy: Path = copy) -> None:
            die_at(step)
            work(copy)

        if ended_by(child) == 0:
            break
        step += 1
    sys.stdout.write(f"{step}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
