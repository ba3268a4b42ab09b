"""Runs: levellings of a program, done or asked for."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Status

from echelon.foundation.access import Hidden, Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.services import asking, levelling
from echelon.records.programs import selectors as programs
from echelon.surfaces.api.paging import Page, Paging, page
from echelon.surfaces.api.shapes import Day, Given, ProgramName, Told

TAG = "Runs"
router = Router()
MOST = 1_000


class Run(Told):
    """One levelling: of everybody in a program, or of those who were due."""

    id: UUID
    program: ProgramName
    version: UUID
    as_of: date
    kind: str = Field(examples=["asked"])
    outcome: str = Field(examples=["done"])
    whole: bool = Field(description="Whether it levelled everybody.")
    digest: str = Field(description="The fingerprint of the results: the same in, the same out.")
    levelled: int
    changed: int
    counts: dict[str, Any] = Field(description="By track, how many hold each tier.")
    set_aside: list[dict[str, Any]] = Field(description="Rows of facts left out, and why.")
    problems: list[str]
    asked_by: str
    started_at: datetime
    ended_at: datetime


class NewRun(Given):
    """Who is to be levelled at once."""

    program: UUID
    as_of: Day | None = Field(None, description="Null: today.")
    partners: list[UUID] = Field(min_length=1, max_length=MOST)


class WantedRun(Given):
    """A run of everybody in a program."""

    program: UUID
    as_of: Day | None = Field(None, description="Null: today.")


class AskedRun(Told):
    """How far a run of everybody is that somebody has asked for."""

    job: int
    state: str = Field(
        examples=["waiting"], description="waiting, running, done, failed or cancelled."
    )
    made_at: datetime
    ended_at: datetime | None


def _told(row: Any) -> Run:
    plain = ("id", "as_of", "kind", "outcome", "whole", "digest", "levelled", "changed", "counts",
             "set_aside", "problems", "asked_by", "started_at", "ended_at")  # fmt: skip
    return Run(
        **{name: getattr(row, name) for name in plain},
        program=ProgramName.from_orm(row.program),
        version=row.version_id,
    )


@router.get("/runs", response=Page[Run])
@guarded(Right.STANDINGS_READ)
def listed(request: HttpRequest, paging: Query[Paging], program: UUID | None = None) -> Any:
    """List runs, the newest first: for who may see everybody, because they count everybody."""
    return page(selectors.runs(scope_of(request), program), paging, _told)


@router.get("/runs/{uuid:run}", response=Run)
@guarded(Right.STANDINGS_READ)
def read(request: HttpRequest, run: UUID) -> Any:
    """Read one run."""
    found = selectors.runs(scope_of(request)).filter(id=run).first()
    if found is None:
        raise Hidden
    return _told(found)


@router.post("/runs", response={201: Run})
@guarded(Right.STANDINGS_RUN)
def create(request: HttpRequest, given: NewRun) -> Any:
    """Level some partners of a program now.

    Nothing needs to be asked for: changes are levelled by themselves within seconds.
    """
    scope = scope_of(request)
    programs.program(scope, given.program)
    made = levelling.run(scope, at=timezone.now(), **given.dict())
    return _told(made)


@router.post("/runs/asked", response={202: AskedRun})
@guarded(Right.STANDINGS_RUN)
def ask(request: HttpRequest, given: WantedRun) -> Any:
    """Ask for a run of everybody in a program.

    It may take a while: the answer says how to follow it. The same version, day and data are
    levelled once: asked again, the run that stands is the newest still.
    """
    scope = scope_of(request)
    job = asking.ask(scope, at=timezone.now(), **given.dict())
    return Status(202, _asked(selectors.asked(scope, job)))


@router.get("/runs/asked/{int:job}", response=AskedRun)
@guarded(Right.STANDINGS_READ)
def asked(request: HttpRequest, job: int) -> Any:
    """Read how far a run is that was asked for; done, it is the newest of its program's runs."""
    found = selectors.asked(scope_of(request), job)
    if found is None:
        raise Hidden
    return _asked(found)


def _asked(job: Any) -> AskedRun:
    return AskedRun(job=job.id, state=job.state, made_at=job.made_at, ended_at=job.ended_at)
