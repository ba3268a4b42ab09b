"""Batches: what came in one go, from a call or a file; checked, mended, counted, undone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, File, Form, Query, Router
from ninja.files import UploadedFile

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.facts import selectors
from echelon.records.facts.services import batches, imports
from echelon.records.facts.states import BatchState
from echelon.surfaces.api.paging import MOST
from echelon.surfaces.api.shapes import Given, Told

TAG = "Batches"
router = Router()


class Batch(Told):
    """What came in one go. It counts as a whole or not at all."""

    id: UUID
    type: str
    source: str
    state: BatchState
    partner: UUID | None = Field(description="Whose own report it is; null: the vendor's.")
    counts: dict[str, int] = Field(examples=[{"rows": 3, "bad": 0, "new": 2, "corrected": 1}])
    header: list[str] = Field(description="The columns of its file.")
    mapping: dict[str, Any] = Field(description="Which column of the type is which of the file.")
    trouble: str
    made_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None


class BadRow(Told):
    """A row that can't be taken as it is."""

    line: int
    cells: dict[str, Any]
    problems: list[dict[str, Any]]


class Columns(Given):
    """Which column of the type is which of the file."""

    columns: dict[str, Any] = Field(examples=[{"amount": "Net amount"}])


class Cells(Given):
    """What is to stand in a row's cells instead."""

    cells: dict[str, str] = Field(min_length=1, examples=[{"amount": "12500.00"}])


def told(scope: Scope, row: Any) -> Batch:  # noqa: ARG001
    """Return a batch."""
    plain = ("id", "source", "state", "header", "trouble", "made_at", "committed_at", "undone_at")
    return Batch(
        **{name: getattr(row, name) for name in plain},
        type=row.type_id,
        partner=row.partner_id,
        counts={name: count for name, count in row.counts.items() if isinstance(count, int)},
        mapping=row.mapping,
    )


@router.get("/batches", response=list[Batch])
@guarded(Right.FACTS_LOAD)
def listed(
    request: HttpRequest,
    state: BatchState | None = None,
    limit: int = Query(100, ge=1, le=MOST),
) -> Any:
    """List the latest batches: the vendor's people see all, others their own."""
    scope = scope_of(request)
    return [told(scope, row) for row in selectors.batches(scope, state=state, limit=limit)]


@router.post("/batches", response={201: Batch})
@guarded(Right.FACTS_LOAD)
def upload(
    request: HttpRequest,
    type: Form[str],
    file: File[UploadedFile],
) -> Any:
    """Bring a file of facts (CSV or XLSX).

    It counts nowhere yet: say which column is which, then commit what was checked.
    """
    scope = scope_of(request)
    made = imports.upload(
        scope, type=type, name=file.name or "file", stream=file.chunks(), at=timezone.now()
    )
    return told(scope, made)


@router.get("/batches/{uuid:batch}", response=Batch)
@guarded(Right.FACTS_LOAD)
def read(request: HttpRequest, batch: UUID) -> Any:
    """Read one batch: how far it is, and how many rows are new, corrected or bad."""
    scope = scope_of(request)
    return told(scope, selectors.batch(scope, batch))


@router.get("/batches/{uuid:batch}/errors", response=list[BadRow])
@guarded(Right.FACTS_LOAD)
def errors(
    request: HttpRequest,
    batch: UUID,
    after: int = Query(0, ge=0, description="The last line of the page before."),
    limit: int = Query(100, ge=1, le=MOST),
) -> Any:
    """List a batch's rows that can't be taken, each with what is wrong with which cell."""
    rows = selectors.bad_rows(scope_of(request), batch, after=after, limit=limit)
    return [
        BadRow(line=row.line, cells={**row.cells, **row.patch}, problems=row.problems)
        for row in rows
    ]


@router.put("/batches/{uuid:batch}/errors/{int:line}", response=Batch)
@guarded(Right.FACTS_LOAD)
def mend(request: HttpRequest, batch: UUID, line: int, given: Cells) -> Any:
    """Put other cells into a row that is bad; it is taken if it is good now."""
    scope = scope_of(request)
    imports.mend(scope, batch=batch, line=line, cells=given.cells, at=timezone.now())
    return told(scope, selectors.batch(scope, batch))


@router.post("/batches/{uuid:batch}/map", response=Batch)
@guarded(Right.FACTS_LOAD)
def map_columns(request: HttpRequest, batch: UUID, given: Columns) -> Any:
    """Say which column is which, and have the file checked."""
    scope, at = scope_of(request), timezone.now()
    return told(scope, imports.map_columns(scope, batch=batch, columns=given.columns, at=at))


@router.post("/batches/{uuid:batch}/commit", response=Batch)
@guarded(Right.FACTS_LOAD)
def commit(request: HttpRequest, batch: UUID) -> Any:
    """Have the good rows of a checked batch count.

    A job does it; the batch says when it is done.
    """
    scope = scope_of(request)
    return told(scope, imports.commit_later(scope, batch=batch, at=timezone.now()))


@router.post("/batches/{uuid:batch}/undo", response=Batch)
@guarded(Right.FACTS_LOAD)
def undo(request: HttpRequest, batch: UUID) -> Any:
    """Take a batch back: what it corrected or withdrew counts again."""
    scope = scope_of(request)
    return told(scope, batches.undo(scope, batch=batch, at=timezone.now()))


@router.post("/batches/{uuid:batch}/drop", response=Batch)
@guarded(Right.FACTS_LOAD)
def drop(request: HttpRequest, batch: UUID) -> Any:
    """Give up a batch that was never committed."""
    scope = scope_of(request)
    return told(scope, batches.drop(scope, batch=batch, at=timezone.now()))
