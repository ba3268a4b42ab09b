"""A connection whose work is undone, and small channels in tables that only it sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rulebook import Run, load_folder, read_program, run_on
from rulebook.backends.postgres import PostgresOver
from rulebook.standing.written import levelling_json
from tests.reference.small import case
from tests.rulebook.backends.postgres.filling import SCHEMA, fill

AS_OF = date(2020, 5, 31)


@pytest.fixture(scope="session")
def url(require: Callable[[str], str]) -> str:
    return require("postgres")


@pytest.fixture
def connection(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url) as connection:
        yield connection
        if not connection.closed:
            connection.rollback()


class Channel:
    """A program over a folder, and over the same tables in PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self.program, self.document = read_program(folder / "program.yaml")
        self.folder = load_folder(folder, self.program)

    def here(self) -> Any:
        """The answer of DuckDB."""
        run = run_on(self.program, self.document, self.folder)
        return levelling_json(run.level(AS_OF))

    def there(self, connection: psycopg.Connection[Any], **over: Any) -> Run:
        """A run over PostgreSQL."""
        over = {"schema": SCHEMA} | over
        make = PostgresOver(connection, **over)
        return Run(self.program, self.document, self.folder, make=make)

    def fill(self, connection: psycopg.Connection[Any], **how: Any) -> None:
        fill(connection, self.folder, **how)


@pytest.fixture
def channel(tmp_path: Path) -> Callable[..., Channel]:
    """Makes a channel from metrics, one a line, and the rows of its tables."""

    def make(lines: str, **tables: str) -> Channel:
        body = "metrics:\n" + "".join(f"  {line.strip()}\n" for line in lines.strip().splitlines())
        return Channel(case(body, **tables).write(tmp_path))

    return make


def metrics(run: Run, partner: str = "A") -> dict[str, Any]:
    """A partner's metrics, as written."""
    answer = levelling_json(run.level(AS_OF))
    return next(each["metrics"] for each in answer["partners"] if each["partner"] == partner)
