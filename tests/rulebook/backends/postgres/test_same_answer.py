"""The same bytes as DuckDB: of a level run, and of the evidence behind its figures."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rulebook import Run, load_folder, read_program, run_on
from rulebook.backends.postgres import PostgresOver
from rulebook.explain import Evidence
from rulebook.explain.written import figure_json
from rulebook.standing.written import levelling_json
from tests.rulebook.backends.postgres.filling import SCHEMA, fill

CHANNEL = Path(__file__).parents[4] / "examples" / "channel"


def written(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("folder", "document", "day", "partners"),
    [
        (CHANNEL, "reseller.yaml", date(2026, 6, 30), 524),
        (CHANNEL, "services.yaml", date(2026, 6, 30), 524),
        ("shared", "program/program.yaml", date(2019, 6, 30), 701),
    ],
)
def test_the_same_bytes(
    connection: psycopg.Connection[Any],
    require: Any,
    folder: Any,
    document: str,
    day: date,
    partners: int,
):
    folder = require("shared") if folder == "shared" else folder
    program, read = read_program(folder / document)
    loaded = load_folder(folder, program)
    fill(connection, loaded)
    here = run_on(program, read, loaded)
    there = Run(program, read, loaded, make=PostgresOver(connection, SCHEMA))
    expected = levelling_json(here.level(day))
    assert len(expected["partners"]) == partners
    assert written(levelling_json(there.level(day))) == written(expected)


def test_the_same_evidence_without_the_folders_facts(connection: psycopg.Connection[Any]):
    """Every figure of some partners, opened to its records; no table is read as a whole."""
    day, some = date(2026, 6, 30), slice(0, 524, 131)
    program, read = read_program(CHANNEL / "reseller.yaml")
    loaded = load_folder(CHANNEL, program)
    fill(connection, loaded)
    over = PostgresOver(connection, SCHEMA)
    here = run_on(program, read, loaded)
    there = Run(program, read, replace(loaded, facts=over.facts(loaded.spec)), make=over)
    for key in here.meaning.metrics:
        for partner in here.figures.partners[some]:
            expected, found = (
                figure_json(Evidence(run).open(key, partner, day)) for run in (here, there)
            )
            assert written(found) == written(expected), (key, partner)
