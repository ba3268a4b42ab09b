"""Where the cache is, and what is refused of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from rulebook.store import Store, StoreConflict, default_folder
from tests.rulebook.store.rows import FORM, arrow, kept_rows, plain, put, row, shared


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"ECHELON_CACHE": "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/c"),
        ({"ECHELON_CACHE": "", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/x/echelon"),
        ({"XDG_CACHE_HOME": "x", "HOME": "/h"}, "/h/.cache/echelon"),
        ({"HOME": "/h"}, "/h/.cache/echelon"),
    ],
)
def test_default_folder(environment: dict[str, str], folder: str) -> None:
    assert default_folder(environment) == Path(folder)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "deep" / "store") as opened:
        put(opened, "a", [row(1)])
        yield opened


REFUSED = {
    "no _line": ("SELECT 'P' AS partner, DATE '2026-01-01' AS day", "rows have no _line"),
    "a line twice": (
        "SELECT 'P' AS partner, DATE '2026-01-01' AS day, 1 AS _line FROM range(2)",
        "lines of b are not numbered each by one _line",
    ),
    "a double": (
        "SELECT 'P' AS partner, DATE '2026-01-01' AS day, 1 AS _line, 1.5::DOUBLE AS amount",
        "column amount has the type DOUBLE (cast it to VARCHAR, DATE, BOOLEAN, BIGINT or DECIMAL)",
    ),
    "no partner": ("SELECT 1 AS _line", "column partner has to be there as VARCHAR"),
    "another type": (
        "SELECT 'P' AS partner, DATE '2026-01-01' AS day, 1 AS _line, 'x' AS amount",
        "column amount is DECIMAL(12,2) in one source and VARCHAR in another",
    ),
    "too many digits": (
        "SELECT 'P' AS partner, DATE '2026-01-01' AS day, 1 AS _line, 1::DECIMAL(38,0) AS amount",
        "column amount needs 38 digits before the point and 2 after",
    ),
    "an empty reason": (
        "SELECT 'P' AS partner, DATE '2026-01-01' AS day, 1 AS _line, '' AS _aside",
        "a row of b is set aside for the reason ''",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_rows_that_do_not_fit(store: Store, case: str) -> None:
    sql, told = REFUSED[case]
    with pytest.raises(StoreConflict) as caught, store.change() as change:
        change.put(FORM, "b", "key", shared().sql(sql))
    assert f"table sales: {told}" in str(caught.value)
    assert kept_rows(store) == plain([row(1)])
    assert store.manifest.generation == 1


def test_a_wider_decimal_and_another_column_widen_the_table(store: Store) -> None:
    sql = "SELECT 'P' AS partner, DATE '2026-01-01' AS day, 1 AS _line, 2.125 AS amount, true AS ok"
    with store.change() as change:
        change.put(FORM, "b", "key", shared().sql(sql))
    assert store.tables()["sales"].columns["amount"] == "DECIMAL(13,3)"
    name = store.attach(shared(), "sales")
    rows = shared().sql(f"SELECT amount::VARCHAR, ok, id FROM {name} ORDER BY amount").fetchall()
    assert rows == [("1.500", None, "L1"), ("2.125", True, None)]


def test_a_batch_tells_what_it_holds(store: Store) -> None:
    put(store, "b", [row(1, aside="bad row"), row(2)], key="what went in")
    batch = store.tables()["sales"].source("b")
    assert batch is not None
    assert (batch.key, batch.rows) == ("what went in", 2)
    assert batch.counts == {"": 1, "bad row": 1}
    assert store.tables()["sales"].source("c") is None


def test_a_reader_of_batches_is_taken(store: Store) -> None:
    rows = arrow([row(5), row(6)])
    with store.change() as change:
        change.put(
            FORM, "b", "key", pa.RecordBatchReader.from_batches(rows.schema, rows.to_batches())
        )
    assert kept_rows(store) == plain([row(1), row(5), row(6)])


@pytest.mark.parametrize("columns", [{"colour": ["red"]}, {"_aside": ["bad row"]}])
def test_rows_to_withdraw_are_named_by_columns_of_the_table(
    store: Store, columns: dict[str, list[str]]
) -> None:
    with pytest.raises(StoreConflict, match="to find rows by"), store.change() as change:
        change.withdraw("sales", pa.table(columns))
    with pytest.raises(StoreConflict, match="no source 'b' to withdraw"), store.change() as change:
        change.drop("sales", "b")
