"""Everything at full size: `python -m tests.frame.proof [PART …]`, all parts if none is named.

Each part is a run of its own whose figures are kept in `docs/proof/<part>.md` if nothing failed: a
fault in one doesn't cost the hours of another.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

from tests.frame import on_postgres
from tests.frame.figures import PART
from tests.frame.require import ROOT

#: What needs tables or pages beside the folders that `on_postgres` runs again.
ALSO_PLATFORM = ("tests/browser", "tests/journeys")
#: Minutes of a virtual machine, apart from the engine's own.
SPARK = "tests/rulebook/backends/spark"


def folders() -> dict[str, list[str]]:
    """The folders and files of tests by part; every test is in one."""
    engine, backends = "tests/rulebook", "tests/rulebook/backends"
    named = {
        "rulebook": [path for path in _within(engine, backends) if path not in (backends, SPARK)],
        "spark": [SPARK],
        "reference": ["tests/reference"],
        "platform": [*on_postgres.platform(ROOT), *ALSO_PLATFORM],
    }
    taken = {engine, "tests/echelon", *(path for paths in named.values() for path in paths)}
    others = [path for path in _within("tests", "tests/echelon") if path not in taken]
    return {**named, "project": others}


def _within(*folders: str) -> list[str]:
    return [
        str(found.relative_to(ROOT))
        for folder in folders
        for found in sorted((ROOT / folder).iterdir())
        if (found.is_dir() and found.name != "__pycache__") or found.match("test_*.py")
    ]


def main(wanted: Sequence[str]) -> int:
    runs = {
        part: ["-m", "pytest", "-n", "auto", "--dist", "worksteal", *paths]
        for part, paths in folders().items()
    }
    runs["postgresql"] = ["-m", "tests.frame.on_postgres"]
    if unknown := [part for part in wanted if part not in runs]:
        print(f"There is no part {unknown[0]}; there are {', '.join(runs)}", file=sys.stderr)
        return 2
    failed = []
    for part in wanted or runs:
        print(f"Proof: {part}", flush=True)
        given = {**os.environ, "ECHELON_PROOF": "1", PART: part}
        if subprocess.run([sys.executable, *runs[part]], cwd=ROOT, env=given).returncode:
            failed.append(part)
    if failed:
        print(f"Not proved: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
