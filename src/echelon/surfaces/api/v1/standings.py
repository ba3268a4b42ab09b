"""Standings: the tier held and why, what is missing, what a figure is made of, how it came."""

from collections.abc import Container
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from echelon.foundation.access import EVERY, Hidden, Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import questions, selectors
from echelon.records.partners.selectors import keys
from echelon.records.programs import documents
from echelon.records.programs.selectors import version_at
from echelon.surfaces.api.paging import MOST, Page, Paging, page
from echelon.surfaces.api.shapes import PartnerName, ProgramName, Told
from rulebook import ProgramError

TAG = "Standings"
router = Router()
Value = str | bool | None


class Metric(Told):
    """A figure. Numbers are decimal text; an amount names its currency."""

    name: str
    label: str | None
    value: Value = Field(description="Null: there is none yet.", examples=["125000.50"])
    unit: str | None = Field(examples=["money"])
    currency: str | None = Field(description="Of an amount: three letters of ISO 4217.")
    evidence: str = Field(description="Where the records behind it are.")


class Gap(Told):
    """What is missing for one test: `short` more of a metric. `or`: other ways, each a list."""

    metric: str
    op: str
    have: Value
    need: Value
    short: Value
    gain: dict[str, str] = Field({})
    other_ways: list[list["Gap"]] = Field([], alias="or")


class Pending(Told):
    """A move that is decided and counts later."""

    tier: str | None
    day: date = Field(alias="from")


class Keep(Told):
    """What is missing to keep a tier that is held, and when it would be lost."""

    tier: str
    lost_from: date | None
    gaps: list[Gap]


class Standing(Told):
    """Where a partner stands on one ladder of a program."""

    partner: PartnerName
    program: ProgramName
    track: str = Field(description="Nothing: the program's own ladder.")
    as_of: date = Field(description="The day for which it was last looked at.")
    tier: str | None = Field(description="The tier held.")
    since: date | None
    qualified: str | None = Field(description="The tier whose requirements are met.")
    below_since: date | None
    at_risk_from: date | None = Field(description="The day on which the tier may be lost.")
    pending: Pending | None
    reason: str = Field(description="What movement did: kept, promoted, grace …")
    suspended: bool
    reviewed: date | None
    sentence: str = Field(description="Where the partner stands and what is missing, in words.")
    metrics: list[Metric]
    next: str | None = Field(description="The next tier.")
    gaps: list[Gap] = Field(description="What is missing for it.")
    keep: Keep | None
    timeline: str = Field(description="Where the earlier standings are.")


class Change(Told):
    """One standing in the line of them: each is another than the one before."""

    as_of: date
    tier: str | None
    since: date | None
    qualified: str | None
    reason: str
    sentence: str
    metrics: dict[str, Value]
    made_at: datetime


class Tier(Told):
    """The tier that a company holds: what a distributor sees of those below it too."""

    partner: PartnerName
    program: UUID
    track: str
    tier: str | None
    since: date | None


class WhichStandings(Schema):
    """Which standings."""

    program: UUID | None = None
    partner: UUID | None = None
    at_risk: bool = Field(False, description="Only those whose tier may be lost, soonest first.")


def _told(row: Any) -> Standing:
    standing = row.standing
    home = f"/api/v1/partners/{row.partner_id}/standings/{row.program_id}"
    track = f"?track={row.track}" if row.track else ""
    plain = ("since", "qualified", "below_since", "at_risk_from", "reason", "suspended",
             "sentence", "next", "gaps")  # fmt: skip
    return Standing(
        **{name: getattr(standing, name) for name in plain},
        partner=PartnerName.from_orm(row.partner),
        program=ProgramName.from_orm(row.program),
        track=row.track,
        as_of=row.as_of,
        tier=standing.held,
        pending=standing.pending or None,
        reviewed=row.reviewed,
        metrics=list(_metrics(row, home)),
        keep=standing.keep or None,
        timeline=f"{home}/timeline{track}",
    )


def _metrics(row: Any, home: str) -> Any:
    """Yield figures with their labels and units, as the version in force on their day has them."""
    known, currency = {}, None
    version = version_at(row.program_id, row.standing.as_of)
    try:
        rules = documents.read(version.text)[0] if version else None
    except ProgramError:
        rules = None
    if rules is not None:
        ladder = rules.tracks.get(row.track) if row.track else None
        known = {**rules.metrics, **(ladder.metrics if ladder else {})}
        currency = rules.currency
    for name, value in row.standing.metrics.items():
        metric = known.get(name)
        unit = getattr(metric, "unit", None)
        of_track = bool(row.track and rules and name not in rules.metrics)
        key = f"{row.track}.{name}" if of_track else name
        yield Metric(
            name=name,
            label=getattr(metric, "label", None),
            value=value,
            unit=unit,
            currency=currency if unit == "money" else None,
            evidence=f"{home}/evidence?metric={key}&as_of={row.as_of.isoformat()}",
        )


@router.get("/standings", response=Page[Standing], by_alias=True)
@guarded(Right.STANDINGS_READ)
def listed(request: HttpRequest, which: Query[WhichStandings], paging: Query[Paging]) -> Any:
    """List where partners stand now.

    Of companies below a distributor only `/tiers` are shared.
    """
    scope = scope_of(request)
    find = selectors.at_risk if which.at_risk else selectors.standings
    rows = find(scope, which.program)
    if which.partner:
        rows = rows.filter(partner=which.partner)
    return page(rows, paging, _told)


@router.get("/tiers", response=Page[Tier])
@guarded(Right.STANDINGS_READ)
def tiers(request: HttpRequest, paging: Query[Paging], program: UUID | None = None) -> Any:
    """List the tiers that companies hold, those below a distributor too."""
    rows = selectors.tiers(scope_of(request), program)
    rows = rows.values(
        "pk", "partner", "partner__key", "partner__name", "program", "track",
        "standing__held", "standing__since",
    )  # fmt: skip
    return page(rows, paging, _tier)


def _tier(row: dict[str, Any]) -> Tier:
    who = PartnerName(id=row["partner"], key=row["partner__key"], name=row["partner__name"])
    held, since = row["standing__held"], row["standing__since"]
    return Tier(partner=who, program=row["program"], track=row["track"], tier=held, since=since)


@router.get(
    "/partners/{uuid:partner}/standings/{uuid:program}", response=Standing, by_alias=True
)  # fmt: skip
@guarded(Right.STANDINGS_READ)
def read(request: HttpRequest, partner: UUID, program: UUID, track: str = "") -> Any:
    """Read where one partner stands in a program, on its own ladder or one of its tracks."""
    found = selectors.of_partner(scope_of(request), partner, program)
    for row in found:
        if row.track == track:
            return _told(row)
    raise Hidden


@router.get("/partners/{uuid:partner}/standings/{uuid:program}/timeline", response=Page[Change])
@guarded(Right.STANDINGS_READ)
def timeline(
    request: HttpRequest, partner: UUID, program: UUID, paging: Query[Paging], track: str = ""
) -> Any:
    """List a partner's standings in a program, the newest first: one for each change."""
    rows = selectors.history(scope_of(request), partner, program, track)
    if not rows.exists():
        raise Hidden
    return page(rows, paging, _change)


def _change(row: Any) -> Change:
    plain = ("as_of", "since", "qualified", "reason", "sentence", "metrics", "made_at")
    return Change(**{name: getattr(row, name) for name in plain}, tier=row.held)


@router.get(
    "/partners/{uuid:partner}/standings/{uuid:program}/evidence", response=dict[str, Any]
)  # fmt: skip
@guarded(Right.STANDINGS_READ)
def evidence(
    request: HttpRequest,
    partner: UUID,
    program: UUID,
    metric: str,
    as_of: date | None = None,
    limit: int = Query(100, ge=1, le=MOST),
) -> Any:
    """Open a figure: the records behind it, counted and not, each with its reason.

    The same words as `echelon explain --metric` writes. `limit` cuts the records that are listed,
    never their counts. Of companies whose facts the caller may not read, records are `hidden`.
    """
    scope = scope_of(request)
    if not selectors.of_partner(scope, partner, program):
        raise Hidden
    day = as_of or timezone.now().date()
    found = questions.evidence(
        scope, partner=partner, program=program, metric=metric, as_of=day, limit=limit
    )
    records = found.get("records")
    if records and records["family"] and scope.partners(Right.FACTS_READ) is not EVERY:
        seen = keys(scope, Right.FACTS_READ)
        for side in ("counted", "others"):
            records[side]["facts"] = [_closed(row, seen) for row in records[side]["facts"]]
    return found


def _closed(row: dict[str, Any], seen: Container[str]) -> dict[str, Any]:
    """Return a record; of a company whose facts the caller may not read, that there is one."""
    return row if row["partner"] in seen else {"hidden": True, "reason": row.get("reason")}
