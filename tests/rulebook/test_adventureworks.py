"""A real channel: 701 resellers and 57,851 sales lines, with an answer that others worked out."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rulebook import load_folder, open_run, read_program
from rulebook.standing.run import Run
from rulebook.standing.written import levelling_csv
from rulebook.values.numbers import rounded

AS_OF = date(2019, 6, 30)
DATES = (date(2017, 6, 30), date(2018, 2, 28), AS_OF, date(2020, 2, 29), date(2021, 6, 1))


@pytest.fixture(scope="module")
def folder(require) -> Path:
    return require("shared")


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return open_run(folder / "program" / "program.yaml", folder)


def test_every_column_of_every_partner_is_as_worked_out_independently(folder: Path, run: Run):
    levelling = run.level(AS_OF)
    by_partner = {row.partner: row for row in levelling.partners}
    with (folder / "program" / "expected-2019-06-30.csv").open(newline="") as file:
        expected = list(csv.DictReader(file))
    assert len(expected) == len(by_partner) == 701
    for row in expected:
        got = by_partner[row["partner"]]
        assert got.ladder.qualified == row["qualified"]
        for name, value in got.metrics.items():
            places = 6 if name in ("growth", "bike_share") else 12
            shown = None if value is None else rounded(value, places)
            assert shown == (Decimal(row[name]) if row[name] else None), (row["partner"], name)
    assert sum(row.metrics["revenue"] for row in levelling.partners) == Decimal("27217791.93")
    assert levelling.set_aside == []


def test_partners_come_in_the_order_of_their_keys_as_text(run: Run):
    names = [row.partner for row in run.level(AS_OF).partners]
    assert names == sorted(names)
    assert names[:3] == ["1", "10", "100"]


@pytest.mark.parametrize("as_of", DATES)
def test_bulk_and_fact_by_fact_give_the_same_bytes(folder: Path, run: Run, as_of: date):
    program, document = read_program(folder / "program" / "program.yaml")
    slow = Run(program, document, load_folder(folder, program))
    assert levelling_csv(slow.level(as_of), program) == levelling_csv(run.level(as_of), program)
