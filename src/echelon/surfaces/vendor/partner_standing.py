"""Where one partner stands: tier, criteria, what is at risk, what changed, what stands above."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity
from echelon.foundation.approvals import selectors as approvals
from echelon.outcomes.standings import names, selectors
from echelon.outcomes.standings.approvals import protection
from echelon.outcomes.standings.ladders import Choice, Criterion, Ladder, Rung
from echelon.outcomes.standings.services import asking
from echelon.outcomes.standings.states import Protection
from echelon.records.partners import selectors as partners
from echelon.surfaces.shell.paging import page
from echelon.surfaces.vendor.requests import shown as shown_requests

#: So many changes are shown before "all of them".
LAST = 12


@guarded(Right.STANDINGS_READ)
@require_GET
def shown(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Show a partner's ladders, what changed on them, and the overrides above them."""
    scope, now = scope_of(request), timezone.now()
    words = names.names(now)
    overrides = list(selectors.protections(scope, partner).order_by("-until", "id"))
    context = {
        "company": partners.company(scope, partner),
        "ladders": [_ladder(each) for each in selectors.of_partner(scope, partner)],
        "waiting": [
            (row, words.tier(row.program_id, row.track, row.tier), names.why(words, row))
            for row in selectors.waiting_for(scope, partner)
        ],
        "changes": [_change(words, each) for each in selectors.changes(scope, partner, LAST)],
        "overrides": [_override(words, each, now.date()) for each in overrides],
        "asked": list(shown_requests(scope, approvals.queue(scope, partner=partner), now)),
        "may_move": scope.reaches(Right.MOVES_PROPOSE, partner),
        "may_decide": scope.reaches(Right.MOVES_DECIDE, partner),
        "may_propose": scope.reaches(Right.OVERRIDES_PROPOSE, partner),
        "may_grant": scope.reaches(Right.OVERRIDES_GRANT, partner),
        "may_run": scope.reaches(Right.STANDINGS_RUN, partner),
    }
    return render(request, "vendor/partner_standing.html", context)


@guarded(Right.STANDINGS_READ)
@require_GET
def history(request: HttpRequest, partner: UUID, program: UUID) -> HttpResponse:
    """Show all changes of a partner on one ladder, the newest first."""
    scope, words = scope_of(request), names.names(timezone.now())
    company, track = partners.company(scope, partner), request.GET.get("track", "")
    track = track if track in words.tracks(program) else ""
    rows = selectors.history(scope, partner, program, track).select_related("program", "run")
    found = page(rows, request.GET.get("after", ""))
    context = {
        "company": company,
        "page": found,
        "changes": [_change(words, each) for each in found.rows],
        "begun": bool(request.GET.get("after")),
        "filter_query": f"track={track}" if track else "",
    }
    return render(request, "vendor/partner_history.html", context)


@guarded(Right.STANDINGS_RUN)
@require_POST
def levelled(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Have a partner levelled anew in one program."""
    program = identity(request.POST.get("program", ""))
    asking.ask_for(scope_of(request), program=program, partner=partner, at=timezone.now())
    messages.success(request, _("This partner is levelled anew within seconds."))
    return redirect("vendor:partner-standing", partner=partner)


def _ladder(current: Any) -> dict[str, Any]:
    """Return one ladder of a partner: where it stands, and the bars of the tiers that matter."""
    now, ladder = current.standing, selectors.ladder_of(current)
    labels = {rung.tier: rung.label for rung in ladder.rungs}
    goal, keep = _above(ladder, now), ladder.rung(now.keep.get("tier"))
    return {
        "current": current,
        "now": now,
        "title": ladder.label,
        "held": labels.get(now.held, now.held) if now.held else _("No tier"),
        "qualified": labels.get(now.qualified, now.qualified) if now.qualified else _("No tier"),
        "pending": labels.get(now.pending.get("tier"), now.pending.get("tier")),
        "pending_from": date.fromisoformat(now.pending["from"]) if now.pending else None,
        "goal": goal and {"label": goal.label, "bars": list(_bars(goal.requires, ladder))},
        "keep": keep
        and {"label": keep.label, "bars": list(_bars(keep.keep or keep.requires, ladder))},
        "figures": [
            (name, said.get("label", name), _figure(now.metrics.get(bare), said, ladder))
            for name, said in ladder.metrics.items()
            if (bare := name.removeprefix(f"{current.track}.")) in now.metrics
        ],
    }


def _above(ladder: Ladder, now: Any) -> Rung | None:
    """Return the tier above the one held or qualified for, whichever is higher, as sentences do."""
    order = [None, *(rung.tier for rung in ladder.rungs)]
    place = max(order.index(tier) for tier in (now.held, now.qualified, None) if tier in order)
    return ladder.rungs[place] if place < len(ladder.rungs) else None


def _bars(
    node: Choice | Criterion | None, ladder: Ladder, depth: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield a requirement line by line: each criterion with its bar, each choice before its parts.

    A requirement that all hold needs no line of its own.
    """
    if isinstance(node, Criterion):
        have, need, short = (
            names.written(value, node.unit, node.currency)
            for value in (node.have, node.need, node.short)
        )
        yield {
            "criterion": node, "have": have, "need": need, "depth": depth,
            "short": short if node.short is not None else "",
            "counts": node.have if node.have is not None else 0,
            "metric": node.metrics[0] if len(node.metrics) == 1 else "",
            "is_bar": node.unit != "tier" and node.op in (">=", ">"),
        }  # fmt: skip
    elif node is not None:
        if node.kind != "all":
            yield {"choice": node, "depth": depth, "of": len(node.parts)}
        for part in node.parts:
            yield from _bars(part, ladder, depth if node.kind == "all" else depth + 1)


def _figure(value: Any, said: Any, ladder: Ladder) -> str:
    return names.written(value, said.get("unit", ""), ladder.currency)


def _change(words: names.Names, row: Any) -> dict[str, Any]:
    at = (row.program_id, row.track)
    return {
        "row": row,
        "track": words.track(*at),
        "held": words.tier(*at, row.held),
        "qualified": words.tier(*at, row.qualified),
    }


def _override(words: names.Names, row: Any, today: date) -> dict[str, Any]:
    live = row.until > today
    if row.start > today and live:
        tone, said = "azure", _("To come")
    else:
        tone, said = ("orange", _("In force")) if live else ("secondary", _("Ended"))
    kind = protection(words, row.program_id, row.track, Protection(row.kind), row.tier)
    return {
        "row": row,
        "track": words.track(row.program_id, row.track),
        "kind": kind,
        "tone": tone,
        "said": said,
        "live": live,
    }
