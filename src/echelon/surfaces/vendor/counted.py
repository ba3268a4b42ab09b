"""What counted: a figure opened to its records, counted and not, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from echelon.foundation.access import EVERY, Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity
from echelon.outcomes.standings import names, questions
from echelon.outcomes.standings.errors import Refused
from echelon.records.partners import selectors as partners
from echelon.records.programs import selectors as programs

SIZE = 50
#: The engine's words for why a fact doesn't count, in sentences.
REASONS = {
    "bad row": gettext_lazy("It can't be read"),
    "duplicate": gettext_lazy("It is there twice"),
    "no date": gettext_lazy("It has no date"),
    "no rate": gettext_lazy("Its currency has no rate"),
    "not enrolled": gettext_lazy("The partner was not enrolled"),
    "window": gettext_lazy("Outside the days that count"),
    "filter": gettext_lazy("Does not meet the metric's condition"),
    "not visible": gettext_lazy("Owned by somebody whom the primary user may not see"),
    "group": gettext_lazy("Its group does not count"),
}


@guarded(Right.STANDINGS_READ)
@require_GET
def shown(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Show what a figure of a partner is made of, page by page, adding up to it."""
    scope, query = scope_of(request), request.GET
    company = partners.company(scope, partner)
    program = programs.program(scope, identity(query.get("program", "")))
    words, day = names.names(timezone.now()), _day(query.get("day", ""))
    metric, others = query.get("metric", ""), query.get("part") == "others"
    start = int(query["from"]) if query.get("from", "").isdecimal() else 0
    context: dict[str, Any] = {"company": company, "program": program, "others": others}
    try:
        figure = questions.evidence(
            scope, partner=partner, program=program.id, metric=metric, as_of=day,
            limit=min(start, 10**9) + SIZE,
        )  # fmt: skip
    except Refused as refused:
        context["problems"] = refused.problems
        return render(request, "vendor/counted.html", context)
    unit = figure["unit"] or ""
    if unit == "percent":  # a ratio or not: the document says
        unit = words.unit(program.id, "", metric)
    context |= {
        "figure": figure,
        "value": names.written(figure["value"], unit, words.currency(program.id)),
        "metric": metric,
        "day": day,
        "filter_query": urlencode({"program": program.id, "metric": metric, "day": day}),
    }
    if "records" in figure:
        context |= _records(scope, company, figure["records"], others, start)
    return render(request, "vendor/counted.html", context)


def _records(
    scope: Scope, company: Any, records: dict[str, Any], others: bool, start: int
) -> dict[str, Any]:
    """Return one page of the records, and the sums before, on and after it."""
    side = records["others" if others else "counted"]
    seen = partners.keys(scope, Right.FACTS_READ) if records["family"] else None
    all_there = scope.partners(Right.FACTS_READ) is EVERY
    rows, total = side["facts"], side["count"]
    whole = all_there or seen is None  # else sums would tell what others did
    adds = whole and not others and len(records["aggregates"]) == 1 and "per" not in records
    adds = adds and records["aggregates"][0]["text"].startswith("sum(")
    shown, running = [], _sum(rows[:start])
    before = running
    for row in rows[start : start + SIZE]:
        hidden = not whole and row["partner"] not in (seen or {})
        if adds:
            running += _added(row)
        shown.append(_row(row, hidden, company.key, running if adds else None))
    return {
        "records": records,
        "rows": shown,
        "count": total,
        "from": start + 1,
        "to": start + len(shown),
        "next": start + SIZE if start + SIZE < total else "",
        "begun": start > 0,
        "adds": adds,
        "before": before,
        "after": running,
        "reasons": [
            (REASONS.get(reason, reason), count)
            for reason, count in records["others"]["reasons"].items()
        ],
    }


def _row(row: dict[str, Any], hidden: bool, own: str, running: Decimal | None) -> dict[str, Any]:
    """Return a record as the page shows it; of a company that the reader may not see, its part."""
    said = {
        "running": running,
        "inputs": [each for each in row.get("inputs", []) if each is not None],
        "reason": REASONS.get(row.get("reason", ""), row.get("reason", "")),
    }
    if hidden:
        return {**said, "inputs": [], "hidden": True, "running": None}
    return {
        **said,
        "key": " · ".join(str(value) for value in row["key"].values()),
        "day": _day_of(row.get("day")),
        "valid": [_day_of(day) for day in row.get("valid", [])],
        "whose": row["partner"] if row["partner"] != own else "",
        "amounts": row.get("amounts", []),
        "columns": row.get("columns", {}),
        "late": row.get("late", False),
    }


def _sum(rows: Sequence[dict[str, Any]]) -> Decimal:
    return sum((_added(row) for row in rows), Decimal(0))


def _added(row: dict[str, Any]) -> Decimal:
    inputs = row.get("inputs") or [None]
    try:
        return Decimal(str(inputs[0])) if inputs[0] is not None else Decimal(0)
    except InvalidOperation:
        return Decimal(0)


def _day(text: str) -> date:
    """Return the day that an address names; today if it names none that there is."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.now().date()


def _day_of(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None
