"""Imports: what was loaded, a file on its way from its upload to its commit, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext as _n
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from echelon.foundation.access import Hidden, Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity
from echelon.foundation.jobs import services as jobs
from echelon.foundation.jobs.selectors import latest
from echelon.foundation.jobs.states import State as JobState
from echelon.records.facts import selectors
from echelon.records.facts.errors import Refused
from echelon.records.facts.services import batches, imports
from echelon.records.facts.states import COLOURS, BatchState
from echelon.surfaces.shell.context import surface
from echelon.surfaces.shell.paging import SIZE

#: A batch of more rows is committed by a job.
AT_ONCE = 20_000
#: How many refused rows the result of a check shows; the others have a page of their own.
SHOWN = 10
#: The status by which htmx asks no more.
STOP_ASKING = 286
#: What waits for a job, and the job.
WORKING = {BatchState.CHECKING: "facts.check", BatchState.COMMITTING: "facts.commit"}


class Upload(forms.Form):
    """A file, and what its rows are."""

    type = forms.ChoiceField(label=gettext_lazy("What the rows are"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, Excel (its first sheet) or Parquet, with a header."),
        error_messages={
            "empty": gettext_lazy("The file is empty. Choose one with a header and rows."),
            "required": gettext_lazy("Choose a file."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.parquet"}),
    )


@guarded(Right.FACTS_LOAD)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show what was loaded, the latest first; of one state or kind where the address says so."""
    scope, query = scope_of(request), request.GET
    kinds = selectors.types(scope)
    state = query.get("state", "") if query.get("state") in BatchState.values else ""
    kind = query.get("type", "") if query.get("type") in {one.slug for one in kinds} else ""
    after = _place(query.get("after", ""))
    rows = selectors.batches(
        scope,
        state=BatchState(state) if state else None,
        type=kind,
        after=after,
        limit=SIZE + 1,
    )
    context = {
        "rows": [(each, _taken(each)) for each in rows[:SIZE]],
        "next": rows[SIZE - 1].pk if len(rows) > SIZE else "",
        "begun": after is not None,
        "state": state,
        "states": BatchState.choices,
        "type": kind,
        "kinds": kinds,
        "tones": COLOURS,
        "filter_query": urlencode({k: v for k, v in (("state", state), ("type", kind)) if v}),
    }
    return render(request, "shell/imports.html", context)


@guarded(Right.FACTS_LOAD)
@require_http_methods(["GET", "POST"])
def added(request: HttpRequest) -> HttpResponse:
    """Take a file and look at its header."""
    scope = scope_of(request)
    form = Upload(request.POST or None, request.FILES or None, initial=request.GET.dict())
    kinds = [(one.slug, one.label) for one in selectors.types(scope)]
    form.fields["type"].choices = kinds
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = imports.upload(
                scope,
                type=form.cleaned_data["type"],
                name=file.name,
                stream=file,
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error("file", refused.problems)
        else:
            return redirect(f"{surface(request)}:import-map", batch=batch.pk)
    return render(request, "shell/import_new.html", {"form": form})


@guarded(Right.FACTS_LOAD)
@require_GET
@vary_on_headers("HX-Request")
def detail(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Show where an import stands. While a job works at it the page asks again by itself."""
    scope = scope_of(request)
    found = selectors.batch(scope, batch)
    state, asks_again = BatchState(found.state), "HX-Request" in request.headers
    if asks_again and state not in WORKING:  # the work is done: the page is another one now
        return HttpResponse(headers={"HX-Refresh": "true"})
    if state == BatchState.UPLOADED:
        return redirect(f"{surface(request)}:import-map", batch=batch)
    context: dict[str, Any] = {"batch": found, "tone": COLOURS[state], "counts": found.counts}
    if state in WORKING:
        job = latest(WORKING[state], str(batch))
        failed = job is None or job.state == JobState.FAILED
        context |= {"job": job, "failed": failed}
        page = "import_progress" if asks_again else "import_working"
        status = STOP_ASKING if failed and asks_again else 200
        return render(request, f"shell/{page}.html", context, status=status)
    bad = selectors.bad_rows(scope, batch, limit=SHOWN + 1)
    context |= {
        "bad": bad[:SHOWN],
        "more": len(bad) > SHOWN,
        "ready": _ready(found.counts),
    }
    return render(request, "shell/import.html", context)


@guarded(Right.FACTS_LOAD)
@require_POST
def committed(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Make an import count: at once, or by a job where it is large."""
    scope, at = scope_of(request), timezone.now()
    found = selectors.batch(scope, batch)
    try:
        if found.counts.get("rows", 0) > AT_ONCE:
            imports.commit_later(scope, batch=batch, at=at)
        else:
            done = batches.commit(scope, batch=batch, at=at)
            count = _ready(done.counts)
            said = _n("%(count)s fact counts now.", "%(count)s facts count now.", count)
            messages.success(request, said % {"count": count})
    except Refused as refused:
        _tell(request, refused)
    return redirect(f"{surface(request)}:import", batch=batch)


@guarded(Right.FACTS_LOAD)
@require_POST
def dropped(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Give an import up before it counted."""
    try:
        found = batches.drop(scope_of(request), batch=batch, at=timezone.now())
    except Refused as refused:
        _tell(request, refused)
        return redirect(f"{surface(request)}:import", batch=batch)
    messages.success(request, _("%(name)s was given up: nothing counts.") % {"name": found.source})
    return redirect(f"{surface(request)}:imports")


@guarded(Right.FACTS_LOAD)
@require_POST
def tried_again(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Have the job of an import tried anew that has failed."""
    found = selectors.batch(scope_of(request), batch)
    kind = WORKING.get(BatchState(found.state))
    job = latest(kind, str(batch)) if kind else None
    if job is not None:
        jobs.again(job.id, at=timezone.now())
    return redirect(f"{surface(request)}:import", batch=batch)


@guarded(Right.FACTS_LOAD)
@require_http_methods(["GET", "POST"])
def undone(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Say what it changes if an import is taken back, and take it back."""
    scope = scope_of(request)
    found = selectors.batch(scope, batch)
    if request.method == "POST":
        try:
            batches.undo(scope, batch=batch, at=timezone.now())
        except Refused as refused:
            _tell(request, refused)
        else:
            messages.success(request, _("%(name)s was taken back.") % {"name": found.source})
        return redirect(f"{surface(request)}:import", batch=batch)
    if found.state != BatchState.COMMITTED:
        return redirect(f"{surface(request)}:import", batch=batch)
    context = {"batch": found, "change": selectors.would_undo(scope, batch)}
    return render(request, "shell/import_undo.html", context)


def _place(after: str) -> UUID | None:
    """Return after which row a page begins; what is no id begins at the first."""
    try:
        return identity(after)
    except Hidden:
        return None


def _taken(batch: Any) -> int | None:
    """Return how many rows of an import were taken; None while that is open."""
    done = {BatchState.COMMITTED, BatchState.UNDONE}
    return _ready(batch.counts) if batch.state in done else None


def _ready(counts: dict[str, int]) -> int:
    """Return how many rows of an import change something."""
    return sum(counts.get(name, 0) for name in ("new", "corrected", "withdrawn"))


def _tell(request: HttpRequest, refused: Refused) -> None:
    for problem in refused.problems:
        messages.error(request, problem)
