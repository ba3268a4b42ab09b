"""Databases of their own for processes of their own, on SQLite and on PostgreSQL."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from tests.frame.require import database_at, require_or_skip
from tests.journeys.work import TABLES

ROOT = Path(__file__).parents[2]
WAIT = 120.0


class Processes:
    """A process that has the platform loaded for one kind of database, and forks others."""

    def __init__(self, home: Path, url: str) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.processes"],
            env=surroundings(home, url), cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._parent.stdout.readline() == "ready\n"

    def ask(self, name: str, **given: object) -> str:
        self._parent.stdin.write(json.dumps({"name": name, **given}) + "\n")
        self._parent.stdin.flush()
        return self._parent.stdout.readline().strip()

    def close(self) -> None:
        self._parent.stdin.close()
        self._parent.wait(30)


class Place:
    """A database with the platform's tables, and processes that work on it."""

    def __init__(self, processes: Processes, home: Path, url: str, jobs_url: str) -> None:
        self.url, self.path = url, home / "echelon.sqlite3"
        name = urlsplit(url).path.lstrip("/") if url else str(self.path)
        self._processes = processes
        self._place = {"database": name, "jobs_url": jobs_url, "home": str(home)}
        self._started: list[int] = []

    def query(self, sql: str) -> list[tuple]:
        return query(self.url, self.path, sql)

    def one(self, sql: str) -> Any:
        """The one value of a query; 0 if there is none."""
        found = self.query(sql)
        return found[0][0] if found else 0

    def ask(self, name: str, **given: object) -> str:
        return self._processes.ask(name, place=self._place, **given)

    def start(self, processes: int = 1, **given: object) -> list[int]:
        """Start workers; return their process ids."""
        made = json.loads(self.ask("start", processes=processes, **given))
        self._started += made
        return made

    def kill(self, process: int, number: int = signal.SIGKILL) -> None:
        with suppress(ProcessLookupError):
            os.kill(process, number)

    def bury(self, process: int) -> None:
        """Kill a worker, and wait until nothing more of it can reach the database."""
        self.kill(process)
        self._started.remove(process)
        assert self.ask("bury", process=process) == "done"
        if self.url:
            left = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            own = " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            self.until(lambda: not self.one(left + own))

    def until(self, true: Callable[[], object], seconds: float = WAIT) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "it never came"
            time.sleep(0.003)

    def idle(self) -> bool:
        """Whether no job is left to be done."""
        return not self.one("SELECT count(*) FROM jobs_job WHERE state IN ('waiting', 'running')")

    def close(self) -> None:
        for process in self._started:
            self.kill(process)


def surroundings(home: Path, url: str) -> dict[str, str]:
    """The environment of a process that works on a database; without an URL it is SQLite's."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ECHELON_", "DATABASE_"))}
    return {
        **kept, "ECHELON_HOME": str(home), "DATABASE_URL": url, "ECHELON_LOG": "error",
        "DJANGO_SETTINGS_MODULE": "echelon.config.settings",
    }  # fmt: skip


def query(url: str, path: Path, sql: str) -> list[tuple]:
    """Run one statement from outside, as a stranger to the platform."""
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            found = connection.execute(sql)
            return found.fetchall() if found.description else []
    connection = sqlite3.connect(path, timeout=30)
    try:
        with connection:
            return connection.execute(sql).fetchall()
    finally:
        connection.close()


def migrated(home: Path, url: str) -> None:
    """Make the platform's tables, and those of the tests' work."""
    migrate = [sys.executable, "-m", "django", "migrate", "-v0"]
    subprocess.run(migrate, env=surroundings(home, url), cwd=ROOT, check=True)
    for statement in TABLES.split(";"):
        query(url, home / "echelon.sqlite3", statement)
    if url:
        query(url, home, "GRANT ALL ON ALL TABLES IN SCHEMA public TO echelon_vendor")


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Processes]]:
    """A home whose database is ready, to be copied, and processes."""
    home = tmp_path_factory.mktemp("pattern")
    migrated(home, "")
    processes = Processes(home, "")
    yield home, processes
    processes.close()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Processes]]:
    """The name of a database that is ready, to be copied, and processes."""
    home = tmp_path_factory.mktemp("pattern")
    with emptied("template1") as url:
        migrated(home, url)
        processes = Processes(home, url)
        yield urlsplit(url).path.lstrip("/"), processes
        processes.close()


@contextmanager
def emptied(pattern: str) -> Iterator[str]:
    """Make a database after another, and drop it in the end; yields its URL."""
    server = str(require_or_skip("postgres"))
    name = f"echelon_journey_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {pattern}")
        try:
            yield database_at(server, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def opened(
    request: pytest.FixtureRequest, kind: str, home: Path, jobs_url: str = ""
) -> Iterator[Place]:
    """Open a place on a database of its own; `jobs_url` "own" is that of the database."""
    with ExitStack() as stack:
        pattern, processes = request.getfixturevalue(kind)
        url = ""
        if kind == "postgresql":
            url = stack.enter_context(emptied(pattern))
        else:
            shutil.copytree(pattern, home, dirs_exist_ok=True)
        made = Place(processes, home, url, url if jobs_url == "own" else jobs_url)
        stack.callback(made.close)
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Everything on one database, then on the other."""
    with opened(request, request.param, tmp_path) as made:
        yield made


@pytest.fixture
def other(request: pytest.FixtureRequest, place: Place, tmp_path: Path) -> Iterator[Place]:
    """A second place, on a database of the same kind."""
    kind = "postgresql" if place.url else "sqlite"
    with opened(request, kind, tmp_path / "other") as made:
        yield made
