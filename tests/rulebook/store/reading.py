"""Runs as a process of its own: reads a store over and over while another process writes.

`python -m tests.rulebook.store.reading <folder>` reads until it sees the source `last`, and prints
how many generations it saw. Each must show 100 rows, however they are spread over sources.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from rulebook.store import Store
from tests.rulebook.store.rows import PURPOSE


def main(folder: Path) -> None:
    seen: set[int] = set()
    connection = duckdb.connect()
    done = False
    while not done:
        with Store.open(folder) as store:
            done = store.tables()["sales"].source("last") is not None
            for name in (
                store.attach(connection, "sales"),
                store.native(connection, "sales", PURPOSE),
            ):
                query = f"SELECT count(*), count(DISTINCT _line) FROM {name}"
                assert connection.execute(query).fetchall() == [(100, 100)]
            seen.add(store.manifest.generation)
    sys.stdout.write(f"{len(seen)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
