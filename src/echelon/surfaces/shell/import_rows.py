"""Refused rows of an import: mended where they stand, or taken home as a file with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext as _n
from django.views.decorators.http import require_GET, require_http_methods

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.files.kinds import KINDS
from echelon.records.facts import selectors
from echelon.records.facts.errors import Refused
from echelon.records.facts.returned import refused_rows
from echelon.records.facts.services import batches, imports
from echelon.records.facts.states import BatchState
from echelon.surfaces.shell.context import surface

#: Rows on a page: as many as somebody mends in one go, and their cells fit into a form.
ROWS, CELLS = 20, 800
#: A cell longer than this is mended in the file.
LONGEST = 2_000


@dataclass(frozen=True)
class Cell:
    """A cell of a refused row: its field in the form, what stands in it, what is wrong with it."""

    field: str
    column: str
    value: str
    problems: list[dict[str, str]]

    @property
    def too_long(self) -> bool:
        """Whether it is too long for a page."""
        return len(self.value) > LONGEST

    @property
    def has_lines(self) -> bool:
        """Whether it has several lines, which a field of one line would lose."""
        return "\n" in self.value or "\r" in self.value


@dataclass(frozen=True)
class Row:
    """A refused row: what is wrong with all of it, the cells to mend, and the others."""

    line: int
    problems: list[dict[str, str]]
    wrong: list[Cell]
    others: list[Cell]


@guarded(Right.FACTS_LOAD)
@require_http_methods(["GET", "POST"])
def mended(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Show refused rows with their cells, and check those again that were changed."""
    scope = scope_of(request)
    found = selectors.batch(scope, batch)
    after, typed = _line(request.GET.get("after", "")), QueryDict()
    columns = [one.name for one in selectors.columns(found.type, batches.whose(found))]
    limit = max(1, min(ROWS, CELLS // len(columns)))
    bad = selectors.bad_rows(scope, batch, after=after, limit=limit + 1)
    if request.method == "POST":
        typed = request.POST
        try:
            given = _changed(bad[:limit], columns, typed)
            rows = imports.mend_rows(scope, batch=batch, rows=given, at=timezone.now())
        except Refused as refused:
            for problem in refused.problems:
                messages.error(request, problem)
        else:
            _tell(request, rows)
            if all(row.mended_at for row in rows):
                here = reverse(f"{surface(request)}:import-rows", args=[batch])
                return redirect(f"{here}?after={after}" if after else here)
            typed = QueryDict()  # what was typed is kept with the rows
            bad = selectors.bad_rows(scope, batch, after=after, limit=limit + 1)
    context = {
        "batch": found,
        "rows": [_shown(row, columns, typed) for row in bad[:limit]],
        "next": bad[limit - 1].line if len(bad) > limit else "",
        "begun": bool(after),
        "open": found.state == BatchState.CHECKED,
        "filter_query": "",
    }
    return render(request, "shell/import_rows.html", context)


@guarded(Right.FACTS_LOAD)
@require_GET
def returned(request: HttpRequest, batch: UUID, form: str) -> HttpResponse:
    """Give the refused rows as a file: line, reason, and the cells as they came."""
    scope = scope_of(request)
    found = selectors.batch(scope, batch)
    kind = form if form == "xlsx" else "csv"
    stem = found.source.rpartition(".")[0] or found.source
    return HttpResponse(
        refused_rows(scope, batch, kind),
        content_type=KINDS[kind].media,
        headers={
            "Content-Disposition": content_disposition_header(
                as_attachment=True, filename=f"{stem}-{_('refused')}.{kind}"
            )
        },
    )


def _shown(row: Any, columns: list[str], typed: QueryDict) -> Row:
    """Return a row as the page has it: what was typed goes before what is kept."""
    kept = {**row.cells, **row.patch}
    named = {one["column"] for one in row.problems if one["column"]}
    cells = [
        Cell(
            _field(row.line, number),
            name,
            typed.get(_field(row.line, number), kept.get(name) or ""),
            [one for one in row.problems if one["column"] == name],
        )
        for number, name in enumerate(columns)
    ]
    whole = [one for one in row.problems if one["column"] not in columns]
    wrong = [cell for cell in cells if cell.column in named] or cells
    return Row(row.line, whole, wrong, [cell for cell in cells if cell not in wrong])


def _changed(
    rows: Sequence[Any], columns: list[str], typed: QueryDict
) -> dict[int, dict[str, str]]:
    """Return what was typed, by line and column, where it is not what stood there.

    A row that is to be checked as it is has nothing of its own.
    """
    again, found = {_line(text) for text in typed.getlist("again")}, dict[int, dict[str, str]]()
    for row in rows:
        kept = {**row.cells, **row.patch}
        cells = {
            name: text
            for number, name in enumerate(columns)
            if (text := typed.get(_field(row.line, number))) is not None
            and _plain(text) != _plain(kept.get(name) or "")
        }
        if cells or row.line in again:
            found[row.line] = cells
    return found


def _plain(text: str) -> str:
    """Return a text with line ends as they are anywhere but in a browser."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _field(line: int, number: int) -> str:
    return f"cell-{line}-{number}"


def _line(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def _tell(request: HttpRequest, rows: list[Any]) -> None:
    good = sum(row.mended_at is not None for row in rows)
    still = len(rows) - good
    if not rows:
        messages.info(request, _("Nothing was changed, so nothing was checked."))
    if good:
        said = _n("%(count)s row is good now.", "%(count)s rows are good now.", good)
        messages.success(request, said % {"count": good})
    if still:
        said = _n("%(count)s row is still refused.", "%(count)s rows are still refused.", still)
        messages.warning(request, said % {"count": still})
