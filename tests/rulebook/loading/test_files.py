"""Which files a table has: names, lists, patterns, CSV and Parquet; never outside the folder."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from rulebook.loading import load_folder
from tests.rulebook.loading.folders import FILES, SPEC, errors, refused, values, write

D = Decimal
SALES = str(FILES["sales.csv"])
HEADER, *ROWS = SALES.splitlines(keepends=True)


def spec(file: str) -> str:
    return SPEC.replace("file: sales.csv", f"file: {file}")


@pytest.mark.parametrize("file", ["[a.csv, more/b.csv]", "['a*.csv', more/*.csv]", "'**/[ab].csv'"])
def test_a_table_of_several_files(tmp_path: Path, file: str) -> None:
    whole = load_folder(write(tmp_path / "one"))
    files = {name: text for name, text in FILES.items() if name != "sales.csv"}
    files |= {"a.csv": HEADER + ROWS[0], "more/b.csv": HEADER + ROWS[1] + ROWS[2]}
    many = load_folder(write(tmp_path / "many", files, dataset=spec(file)))
    assert values(many) == values(whole)
    facts = many.facts.rows("sales", None)
    assert [(fact.file, fact.line) for fact in facts] == [
        ("a.csv", 2), ("more/b.csv", 2), ("more/b.csv", 3),
    ]  # fmt: skip
    assert many.digest == whole.digest


NEITHER = "'dataset.yaml' is neither a .csv nor a .parquet file"
OUTSIDE = "is no name within the folder (data lies beside dataset.yaml)"


@pytest.mark.parametrize(
    ("file", "error"),
    [
        ("sale.csv", "there is no file 'sale.csv' (did you mean sales.csv?)"),
        ("'sale*.tsv'", "no file matches 'sale*.tsv' (did you mean sales.csv?)"),
        ("../sales.csv", f"'../sales.csv' {OUTSIDE}"),
        ("a/../../x.csv", f"'a/../../x.csv' {OUTSIDE}"),
        ("/etc/passwd", f"'/etc/passwd' {OUTSIDE}"),
        (r"'C:\x.csv'", rf"'C:\\x.csv' {OUTSIDE}"),
        ("dataset.yaml", NEITHER),
        ('"a\\0b.csv"', rf"'a\x00b.csv' {OUTSIDE}"),
    ],
)
def test_a_file_that_is_not_there(tmp_path: Path, file: str, error: str) -> None:
    assert errors(write(tmp_path, dataset=spec(file))) == [
        f"dataset.yaml:11: facts.sales.file: {error}"
    ]


def test_a_table_without_a_file(tmp_path: Path) -> None:
    text = SPEC.replace("    file: sales.csv\n", "").replace("  file: partners.csv\n", "")
    assert errors(write(tmp_path, dataset=text)) == [
        "dataset.yaml:1: partners: no file is named (file: names a CSV or Parquet file)",
        "dataset.yaml:9: facts.sales: no file is named (file: names a CSV or Parquet file)",
    ]


def test_parquet_is_read_as_the_same_values(tmp_path: Path) -> None:
    whole = load_folder(write(tmp_path / "csv"))
    folder = write(tmp_path / "parquet", dataset=SPEC.replace(".csv", ".parquet"))
    table = pa.table(
        {
            "line": pa.array([1, 2, 1], pa.int8()),
            "order": pa.array(["A", "A", "B"]).dictionary_encode(),
            "partner": pa.array(["P1", "P1", "P2"], pa.large_string()),
            "day": pa.array([date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28)]),
            "product": pa.array([10, 9, None], pa.int32()),
            "amount": pa.array([D("1200.500"), D(-3), None], pa.decimal128(20, 3)),
            "currency": ["USD", "EUR", ""],
            "quantity": pa.array([D(2), D("0.5"), None], pa.decimal128(38, 12)),
            "unused": pa.array([[1], [], None]),
        }
    )
    parquet.write_table(table, folder / "sales.parquet")
    partners = pa.table({"id": ["P2", "P1"], "parent": ["P1", None], "country": ["FR", "DE"],
                         "staff": [None, 12], "listed": [False, True]})  # fmt: skip
    parquet.write_table(partners, folder / "partners.parquet")
    products = pa.table({"id": [9, 10], "category": [None, "Bikes"],
                         "launched": pa.array([None, datetime(2019, 5, 31, 23, 59)])})  # fmt: skip
    parquet.write_table(products, folder / "products.parquet")
    loaded = load_folder(folder)
    assert values(loaded) == values(whole)
    assert (loaded.partners, loaded.references) == (whole.partners, whole.references)
    assert loaded.digest == whole.digest
    assert [fact.line for fact in loaded.facts.rows("sales", None)] == [1, 2, 3]


def things(folder: Path, column: pa.Array, kind: str) -> Path:
    """A Parquet table whose column `x` is this."""
    text = (
        "partners: {file: p.csv}\nfacts: {things: {file: t.parquet, key: k, date: d, "
        f"columns: {{x: {kind}}}}}}}\n"
    )
    write(folder, {"dataset.yaml": text, "p.csv": "id\nP\n"})
    rows = len(column)
    table = pa.table({"k": list(range(rows)), "partner": ["P"] * rows,
                      "d": [date(2026, 1, 1)] * rows, "x": column})  # fmt: skip
    parquet.write_table(table, folder / "t.parquet")
    return folder


def column(folder: Path, time_zone: str = "UTC") -> list[object]:
    loaded = load_folder(folder, time_zone=time_zone)
    at = list(loaded.facts.columns("things")).index("x")
    return [row[at] for row in values(loaded, "things")]


def test_instants_in_parquet_count_in_the_programs_zone(tmp_path: Path) -> None:
    instants = pa.array(
        [datetime(2026, 1, 31, 23, 30, tzinfo=UTC), None], pa.timestamp("ns", "Asia/Tokyo")
    )
    folder = things(tmp_path, instants, "date")
    assert column(folder) == [date(2026, 1, 31), None]
    assert column(folder, "Europe/Berlin") == [date(2026, 2, 1), None]


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32()])
def test_binary_fractions_are_read_by_their_shortest_text(
    tmp_path: Path, kind: pa.DataType
) -> None:
    folder = things(tmp_path, pa.array([0.1, -2.5, 12, None], kind), "number")
    assert column(folder) == [D("0.1"), D("-2.5"), D(12), None]
    assert [str(notice) for notice in load_folder(folder).notices] == [
        f"{folder}/t.parquet: column x: binary fractions, read by their shortest decimal text "
        "(store amounts as decimals)"
    ]
    assert column(things(tmp_path, pa.array([3, None], kind), "integer")) == [D(3), None]
    folder = things(tmp_path, pa.array([1e30, float("nan"), float("inf"), 1e-9], kind), "number")
    assert [error.partition(" is not")[0] for error in errors(folder)] == [
        "t.parquet:1: column x: '1e+30'", "t.parquet:2: column x: 'nan'",
        "t.parquet:3: column x: 'inf'", "t.parquet:4: column x: '1e-09'",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (pa.array([[1], None]), "t.parquet: the column 'x' holds nested values: a cell is a "
         "text, a number, a date or a boolean"),
        (pa.array(["ok", "a\0b"]), "t.parquet:2: a NUL byte, which is no text"),
        (pa.array([b"\xff", b"a"]), "t.parquet: the column 'x' holds bytes that are not UTF-8"),
        (pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"),
                                                pa.py_buffer(b"\xff")]),
         "t.parquet: the column 'x' holds bytes that are not UTF-8"),
    ],
)  # fmt: skip
def test_parquet_that_is_no_table_of_cells(tmp_path: Path, values: pa.Array, error: str) -> None:
    assert errors(things(tmp_path, values, "text")) == [error]


def test_other_types_are_refused_cell_by_cell(tmp_path: Path) -> None:
    assert errors(things(tmp_path, pa.array([date(2026, 1, 1)]), "integer")) == [
        "t.parquet:1: column x: '2026-01-01' is not a whole number "
        "(digits only, at most 26, no point)"
    ]
    assert errors(things(tmp_path, pa.array([1, 0]), "boolean"))[0] == (
        "t.parquet:1: column x: '1' is neither yes nor no (write yes or no)"
    )


def test_a_parquet_file_that_is_none(tmp_path: Path) -> None:
    folder = things(tmp_path, pa.array(["a"]), "text")
    whole = (folder / "t.parquet").read_bytes()
    for content in (b"", b"PAR1", b"k,partner\n", whole[:-20], whole[:50] + b"?" * 200):
        (folder / "t.parquet").write_bytes(content)
        (found,) = refused(folder, allow_bad_rows=True)
        assert found.startswith("t.parquet: can't be read as Parquet: ")


def test_columns_that_parquet_lacks(tmp_path: Path) -> None:
    folder = things(tmp_path, pa.array(["a"]), "text")
    table = parquet.read_table(folder / "t.parquet").rename_columns(["k", "partner", "d", "xx"])
    parquet.write_table(table, folder / "t.parquet")
    assert errors(folder) == [
        "dataset.yaml:2: facts.things.columns.x: t.parquet has no column 'x' (did you mean xx?)"
    ]
