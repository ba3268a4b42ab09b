"""Versions of programs: documents as text, drafted, checked, tried, published from a day."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Header, Query, Router

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import questions
from echelon.records.programs import documents, selectors
from echelon.records.programs.comparing import differences
from echelon.records.programs.services import versions as services
from echelon.surfaces.api.paging import Page, Paging, page
from echelon.surfaces.api.problems import Problem
from echelon.surfaces.api.shapes import Day, Given, ProgramName, Told
from rulebook import ProgramError

TAG = "Versions"
router = Router()
_TEXT = "A document in the program language (YAML)."
_SHA = "The `sha` of the text that was read, as its ETag: another one by now is answered 412."


class Version(Told):
    """One document of a program. Published, it is never edited."""

    id: UUID
    program: ProgramName
    state: str = Field(examples=["draft"])
    effective: date | None = Field(description="The day from which it is in force.")
    sha: str = Field(description="SHA-256 of the text.")
    notes: str
    author: str
    publisher: str
    made_at: datetime
    changed_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None


class FullVersion(Version):
    """A version with its text."""

    text: str = Field(description=_TEXT)


class NewVersion(Given):
    """The text of a draft."""

    text: str | None = Field(None, description=f"{_TEXT} Null: as the version in force says.")
    notes: str = Field("", examples=["Higher bars from spring on"])


class Text(Given):
    """Another text of a draft."""

    text: str = Field(description=_TEXT)
    notes: str | None = None


class Settings(Given):
    """Parts of a draft that are to be another way; the rest stays as it is written."""

    settings: list[str] = Field(min_length=1, examples=[["gold.revenue=250000"]])


class Effective(Given):
    """From when a version is in force."""

    effective: Day | None = Field(
        None, description="Null: the day that the text says.", examples=["2027-01-01"]
    )


class Finding(Told):
    """Something wrong with a document, or worth a look."""

    line: int | None
    path: str
    message: str
    hint: str
    notice: bool = Field(description="Whether it may be published all the same.")


class Checked(Told):
    """What can be said of a text."""

    sound: bool = Field(description="Whether it may be published.")
    findings: list[Finding]
    examples: int = Field(description="How many of its examples ran.")


class Difference(Told):
    """One thing that two versions say differently."""

    part: str
    path: str
    before: Any
    after: Any
    words: str


def _version(scope: Scope, which: UUID) -> Any:
    """Return a version for the vendor's people: what a document notes isn't meant for partners."""
    _the_vendors(scope)
    return selectors.version(scope, which)


def _the_vendors(scope: Scope) -> None:
    if scope.may(Right.PORTAL_ENTER):
        raise Hidden


def _told(row: Any, kind: type[Version] = Version) -> Version:
    plain = ("id", "state", "effective", "sha", "notes", "made_at", "changed_at", "published_at",
             "withdrawn_at", *(("text",) if kind is FullVersion else ()))  # fmt: skip
    return kind(
        **{name: getattr(row, name) for name in plain},
        program=ProgramName.from_orm(row.program),
        author=row.author_name,
        publisher=row.publisher_name,
    )


def _sha(if_match: str) -> str:
    """Return the sha of the text that an If-Match names; a weak one (of a proxy) too."""
    return if_match.strip().removeprefix("W/").strip('"')


def tagged(response: HttpResponse, row: Any) -> Version:
    """Return a version with its text, and the answer's ETag set to the text's sha."""
    response["ETag"] = f'"{row.sha}"'
    return _told(row, FullVersion)


@router.get("/programs/{uuid:program}/versions", response=Page[Version])
@guarded(Right.PROGRAMS_READ)
def listed(request: HttpRequest, program: UUID, paging: Query[Paging]) -> Any:
    """List a program's versions, the newest first; drafts only for who may draft."""
    scope = scope_of(request)
    _the_vendors(scope)
    selectors.program(scope, program)
    return page(selectors.versions(scope, program), paging, _told)


@router.post("/programs/{uuid:program}/versions", response={201: FullVersion})
@guarded(Right.PROGRAMS_DRAFT)
def draft(request: HttpRequest, program: UUID, given: NewVersion, response: HttpResponse) -> Any:
    """Begin a draft."""
    at = timezone.now()
    made = services.draft(scope_of(request), program=program, at=at, **given.dict())
    return tagged(response, made)


@router.get("/versions/{uuid:version}", response=FullVersion)
@guarded(Right.PROGRAMS_READ)
def read(request: HttpRequest, version: UUID, response: HttpResponse) -> Any:
    """Read one version with its text."""
    return tagged(response, _version(scope_of(request), version))


@router.put("/versions/{uuid:version}", response=FullVersion)
@guarded(Right.PROGRAMS_DRAFT)
def edit(
    request: HttpRequest,
    version: UUID,
    given: Text,
    response: HttpResponse,
    if_match: str = Header(alias="If-Match", description=_SHA),
) -> Any:
    """Replace the text of a draft. A text with mistakes is kept too: check it."""
    scope, at = scope_of(request), timezone.now()
    _version(scope, version)
    changed = services.edit(scope, version=version, sha=_sha(if_match), at=at, **given.dict())
    return tagged(response, changed)


@router.patch("/versions/{uuid:version}", response=FullVersion)
@guarded(Right.PROGRAMS_DRAFT)
def change(
    request: HttpRequest,
    version: UUID,
    given: Settings,
    response: HttpResponse,
    if_match: str = Header(alias="If-Match", description=_SHA),
) -> Any:
    """Change parts of a draft, such as `gold.revenue=250000`; comments stay."""
    scope, at = scope_of(request), timezone.now()
    _version(scope, version)
    changed = services.change(
        scope, version=version, settings=given.settings, sha=_sha(if_match), at=at
    )
    return tagged(response, changed)


@router.get("/versions/{uuid:version}/check", response=Checked)
@guarded(Right.PROGRAMS_DRAFT)
def check(request: HttpRequest, version: UUID) -> Any:
    """Say what is wrong with a version, line by line, and run its examples."""
    found = _version(scope_of(request), version)
    checked = documents.check(found.text, found.program.slug)
    findings = [
        Finding(
            line=each.line, path=str(each.path or ""), message=str(each.message),
            hint=str(each.hint or ""), notice=each.notice,
        )
        for each in checked.problems
    ]  # fmt: skip
    return Checked(sound=not checked.errors, findings=findings, examples=checked.examples)


@router.post("/versions/{uuid:version}/publish", response=FullVersion)
@guarded(Right.PROGRAMS_PUBLISH)
def publish(
    request: HttpRequest, version: UUID, given: Effective, response: HttpResponse
) -> Any:  # fmt: skip
    """Publish a draft: from its day on it decides who holds which tier."""
    scope, at = scope_of(request), timezone.now()
    _version(scope, version)
    done = services.publish(scope, version=version, effective=given.effective, at=at)
    return tagged(response, done)


@router.post("/versions/{uuid:version}/withdraw", response=FullVersion)
@guarded(Right.PROGRAMS_DRAFT)
def withdraw(request: HttpRequest, version: UUID, response: HttpResponse) -> Any:
    """Withdraw a draft, or a published version that isn't in force yet."""
    scope = scope_of(request)
    _version(scope, version)
    return tagged(response, services.withdraw(scope, version=version, at=timezone.now()))


@router.get("/versions/{uuid:version}/compare", response=list[Difference])
@guarded(Right.PROGRAMS_READ)
def compare(request: HttpRequest, version: UUID, other: UUID) -> Any:
    """Say what a version says differently from another one, in words."""
    scope = scope_of(request)
    now, before = _version(scope, version), _version(scope, other)
    if now.program_id != before.program_id:
        said = _("These are versions of two programs.")
        raise Problem("refused", errors=[{"detail": said, "parameter": "other"}])
    try:
        found = differences(documents.read(before.text), documents.read(now.text))
    except ProgramError as error:
        raise Problem("refused", errors=[{"detail": str(e)} for e in error.problems]) from None
    plain = ("part", "path", "before", "after", "words")
    return [Difference(**{name: getattr(each, name) for name in plain}) for each in found]


@router.get("/versions/{uuid:version}/simulate", response=dict[str, Any])
@guarded(Right.PROGRAMS_DRAFT)
def simulate(request: HttpRequest, version: UUID, as_of: date | None = None) -> Any:
    """Say what would change if a draft took the place of the version in force.

    Who moves from which tier to which, and why. Nothing is written.
    """
    return questions.simulate(scope_of(request), version=version, as_of=as_of, at=timezone.now())
