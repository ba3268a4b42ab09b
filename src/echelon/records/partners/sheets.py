"""Tables as CSV and XLSX: read with the line of each row, written with typed cells.

A spreadsheet runs a text that begins with = + - or @. In CSV such a text is written behind an
apostrophe, which reading takes off again; in XLSX it is a text by its type.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from echelon.records.partners.errors import Refused

MOST_BYTES = 50 << 20
MOST_UNPACKED = 500 << 20
MOST_ROWS = 100_000
#: Digits that a spreadsheet's numbers hold; longer ones are written as text.
DIGITS = 15
_RUN = re.compile(r"'*[=+\-@\t\r]")
_LED = re.compile(r"'+[=+\-@\t\r]")
Row = tuple[int, list[Any]]


@dataclass(frozen=True)
class Sheet:
    """A table as it was read: its header, and each row with the line where it begins."""

    header: list[str]
    rows: list[Row]


def read(content: bytes) -> Sheet:
    """Read a CSV or XLSX file; refuse one that can't be, with what to do about it."""
    if len(content) > MOST_BYTES:
        raise Refused(_("the file is too large: at most %(most)s MB") % {"most": MOST_BYTES >> 20})
    rows = _workbook(content) if content[:2] == b"PK" else _csv(content)
    first = next(rows, None)
    if first is None:
        raise Refused(_("the file is empty"))
    header = [str(cell).strip() for cell in first[1]]
    while header and not header[-1]:
        header.pop()
    found: list[Row] = []
    for line, cells in rows:
        while len(cells) > len(header) and cells[-1] in (None, ""):
            cells.pop()
        if any(cell not in (None, "") for cell in cells):
            found.append((line, cells))
        if len(found) > MOST_ROWS:
            raise Refused(_("at most %(most)s rows: split the file") % {"most": MOST_ROWS})
    return Sheet(header, found)


def _csv(content: bytes) -> Iterator[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(_("the file is neither XLSX nor CSV in UTF-8: save it as one")) from None
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [cell[1:] if _LED.match(cell) else cell for cell in cells]
            line = reader.line_num + 1
    except csv.Error:
        raise Refused(
            _("line %(line)s can't be read as CSV: look for a quote that isn't closed")
            % {"line": line}
        ) from None


def _workbook(content: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
        if size > MOST_UNPACKED:
            raise Refused(_("the workbook is too large when unpacked: bring it as CSV"))
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    except (zipfile.BadZipFile, CalamineError, OSError, IndexError):
        raise Refused(_("the workbook can't be read: save it as XLSX once more")) from None
    for line, cells in enumerate(sheet.iter_rows(), 1):
        yield line, [_cell(cell) for cell in cells]


def _cell(cell: Any) -> Any:
    """Return a workbook's cell as it was meant: whole numbers whole, days as days."""
    if isinstance(cell, float):
        exact = Decimal(repr(cell))
        return int(exact) if exact == exact.to_integral_value() else exact
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date()
    return cell


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a CSV file in UTF-8, marked for spreadsheets; dates as 2026-01-31, yes and no."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_safe(name) for name in header)
    for row in rows:
        writer.writerow(_safe(cell) for cell in row)
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return f"'{cell}" if _RUN.match(cell) else cell
    return "" if cell is None else str(cell)


def write_xlsx(
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    about: Sequence[tuple[str, Any]] = (),
) -> bytes:
    """Return a workbook whose cells have types; texts are never formulas.

    A second sheet says what the rows are, where `about` does.
    """
    out = io.BytesIO()
    # Texts are written as texts, whatever they look like.
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": True, **plain}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                match cell:
                    case None | "":
                        pass
                    case bool():
                        sheet.write_boolean(number, column, cell)
                    case int() | Decimal() if len(Decimal(cell).as_tuple().digits) <= DIGITS:
                        sheet.write_number(number, column, cell)
                    case date() if cell.year >= 1900:
                        sheet.write_datetime(number, column, cell, day)
                    case _:
                        sheet.write_string(number, column, str(cell))
        second = book.add_worksheet("About") if about else None
        for number, (name, said) in enumerate(about):
            second.write_row(number, 0, [name, said])
    return out.getvalue()
