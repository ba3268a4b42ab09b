"""Programs: the schemes, each with its versions in a file of their own."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.enrollments import selectors as enrollments
from echelon.records.enrollments.selectors import programs_open_to
from echelon.records.enrollments.services import policies
from echelon.records.programs import selectors
from echelon.records.programs.services import versions as services
from echelon.surfaces.api.paging import Page, Paging, page
from echelon.surfaces.api.shapes import Flag, Given, Told
from echelon.surfaces.api.v1.versions import FullVersion, tagged

TAG = "Programs"
router = Router()
_TEXT = "A document in the program language (YAML)."


class Program(Told):
    """A scheme of the vendor's; what it says stands in its versions."""

    id: UUID
    slug: str
    name: str
    second_person: bool = Field(description="Whether a second person must publish.")
    counts: Literal["account", "primary_user"] = Field(
        description="Which facts count: all of the account and its family, or only records of "
        "people whom the enrollment's primary user may see, and those that name nobody."
    )
    version_in_force: UUID | None
    made_at: datetime
    changed_at: datetime


class NewProgram(Given):
    """A program and the text of its first draft."""

    slug: str = Field(examples=["partner-network"])
    name: str = Field(examples=["Partner network"])
    text: str = Field("", description=f"{_TEXT} Nothing: a small one to begin with.")
    second_person: Flag = False


class ProgramChange(Given):
    """What is to be another way; what isn't named stays."""

    second_person: Flag = Field(
        False, description="Whether a second person must publish.", examples=[True]
    )
    counts: Literal["account", "primary_user"] = Field(
        "account", description="Which facts count. A change levels everybody anew."
    )


def _among(scope: Scope) -> frozenset[UUID]:
    """Return the programs that a company's people may read: those it is in or may join."""
    return programs_open_to(scope) if scope.may(Right.PORTAL_ENTER) else frozenset()


def _program(row: Any, narrowed: Collection[UUID]) -> Program:
    plain = ("id", "slug", "name", "second_person", "made_at", "changed_at")
    now = selectors.version_now(row.id, timezone.now())
    return Program(
        **{name: getattr(row, name) for name in plain},
        counts="primary_user" if row.id in narrowed else "account",
        version_in_force=now and now.id,
    )


@router.get("/programs", response=Page[Program])
@guarded(Right.PROGRAMS_READ)
def listed(request: HttpRequest, paging: Query[Paging]) -> Any:
    """List programs: a company's people see those that it is in or may join."""
    scope = scope_of(request)
    told = partial(_program, narrowed=enrollments.narrowed())
    return page(selectors.programs(scope, among=_among(scope)), paging, told)


@router.post("/programs", response={201: FullVersion})
@guarded(Right.PROGRAMS_DRAFT)
def create(request: HttpRequest, given: NewProgram, response: HttpResponse) -> Any:
    """Begin a program; the answer is its first draft."""
    made = services.create(scope_of(request), at=timezone.now(), **given.dict())
    return tagged(response, made)


@router.get("/programs/{uuid:program}", response=Program)
@guarded(Right.PROGRAMS_READ)
def read(request: HttpRequest, program: UUID) -> Any:
    """Read one program."""
    scope = scope_of(request)
    found = selectors.program(scope, program, among=_among(scope))
    return _program(found, enrollments.narrowed())


@router.patch("/programs/{uuid:program}", response=Program)
@guarded(Right.PROGRAMS_PUBLISH)
def change(request: HttpRequest, program: UUID, given: ProgramChange) -> Any:
    """Say whether a second person must publish, and which facts count."""
    scope, at, said = scope_of(request), timezone.now(), given.dict(exclude_unset=True)
    if "second_person" in said:
        services.set_second_person(scope, program=program, asked=said["second_person"], at=at)
    if "counts" in said:
        policies.set_policy(scope, program=program, counts=said["counts"], at=at)
    return _program(selectors.program(scope, program), enrollments.narrowed())
