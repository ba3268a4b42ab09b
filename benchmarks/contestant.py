"""One contestant in a process of its own: ``python -m benchmarks.contestant W1 pandas 1M OUT``.

So memory is its own, and nothing that another imported or cached is in its way. The answer goes to
OUT as columns; times, memory and remarks are the last line printed, as JSON.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
from pathlib import Path

from benchmarks.answers import save
from benchmarks.sizes import read_size
from benchmarks.timing import Measured, NotYet
from benchmarks.workloads import find


def main(workload: str, contestant: str, size: str, out: str) -> None:
    try:
        done = _run(workload, contestant, size)
    except NotYet as why:
        print(json.dumps({"not_yet": str(why)}))
        return
    save(done.answer, Path(out))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scale = 1 if sys.platform == "darwin" else 1024
    print(json.dumps({"times": done.times, "memory": peak * scale, "notes": done.notes}))


def _run(workload: str, contestant: str, size: str) -> Measured:
    entry = find(workload).CONTESTANTS[contestant]
    name, *given = (entry,) if isinstance(entry, str) else entry
    module, _, function = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), function)
    except ModuleNotFoundError as missing:
        raise NotYet(f"no {missing.name} here") from None
    return found(read_size(size), *given)


if __name__ == "__main__":
    main(*sys.argv[1:])
