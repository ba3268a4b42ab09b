"""Programs: their versions, the editor of drafts with what is wrong at its line, publishing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.programs import documents, selectors, services
from echelon.records.programs.errors import Outdated, Refused
from echelon.records.programs.states import State

TONES = {State.DRAFT: "azure", State.PUBLISHED: "green", State.WITHDRAWN: "secondary"}


class NewProgram(forms.Form):
    """A program's names."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    slug = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=120,
        help_text=gettext_lazy("Small letters, digits and hyphens; it stands in each version."),
    )
    second_person = forms.BooleanField(
        label=gettext_lazy("A second person must publish"), required=False
    )


class Publishing(forms.Form):
    """From when a version is in force."""

    effective = forms.DateField(
        label=gettext_lazy("In force from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: the day that the text says."),
    )


@guarded(Right.PROGRAMS_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show all programs."""
    return render(
        request, "vendor/programs.html", {"programs": selectors.programs(scope_of(request))}
    )


@guarded(Right.PROGRAMS_DRAFT)
@require_http_methods(["GET", "POST"])
def added(request: HttpRequest) -> HttpResponse:
    """Begin a program with its first draft."""
    form = NewProgram(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            version = services.create(scope_of(request), at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.problems)
        else:
            return redirect("vendor:version-edit", version=version.id)
    return render(request, "vendor/program_new.html", {"form": form})


@guarded(Right.PROGRAMS_READ)
@require_GET
def detail(request: HttpRequest, program: UUID) -> HttpResponse:
    """Show a program's versions, the newest first, and which is in force."""
    scope, today = scope_of(request), timezone.now().date()
    found = selectors.program(scope, program)
    now = selectors.version_at(program, today)
    rows = [
        (version, _stands(version, now.id if now else None), TONES[State(version.state)])
        for version in selectors.versions(scope, program)
    ]
    return render(request, "vendor/program.html", {"program": found, "versions": rows})


@guarded(Right.PROGRAMS_DRAFT)
@require_POST
def drafted(request: HttpRequest, program: UUID) -> HttpResponse:
    """Begin a draft with what is in force."""
    version = services.draft(scope_of(request), program=program, at=timezone.now())
    return redirect("vendor:version-edit", version=version.id)


@guarded(Right.PROGRAMS_READ)
@require_GET
def version(request: HttpRequest, version: UUID) -> HttpResponse:
    """Show a version as it is written, and what it says differently from another."""
    scope = scope_of(request)
    found = selectors.version(scope, version)
    before = _before(scope, found)
    differences = selectors.compare(scope, found.id, before.id) if before else []
    context = {
        "version": found,
        "before": before,
        "differences": differences,
        "tone": TONES[State(found.state)],
    }
    return render(request, "vendor/version.html", context)


@guarded(Right.PROGRAMS_DRAFT)
@require_http_methods(["GET", "POST"])
def edited(request: HttpRequest, version: UUID) -> HttpResponse:
    """Write at a draft. What was typed is kept whatever is wrong with it."""
    scope = scope_of(request)
    found, theirs = selectors.version(scope, version), ""
    text, sha = found.text, found.sha
    if request.method == "POST":
        text, sha = request.POST.get("text", "").replace("\r\n", "\n"), request.POST.get("sha", "")
        try:
            found = services.edit(scope, version=version, text=text, sha=sha, at=timezone.now())
            sha = found.sha
            messages.success(request, _("Kept."))
        except Outdated as refused:
            messages.error(request, refused.problems[0])
            theirs, sha = refused.theirs, refused.sha
        except Refused as refused:
            for problem in refused.problems:
                messages.error(request, problem)
    checked = documents.check(text, found.program.slug)
    context = {
        "version": found,
        "text": text,
        "sha": sha,
        "theirs": theirs,
        "checked": checked,
        "form": Publishing(),
    }
    return render(request, "vendor/version_edit.html", context)


@guarded(Right.PROGRAMS_PUBLISH)
@require_POST
def published(request: HttpRequest, version: UUID) -> HttpResponse:
    """Publish a draft."""
    scope, form = scope_of(request), Publishing(request.POST)
    found = selectors.version(scope, version)
    day = form.cleaned_data["effective"] if form.is_valid() else None
    try:
        services.publish(scope, version=version, effective=day, at=timezone.now())
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
        return redirect("vendor:version-edit", version=version)
    messages.success(request, _("Published."))
    return redirect("vendor:program", program=found.program_id)


@guarded(Right.PROGRAMS_DRAFT)
@require_POST
def withdrawn(request: HttpRequest, version: UUID) -> HttpResponse:
    """Withdraw a version that isn't in force yet."""
    scope = scope_of(request)
    found = selectors.version(scope, version)
    try:
        services.withdraw(scope, version=version, at=timezone.now())
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    else:
        messages.success(request, _("Withdrawn."))
    return redirect("vendor:program", program=found.program_id)


def _stands(version: Any, now: UUID | None) -> str:
    if version.id == now:
        return _("In force")
    if version.state == State.PUBLISHED and version.effective > timezone.now().date():
        return _("Published, not yet in force")
    return str(State(version.state).label)


def _before(scope: Any, version: Any) -> Any:
    """Return the published version before this one; one that can't be read can't be compared."""
    if documents.dated(version.text) is None:
        return None
    rows = selectors.versions(scope, version.program_id).filter(state=State.PUBLISHED)
    rows = rows.exclude(id=version.id).filter(effective__lte=documents.dated(version.text))
    return rows.order_by("-effective").first()
