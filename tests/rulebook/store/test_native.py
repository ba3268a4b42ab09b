"""The derived form: what it shows, what is put beside it, and when it is built again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from rulebook.store import Purpose, Store, StoreConflict, native, view
from tests.rulebook.store.rows import (
    FORM,
    PURPOSE,
    arrow,
    native_rows,
    plain,
    put,
    row,
    shared,
)

MANY = [row(line, f"P{line % 20:02}") for line in range(2000)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path) as opened:
        put(opened, "a", MANY)
        native_rows(opened)
        yield opened


@pytest.fixture
def no_build(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows must be put beside the native file that is there."""
    del store

    def build(*_: object) -> None:
        pytest.fail("the native file was built again")

    monkeypatch.setattr("rulebook.store.store.build", build)


@pytest.mark.usefixtures("no_build")
def test_new_rows_stand_beside(store: Store) -> None:
    new = [row(1, "P03"), row(2, "new partner", note="new text"), row(3, None)]
    put(store, "b", new)
    assert native_rows(store) == plain([*MANY, *new])
    put(store, "c", [])
    assert native_rows(store) == plain([*MANY, *new])


@pytest.mark.usefixtures("no_build")
def test_withdrawn_and_marked_rows_are_put_right(store: Store) -> None:
    with store.change() as change:
        gone = pa.table({"partner": ["P03", "P04"], "id": ["L23", "L4"]})
        assert change.withdraw("sales", gone) == 2
        marks = {"_source": ["a"] * 2, "_line": [5, 4], "_aside": ["duplicate"] * 2}
        assert change.mark("sales", pa.table(marks)) == 1  # line 4 is withdrawn
        put_right = [row(23, "P03", note="changed")]
        change.put(FORM, "b", "key", arrow(put_right))
    rows = [r for r in MANY if r.line not in (4, 5, 23)]
    rows += [row(5, "P05", aside="duplicate"), *put_right]
    assert native_rows(store) == plain(rows)
    with store.change() as change:
        marks = {"id": ["L5"], "_aside": pa.array([None], pa.string())}
        assert change.mark("sales", pa.table(marks)) == 1
    rows = [row(5, "P05") if r.line == 5 else r for r in rows]
    assert native_rows(store) == plain(rows)


@pytest.mark.usefixtures("no_build")
def test_a_replaced_source_is_left_out(tmp_path: Path, store: Store) -> None:
    del tmp_path
    put(store, "b", [row(1, "P01")])
    put(store, "b", [row(2, "P02")])
    assert native_rows(store) == plain([*MANY, row(2, "P02")])
    store.compact()
    assert native_rows(store) == plain([*MANY, row(2, "P02")])


def test_a_replaced_part_of_the_native_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(tmp_path) as store:
        put(store, "a", MANY)
        put(store, "b", [row(1, None), row(2, "P02")])
        native_rows(store)
        monkeypatch.setattr("rulebook.store.store.build", lambda *_: pytest.fail("built again"))
        put(store, "b", [row(3, None)])
        assert native_rows(store) == plain([*MANY, row(3, None)])
        with store.change() as change:
            assert change.withdraw("sales", pa.table({"partner": pa.nulls(1, pa.string())})) == 1
        assert native_rows(store) == plain(MANY)


def test_withdrawn_rows_without_a_partner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(tmp_path) as store:
        put(store, "a", [*MANY, row(3000, None), row(3001, None)])
        native_rows(store)
        monkeypatch.setattr("rulebook.store.store.build", lambda *_: pytest.fail("built again"))
        for line in (3000, 7):
            with store.change() as change:
                assert change.withdraw("sales", pa.table({"_line": [line]})) == 1
        rest = [r for r in MANY if r.line != 7]
        assert native_rows(store) == plain([*rest, row(3001, None)])


def test_built_again_when_too_much_came(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def notes() -> set[str]:
        return {path.name for path in (store.places.folder / "native").glob("*.json")}

    before = notes()
    monkeypatch.setattr(view, "FRESH_ROWS", 10)
    put(store, "b", [row(line) for line in range(250)])
    assert native_rows(store) == plain([*MANY, *[row(line) for line in range(250)]])
    assert notes() == before
    put(store, "c", [row(1)])
    assert len(native_rows(store)) == 2251
    assert len(notes()) == 1
    assert notes() != before
    before = notes()
    put(store, "a", [row(1)])
    assert len(native_rows(store)) == 252
    assert notes() != before


def test_two_processes_would_build_one_file(store: Store) -> None:
    with Store.open(store.places.folder) as other:
        assert native_rows(other) == native_rows(store)
        assert len(list((store.places.folder / "native").glob("*.duckdb"))) == 1


def test_sorted_by_code_and_day_and_codes_never_change(store: Store) -> None:
    put(store, "b", [row(1, "A before all"), row(2, "Z")])
    with store.change() as change:
        change.know(pa.table({"name": ["P00", "Ä", "B"]}))
    cursor = shared().cursor()
    name = store.native(cursor, "sales", PURPOSE)
    codes = dict(cursor.execute("SELECT partner, code FROM partner_code").fetchall())
    first = {f"P{number:02}": number for number in range(20)}
    assert codes == first | {"A before all": 20, "Z": 21, "B": 22, "Ä": 23}
    store.compact(whole=True)
    name = store.native(cursor, "sales", PURPOSE)
    assert dict(cursor.execute("SELECT partner, code FROM partner_code").fetchall()) == codes
    rows = cursor.execute(f"SELECT _code, day, _batch, _line FROM {name}").fetchall()
    assert rows == sorted(rows)
    assert len(rows) == 2002


def test_a_purpose_has_its_own_file_and_relations(store: Store) -> None:
    rates = pa.table({"note": ["note 0", "note 1"], "rate": [2, 3]})
    select = "SELECT kept.*, rate FROM kept LEFT JOIN rates USING (note)"
    purpose = Purpose("rates 1", select, {"rates": rates})
    put(store, "b", [row(1), row(2), row(3)])
    cursor = shared().cursor()
    name = store.native(cursor, "sales", purpose, "priced")
    query = f"SELECT sum(rate), count(*) FROM {name}"
    # 2,000 lines: 667 of note 0, 667 of note 1, and of the three one each
    assert cursor.execute(query).fetchall() == [(668 * 2 + 668 * 3, 2003)]
    put(store, "c", [row(4), row(6)])
    store.native(cursor, "sales", purpose, "priced")
    assert cursor.execute(query).fetchall() == [(669 * 2 + 669 * 3, 2005)]
    assert len(list((store.places.folder / "native").glob("*.duckdb"))) == 2


@pytest.mark.parametrize(
    ("select", "told"),
    [
        ("SELECT * FROM kept WHERE note = 'note 1'", "makes 667 rows of 2000"),
        ("SELECT * EXCLUDE (_line) FROM kept", "loses the column _line"),
    ],
)
def test_a_select_that_loses_rows_or_addresses(store: Store, select: str, told: str) -> None:
    with pytest.raises(StoreConflict, match=f"table sales: the SELECT for lossy {told}"):
        store.native(shared().cursor(), "sales", Purpose("lossy", select))


class TestEnum:
    """A text column of few values is an ENUM and answers as a VARCHAR would."""

    TEXTS = ("", "Z", "a", "b", "é", "\uffff", "\U00010400", None)

    @pytest.fixture
    def cursor(self, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        with Store.open(tmp_path) as store, shared().cursor() as cursor:
            put(store, "a", [row(n, note=text) for n, text in enumerate(self.TEXTS)])
            store.native(cursor, "sales", PURPOSE, "fact")
            kind = cursor.execute("SELECT any_value(typeof(note)) FROM fact").fetchall()[0][0]
            assert kind.startswith("ENUM")
            yield cursor

    @pytest.mark.parametrize("op", ["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM"])
    def test_compares_as_text_also_with_texts_that_it_lacks(
        self, cursor: duckdb.DuckDBPyConnection, op: str
    ) -> None:
        for text in (*self.TEXTS[:-1], "aa", "zzz", "\U00010401"):
            as_text = f"(note::VARCHAR {op} ?)"
            query = f"SELECT count(*) FROM fact WHERE (note {op} ?) IS DISTINCT FROM {as_text}"
            assert cursor.execute(query, [text, text]).fetchall() == [(0,)]
            literal = f"'{text}'"
            query = query.replace("?", literal)
            assert cursor.execute(query).fetchall() == [(0,)]

    def test_orders_as_text(self, cursor: duckdb.DuckDBPyConnection) -> None:
        query = "SELECT min(note), max(note), list(note ORDER BY note) FROM fact"
        smallest, largest, ordered = cursor.execute(query).fetchall()[0]
        assert (smallest, largest) == ("", "\U00010400")
        assert ordered == [*sorted(text for text in self.TEXTS if text is not None), None]

    def test_in_joins_and_choices(self, cursor: duckdb.DuckDBPyConnection) -> None:
        def ask(sql: str) -> object:
            return cursor.execute(sql).fetchall()[0][0]

        assert ask("SELECT count(*) FROM fact WHERE note IN ('zzz', 'a')") == 1
        assert ask("SELECT count(*) FROM fact WHERE note NOT IN ('zzz', 'a')") == 6
        assert ask("SELECT count(*) FROM fact WHERE note = 'zzz'") == 0
        assert ask("SELECT count(*) FROM fact WHERE note IN (SELECT 'zzz')") == 0
        other = "(VALUES ('zzz'), ('a'), ('é')) AS v(text)"
        assert ask(f"SELECT count(*) FROM fact JOIN {other} ON note = text") == 2
        assert ask(f"SELECT count(*) FROM fact LEFT JOIN {other} ON text = note") == 8
        assert ask("SELECT count(DISTINCT note) FROM fact") == 7
        assert ask("SELECT max(coalesce(note, 'zzz')) FROM fact WHERE note < 'c'") == "b"
        assert ask("SELECT sum(length(note)) FROM fact") == 6

    def test_many_values_stay_text(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(native, "ENUM_VALUES", 100)
        cursor = shared().cursor()
        name = store.native(cursor, "sales", Purpose("few"))
        query = f"SELECT DISTINCT typeof(id), typeof(note) FROM {name}"
        assert cursor.execute(query).fetchall() == [
            ("VARCHAR", "ENUM('note 0', 'note 1', 'note 2')")
        ]


def test_one_partner_skips_the_others(tmp_path: Path) -> None:
    """Its rows stand together: of ten groups of rows one or two are read."""
    day = date(2026, 1, 1)
    rows = duckdb.sql(
        f"""SELECT 'L' || i AS id, 'P' || i % 300 AS partner, DATE '{day}' AS day, i AS _line
        FROM range(600_000) AS t(i)"""
    )
    with Store.open(tmp_path) as store, shared().cursor() as cursor:
        with store.change() as change:
            change.put(FORM, "a", "key", rows)
        name = store.native(cursor, "sales", Purpose("plain"))
        database = cursor.execute("SELECT database_name FROM duckdb_databases() WHERE path LIKE ?",
                                  [f"{tmp_path}%"]).fetchall()[0][0]  # fmt: skip
        query = f"""SELECT count(*), max(high - low) FROM (SELECT rowid // 122_880 AS g,
            min(_code) AS low, max(_code) AS high FROM {database}.facts GROUP BY g)"""
        assert cursor.execute(query).fetchall() == [(5, 62)]
        assert cursor.execute(f"SELECT count(*) FROM {name} WHERE _code = 7").fetchall() == [
            (2000,)
        ]
