"""A draft tried on everybody: who would stand where, who moves and why, what it would cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import names, questions, selectors
from echelon.outcomes.standings.errors import Refused
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs
from rulebook import ProgramError

#: So many movers are named; the counts say of all.
NAMED = 200


@guarded(Right.PROGRAMS_DRAFT)
@require_GET
def shown(request: HttpRequest, version: UUID) -> HttpResponse:
    """Show a page that asks for its answer at once, so that waiting can be seen; then the answer.

    Nothing is written. Without scripts the answer is one link away.
    """
    scope = scope_of(request)
    found = programs.version(scope, version)
    context: dict[str, Any] = {"version": found}
    if request.GET.get("answer") == "yes":
        try:
            told = questions.simulate(scope, version=version, at=timezone.now())
        except Refused as refused:
            context["problems"] = refused.problems
        else:
            context |= _told(scope, found, told)
    part = request.headers.get("HX-Request") == "true" and "answer" in request.GET
    return render(request, f"vendor/simulate{'_answer' if part else ''}.html", context)


def _told(scope: Scope, version: Any, told: dict[str, Any]) -> dict[str, Any]:
    words, named = _words(version), told["movers"][:NAMED]
    rows = selectors.standings(scope, version.program_id)
    rows = rows.filter(partner__key__in={each["partner"] for each in named})
    people = {each.partner.key: each.partner for each in rows}
    at, currency = version.program_id, told["after"]["currency"]
    ladders, ranks = [], {}
    for ladder in told["ladders"]:
        track, counts = ladder["track"] or "", ladder["held"]["counts"]
        ranks[track] = {each["tier"]: -place for place, each in enumerate(counts)}
        counts = [_enrolled(each, told["not_enrolled"]) for each in counts]
        ladders.append(
            {
                "track": words.track(at, track),
                "total": max(1, sum(each["before"] for each in counts)),
                "counts": [(words.tier(at, track, each["tier"]), each) for each in counts],
            }
        )
    movers = [_mover(words, at, ranks, people.get(each["partner"]), each) for each in named]
    return {
        "told": told,
        "ladders": ladders,
        "movers": movers,
        "more": max(0, len(told["movers"]) - NAMED),
        "costs": [_cost(words, at, each, currency) for each in told["costs"]],
        "cost": {
            word: amount and names.written(amount, "money", currency)
            for word, amount in told["cost"].items()
        },
    }


def _enrolled(count: dict[str, Any], others: int) -> dict[str, Any]:
    """Return a tier's counts without those who aren't in the program: they have none in it."""
    if count["tier"] is not None:
        return count
    return count | {word: count[word] - others for word in ("before", "after")}


def _mover(
    words: names.Names, at: UUID, ranks: dict[str, dict[Any, int]], partner: Any, each: Any
) -> dict[str, Any]:
    """Return a mover by the tier held where that differs, else by the one qualified for."""
    track = each["track"] or ""
    changed = each["held"] if each["held"]["from"] != each["held"]["to"] else each["qualified"]
    order = ranks.get(track, {})
    return {
        "partner": partner,
        "key": each["partner"],
        "track": words.track(at, track),
        "before": words.tier(at, track, changed["from"]),
        "after": words.tier(at, track, changed["to"]),
        "up": order.get(changed["to"], 0) > order.get(changed["from"], 0),
        "held": changed is each["held"],
        "why": _why(words, at, track, changed) or each["why"],
    }


def _why(words: names.Names, at: UUID, track: str, move: Any) -> str:
    """Return what turned, in the words of the document; nothing where that is no metric's bar."""
    found = []
    for turned in move["turned"]:
        look, old = turned["after"], turned["before"]
        if look is None or not words.is_metric(at, track, look["metric"] or ""):
            return ""
        have, need = (
            words.figure(at, track, look["metric"], look[word]) for word in ("have", "need")
        )
        said = {"metric": words.metric(at, track, look["metric"]), "have": have, "need": need}
        if old is not None and old["need"] != look["need"]:
            said["old"] = words.figure(at, track, look["metric"], old["need"])
            found.append(_("{metric}: {have} of {need}, before of {old}").format(**said))
        else:
            found.append(_("{metric}: {have} of {need}").format(**said))
    return "; ".join(found)


def _cost(words: names.Names, at: UUID, each: Any, currency: str) -> dict[str, Any]:
    spent = {
        word: each[word] and {
            "amount": names.written(each[word]["amount"], "money", currency),
            "partners": each[word]["partners"],
        }
        for word in ("before", "after")
    }  # fmt: skip
    change = each["change"]
    return {
        "label": each["label"],
        "track": words.track(at, each["track"] or ""),
        **spent,
        "change": change and names.written(change, "money", currency),
        "more": change is not None and Decimal(change) > 0,
    }


def _words(version: Any) -> names.Names:
    """Return the words of the draft; what it has dropped is read as it was written."""
    try:
        return names.Names({version.program_id: documents.read(version.text)[0]})
    except ProgramError:
        return names.names(timezone.now())
