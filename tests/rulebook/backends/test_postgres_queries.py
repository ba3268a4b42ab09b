"""The queries that PostgreSQL is sent, to be read: compared letter by letter.

After a wanted change, write the file anew with `REFRESH=1 pytest tests/rulebook/backends`
and read its diff.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from rulebook import Run, load_folder, read_program
from rulebook.backends.postgres import PostgresOver
from tests.rulebook.backends.postgres.filling import SCHEMA, fill

GOLDEN = Path(__file__).parent / "queries.postgres.sql"
CHANNEL = Path(__file__).parents[3] / "examples" / "channel"


def queries(url: str) -> str:
    """Return all that is asked while the example channel's two programs are levelled."""
    text = ""
    for name in ("reseller", "services"):
        program, document = read_program(CHANNEL / f"{name}.yaml")
        folder = load_folder(CHANNEL, program)
        with psycopg.connect(url) as connection:
            fill(connection, folder)
            run = Run(program, document, folder, make=PostgresOver(connection, SCHEMA))
            asked = heard(run.backend.tables.engine)
            run.level(date(2026, 6, 30))
            connection.rollback()
        text += "".join(f"-- {name}\n{query}\n\n" for query in asked)
    return text.replace(SCHEMA, "channel")


def heard(engine: Any) -> list[str]:
    """Return a list that fills with what an engine is asked."""
    asked: list[str] = []
    answer = engine.answer

    def listen(query: Any) -> Any:
        asked.append(engine.written(query, pretty=True)[0])
        return answer(query)

    engine.answer = listen
    return asked


def test_queries_are_as_read_before(require: Callable[[str], str]):
    found = queries(require("postgres"))
    if os.environ.get("REFRESH"):
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()
