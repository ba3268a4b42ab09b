"""Partners: the companies, their place in the family, who works for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.partners import search, selectors
from echelon.records.partners.services import companies
from echelon.records.partners.services import people as people_of
from echelon.surfaces.api.paging import MOST, Page, Paging, lost
from echelon.surfaces.api.shapes import Cell, Given, PartnerName, Told

TAG = "Partners"
router = Router()
_FIELDS = "The vendor's own fields by their names; numbers as text with all their digits."


class Partner(Told):
    """A company. Its own people aren't shown what the vendor notes: tags, segment and fields."""

    id: UUID
    key: str = Field(description="What files and other systems call it; never changes.")
    name: str
    kind: str
    country: str = Field(description="Two letters of ISO 3166, or nothing.")
    region: str
    segment: str | None
    tags: list[str] | None
    fields: dict[str, Cell] | None = Field(description=_FIELDS)
    website: str
    email: str
    phone: str
    address: str
    description: str
    parent: PartnerName | None = Field(description="Null also where it may not be seen.")
    manager: str | None = Field(description="The account manager's name.")
    archived_at: datetime | None
    made_at: datetime
    changed_at: datetime


class NewPartner(Given):
    """What is said of a new company: its key and name, and whatever else is known."""

    key: str = Field(examples=["contoso-de"])
    name: str = Field(examples=["Contoso GmbH"])
    kind: str = Field("", examples=["reseller"])
    country: str = Field("", examples=["DE"])
    region: str = ""
    segment: str = ""
    tags: list[str] = Field([])
    fields: dict[str, Cell] = Field({}, description=_FIELDS)
    website: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    description: str = ""
    parent: UUID | None = None
    manager: UUID | None = Field(None, description="One of the vendor's people.")


class PartnerChange(Given):
    """What is to be another value; what isn't named stays."""

    name: str | None = None
    kind: str | None = Field(None, examples=["var"])
    country: str | None = None
    region: str | None = None
    segment: str | None = None
    tags: list[str] | None = None
    fields: dict[str, Cell] | None = Field(None, description=_FIELDS)
    website: str | None = Field(None, examples=["https://contoso.example"])
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    description: str | None = None


class NewParent(Given):
    """Under which company one is to stand."""

    parent: UUID | None = Field(description="Null: under none.")


class NewManager(Given):
    """Who is to look after a company."""

    manager: UUID | None = Field(description="One of the vendor's people. Null: nobody.")


class Family(Told):
    """A company's place, as far as the caller sees it."""

    above: list[PartnerName] = Field(description="Nearest last.")
    below: list[PartnerName]


class Person(Told):
    """Somebody who works for a company."""

    id: UUID
    name: str
    email: str
    role: str
    left_at: datetime | None


class WhichPartners(Schema):
    """Which companies: each part narrows; several values of one part mean any of them."""

    text: str = Field("", description="Words in name, key, country and tags.", max_length=200)
    key: str = Field("", description="The one company with this key; nothing else is looked at.")
    kind: list[str] = Field([])
    country: list[str] = Field([])
    region: list[str] = Field([])
    segment: list[str] = Field([])
    tag: list[str] = Field([])
    parent: UUID | None = None
    archived: bool = False
    order: str = Field(
        "name",
        pattern=f"^-?({'|'.join(search.ORDERS)})$",
        description="What to sort by; a minus turns it round.",
    )


def told(scope: Scope, row: Any) -> Partner:
    """Return a company as this caller may see it."""
    noted = not scope.may(Right.PORTAL_ENTER)
    plain = ("id", "key", "name", "kind", "country", "region", "website", "email", "phone",
             "address", "description", "archived_at", "made_at", "changed_at")  # fmt: skip
    return Partner(
        **{name: getattr(row, name) for name in plain},
        segment=row.segment if noted else None,
        tags=row.tags if noted else None,
        fields=row.more if noted else None,
        parent=PartnerName.from_orm(row.parent) if row.parent else None,
        manager=row.manager.name if row.manager else None,
    )


def _answered(scope: Scope, partner: UUID) -> Partner:
    return told(scope, selectors.company(scope, partner))


@router.get("/partners", response=Page[Partner])
@guarded(Right.COMPANY_READ)
def listed(request: HttpRequest, which: Query[WhichPartners], paging: Query[Paging]) -> Any:
    """List the companies that the caller sees."""
    scope = scope_of(request)
    if which.key:
        try:
            found = selectors.by_key(scope, which.key).id
        except Hidden:
            return {"items": []}
        return {"items": [_answered(scope, found)]}
    if which.parent and not scope.reaches(Right.COMPANY_READ, which.parent):
        return {"items": []}  # who stands above a company isn't told by asking
    asked = search.Filter(
        text=which.text, kinds=tuple(which.kind), countries=tuple(which.country),
        regions=tuple(which.region), segments=tuple(which.segment), tags=tuple(which.tag),
        parent=which.parent, archived=which.archived,
    )  # fmt: skip
    try:
        page = search.search(
            scope, asked, order=which.order, after=paging.after, limit=min(paging.limit, MOST)
        )
    except search.Refused as refused:
        raise (lost() if "after" in refused.fields else refused) from None
    return {"items": [told(scope, row) for row in page.rows], "next": page.next or None}


@router.post("/partners", response={201: Partner})
@guarded(Right.COMPANY_CREATE)
def create(request: HttpRequest, given: NewPartner) -> Any:
    """Add a company."""
    scope, said = scope_of(request), given.dict()
    made = companies.create(scope, at=timezone.now(), more=said.pop("fields"), **said)
    return _answered(scope, made.id)


@router.get("/partners/{uuid:partner}", response=Partner)
@guarded(Right.COMPANY_READ)
def read(request: HttpRequest, partner: UUID) -> Any:
    """Read one company."""
    return _answered(scope_of(request), partner)


@router.patch("/partners/{uuid:partner}", response=Partner)
@guarded(Right.COMPANY_EDIT)
def change(request: HttpRequest, partner: UUID, given: PartnerChange) -> Any:
    """Change what is said of a company.

    A company's own admin may change its profile: website, mail, phone, address, description.
    """
    scope, said = scope_of(request), given.dict(exclude_unset=True)
    if "fields" in said:
        said["more"] = said.pop("fields") or {}
    companies.edit(scope, partner=partner, at=timezone.now(), **said)
    return _answered(scope, partner)


@router.post("/partners/{uuid:partner}/move", response=Partner)
@guarded(Right.COMPANY_CREATE)
def move(request: HttpRequest, partner: UUID, given: NewParent) -> Any:
    """Put a company under another one.

    Who may see it changes with the next call.
    """
    scope = scope_of(request)
    companies.move(scope, partner=partner, parent=given.parent, at=timezone.now())
    return _answered(scope, partner)


@router.post("/partners/{uuid:partner}/assign", response=Partner)
@guarded(Right.COMPANY_CREATE)
def assign(request: HttpRequest, partner: UUID, given: NewManager) -> Any:
    """Give a company an account manager."""
    scope = scope_of(request)
    companies.assign(scope, partners=[partner], manager=given.manager, at=timezone.now())
    return _answered(scope, partner)


@router.post("/partners/{uuid:partner}/archive", response=Partner)
@guarded(Right.COMPANY_CREATE)
def archive(request: HttpRequest, partner: UUID) -> Any:
    """Put a company away.

    Its people lose access with the next call; its history stays.
    """
    scope = scope_of(request)
    companies.archive(scope, partner=partner, at=timezone.now())
    return _answered(scope, partner)


@router.post("/partners/{uuid:partner}/restore", response=Partner)
@guarded(Right.COMPANY_CREATE)
def restore(request: HttpRequest, partner: UUID) -> Any:
    """Bring an archived company back."""
    scope = scope_of(request)
    companies.restore(scope, partner=partner, at=timezone.now())
    return _answered(scope, partner)


@router.get("/partners/{uuid:partner}/family", response=Family)
@guarded(Right.COMPANY_READ)
def family(request: HttpRequest, partner: UUID) -> Any:
    """Say who stands above a company and right below it."""
    found = selectors.family(scope_of(request), partner)
    return Family(
        above=[PartnerName.from_orm(each) for each in found.above],
        below=[PartnerName.from_orm(each) for each in found.below],
    )


@router.get("/partners/{uuid:partner}/people", response=list[Person])
@guarded(Right.PEOPLE_READ)
def people(request: HttpRequest, partner: UUID, left: bool = False) -> Any:
    """List who works for a company.

    With `left` also who did.
    """
    scope = scope_of(request)
    scope.demand(Right.PEOPLE_READ, partner)
    found = people_of.look_at(scope, partner=partner, at=timezone.now(), left=left)
    return [_somebody(each) for each in found]


def _somebody(row: Any) -> Person:
    role = selectors.role_of(row)
    return Person(id=row.id, name=row.name, email=row.email, role=role, left_at=row.left_at)
