"""The trail: who did what, from what to what; as a file; and whether it is as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.accounts import selectors as accounts
from echelon.foundation.audit import selectors
from echelon.foundation.audit.services import ask_verification, record
from echelon.records.partners import selectors as partners
from echelon.surfaces.shell.paging import page
from echelon.surfaces.shell.tables import file_of
from echelon.surfaces.vendor.differences import differences

FIELDS = ("who", "what", "object", "partner", "since", "until")
#: More rows than this are no file that somebody reads: a shorter period is.
MOST = 100_000
_COLUMNS = (
    "at", "actor", "actor_kind", "actor_id", "on_behalf_of", "verb", "object", "object_id",
    "partner", "before", "after", "chain", "number", "seal",
)  # fmt: skip
#: Where the page of an object is.
_PAGES = {
    "partner": "vendor:partner",
    "program": "vendor:program",
    "version": "vendor:version",
    "enrollment": "vendor:enrollment",
    "user": "vendor:colleague",
}


@guarded(Right.AUDIT_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show what was done, newest first, as far as the filter in the address lets it through."""
    scope, after = scope_of(request), request.GET.get("after", "")
    kept, wanted, problems = _asked(scope, request.GET)
    shown = page(selectors.find(scope, wanted), after)
    context = {
        "page": shown,
        "partners": partners.names(scope, {each.partner for each in shown.rows if each.partner}),
        "kept": kept,
        "problems": problems,
        "begun": bool(after),
        "chains": selectors.chains(scope),
        "filter_query": urlencode(kept),
    }
    return render(request, "vendor/audit.html", context)


@guarded(Right.AUDIT_READ)
@require_GET
def detail(request: HttpRequest, auditevent: UUID) -> HttpResponse:
    """Show one thing that was done: from what to what, by whom, on whose behalf."""
    scope = scope_of(request)
    found = selectors.event(scope, auditevent)
    context = {
        "event": found,
        "partner": partners.names(scope, [found.partner] if found.partner else []),
        "link": _page_of(scope, found.subject, found.subject_id),
        "rows": differences(found.before, found.after),
    }
    return render(request, "vendor/audit_event.html", context)


@guarded(Right.AUDIT_READ)
@require_POST
def exported(request: HttpRequest) -> HttpResponse:
    """Give the part of the trail that the filter in the address lets through as a file."""
    scope, at, form = scope_of(request), timezone.now(), request.POST.get("form", "csv")
    kept, wanted, problems = _asked(scope, request.GET)
    rows = selectors.find(scope, wanted)
    count = rows[: MOST + 1].count()
    if count > MOST:
        problems.append(
            _("That is more than %(most)d rows: choose a shorter period.") % {"most": MOST}
        )
    if problems:
        for problem in problems:
            messages.error(request, problem)
        return redirect(f"{reverse('vendor:audit')}?{urlencode(kept)}")
    names = partners.keys_of({each for each in rows.values_list("partner", flat=True) if each})
    lines = list(_lines(rows.iterator(chunk_size=2000), names))
    said = {"filter": kept, "rows": len(lines), "form": form}
    record(scope, "audit.exported", "audit", "", at=at, after=said)
    about = [*kept.items(), ("rows", str(len(lines)))]
    return file_of(form, "audit", _COLUMNS, lines, about=about, at=at)


@guarded(Right.AUDIT_READ)
@require_POST
def verified(request: HttpRequest) -> HttpResponse:
    """Have the chains verified."""
    ask_verification(scope_of(request), at=timezone.now())
    messages.success(request, _("The chains are being verified. Come back in a moment."))
    return redirect("vendor:audit")


def _asked(scope: Scope, query: QueryDict) -> tuple[dict[str, str], selectors.Wanted, list[str]]:
    """Return what was typed, what that asks for, and what of it can't be understood."""
    typed = {name: query.get(name, "").strip().replace("\0", "") for name in FIELDS}
    kept = {name: value for name, value in typed.items() if value}
    given: dict[str, Any] = {name: kept[name] for name in ("who", "what", "object") if name in kept}
    problems = []
    for name, days in (("since", 0), ("until", 1)):
        try:
            given[name] = _beginning(kept.get(name, ""), days)
        except (ValueError, OverflowError):
            problems.append(_("“%(text)s” is no date.") % {"text": kept.pop(name)})
    if "partner" in kept:
        try:
            given["partner"] = partners.by_key(scope, kept["partner"]).pk
        except Hidden:
            key = kept.pop("partner")
            problems.append(_("There is no partner with the key “%(key)s”.") % {"key": key})
    return kept, selectors.Wanted(**given), problems


def _beginning(text: str, days: int) -> datetime | None:
    """Return when a day begins for the reader, or one some days later."""
    if not text:
        return None
    return timezone.make_aware(datetime.combine(date.fromisoformat(text), time())) + timedelta(days)


def _page_of(scope: Scope, subject: str, which: str) -> str:
    try:
        if subject == "user" and not accounts.staff(scope).filter(pk=UUID(which)).exists():
            return ""
        return reverse(_PAGES[subject], args=[UUID(which)])
    except (KeyError, ValueError):
        return ""


def _lines(rows: Iterable[Any], keys: dict[UUID, str]) -> Iterable[list[str]]:
    for each in rows:
        yield [
            each.at.isoformat(), each.actor_name, each.actor_kind, each.actor_id, each.behalf,
            each.verb, each.subject, each.subject_id, keys.get(each.partner, ""),
            _said(each.before), _said(each.after), each.stream, str(each.number), each.seal,
        ]  # fmt: skip


def _said(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""
