"""Who stands where: tiers of all partners, who is at risk, the next day that matters; as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import EVERY, Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.audit.services import record
from echelon.outcomes.standings import names, selectors
from echelon.records.programs import selectors as programs
from echelon.surfaces.shell.paging import page
from echelon.surfaces.shell.tables import file_of

_COLUMNS = ("partner", "name", "program", "track", "tier", "qualified", "since", "below_since",
            "at_risk_from", "next_deadline", "as_of", "sentence")  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """The filter in an address, as far as it was understood, and what there is to choose."""

    program: UUID | None
    tier: str
    manager: UUID | None
    name: str
    risk: bool
    programs: list[Any]
    tiers: dict[str, str]
    managers: list[tuple[UUID, str]]

    @classmethod
    def of(cls, scope: Scope, query: QueryDict, words: names.Names) -> Chosen:
        """Read an address; what names nothing that there is, is left out."""
        there = list(programs.programs(scope))
        people = selectors.managers(scope, Right.STANDINGS_READ)
        program = next((each.id for each in there if str(each.id) == query.get("program")), None)
        tiers: dict[str, str] = {}
        for each in [program] if program else [each.id for each in there]:
            for track in words.tracks(each):
                tiers |= words.tiers(each, track)
        return cls(
            program,
            query["tier"] if query.get("tier") in tiers else "",
            next((one for one, _name in people if str(one) == query.get("manager")), None),
            query.get("name", "").strip()[:200],
            query.get("risk") == "yes",
            there,
            tiers,
            people,
        )

    def rows(self, scope: Scope) -> Any:
        """Return the standings that the filter lets through."""
        find = selectors.at_risk if self.risk else selectors.standings
        rows = find(scope, self.program, tier=self.tier, manager=self.manager, name=self.name)
        rows = rows.select_related(None).select_related("standing", "partner", "program")
        return rows.defer("criteria", "standing__metrics", "standing__gaps", "standing__keep")

    @property
    def query(self) -> str:
        """The filter as an address says it."""
        kept = {"program": self.program, "tier": self.tier, "manager": self.manager,
                "name": self.name, "risk": "yes" if self.risk else ""}  # fmt: skip
        return urlencode({name: str(value) for name, value in kept.items() if value})


@guarded(Right.STANDINGS_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show who stands where, of the filter in the address."""
    scope, words = scope_of(request), names.names(timezone.now())
    chosen = Chosen.of(scope, request.GET, words)
    rows = chosen.rows(scope)
    found = page(rows, request.GET.get("after", ""))
    context = {
        "page": found,
        "rows": [_shown(words, each) for each in found.rows],
        "total": rows.count(),
        "chosen": chosen,
        "begun": bool(request.GET.get("after")),
        "filter_query": chosen.query,
        "some_alone": scope.partners(Right.STANDINGS_READ) is not EVERY,
    }
    return render(request, "vendor/standings.html", context)


@guarded(Right.EXPORT_MANY)
@require_POST
def exported(request: HttpRequest) -> HttpResponse:
    """Give the standings of the filter in the address as a file."""
    scope, at, form = scope_of(request), timezone.now(), request.POST.get("form", "csv")
    chosen = Chosen.of(scope, request.GET, names.names(at))
    lines = list(_lines(scope, chosen))
    with transaction.atomic():
        said = {"filter": chosen.query, "rows": len(lines), "form": form}
        record(scope, "standings.exported", "standings", "", at=at, after=said)
    about = [("filter", chosen.query), ("rows", str(len(lines)))]
    return file_of(form, "standings", _COLUMNS, lines, about=about, at=at)


def _lines(scope: Scope, chosen: Chosen) -> Iterator[list[str]]:
    for each in chosen.rows(scope).iterator(chunk_size=1000):
        if not scope.reaches(Right.EXPORT_MANY, each.partner_id):
            continue
        now = each.standing
        days = (now.since, now.below_since, now.at_risk_from, _deadline(now), each.as_of)
        yield [
            each.partner.key, each.partner.name, each.program.slug, each.track, now.held or "",
            now.qualified or "", *(day.isoformat() if day else "" for day in days), now.sentence,
        ]  # fmt: skip


def _shown(words: names.Names, each: Any) -> dict[str, Any]:
    now, at = each.standing, (each.program_id, each.track)
    pending = now.pending.get("from")
    return {
        "row": each,
        "now": now,
        "track": words.track(*at),
        "held": words.tier(*at, now.held),
        "qualified": words.tier(*at, now.qualified),
        "deadline": _deadline(now),
        "decided": bool(pending) and date.fromisoformat(pending) == _deadline(now),
    }


def _deadline(standing: Any) -> date | None:
    """Return the next day on which the tier may change: a decided move, or what may be lost."""
    pending = standing.pending.get("from")
    days = [standing.at_risk_from, date.fromisoformat(pending) if pending else None]
    return min((day for day in days if day), default=None)
