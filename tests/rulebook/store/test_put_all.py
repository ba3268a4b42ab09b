"""Several sources put at once are what they are put one by one, in one sorted file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from rulebook.store import Store, StoreConflict
from tests.rulebook.store.rows import (
    FORM,
    Row,
    arrow,
    kept_rows,
    native_rows,
    plain,
    row,
    shared,
    together,
)

#: Lines are numbered in each source; one source is empty, one has a quote in its name.
SOURCES = {
    "2026-01.csv": [row(line, f"P{line % 7}") for line in range(300)],
    "empty.csv": [],
    "it's.csv": [row(1, None), row(2, "P3", aside="bad row"), row(3, "P3", day=None)],
    "2026-02.csv": [row(line, f"P{line % 11}", note="later") for line in range(200)],
}
EVERY = [each for rows in SOURCES.values() for each in rows]


def keys(sources: Mapping[str, object]) -> dict[str, str]:
    return {name: f"key of {name}" for name in sources}


def put_all(store: Store, sources: Mapping[str, Sequence[Row]]) -> None:
    with store.change() as change:
        change.put_all(FORM, keys(sources), together(sources))


def batches(store: Store) -> list[tuple[object, ...]]:
    """What is known of each batch, but for the bytes that hold it."""
    found = store.tables()["sales"].batches.values()
    return [(b.number, b.source, b.key, b.columns, b.rows, b.counts) for b in found]


def files(store: Store) -> list[tuple[object, ...]]:
    """Which file each row is said to be of."""
    name = store.attach(shared(), "sales")
    return sorted(shared().execute(f"SELECT _file, _line, _batch FROM {name}").fetchall())


def test_all_at_once_is_one_by_one(tmp_path: Path) -> None:
    with Store.open(tmp_path / "all") as one, Store.open(tmp_path / "each") as other:
        put_all(one, SOURCES)
        with other.change() as change:
            for name, rows in SOURCES.items():
                change.put(FORM, name, f"key of {name}", arrow(rows))
        assert kept_rows(one) == native_rows(one) == plain(EVERY)
        assert batches(one) == batches(other)
        assert files(one) == files(other)
        assert one.sums("sales") == other.sums("sales")
        assert len(one.tables()["sales"].segments) == 1
        assert one.manifest.codes.count == other.manifest.codes.count == 11


def test_sorted_by_partner_day_source_and_line(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        put_all(store, SOURCES)
        (segment,) = store.tables()["sales"].segments
        path = store.places.segments / segment.file.name
        found = shared().execute(
            f"SELECT partner, day, _batch, _line FROM read_parquet('{path}')"
        ).fetchall()  # fmt: skip
    last = "\U0010ffff", date.max
    assert found == sorted(found, key=lambda r: (r[0] or last[0], r[1] or last[1], *r[2:]))
    assert len(found) == len(EVERY)


def test_sources_put_again_take_the_place_of_theirs_alone(tmp_path: Path) -> None:
    again = {"empty.csv": [row(5, "P5")], "2026-02.csv": [row(9, "P9")], "new.csv": [row(7)]}
    with Store.open(tmp_path) as store:
        put_all(store, SOURCES)
        native_rows(store)
        put_all(store, again)
        rows = {**SOURCES, **again}
        assert kept_rows(store) == native_rows(store) == plain(r for p in rows.values() for r in p)
        kept = {batch.source: batch.number for batch in store.tables()["sales"].batches.values()}
        assert kept == {
            "2026-01.csv": 0, "it's.csv": 2, "empty.csv": 4, "2026-02.csv": 5, "new.csv": 6,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("sources", "named", "told"),
    [
        ({"a": [row(1)], "b": [row(1), row(2)]}, {"a": ""}, "_file of 2 rows is none of the"),
        ({"a": [row(1)], "b": [row(1), row(1)]}, {"a": "", "b": ""}, "lines of b are not numbered"),
        ({"a": [row(1)], "b": [row(1, aside="")]}, {"a": "", "b": ""}, "a row of b is set aside"),
    ],
)
def test_rows_that_do_not_fit_change_nothing(
    tmp_path: Path, sources: dict[str, list[Row]], named: dict[str, str], told: str
) -> None:
    with Store.open(tmp_path) as store:
        put_all(store, SOURCES)
        with pytest.raises(StoreConflict, match=told), store.change() as change:
            change.put_all(FORM, named, together(sources))
        assert kept_rows(store) == plain(EVERY)
        assert store.manifest.generation == 1
