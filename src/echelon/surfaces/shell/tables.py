"""Tables that leave the house: CSV and XLSX of exactly the rows that a filter lets through.

A second sheet (in CSV, the name of the file) says which filter it was and as of when. Dates and
numbers are written for machines, whatever the reader's language.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from django.http import HttpResponse

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: A cell that begins so is taken for a formula by spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def file_of(
    form: str,
    name: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    about: Sequence[tuple[str, str]],
    at: datetime,
) -> HttpResponse:
    """Return a file of rows under a name; `about` says what was asked for."""
    if form == "xlsx":
        content = _workbook(headings, rows, [*about, ("as of", at.isoformat())])
    else:
        form, content = "csv", _lines(headings, rows)
    return attached(content, form, name, at=at)


def attached(content: bytes, form: str, name: str, *, at: datetime) -> HttpResponse:
    """Return a file that is written already, under a name that says when."""
    title = f"{name}-{at:%Y-%m-%d-%H%M}.{form}"
    answer = HttpResponse(content, content_type=FORMS[form])
    answer["Content-Disposition"] = f'attachment; filename="{title}"'
    return answer


def _lines(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _workbook(
    headings: Sequence[str], rows: Iterable[Sequence[Any]], about: Sequence[tuple[str, str]]
) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Rows")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, list(headings), book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, [str(value) for value in row])
        said = book.add_worksheet("About")
        for number, pair in enumerate(about):
            said.write_row(number, 0, list(pair))
    return out.getvalue()


def _safe(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
