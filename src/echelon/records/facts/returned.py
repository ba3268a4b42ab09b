"""The rows of a file that could not be taken, as a file: their cells as they came, and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from uuid import UUID

import xlsxwriter
from django.utils.translation import gettext as _

from echelon.foundation.access import Scope
from echelon.records.facts.models import Batch
from echelon.records.facts.selectors import bad_rows
from echelon.records.facts.services.batches import find

_ALL = 1_000_000
#: A cell that begins so is worked out by spreadsheets; an import takes the mark before it off.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "'")
_NUMBERS = frozenset("0123456789.-+")


def refused_rows(scope: Scope, batch: UUID, kind: str) -> bytes:
    """Return the bad rows of a batch as `csv` or `xlsx`: line, reason, then the file's columns.

    Mended and brought back, it is read like the file that it comes from: line and reason belong
    to no column of the type. Raises Hidden for a batch of others.
    """
    found = find(scope, batch)
    rows = list(_rows(scope, found))
    return _xlsx(rows) if kind == "xlsx" else _csv(rows)


def _rows(scope: Scope, batch: Batch) -> Iterator[list[str]]:
    columns = [(name, said) for name, said in batch.mapping.items() if isinstance(said, str)]
    columns.sort(key=lambda one: batch.header.index(one[1]))
    yield [_("line"), _("reason"), *(said for _name, said in columns)]
    for row in bad_rows(scope, batch.pk, limit=_ALL):
        cells = {**row.cells, **row.patch}
        told = "; ".join(
            ": ".join(filter(None, [one["column"], one["message"]])) for one in row.problems
        )
        yield [str(row.line), told, *(cells.get(name) or "" for name, _said in columns)]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    """Return a cell that no spreadsheet works out; numbers stay as they are."""
    return f"'{cell}" if cell.startswith(_FORMULAS) and not set(cell) <= _NUMBERS else cell


def _xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    book.close()
    return out.getvalue()
