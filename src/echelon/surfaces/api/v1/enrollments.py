"""Enrollments: which partner is in which program, from when to when, agreed by whom."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.enrollments import selectors
from echelon.records.enrollments.services import agreeing, ending, making
from echelon.records.enrollments.states import State
from echelon.surfaces.api.paging import Page, Paging, page
from echelon.surfaces.api.shapes import Count, Day, Flag, Given, PartnerName, Told

TAG = "Enrollments"
router = Router()


class EnrolledIn(Told):
    """The program of an enrollment; without its names for a distributor that isn't in it too."""

    id: UUID
    slug: str | None = None
    name: str | None = None


class Enrollment(Told):
    """A partner in a program from a day until another, both included."""

    id: UUID
    partner: PartnerName
    program: EnrolledIn
    state: State
    start: date
    end: date | None = Field(description="Null: until somebody ends it.")
    tier: str = Field(description="The tier that it begins with.")
    user: UUID | None = Field(description="The primary user, where a program asks for one.")
    renews: UUID | None
    applied: bool = Field(description="Whether the partner asked for it.")
    approved_at: datetime | None
    approved_by: str
    accepted_at: datetime | None
    accepted_by: str
    terms: int | None = Field(description="The version of the terms that were accepted.")
    reason: str
    made_at: datetime
    changed_at: datetime
    ended_at: datetime | None


class Made(Enrollment):
    """An enrollment as it stands now, and what whoever changed it should know."""

    warnings: list[str] = Field([])


class NewEnrollment(Given):
    """A company to be enrolled."""

    partner: UUID
    program: UUID
    start: Day = Field(examples=["2026-01-01"])
    end: Day | None = Field(None, description="Not given: the program's term. Null: no end.")
    tier: str = Field("", description="The tier to begin with; nothing: as the rules say.")
    user: UUID | None = None
    submit: Flag = Field(False, description="Show it to the partner at once.")


class EnrollmentChange(Given):
    """What is to be another value; what isn't named stays."""

    start: Day | None = None
    end: Day | None = Field(None, examples=["2027-12-31"])
    tier: str | None = None
    user: UUID | None = None


class Application(Given):
    """A company asks for a program that is open to it."""

    partner: UUID
    program: UUID
    terms: Count | None = Field(None, description="The version of the terms that was read.")
    user: UUID | None = None


class Acceptance(Given):
    """The yes of a company."""

    terms: Count | None = Field(
        None, description="The version of the terms that was read.", examples=[3]
    )


class Reason(Given):
    """Why not: the other side reads it."""

    reason: str = Field(examples=["Your accreditation has run out."])


class Ending(Given):
    """Why an enrollment ends, and on which last day."""

    reason: str = Field(examples=["The company has closed."])
    on: Day | None = Field(None, description="Null: today.")


class Renewal(Given):
    """What is to follow an enrollment."""

    start: Day | None = Field(None, description="Null: the day after its end.")
    end: Day | None = Field(
        None, description="Not given: the program's term. Null: no end.", examples=["2027-12-31"]
    )
    tier: str = ""
    user: UUID | None = Field(None, description="Not given: as before.")


class WhichEnrollments(Schema):
    """Which enrollments."""

    partner: UUID | None = None
    program: UUID | None = None
    state: list[State] = Field([])


class Telling:
    """Tells enrollments to one caller: of a program that it can't read, the id alone."""

    def __init__(self, scope: Scope) -> None:
        """Look up once which programs the caller may read."""
        self.all = not scope.may(Right.PORTAL_ENTER)
        self.among = frozenset() if self.all else selectors.programs_open_to(scope)

    def __call__(self, row: Any) -> Enrollment:
        """Return an enrollment."""
        return Enrollment(**self._said(row))

    def made(self, found: making.Made) -> Made:
        """Return an enrollment with what whoever changed it should know."""
        return Made(**self._said(found.enrollment), warnings=found.warnings)

    def _said(self, row: Any) -> dict[str, Any]:
        known = self.all or row.program_id in self.among
        program = {"slug": row.program.slug, "name": row.program.name} if known else {}
        said = {name: getattr(row, name) for name in _PLAIN}
        return said | {
            "partner": PartnerName.from_orm(row.partner),
            "program": EnrolledIn(id=row.program_id, **program),
            "user": row.user_id,
            "renews": row.renews_id,
            "terms": row.terms.version if row.terms else None,
        }


_PLAIN = (
    "id", "state", "start", "end", "tier", "applied", "approved_at", "approved_by", "accepted_at",
    "accepted_by", "reason", "made_at", "changed_at", "ended_at",
)  # fmt: skip


@router.get("/enrollments", response=Page[Enrollment])
@guarded(Right.ENROLLMENTS_READ)
def listed(request: HttpRequest, which: Query[WhichEnrollments], paging: Query[Paging]) -> Any:
    """List enrollments by company, the newest period first."""
    scope = scope_of(request)
    rows = selectors.enrollments(
        scope, partner=which.partner, program=which.program, states=which.state
    )
    return page(rows, paging, Telling(scope))


@router.post("/enrollments", response={201: Made})
@guarded(Right.ENROLLMENTS_MANAGE)
def create(request: HttpRequest, given: NewEnrollment) -> Any:
    """Enroll a company, as a draft or to be agreed on at once."""
    said = given.dict(exclude_unset=True)
    scope = scope_of(request)
    return Telling(scope).made(making.create(scope, at=timezone.now(), **said))


@router.post("/enrollments/apply", response={201: Made})
@guarded(Right.ENROLLMENTS_APPLY)
def apply(request: HttpRequest, given: Application) -> Any:
    """Apply for a program that is open to the caller's company."""
    scope = scope_of(request)
    return Telling(scope).made(making.apply(scope, at=timezone.now(), **given.dict()))


@router.get("/enrollments/{uuid:enrollment}", response=Enrollment)
@guarded(Right.ENROLLMENTS_READ)
def read(request: HttpRequest, enrollment: UUID) -> Any:
    """Read one enrollment."""
    scope = scope_of(request)
    return Telling(scope)(selectors.enrollment(scope, enrollment))


@router.patch("/enrollments/{uuid:enrollment}", response=Made)
@guarded(Right.ENROLLMENTS_MANAGE)
def change(request: HttpRequest, enrollment: UUID, given: EnrollmentChange) -> Any:
    """Change period, tier or primary user.

    Days that one side has agreed on are to be agreed on anew.
    """
    said = given.dict(exclude_unset=True)
    for name, empty in (("start", None), ("tier", None)):
        if name in said and said[name] is empty:
            said.pop(name)
    scope = scope_of(request)
    return Telling(scope).made(making.edit(scope, enrollment=enrollment, at=timezone.now(), **said))


@router.post("/enrollments/{uuid:enrollment}/submit", response=Enrollment)
@guarded(Right.ENROLLMENTS_MANAGE)
def submit(request: HttpRequest, enrollment: UUID) -> Any:
    """Show a draft to the partner, to be agreed on."""
    scope = scope_of(request)
    return Telling(scope)(agreeing.submit(scope, enrollment=enrollment, at=timezone.now()))


@router.post("/enrollments/{uuid:enrollment}/approve", response=Enrollment)
@guarded(Right.ENROLLMENTS_MANAGE)
def approve(request: HttpRequest, enrollment: UUID) -> Any:
    """Say yes for the vendor."""
    scope = scope_of(request)
    return Telling(scope)(agreeing.approve(scope, enrollment=enrollment, at=timezone.now()))


@router.post("/enrollments/{uuid:enrollment}/accept", response=Enrollment)
@guarded(Right.ENROLLMENTS_APPLY)
def accept(request: HttpRequest, enrollment: UUID, given: Acceptance) -> Any:
    """Say yes for the company, to the terms that a person has read."""
    scope, at = scope_of(request), timezone.now()
    return Telling(scope)(agreeing.accept(scope, enrollment=enrollment, terms=given.terms, at=at))


@router.post("/enrollments/{uuid:enrollment}/reject", response=Enrollment)
@guarded(Right.ENROLLMENTS_MANAGE)
def reject(request: HttpRequest, enrollment: UUID, given: Reason) -> Any:
    """Say no for the vendor."""
    scope, at = scope_of(request), timezone.now()
    return Telling(scope)(agreeing.reject(scope, enrollment=enrollment, reason=given.reason, at=at))


@router.post("/enrollments/{uuid:enrollment}/decline", response=Enrollment)
@guarded(Right.ENROLLMENTS_APPLY)
def decline(request: HttpRequest, enrollment: UUID, given: Reason) -> Any:
    """Say no for the company, or take an application back."""
    scope, at = scope_of(request), timezone.now()
    return Telling(scope)(
        agreeing.decline(scope, enrollment=enrollment, reason=given.reason, at=at)
    )


@router.post("/enrollments/{uuid:enrollment}/terminate", response=Made)
@guarded(Right.ENROLLMENTS_MANAGE)
def terminate(request: HttpRequest, enrollment: UUID, given: Ending) -> Any:
    """End an active enrollment."""
    scope, at = scope_of(request), timezone.now()
    return Telling(scope).made(
        ending.terminate(scope, enrollment=enrollment, at=at, **given.dict())
    )


@router.post("/enrollments/{uuid:enrollment}/renew", response={201: Made})
@guarded(Right.ENROLLMENTS_MANAGE)
def renew(request: HttpRequest, enrollment: UUID, given: Renewal) -> Any:
    """Follow an enrollment by a new one, which is agreed on like any other."""
    scope, said = scope_of(request), given.dict(exclude_unset=True)
    return Telling(scope).made(
        making.renew(scope, enrollment=enrollment, at=timezone.now(), **said)
    )
