"""Files as they come, brought to what the engine's readers read: strict CSV, or Parquet.

A workbook's first sheet becomes a Parquet file of texts, beside it, once; CSV with semicolons or
tabs becomes CSV with commas, line by line. Whatever the file, it is read block by block.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from echelon.foundation.files.kinds import kind_of
from echelon.records.facts.errors import Refused
from rulebook.loading.cells import Cells, Unreadable, integers
from rulebook.loading.csv_files import read_csv
from rulebook.loading.parquet_files import read_parquet
from rulebook.loading.sql import connect

#: What a workbook may come to when it is unpacked, in bytes; a small one can come to gigabytes.
MOST_UNPACKED = 400 << 20
#: How many bytes of a CSV file are read at once: some tens of thousands of rows, a transaction.
CHUNK = 4 << 20
_LINE = "__line__"
_ROWS = 50_000
_PIECE = 1 << 20


def readable(path: Path, kind: str, folder: Path) -> Path:
    """Return a file that the engine's readers read: itself, or one made from it in the folder.

    `kind` is csv, xlsx or parquet. What was made before is taken again. Raises Refused.
    """
    if kind == "xlsx":
        return _made(folder / "sheet.parquet", lambda draft: _sheet(path, draft))
    if kind == "csv" and (mark := _separator(path)) != ",":
        return _made(folder / "commas.csv", lambda draft: _with_commas(path, mark, draft))
    return path


def _made(made: Path, make: Callable[[Path], None]) -> Path:
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        draft = made.with_name(f"{uuid4()}{made.suffix}")
        try:
            make(draft)
            draft.replace(made)
        finally:
            draft.unlink(missing_ok=True)
    return made


def header(path: Path) -> list[str]:
    """Return the names of a file's columns, or refuse a file that is no table."""
    try:
        if kind_of(path) == "parquet":
            names = pyarrow.parquet.read_schema(path).names
            return [name for name in names if name != _LINE]
        return next(read_csv(path, [], _PIECE)).header
    except Unreadable as error:
        raise Refused(_said(error)) from None
    except (pa.ArrowException, OSError, StopIteration):
        raise Refused(_("the file can't be read as a table")) from None


def blocks(path: Path, columns: Sequence[str]) -> Iterator[Cells]:
    """Yield a file's rows block by block: these columns, each once. Raises Refused."""
    try:
        if kind_of(path) != "parquet":
            yield from read_csv(path, columns, CHUNK)
            return
        connection = connect("", 256 << 20)
        wanted = dict.fromkeys([*columns, _LINE], "text")
        for cells in read_parquet(path, wanted, connection):  # type: ignore[arg-type]
            *kept, lines = cells.columns
            if not _numbered(path):
                yield replace(cells, columns=kept)
                continue
            numbers = integers(int(line) for line in lines.to_pylist())
            yield replace(cells, columns=kept, lines=numbers)
    except Unreadable as error:
        raise Refused(_said(error)) from None


def rows_as_cells(rows: Sequence[Mapping[str, object]], names: Sequence[str]) -> Cells:
    """Return rows that a caller has as a block, the first in line 1."""
    columns = [pa.array([text(row.get(name)) for row in rows], pa.string()) for name in names]
    return Cells(columns, integers(range(1, len(rows) + 1)))


def _numbered(path: Path) -> bool:
    """Whether it was a workbook, whose rows know their lines."""
    return path.name == "sheet.parquet"


def _separator(path: Path) -> str:
    """Return what separates the cells of a file's first line."""
    with path.open("rb") as file:
        first = file.readline(_PIECE)
    counts = {mark: first.count(mark.encode()) for mark in ",;\t|"}
    return "," if counts[","] else max(counts, key=lambda mark: counts[mark] or -1)


def _with_commas(path: Path, mark: str, made: Path) -> None:
    try:
        with (
            path.open(encoding="utf-8-sig", newline="") as file,
            made.open("w", encoding="utf-8", newline="") as out,
        ):
            csv.writer(out).writerows(csv.reader(file, delimiter=mark, strict=True))
    except UnicodeDecodeError:
        raise Refused(_("the file is not UTF-8: save it as UTF-8")) from None
    except csv.Error:
        why = _("the file can't be read as CSV: look for a quote that is not closed")
        raise Refused(why) from None


def _sheet(path: Path, made: Path) -> None:
    """Write the first sheet of a workbook as texts, each row with its line."""
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
        if size > MOST_UNPACKED:
            raise Refused(
                _("the workbook comes to {size} MB when unpacked: bring it as CSV").format(
                    size=size >> 20
                )
            )
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
        numbered = ((n, row) for n, row in enumerate(rows, 1) if any(cell != "" for cell in row))
        first = next(numbered, None)
    except (zipfile.BadZipFile, CalamineError, OSError, IndexError):
        raise Refused(_("the workbook can't be read: save it as XLSX once more")) from None
    if first is None:
        raise Refused(_("the first sheet is empty"))
    names = [text(cell) or "" for cell in first[1]]
    while names and not names[-1]:
        names.pop()
    if "" in names or len(set(names)) < len(names):
        raise Refused(_("line {line}: each column needs a name of its own").format(line=first[0]))
    _write(made, names, numbered)


def _write(path: Path, names: list[str], rows: Iterable[tuple[int, Sequence[object]]]) -> None:
    schema = pa.schema([*((name, pa.string()) for name in names), (_LINE, pa.string())])
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        held: list[list[str | None]] = []
        for number, row in rows:
            cells = [text(cell) for cell in row[: len(names)]]
            cells += [None] * (len(names) - len(cells))
            held.append([*cells, str(number)])
            if len(held) == _ROWS:
                writer.write_table(_table(held, schema))
                held = []
        writer.write_table(_table(held, schema))


def _table(rows: list[list[str | None]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(one, pa.string()) for one in columns], schema=schema)


def text(cell: object) -> str | None:
    """Return a cell as text: numbers in their shortest form, times as ISO 8601 has them."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):f}".removesuffix(".0")
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime):
        midnight = (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        if midnight and cell.tzinfo is None:
            return cell.date().isoformat()
        return cell.isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _said(error: Unreadable) -> str:
    where = _("line {line}: ").format(line=error.line) if error.line else ""
    return f"{where}{error.message}" + (f" ({error.hint})" if error.hint else "")
