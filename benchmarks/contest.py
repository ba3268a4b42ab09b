"""One workload by all its contestants: each in its own process, answers compared before times."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.answers import Answer, compare, load
from benchmarks.sizes import Size

ROOT = Path(__file__).parents[1]

#: What became of a contestant: `times`, `memory`, `notes`; or why not, `not_yet` or `failed`.
Outcome = dict[str, Any]


def contest(
    workload: ModuleType, size: Size, without: Collection[str], tell: Callable[[str], None]
) -> dict[str, Outcome]:
    """Run all contestants but those named, and raise Differ if two don't agree.

    Nothing of a workload is returned before all its answers were compared.
    """
    found: dict[str, Outcome] = {}
    first: tuple[str, Answer] | None = None
    with tempfile.TemporaryDirectory() as folder:
        for name in workload.CONTESTANTS:
            if name in without:
                continue
            tell(f"{workload.NAME}, {size.name} lines: {name}")
            path = Path(folder) / "answer.npz"
            path.unlink(missing_ok=True)
            found[name] = _run(workload.NAME, name, size, path)
            if path.is_file():
                answer = load(path)
                # The one with most columns is what the others are held against.
                if first is None:
                    first = name, answer
                else:
                    compare((first[0], name), first[1], answer)
                    if len(answer) > len(first[1]):
                        first = name, answer
    return found


def _run(workload: str, contestant: str, size: Size, path: Path) -> Outcome:
    command = [sys.executable, "-m", "benchmarks.contestant"]
    done = subprocess.run(
        [*command, workload, contestant, size.name, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        path.unlink(missing_ok=True)
        lines = done.stderr.strip().splitlines()
        return {"failed": lines[-1] if lines else f"exit status {done.returncode}"}
    outcome: Outcome = json.loads(done.stdout.strip().splitlines()[-1])
    return outcome
