"""However a file is cut into blocks, and whichever way cells are read: the same data or errors."""

import itertools
import random
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from rulebook.errors import DataError
from rulebook.loading import Progress, files, load_folder, tables
from rulebook.loading.csv_blocks import BLOCK
from rulebook.loading.csv_files import read_csv
from rulebook.loading.plain import read_plain
from rulebook.loading.typed_rows import TypedRows
from rulebook.loading.typing_sql import DAY, INTEGER, NUMBER
from tests.frame.size import sample_size
from tests.rulebook.loading.folders import FILES, SPEC, write

CELLS = {
    "order": ["A", "B", "C", "D", "E", "F"],
    "line": ["1", "2", "3", "", "01"],
    "partner": ["P1", "P2", "", "P9", "\u00fc"],
    "day": ["2026-01-31", "2026-02-01", "2026-02-30", "", "2026-01-31T23:30:00Z", "31.01.2026",
            "0000-01-01", "2026-01-31T10:00", "2026-1-1"],
    "product": ["10", "9", "", "010", "77", "x", "1.0", "+9", "-9"],
    "amount": ["5", "5.00", "-3.25", "", "1e5", " 5", "+5", "1,200", "9" * 27, "0." + "1" * 13,
               "9" * 26, "0." + "1" * 12, ".5", "5.", "-", ".", "1.2.3", "1-2", "0" * 30 + "1"],
    "currency": ["USD", "EUR", "usd", ""],
    "quantity": ["2", "0.5", "", "-0", "999999999999999999", "0.000000000001"],
}  # fmt: skip
#: How many of ten rows get any cell of a column, not only its first ones.
LEVELS = (0, 1, 5)


def content(chance: random.Random) -> bytes:
    """A file of facts, more or less spoilt."""
    names = list(CELLS)
    end = chance.choice(["\n", "\r\n", "\r"])
    level = chance.choice(LEVELS)
    lines = [",".join(names)]
    for _ in range(chance.choice([0, 3, 40])):
        row = []
        for name in names:
            cells = CELLS[name]
            cell = chance.choice(cells if chance.randrange(10) < level else cells[:2])
            quoted = chance.random() < 0.05 * level or any(mark in cell for mark in ",\n")
            row.append(f'"{cell}"' if quoted else cell)
        if level and chance.random() < 0.2:
            row = spoilt(chance, row)
        lines.append(",".join(row))
    lines += chance.choices(lines[1:], k=3) if len(lines) > 1 else []
    data = end.join(lines).encode() + chance.choice([b"", end.encode(), end.encode() * 3])
    if chance.random() < 0.06:
        at = chance.randrange(len(data))
        data = data[:at] + chance.choice([b'"', b"\xff", b"\0", b"\n"]) + data[at + 1 :]
    return chance.choice([b"", b"\xef\xbb\xbf"]) + data


def spoilt(chance: random.Random, row: list[str]) -> list[str]:
    """A row that is odd in one way."""
    return chance.choice(
        [[], row[:3], [*row, "more"], [*row[:2], '"P1"', *row[3:]], ["a\0b", *row[1:]],
         ['"A\n\n""B"', *row[1:]], ['5" pipe', *row[1:]], ["x" * 300, *row[1:]], [""] * 8]
    )  # fmt: skip


def told(folder: Path, allow_bad_rows: bool) -> object:
    """Everything that is known of a folder, its types too, or everything wrong with it."""
    try:
        loaded = load_folder(folder, allow_bad_rows=allow_bad_rows, time_zone="Europe/Berlin")
    except DataError as error:
        return [str(problem) for problem in error.problems], error.total
    types = loaded.connection.execute("DESCRIBE fact_sales").fetchall()
    facts = loaded.facts.rows("sales", None)
    notices = [str(notice) for notice in loaded.notices]
    return facts, types, loaded.aside, notices, loaded.digest, loaded.partners, loaded.references


Ways = Callable[[int, int], None]


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> Ways:
    """Reads CSV in blocks of this size, and plain cells from so many rows on."""

    def go(size: int, worth: int) -> None:
        monkeypatch.setattr(files, "read_csv", partial(read_csv, size=size))
        monkeypatch.setattr(tables, "TypedRows", partial(TypedRows, worth=worth))

    return go


NEVER = 1 << 60


@pytest.mark.parametrize("seed", range(sample_size(ci=30, proof=600)))
def test_every_way_gives_the_same(tmp_path: Path, way: Ways, seed: int) -> None:
    chance = random.Random(seed)
    contents = {name: text for name, text in FILES.items() if name != "sales.csv"}
    contents |= {"s1.csv": content(chance), "s2.csv": content(chance)}
    text = SPEC.replace("file: sales.csv", "file: s?.csv")
    folder = write(tmp_path, contents, dataset=text)
    for allow_bad_rows in (False, True):
        way(BLOCK, NEVER)
        expected = told(folder, allow_bad_rows)
        for size, worth in ((BLOCK, 1), (chance.randint(3, 400), 1), (200, NEVER)):
            way(size, worth)
            assert told(folder, allow_bad_rows) == expected


@pytest.mark.parametrize(
    ("kind", "pattern", "characters"),
    [("number", NUMBER, "019.-"), ("integer", INTEGER, "019-"), ("integer", INTEGER, "09.+")],
)
def test_plain_numbers_are_numbers(kind: str, pattern: str, characters: str) -> None:
    """Nothing is read plainly that the strict pattern refuses, and nothing of it as odd."""
    for length in range(1, 6):
        for letters in itertools.product(characters, repeat=length):
            cell = "".join(letters)
            plain = read_plain(pa.array([cell]), kind)  # type: ignore[arg-type]
            if plain is not None and not len(plain.odd):
                assert re.fullmatch(pattern, cell)
                assert plain.values[0].as_py() == Decimal(cell)


@pytest.mark.parametrize("seed", range(sample_size(ci=100, proof=5000)))
def test_plain_numbers_of_any_widths_stand_together(seed: int) -> None:
    chance = random.Random(seed)
    known = ["5", "5.00", "-3.25", ".5", "5.", "-.125", "00012", "-0", None, "1e5", "9" * 19,
             "9" * 18, "0." + "1" * 12, "120", "0.50", "-7.0"]  # fmt: skip
    cells = chance.choices(chance.sample(known, chance.randint(1, 8)), k=chance.randint(1, 12))
    start = chance.randrange(len(cells))
    plain = read_plain(pa.array(cells, pa.string())[start:], "number")
    if plain is None:
        return
    odd = [cell for cell in cells[start:] if cell is not None and ("e" in cell or len(cell) > 18)]
    assert plain.odd.to_pylist() == odd
    expected = [None if cell in odd or cell is None else Decimal(cell) for cell in cells[start:]]
    assert plain.values.to_pylist() == expected
    numbers = [number.normalize() for number in expected if number]
    assert plain.shape.scale == max([max(-int(n.as_tuple().exponent), 0) for n in numbers] or [0])
    assert plain.shape.whole == max([max(n.adjusted() + 1, 0) for n in numbers] or [0])


@pytest.mark.parametrize("cell", ["1.2.3", "1-2", ".-5", "1.-5", "-", ".", "-.", "--1"])
def test_what_can_be_no_number_is_left_to_the_pattern(cell: str) -> None:
    assert read_plain(pa.array(["1.25", cell]), "number") is None


@pytest.mark.parametrize("seed", range(sample_size(ci=6, proof=300)))
def test_typed_parquet_is_read_as_its_text_would_be(tmp_path: Path, seed: int) -> None:
    """Columns that are taken as they are, and the same columns as text: data or errors alike."""
    chance = random.Random(seed)
    days = [date(2026, 1, 31), date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29), None]
    amounts = ["5.00", "-3.25", "0.00", "120.50", "-1000000.00", None]
    count = chance.choice([0, 1, 40])

    def some(values: list[object], type_: pa.DataType) -> pa.Array:
        some = chance.sample(values, chance.randint(1, len(values)))
        return pa.array(chance.choices(some, k=count), type_)

    decimals = [None if amount is None else Decimal(amount) for amount in amounts]
    width = chance.choice([pa.decimal128(12, 2), pa.decimal128(18, 4), pa.decimal128(30, 2)])
    columns = {
        "order": some(["A", "", "B", None, "\u00fc"], pa.string()),
        "line": pa.array(map(str, range(count)), pa.string()),
        "partner": some(["P1", "P2", "", "P9"], pa.string()).dictionary_encode(),
        "day": some([*days], pa.date32()),
        "product": some([10, 9, 77, None, -1], chance.choice([pa.int16(), pa.decimal128(9, 0)])),
        "amount": some([*decimals], width),
        "currency": some(["USD", "EUR", "usd", None], pa.string()),
        "quantity": some([1, 200, None, 0, -30], pa.int64()),
    }
    typed = pa.table(columns).slice(min(count, chance.choice([0, 3])))
    texts = {
        name: column.cast(pa.string())
        for name, column in zip(typed.column_names, typed, strict=True)
    }
    text = SPEC.replace("sales.csv", "sales.parquet")
    contents = {name: content for name, content in FILES.items() if name != "sales.csv"}
    folder = write(tmp_path, contents, dataset=text)
    for allow_bad_rows in (False, True):
        parquet.write_table(typed, folder / "sales.parquet")
        found = told(folder, allow_bad_rows)
        parquet.write_table(pa.table(texts), folder / "sales.parquet")
        assert found == told(folder, allow_bad_rows)


def test_plain_days_are_days() -> None:
    """All days from year 1 to 9999 around the ends of months, and what looks like one."""
    years = [1, 4, 100, 1582, 1600, 1900, 1969, 1970, 2000, 2023, 2024, 2100, 9999]
    cells = [f"{y:04}-{m:02}-{d:02}" for y in years for m in range(14) for d in range(33)]
    cells += ["0000-01-01", "2026/01/01", "2026-01-0a", "202 -01-01", "-026-01-01", "2026-01-1:"]
    plain = read_plain(pa.array(cells), "date")
    assert plain is not None
    for cell, day in zip(cells, plain.values.to_pylist(), strict=True):
        try:
            expected: date | None = date.fromisoformat(cell)
        except ValueError:
            expected = None
        assert day == (expected if re.fullmatch(DAY, cell) else None), cell
    assert plain.shape.faulty


def test_progress_tells_how_far_the_reading_is(tmp_path: Path, way: Ways) -> None:
    way(80, NEVER)
    seen: list[Progress] = []
    load_folder(write(tmp_path), progress=seen.append)
    assert [one for one in seen if one.table == "sales"] == [
        Progress("sales", "sales.csv", 0, 56, 144),
        Progress("sales", "sales.csv", 3, 144, 144),
    ]
    assert {one.file for one in seen} == {"partners.csv", "products.csv", "sales.csv"}


def test_rows_beyond_memory_lie_in_files_that_go_away(tmp_path: Path) -> None:
    rows = "".join(f"A{n},{n},P1,2026-01-31,10,{n}.25,USD,2\n" for n in range(300_000))
    header = str(FILES["sales.csv"]).partition("\n")[0]
    folder = write(tmp_path, sales=f"{header}\n{rows}")
    small = load_folder(folder, memory=24 << 20)
    whole = load_folder(folder)
    assert small.digest == whole.digest
    assert small.spill is not None
    place = Path(small.spill.name)
    assert any(place.iterdir())
    small.close()
    assert not place.exists()
