"""CSV is read strictly: what is no table is refused with its line, and nothing hangs."""

import contextlib
import csv
import io
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.loading import check_folder, load_folder
from rulebook.loading.cells import BrokenRow, Unreadable
from rulebook.loading.csv_blocks import BLOCK
from rulebook.loading.csv_files import read_csv
from tests.frame.size import sample_size
from tests.rulebook.loading.folders import errors, refused, values, write

SPEC = """\
partners: {file: p.csv}
facts: {things: {file: t.csv, key: k, date: d, columns: {x: text, n: integer}}}
"""
HEADER = "k,partner,d,x,n\n"
ROW = "1,P,2026-01-01,a,1\n"


def things(folder: Path, content: str | bytes, spec: str = SPEC) -> Path:
    return write(folder, {"dataset.yaml": spec, "p.csv": "id\nP\n", "t.csv": content})


@pytest.mark.parametrize(
    "content",
    [
        HEADER + ROW,
        HEADER + ROW.strip(),  # no line end at the end
        (HEADER + ROW).replace("\n", "\r\n"),
        (HEADER + ROW).replace("\n", "\r"),
        HEADER + ROW + "\n\n",
        HEADER + "\n\r\n" + ROW,  # empty lines are no rows
        b"\xef\xbb\xbf" + (HEADER + ROW).encode(),
        HEADER + '"1","P","2026-01-01","a","1"\n',
        "n,unused,x,d,partner,k\n1,?,a,2026-01-01,P,1\n",  # columns in any order
        'n,"un,\nused",x,d,partner,k\n1,?,a,2026-01-01,P,1\n',
    ],
)
def test_the_same_row_however_it_is_written(tmp_path: Path, content: str | bytes) -> None:
    folder = load_folder(things(tmp_path, content))
    assert [[str(value) for value in row] for row in values(folder, "things")] == [
        ["P", "2026-01-01", "a", "1", "1"]
    ]


def test_quotes_commas_and_line_breaks_in_a_cell(tmp_path: Path) -> None:
    """The line of a row is where it begins, however many lines its cells take."""
    rows = '1,P,2026-01-01,"a ""b"",\r\n\n\nc",1\n2,P,2026-01-01,5" pipe,2\n\n3,P,2026-01-01,"",x\n'
    content = HEADER + rows
    assert errors(things(tmp_path, content)) == [
        "t.csv:8: column n: 'x' is not a whole number (digits only, at most 26, no point)"
    ]
    folder = load_folder(things(tmp_path, content[:-2] + "3\n"))
    facts = folder.facts.rows("things", None)
    assert [(fact.line, fact.values[2]) for fact in facts] == [
        (2, 'a "b",\r\n\n\nc'), (6, '5" pipe'), (8, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", "t.csv:1: the file has no header (the first line names the columns)"),
        ("\n\n", "t.csv:1: the file has no header (the first line names the columns)"),
        (b"\xef\xbb\xbf", "t.csv:1: the file has no header (the first line names the columns)"),
        ("k,k,partner\n", "t.csv:1: the header has the column 'k' twice (rename one)"),
        (HEADER.replace(",", ";"), "t.csv:1: the header is one single column (separate the columns "
         "by commas)"),
        (b"k,partner,d,x,n\n1,P,2026-01-01,\xff,1\n",
         "t.csv:2: byte 32 is not UTF-8 (save the file as UTF-8)"),
        ((HEADER + "1,P,2026-01-01,M\u00fcller,1\n").encode("latin-1"),
         "t.csv:2: byte 33 is not UTF-8 (save the file as UTF-8)"),
        ((HEADER + ROW).encode("utf-16"), "t.csv:1: byte 1 is not UTF-8 (save the file as UTF-8)"),
        (b"\0" * 5000, "t.csv:1: this is not a CSV file: its first line is no header"),
        (HEADER + ROW + '2,P,2026-01-01,"open,2\n' + ROW * 3,
         't.csv:3: a quote opens here and is never closed (a quote within a quoted cell is written '
         'twice: "")'),
        (HEADER + '2,P,2026-01-01,"a"b,2\n',
         't.csv:2: text follows a closing quote (a quote within a quoted cell is written twice: '
         '"")'),
        (HEADER + '2,P,2026-01-01,"' + "x" * 40_000_000 + '",2\n',
         "t.csv: a row is longer than 16,777,216 bytes"),
        ("k" * 2_000_000, "t.csv:1: this is not a CSV file: its first line is no header"),
    ],
)  # fmt: skip
def test_what_is_no_csv_file(tmp_path: Path, content: str | bytes, error: str) -> None:
    folder = things(tmp_path, content)
    assert errors(folder) == [error]
    # A whole file can't be set aside.
    assert refused(folder, allow_bad_rows=True) == [error]


@pytest.mark.parametrize("content", [HEADER, HEADER.strip(), HEADER + "\n\n"])
def test_a_header_alone_is_an_empty_table(tmp_path: Path, content: str) -> None:
    assert values(load_folder(things(tmp_path, content)), "things") == []


def test_rows_that_are_too_short_or_too_long(tmp_path: Path) -> None:
    content = HEADER + ROW + "2\n\n3,P,2026-01-01,a,1,\n4,P,2026-01-01,a,1\n,,,\n"
    assert errors(things(tmp_path, content)) == [
        "t.csv:3: 1 cell, the header has 5",
        "t.csv:5: 6 cells, the header has 5",
        "t.csv:7: 4 cells, the header has 5",
    ]
    folder = load_folder(tmp_path, allow_bad_rows=True)
    facts = folder.facts.rows("things", None)
    assert [(fact.line, fact.aside) for fact in facts] == [
        (2, None), (3, "bad row"), (5, "bad row"), (6, None), (7, "bad row"),
    ]  # fmt: skip
    assert set(facts[1].values) == {None}


def test_nul_bytes_are_no_text(tmp_path: Path) -> None:
    folder = things(tmp_path, HEADER + ROW + "2,P,2026-01-01,a\0b,1\n")
    assert errors(folder) == ["t.csv:3: a NUL byte, which is no text"]
    assert load_folder(folder, allow_bad_rows=True).aside == {("things", "bad row"): 1}


def test_fifty_columns_of_mess(tmp_path: Path) -> None:
    """Only what the dataset names is looked at, but every row must be as long as the header."""
    chance = random.Random(7)
    names = [f"c{number}" for number in range(45)]
    columns = [*names, "k", "partner", "d", "x", "n"]
    chance.shuffle(columns)
    good = {"k": "1", "partner": "P", "d": "2026-01-01", "x": "", "n": "1"}
    mess = ["", "1e400", "NaN", "ü", '"q""q"', "2026-13-45", " ", "'; drop table t; --", "\t"]
    rows = [",".join(good.get(name, chance.choice(mess)) for name in columns) for _ in range(50)]
    rows[20] += ",one too many"
    content = ",".join(columns) + "\n" + "\n".join(rows)
    assert errors(things(tmp_path, content)) == ["t.csv:22: 51 cells, the header has 50"]


@pytest.mark.parametrize("kind", ["bytes", "text", "one line", "ragged", "quotes"])
def test_a_huge_file_of_garbage(tmp_path: Path, kind: str) -> None:
    chance = random.Random(11)
    size = 40_000_000
    content = {
        "bytes": lambda: HEADER.encode() + chance.randbytes(size),
        "text": lambda: HEADER.encode() + bytes(chance.choices(b"abc ,.;\t\n", k=size // 8)) * 8,
        "one line": lambda: HEADER.encode() + b"x" * size,
        "ragged": lambda: HEADER.encode() + b"a,b\n" * (size // 40),
        "quotes": lambda: HEADER.encode() + b'"' * (size + 1),
    }[kind]()
    problems, _ = check_folder(things(tmp_path, content))
    words = {
        "bytes": "is not UTF-8",
        "text": "is no table: most rows are not as long as the header",
        "one line": "a row is longer than 16,777,216 bytes",
        "ragged": "is no table: most rows are not as long as the header (5)",
        "quotes": "a quote opens here and is never closed",
    }[kind]
    assert any(words in problem.message for problem in problems)


def test_many_ragged_rows_are_counted(tmp_path: Path) -> None:
    problems, total = check_folder(things(tmp_path, HEADER + "a,b\n" * 20_000))
    assert (len(problems), total) == (100, 20_000)


TEXTS = st.lists(
    st.sampled_from(["a", "b", ",", ",", '"', '"', "\n", "\r", "\r\n", '""', "é", " "])
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csv") / "x.csv"


def read(path: Path, wanted: list[str], size: int = BLOCK) -> tuple[list[tuple], list[BrokenRow]]:
    """A file's rows (line, then the cells wanted), and its broken rows."""
    rows, broken = [], []
    for cells in read_csv(path, wanted, size):
        columns = [cells.lines.to_pylist(), *(column.to_pylist() for column in cells.columns)]
        rows += zip(*columns, strict=True)
        broken += cells.broken
    return rows, broken


@given(parts=TEXTS)
def test_rows_and_lines_are_those_of_the_csv_module(file: Path, parts: list[str]) -> None:
    """The witness is Python's own reader, in strict mode."""
    text = "k,v\n" + "".join(parts)
    file.write_bytes(text.encode())
    rows, broken, line = [], [], 2
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        next(reader)
        for row in reader:
            if len(row) == 2:
                rows.append((line, row[0] or None, row[1] or None))
            elif row:
                broken.append(line)
            line = reader.line_num + 1
    except csv.Error:
        with pytest.raises(Unreadable):
            read(file, ["k", "v"])
        return
    found, ragged = read(file, ["k", "v"])
    assert found == rows
    assert [row.line for row in ragged] == broken


def outcome(path: Path, wanted: list[str], size: int) -> object:
    try:
        return read(path, wanted, size)
    except Unreadable as error:
        return str(error.problem(path.name))


@given(parts=TEXTS, size=st.integers(1, 40), end=st.sampled_from([b"", b"\0", b"\xff", b"\r"]))
def test_blocks_of_any_size_are_one_file(
    file: Path, parts: list[str], size: int, end: bytes
) -> None:
    """Where a block ends changes nothing: no row, no line, no error, no fingerprint."""
    file.write_bytes(b"\xef\xbb\xbfk,v\n" + "".join(parts).encode() + end)
    assert outcome(file, ["k"], max(size, 3)) == outcome(file, ["k"], BLOCK)


@given(content=st.binary(max_size=sample_size(ci=60, proof=400)))
def test_any_bytes_give_rows_or_errors(file: Path, content: bytes) -> None:
    file.write_bytes(b"k,v\n" + content)
    with contextlib.suppress(Unreadable):
        read(file, ["k"])
