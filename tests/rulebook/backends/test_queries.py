"""The queries that plans become, to be read: `queries.sql` is compared letter by letter.

After a wanted change, write the file anew with `REFRESH=1 pytest tests/rulebook/backends`
and read its diff.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlglot import exp

from rulebook import load_folder, read_program, run_on
from rulebook.backends.backend import Ask
from rulebook.backends.sql.bulk import Bulk
from rulebook.backends.sql.expressions import NotInSql
from rulebook.meaning.model import MeasuredMeaning, MetricMeaning
from rulebook.plan.passes import averaged, scans
from rulebook.plan.scans import SharedScan
from rulebook.standing.run import Run

AS_OF = date(2026, 6, 30)
GOLDEN = Path(__file__).parent / "queries.sql"
CHANNEL = Path(__file__).parents[3] / "examples" / "channel"


def queries() -> str:
    """Return the example channel's queries: scans that metrics share, then those by themselves."""
    text = ""
    for name in ("reseller", "services"):
        program, document = read_program(CHANNEL / f"{name}.yaml")
        run = run_on(program, document, load_folder(CHANNEL, program))
        assert isinstance(run.backend, Bulk)
        asks = [asked(run, each) for each in run.meaning.metrics.values()]
        shared = [ask for ask in asks if ask is not None and ask.plan.grouped is None]
        for scan in scans([(ask.plan, AS_OF) for ask in shared]):
            metrics = dict.fromkeys(shared[each.ask].plan.metric for each in scan.wanted)
            text += f"-- {name}: {', '.join(metrics)}\n"
            text += said(partial(scanned, run.backend, scan, shared))
        for ask in asks:
            if ask is not None and ask.plan.grouped is not None:
                text += f"-- {name}: {ask.plan.metric}\n"
                text += said(partial(run.backend.query, *ask))
    return text


def asked(run: Run, meaning: MetricMeaning) -> Ask | None:
    """Return a measured metric as a backend is asked for it; None for others."""
    if not isinstance(meaning, MeasuredMeaning):
        return None
    steps = averaged(run.figures.plan(meaning))
    return Ask(steps, [run.figures.occasion(steps, AS_OF)])


def scanned(backend: Bulk, scan: SharedScan, asks: list[Ask]) -> exp.Expression:
    """Return the query of a shared scan."""
    return backend.shared.query(scan, asks).sql()


def said(build: Callable[[], exp.Expression]) -> str:
    """Return a query, or that there is none."""
    try:
        return build().sql(dialect="duckdb", pretty=True) + "\n\n"
    except NotInSql:
        return "-- walked fact by fact\n\n"


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
