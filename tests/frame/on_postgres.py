"""The platform's tests a second time, on PostgreSQL: `python -m tests.frame.on_postgres [ARGS]`.

Takes what pytest takes. Paths outside the platform's tests are left out; if nothing is left, or no
server answers, it says so and that is all, unless `ECHELON_REQUIRE` names postgres.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.frame.require import ROOT, Absent, database_at, postgres, required

NOTHING_FOUND = 5


def platform(root: Path) -> list[str]:
    """The folders whose tests need tables.

    `tests/journeys` brings databases of its own in the first run, and the command has none.
    """
    folders = sorted((root / "tests" / "echelon").iterdir())
    return [
        str(folder.relative_to(root))
        for folder in folders
        if folder.is_dir() and folder.name not in {"cli", "__pycache__"}
    ]


def chosen(arguments: Sequence[str], root: Path = ROOT) -> list[str] | None:
    """The same arguments with the platform's paths alone; None if they name only others."""
    paths = [given for given in arguments if _is_path(given, root)]
    others = [given for given in arguments if given not in paths]
    if not paths:
        return [*others, *platform(root)]
    kept = [own for given in paths for own in _within(given, root)]
    return [*others, *dict.fromkeys(kept)] if kept else None


def _is_path(given: str, root: Path) -> bool:
    return not given.startswith("-") and (root / given.partition("::")[0]).exists()


def _within(given: str, root: Path) -> list[str]:
    """The path itself if it is the platform's, else those of the platform below it."""
    path = (root / given.partition("::")[0]).resolve()
    floors = [root / floor for floor in platform(root)]
    if any(path.is_relative_to(floor.resolve()) for floor in floors):
        return [given]
    return [
        str(floor.relative_to(root)) for floor in floors if floor.resolve().is_relative_to(path)
    ]


def main(arguments: Sequence[str]) -> int:
    try:
        server = postgres()
    except Absent as reason:
        if "postgres" in required():
            print(f"postgres is named in ECHELON_REQUIRE, but {reason}", file=sys.stderr)
            return 1
        print(f"Not run on PostgreSQL: {reason}")
        return 0
    wanted = chosen(arguments)
    if wanted is None:
        print("Not run on PostgreSQL: none of these tests are the platform's")
        return 0
    name = f"echelon_{uuid4().hex[:12]}"
    url = database_at(server, name)
    print("Once more, on PostgreSQL:", flush=True)
    command = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "worksteal", *wanted]
    try:
        ran = subprocess.run(
            command, cwd=ROOT, env={**os.environ, "ECHELON_TEST_DATABASE": url}
        ).returncode
    finally:
        drop(server, f"test_{name}")
    return 0 if ran == NOTHING_FOUND else ran


def drop(server: str, name: str) -> None:
    """Drop what a run has left behind: one database for each of its workers."""
    with psycopg.connect(server, autocommit=True) as connection:
        left = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name]
        ).fetchall()
        for (database,) in left:
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
