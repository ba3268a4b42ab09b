"""The engine alone over the same data, in a process of its own: `… bare SIZE OUT`.

It opens the folder with an empty store, levels, and puts every partner's standing together, as the
platform must; who holds what is written to be compared.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.platform.data import data, program_text
from benchmarks.platform.stages import now
from benchmarks.sizes import AS_OF, read_size
from rulebook.backends.duckdb import BulkOver  # noqa: F401 - what opening imports isn't its time
from rulebook.loading import Folder  # noqa: F401
from rulebook.opening import load_folder, run_on
from rulebook.reading import read_document
from rulebook.reading.programs import bind_program


def main(size: str, out: str) -> None:
    folder = data(read_size(size))
    document = read_document(program_text())
    program = bind_program(document)
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as store:
        begun = now()
        loaded = load_folder(folder, program, allow_bad_rows=True, cache=Path(store))
        run = run_on(program, document, loaded, allow_bad_rows=True)
        opened = now()
        answer = run.level(AS_OF)
        levelled = now()
        held = {each.partner: each.ladder.held for each in answer.partners}
        done = now()
    for name, (first, last) in {
        "open": (begun, opened),
        "measure": (opened, levelled),
        "level": (levelled, done),
    }.items():
        times[name] = [last[0] - first[0], last[1] - first[1]]
    Path(out).write_text(json.dumps({"times": times, "held": held}), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
