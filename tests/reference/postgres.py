"""Where these tests meet PostgreSQL: a case's tables in a schema that is gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from rulebook import RulebookError, Run, load_folder, read_program, run_on
from rulebook.backends.postgres import PostgresOver
from rulebook.standing.written import levelling_json
from tests.reference.case import Case
from tests.reference.compare import differences
from tests.reference.covered import Covered
from tests.reference.engine import shaped
from tests.reference.evaluator import Overflow, answer, open_world
from tests.rulebook.backends.postgres.filling import SCHEMA, fill

#: Ways in which an owner may have made the tables: digits declared or not, another language.
WAYS: tuple[dict[str, Any], ...] = (
    {},
    {"digits": False, "collation": "und-x-icu"},
    {"digits": False},
    {"collation": "und-x-icu"},
)


class Agreement:
    """Runs cases on one connection and says where PostgreSQL, DuckDB and the reference differ."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection, self.covered, self.cases = connection, Covered(), 0
        self.in_sql = self.walked = 0

    def outcome(self, case: Case) -> list[str]:
        """Where an answer isn't that of the others; a refusal is the same to all."""
        self.cases += 1
        with TemporaryDirectory() as name:
            folder = case.write(Path(name))
            program, document = read_program(folder / "program.yaml")
            try:
                loaded = load_folder(folder, program)
            except RulebookError:
                return []  # there is nothing to put into a database
            expected = told(lambda: run_on(program, document, loaded).level(case.as_of))
            with self.tables(loaded, WAYS[self.cases % len(WAYS)]):
                over = PostgresOver(self.connection, SCHEMA)
                make = self.walking(over) if self.cases % 5 == 0 else self.counting(over)
                found = told(lambda: Run(program, document, loaded, make=make).level(case.as_of))
            lines = [] if expected == found else [f"DuckDB: {expected}\nPostgreSQL: {found}"]
            return lines or self.against_reference(case, folder, found)

    def against_reference(self, case: Case, folder: Path, found: Any) -> list[str]:
        """Where PostgreSQL differs from the reference; what it refuses, DuckDB does too."""
        if isinstance(found, str):
            return []
        world = open_world(read_program(case.program)[0], folder)
        try:
            expected = {
                key: answer(world, key, case.as_of) for key in sorted(world.tables.partners)
            }
        except Overflow as error:
            return [f"no error, though {error.metric} has more than 26 digits"]
        self.covered.add(world, case.as_of, expected)
        return differences(expected, {each["partner"]: shaped(each) for each in found["partners"]})

    @contextmanager
    def tables(self, folder: Any, way: dict[str, Any]) -> Iterator[None]:
        """A folder's tables in a transaction that is undone."""
        with self.connection.transaction(force_rollback=True):
            fill(self.connection, folder, **way)
            yield

    def walking(self, over: PostgresOver) -> Any:
        """What walks every metric in the database."""
        return lambda *given: over(*given).by_record

    def counting(self, over: PostgresOver) -> Any:
        """What counts the metrics that are walked because SQL can't say them."""

        def make(*given: Any) -> Any:
            backend = over(*given)
            walk = backend.by_record.measure

            def measure(asks: Any) -> Any:
                self.walked += len(asks)
                return walk(asks)

            backend.by_record.measure = measure
            whole = backend.measure

            def measure_all(asks: Any) -> Any:
                self.in_sql += len(asks)
                return whole(asks)

            backend.measure = measure_all
            return backend

        return make


def told(level: Any) -> Any:
    """An answer as it is written, or the errors."""
    try:
        return levelling_json(level())
    except RulebookError as error:
        return str(error)
