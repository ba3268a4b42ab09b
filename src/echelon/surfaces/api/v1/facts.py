"""Facts: recorded, corrected, withdrawn, undone by the batch; what they point to; rates."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.facts import browsing, selectors
from echelon.records.facts.services import rates, recording, references
from echelon.records.partners.selectors import keys_of
from echelon.surfaces.api.paging import Page, Paging, page
from echelon.surfaces.api.shapes import Cell, Day, Given, Told
from echelon.surfaces.api.v1.batches import Batch, told

TAG = "Facts"
router = Router()
MOST = 10_000
_ROWS = "Columns of the type by name. Amounts best as text; numbers keep the digits written."
_EXAMPLE = {
    "order_number": "SO-1041",
    "order_line": "1",
    "partner_id": "contoso-de",
    "order_date": "2026-05-01",
    "amount": "12500.00",
    "currency": "EUR",
}


class FactType(Told):
    """A kind of fact, and its columns in the words of a dataset document."""

    slug: str
    label: str
    spec: dict[str, Any]
    version: int
    owner: str = Field(description="The column that says whose record a fact is, or nothing.")


class Fact(Told):
    """What happened. Its columns are text, as exact as they came."""

    id: int
    type: str
    key: str
    partner: UUID
    partner_key: str
    date: date
    columns: dict[str, str]
    batch: UUID


class OldFact(Told):
    """One row of a fact's history."""

    id: int
    date: date
    withdraws: bool = Field(description="Whether it says that the fact didn't happen.")
    counts: bool
    columns: dict[str, str]
    batch: UUID
    ended_by: UUID | None = Field(description="The batch that corrected, withdrew or undid it.")


class NewFacts(Given):
    """Facts of one type: a row whose key is known corrects that fact."""

    type: str = Field(examples=["sales"])
    rows: list[dict[str, Cell]] = Field(
        min_length=1, max_length=MOST, description=_ROWS, examples=[[_EXAMPLE]]
    )
    source: str = Field("API", max_length=255, description="Where they come from.")


class Withdrawn(Given):
    """Facts that didn't happen, by their keys."""

    type: str = Field(examples=["sales"])
    keys: list[str] = Field(min_length=1, max_length=MOST, examples=[["SO-1041/1"]])
    source: str = Field("API", max_length=255)


class Reference(Told):
    """One thing that facts point to."""

    key: str
    columns: dict[str, Any]
    changed_at: datetime


class NewReferences(Given):
    """Things that facts point to: rows by key, replaced where they say something else."""

    type: str = Field(examples=["product"])
    rows: list[dict[str, Cell]] = Field(min_length=1, max_length=MOST, description=_ROWS)


class Rate(Given):
    """How much of a currency one euro was on a day."""

    date: Day
    currency: str = Field(examples=["USD"])
    rate: str = Field(description="Decimal text.", examples=["1.0834"])


class NewRates(Given):
    """Exchange rates; a day's rate that was another is corrected."""

    rates: list[Rate] = Field(min_length=1, max_length=MOST)


class LastRates(Told):
    """How far the exchange rates go."""

    last: date | None


class Counts(Told):
    """What came of the rows."""

    new: int
    changed: int
    unchanged: int


class WhichFacts(Schema):
    """Which facts."""

    type: str = ""
    partner: UUID | None = None


@router.get("/fact-types", response=list[FactType])
@guarded(Right.FACTS_READ)
def types(request: HttpRequest) -> Any:
    """List the kinds of facts with their columns."""
    plain = ("slug", "label", "spec", "version", "owner")
    return [
        FactType(**{name: getattr(each, name) for name in plain})
        for each in selectors.types(scope_of(request))
    ]


@router.get("/facts", response=Page[Fact])
@guarded(Right.FACTS_READ)
def listed(request: HttpRequest, which: Query[WhichFacts], paging: Query[Paging]) -> Any:
    """List the facts that count, the latest first."""
    rows = selectors.facts(scope_of(request), type=which.type, partner=which.partner)
    found = page(rows, paging, lambda row: row)
    known = keys_of({row.partner_id for row in found["items"]})
    return {**found, "items": [_fact(row, known[row.partner_id]) for row in found["items"]]}


def _fact(row: Any, key: str) -> Fact:
    return Fact(
        id=row.id, type=row.type_id, key=row.key, partner=row.partner_id, partner_key=key,
        date=row.date, columns=row.payload, batch=row.batch_id,
    )  # fmt: skip


@router.get("/facts/history", response=Page[OldFact])
@guarded(Right.FACTS_READ)
def history(request: HttpRequest, type: str, key: str, paging: Query[Paging]) -> Any:
    """List every row of one fact, the latest first: corrected, withdrawn and undone ones too."""
    rows = browsing.rows_of(scope_of(request), type=type, key=key)
    return page(rows, paging, _old)


def _old(row: Any) -> OldFact:
    return OldFact(
        id=row.id, date=row.date, withdraws=row.withdraws, columns=row.payload,
        counts=row.ended_by_id is None and not row.withdraws, batch=row.batch_id,
        ended_by=row.ended_by_id,
    )  # fmt: skip


@router.post("/facts", response={201: Batch})
@guarded(Right.FACTS_LOAD)
def record(request: HttpRequest, given: NewFacts) -> Any:
    """Record facts, all or none; corrections too.

    The answer is their batch, which can be undone.
    """
    scope = scope_of(request)
    return told(scope, recording.record(scope, at=timezone.now(), **given.dict()))


@router.post("/facts/withdraw", response={201: Batch})
@guarded(Right.FACTS_LOAD)
def withdraw(request: HttpRequest, given: Withdrawn) -> Any:
    """Say of facts that they didn't happen, all or none."""
    scope = scope_of(request)
    return told(scope, recording.withdraw(scope, at=timezone.now(), **given.dict()))


@router.get("/references", response=Page[Reference])
@guarded(Right.FACTS_READ)
def referred(request: HttpRequest, type: str, paging: Query[Paging]) -> Any:
    """List things that facts point to, by key."""
    return page(selectors.references(scope_of(request), type=type), paging, _reference)


def _reference(row: Any) -> Reference:
    return Reference(key=row.key, columns=row.payload, changed_at=row.changed_at)


@router.put("/references", response=Counts)
@guarded(Right.FACTS_LOAD)
def refer(request: HttpRequest, given: NewReferences) -> Any:
    """Load things that facts point to, all or none: for who loads for every partner."""
    done = references.load(scope_of(request), at=timezone.now(), **given.dict())
    return Counts(**done)


@router.get("/exchange-rates", response=LastRates)
@guarded(Right.FACTS_READ)
def last_rates(request: HttpRequest) -> Any:  # noqa: ARG001
    """Say how far the exchange rates go."""
    return LastRates(last=selectors.last_rates())


@router.put("/exchange-rates", response=Counts)
@guarded(Right.FACTS_LOAD)
def price(request: HttpRequest, given: NewRates) -> Any:
    """Load exchange rates, all or none: for who loads for every partner."""
    said = {(each.date, each.currency): each.rate for each in given.rates}
    done = rates.add(scope_of(request), rates=said, at=timezone.now())
    return Counts(new=done["new"], changed=done["corrected"], unchanged=done["unchanged"])
