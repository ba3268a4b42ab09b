"""Rows that came and went since: an amended folder is the folder loaded anew."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rulebook import DataError, run_on
from rulebook.loading import Folder, amend, keeping, load_folder
from rulebook.reading import read_document
from rulebook.reading.programs import bind_program
from tests.frame.size import sample_size

DATASET = """\
partners: {file: partners.csv, key: id, parent: above}
facts:
  sales:
    file: "sales-*.parquet"
    key: [number, line]
    partner: partner
    date: day
    columns: {number: text, line: integer, amount: {type: money, currency: currency}, kind: text}
enrollments: {file: enrollments.csv}
"""
PROGRAM = """\
program: p
name: P
version: 2020-01-01
currency: EUR
metrics:
  revenue: {from: sales, value: sum(amount), window: trailing 12 months, unit: money, family: true}
  kinds: {from: sales, value: count(distinct kind), window: trailing 12 months}
tiers:
  low: {}
  high: {requires: {revenue: 1000, kinds: 2}}
"""
PARTNERS = [f"P{number}" for number in range(6)]
DAY = date(2026, 6, 30)
Sale = tuple[str, date, Decimal, str | None]


def table(rows: dict[tuple[str, int], Sale]) -> pa.Table:
    """Sales as a file has them, amounts as narrow as they are."""
    return pa.table(
        {
            "number": pa.array([number for number, _ in rows], pa.string()),
            "line": pa.array([line for _, line in rows], pa.int64()),
            "partner": pa.array([row[0] for row in rows.values()], pa.string()),
            "day": pa.array([row[1] for row in rows.values()], pa.date32()),
            "amount": pa.array([row[2] for row in rows.values()])
            if rows
            else pa.array([], pa.decimal128(5, 2)),
            "kind": pa.array([row[3] for row in rows.values()], pa.string()),
            "currency": pa.array(["EUR"] * len(rows), pa.string()),
        }
    )


def folder_of(place: Path, rows: dict[tuple[str, int], Sale], cache: Path | None) -> Folder:
    """The rows as a folder of two files, loaded."""
    place.mkdir(parents=True)
    above = "".join(f"{name},{PARTNERS[0] if name > 'P2' else ''}\n" for name in PARTNERS)
    (place / "partners.csv").write_text(f"id,above\n{above}")
    enrolled = "".join(f"{name},p,2020-01-01\n" for name in PARTNERS)
    (place / "enrollments.csv").write_text(f"partner,program,start\n{enrolled}")
    (place / "dataset.yaml").write_text(DATASET)
    half = len(rows) // 2
    for name, part in (("a", list(rows)[:half]), ("b", list(rows)[half:])):
        pq.write_table(table({key: rows[key] for key in part}), place / f"sales-{name}.parquet")
    return load_folder(place, cache=cache)


def levelled(folder: Folder) -> tuple[str, list[object]]:
    """What a program says of it: the digest, and where everybody stands."""
    document = read_document(PROGRAM)
    answer = run_on(bind_program(document), document, folder).level(DAY)
    return answer.digest, list(answer.partners)


keys = st.tuples(st.sampled_from(["A", "B", "C|", "Ä"]), st.integers(1, 4))
sales = st.tuples(
    st.sampled_from(PARTNERS),
    st.integers(0, 500).map(lambda back: DAY - timedelta(back)),
    st.decimals(-5000, 5000, places=2) | st.decimals(0, 10**9, places=4),
    st.sampled_from(["new", "renewal", None]),
)
states = st.dictionaries(keys, sales, max_size=12)


@pytest.mark.parametrize("smallest", [0, 1 << 30], ids=["kept", "not kept"])
@settings(max_examples=sample_size(ci=6, proof=400))
@example([{}, {("A", 1): ("P1", DAY, Decimal(1), None)}, {}])  # laid out while there are no rows
@given(st.lists(states, min_size=2, max_size=4))
def test_an_amended_folder_is_the_folder_loaded_anew(smallest, history):
    with TemporaryDirectory() as room, pytest.MonkeyPatch.context() as patch:
        place = Path(room)
        patch.setattr(keeping, "SMALLEST", smallest)
        folder = folder_of(place / "first", history[0], place / "cache")
        levelled(folder)
        for number, (before, after) in enumerate(pairwise(history)):
            gone = {key: row for key, row in before.items() if after.get(key) != row}
            come = {key: row for key, row in after.items() if before.get(key) != row}
            amend(folder, "sales", table(come), table(gone))
            anew = folder_of(place / f"anew{number}", after, None)
            assert folder.digest == anew.digest
            assert levelled(folder) == levelled(anew)
            anew.close()
        folder.close()


@pytest.mark.parametrize("smallest", [0, 1 << 30], ids=["kept", "not kept"])
def test_what_does_not_fit_is_refused_and_changes_nothing(tmp_path, monkeypatch, smallest):
    monkeypatch.setattr(keeping, "SMALLEST", smallest)
    one = {("A", 1): ("P1", DAY, Decimal("12.50"), "new")}
    folder = folder_of(tmp_path / "data", one, tmp_path / "cache")
    before = folder.digest, levelled(folder)
    stranger = {("B", 1): ("P9", DAY, Decimal("1.00"), "new")}
    absent = {("B", 1): ("P1", DAY, Decimal("1.00"), "new")}
    with pytest.raises(DataError, match="bad: unknown partner"):
        amend(folder, "sales", table(stranger), table({}))
    with pytest.raises(DataError, match="went that were not there"):
        amend(folder, "sales", table(one), table(absent))
    assert (folder.digest, levelled(folder)) == before
