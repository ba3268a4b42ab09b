"""The queries that plans become, to be read: `queries.sql` is compared letter by letter.

After a wanted change, write the file anew with `REFRESH=1 pytest tests/rulebook/backends`
and read its diff.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from rulebook import load_folder, read_program, run_on
from rulebook.backends.sql.bulk import Bulk
from rulebook.backends.sql.expressions import NotInSql
from rulebook.meaning.model import MeasuredMeaning

GOLDEN = Path(__file__).parent / "queries.sql"
CHANNEL = Path(__file__).parents[3] / "examples" / "channel"


def queries() -> str:
    """Return every measured metric of the example channel as a query, or why it is walked."""
    text = ""
    for name in ("reseller", "services"):
        program, document = read_program(CHANNEL / f"{name}.yaml")
        run = run_on(program, document, load_folder(CHANNEL, program))
        assert isinstance(run.backend, Bulk)
        for key, meaning in run.meaning.metrics.items():
            if not isinstance(meaning, MeasuredMeaning):
                continue
            steps = run.figures.plan(meaning)
            occasion = run.figures.occasion(steps, date(2026, 6, 30))
            text += f"-- {name}: {'.'.join(part for part in key if part)}\n"
            try:
                text += run.backend.query(steps, [occasion]).sql(dialect="duckdb", pretty=True)
            except NotInSql:
                text += "-- walked fact by fact"
            text += "\n\n"
    return text


def test_queries_are_as_read_before():
    found = queries()
    if os.environ.get("REFRESH"):
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()


@pytest.mark.parametrize("text", ["DROP", "--comment", '"'])
def test_nothing_typed_becomes_sql(tmp_path: Path, text: str):
    """A constant with SQL in it stays a constant; a column's name stays a name."""
    name = f"a{text}b"
    (tmp_path / "dataset.yaml").write_text(
        "partners: {file: p.csv, key: id}\n"
        "facts: {t: {file: t.csv, key: k, partner: id, date: d, columns: {word: text}}}\n"
    )
    (tmp_path / "p.csv").write_text("id\na\n")
    cell = '"' + name.replace('"', '""') + '"'
    (tmp_path / "t.csv").write_text(f"k,id,d,word\n1,a,2026-01-01,{cell}\n")
    (tmp_path / "p.yaml").write_text(
        "program: x\nversion: 2026-01-01\n"
        f"metrics: {{n: {{from: t, value: count(), where: \"word = '{name}'\"}}}}\n".replace(
            '"b\'"', '\\"b\'"'
        )
    )
    program, document = read_program(tmp_path / "p.yaml")
    run = run_on(program, document, load_folder(tmp_path, program))
    assert run.level(date(2026, 1, 31)).partners[0].metrics == {"n": 1}
