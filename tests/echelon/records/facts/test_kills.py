"""A worker that is killed while it checks or commits a file: nothing is lost, nothing twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from tests.factories.facts import HEADER
from tests.frame.require import database_at
from tests.frame.size import sample_size

ROWS = 1000
WORKER = [sys.executable, "-m", "tests.echelon.records.facts.worker"]


@pytest.fixture
def environment(tmp_path):
    """A home of its own, and on PostgreSQL a database of its own."""
    given = {**os.environ, "ECHELON_HOME": str(tmp_path), "DATABASE_URL": ""}
    given["DJANGO_SETTINGS_MODULE"] = "echelon.config.settings"
    server = os.environ.get("ECHELON_TEST_DATABASE", "")
    if not server:
        yield given
        return
    import psycopg

    name = f"kills_{uuid4().hex[:12]}"
    with psycopg.connect(database_at(server, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield {**given, "DATABASE_URL": database_at(server, name)}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def sales(path: Path) -> str:
    bad = {n for n in range(ROWS) if n % 40 == 0}
    lines = [f"S{n},1,acme,2026-05-01,,,{'x' if n in bad else n},EUR" for n in range(ROWS)]
    path.write_text("\n".join([HEADER, *lines]))
    return str(path)


def run(environment, *words: str) -> str:
    done = subprocess.run(
        [*WORKER, *words], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def killed(environment, minute: int, after: int) -> bool:
    """Let a worker work and kill it after so many writes; whether it was still at work then."""
    with subprocess.Popen(
        [*WORKER, "work", str(minute)], env=environment, stdout=subprocess.PIPE, text=True
    ) as worker:
        for _write in range(after):
            if not worker.stdout.readline():
                return False
        worker.kill()
    return True


def test_nothing_is_lost_and_nothing_is_twice(environment, tmp_path):
    run(environment, "prepare", sales(tmp_path / "sales.csv"))
    chance, landed, minute = random.Random(7), 0, 0
    for _kill in range(sample_size(ci=4, proof=40)):
        minute += 10
        landed += killed(environment, minute, chance.randint(1, 4))
    for _again in range(3):
        minute += 10
        run(environment, "work", str(minute))
    state, facts, bad, staged, news, rows, digest = run(environment, "tell").split()
    assert landed >= 3
    assert (state, facts, bad, staged, news, rows) == ("committed", "975", "25", "0", "1", "1000")
    assert len(digest) == 12
