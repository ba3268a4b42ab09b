"""Programs: their versions, the editor of drafts with what is wrong at its line, publishing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
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

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity
from echelon.outcomes.standings import selectors as standings
from echelon.outcomes.standings.services.due import set_pace
from echelon.outcomes.standings.states import Often
from echelon.records.programs import documents, selectors
from echelon.records.programs.comparing import Difference
from echelon.records.programs.errors import Outdated, Refused
from echelon.records.programs.models import Version
from echelon.records.programs.services import versions as services
from echelon.records.programs.states import State
from echelon.surfaces.shell.templatetags.shell import words as said_as
from rulebook import ProgramError
from rulebook.reading import read_document

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
    """Show all programs: since when the version in force is, and who holds which tier."""
    scope = scope_of(request)
    now = {each.program_id: each for each in selectors.all_now(timezone.now())}
    held = standings.spread(scope)
    rows = [
        {"program": each, "now": now.get(each.id), "spread": _spread(now.get(each.id), held)}
        for each in selectors.programs(scope)
    ]
    return render(request, "vendor/programs.html", {"rows": rows})


def _spread(version: Version | None, held: dict[UUID, dict[str, int]]) -> list[dict[str, Any]]:
    """Return the tiers of a version from the lowest, with how many hold each, as parts of 100."""
    counts = held.get(version.program_id, {}) if version else {}
    if version is None or not sum(counts.values()):
        return []
    tiers = documents.read(version.text)[0].tiers
    parts, start = [], 0.0
    for key in ("", *tiers, *sorted(counts.keys() - tiers.keys() - {""})):
        if count := counts.get(key, 0):
            label = tiers[key].label if key in tiers else ""
            width = 100 * count / sum(counts.values())
            parts.append({"key": key, "label": label, "count": count, "x": start, "width": width})
            start += width
    return parts


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
            return redirect("vendor:draft-tiers", version=version.id)
    return render(request, "vendor/program_new.html", {"form": form})


@guarded(Right.PROGRAMS_READ)
@require_GET
def detail(request: HttpRequest, program: UUID) -> HttpResponse:
    """Show a program's versions, the newest first, and which is in force."""
    scope = scope_of(request)
    found = selectors.program(scope, program)
    now = selectors.version_now(program, timezone.now())
    rows = [
        (version, _stands(version, now.id if now else None), TONES[State(version.state)])
        for version in selectors.versions(scope, program)
    ]
    context = {
        "program": found,
        "versions": rows,
        "pace": standings.pace(program),
        "paces": Often.choices,
        "ladders": _ladders(now) if now else [],
    }
    return render(request, "vendor/program.html", context)


@guarded(Right.PROGRAMS_PUBLISH)
@require_POST
def paced(request: HttpRequest, program: UUID) -> HttpResponse:
    """Say how often a program is levelled by itself."""
    every = request.POST.get("every", "")
    if every in Often.values:
        set_pace(scope_of(request), program=program, every=Often(every), at=timezone.now())
        messages.success(request, _("Saved."))
    else:
        selectors.program(scope_of(request), program)
        messages.error(request, _("Choose how often."))
    return redirect("vendor:program", program=program)


@guarded(Right.PROGRAMS_DRAFT)
@require_POST
def drafted(request: HttpRequest, program: UUID) -> HttpResponse:
    """Begin a draft with what is in force, or as another version says."""
    scope, like = scope_of(request), request.POST.get("version", "")
    text = None
    if like:
        found = selectors.version(scope, identity(like))
        if found.program_id != program:
            raise Hidden
        text = found.text
    version = services.draft(scope, program=program, text=text, at=timezone.now())
    return redirect("vendor:draft-bars", version=version.id)


@guarded(Right.PROGRAMS_READ)
@require_GET
def version(request: HttpRequest, version: UUID) -> HttpResponse:
    """Show a version: what it says differently from another, its check, publishing, its text."""
    scope = scope_of(request)
    found = selectors.version(scope, version)
    before = _compared(request, scope, found)
    draft = found.state == State.DRAFT
    checked = documents.check(found.text, found.program.slug) if draft else None
    wrote = scope.actor.id in found.writers
    blocked = checked is None or checked.errors or (found.program.second_person and wrote)
    others = selectors.versions(scope, found.program_id).exclude(id=found.id)
    context = {
        "version": found,
        "before": before,
        "differences": _by_part(selectors.compare(scope, found.id, before.id)) if before else [],
        "tone": TONES[State(found.state)],
        "checked": checked,
        "wrote": wrote,
        "may_publish": scope.may(Right.PROGRAMS_PUBLISH) and not blocked,
        "may_withdraw": _may_withdraw(scope, found),
        "others": others.exclude(state=State.WITHDRAWN),
        "form": Publishing(initial={"effective": _begins(found)}),
    }
    return render(request, "vendor/version.html", context)


@guarded(Right.PROGRAMS_DRAFT)
@require_http_methods(["GET", "POST"])
def edited(request: HttpRequest, version: UUID) -> HttpResponse:
    """Write at a draft. What was typed is kept whatever is wrong with it."""
    scope = scope_of(request)
    found, theirs = selectors.version(scope, version), ""
    text, sha, notes = found.text, found.sha, request.POST.get("notes", found.notes)
    if request.method == "POST":
        text, sha = request.POST.get("text", "").replace("\r\n", "\n"), request.POST.get("sha", "")
        try:
            found = services.edit(
                scope, version=version, text=text, sha=sha, notes=notes, at=timezone.now()
            )
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
        "notes": notes,
        "checked": checked,
        "marks": json.dumps(_marks(checked)),
        "examples": _examples(text, checked),
        "part": "text",
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
        return redirect("vendor:version", version=version)
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


def _ladders(version: Any) -> list[dict[str, Any]]:
    """Return the ladders of a version, each with its tiers as people call them."""
    rules, _document = documents.read(version.text)
    return [
        {
            "name": (ladder.label or said_as(track)) if track else "",
            "tiers": [(key, tier.label or said_as(key)) for key, tier in ladder.tiers.items()],
        }
        for track, ladder in rules.ladders()
        if ladder.tiers
    ]


def _stands(version: Any, now: UUID | None) -> str:
    if version.id == now:
        return _("In force")
    if version.state == State.PUBLISHED and version.effective > timezone.now().date():
        return _("Published, not yet in force")
    return str(State(version.state).label)


def _compared(request: HttpRequest, scope: Scope, version: Any) -> Any:
    """Return the version to compare with: the one asked for, else the published one before it."""
    if documents.dated(version.text) is None:
        return None
    rows = selectors.versions(scope, version.program_id).exclude(id=version.id)
    if asked := request.GET.get("with", ""):
        other = selectors.version(scope, identity(asked))
        return other if documents.dated(other.text) is not None else None
    rows = rows.filter(state=State.PUBLISHED, effective__lte=documents.dated(version.text))
    return rows.order_by("-effective").first()


def _begins(version: Any) -> date:
    """Return a day from which a draft could be in force: its own, else tomorrow."""
    tomorrow = timezone.now().date() + timedelta(days=1)
    day = version.effective
    return day if day and day >= tomorrow else tomorrow


def _by_part(found: Iterable[Difference]) -> list[tuple[str, list[Difference]]]:
    """Group differences by the part of the document that they are in."""
    titles = {
        "tiers": _("Tiers and their thresholds"),
        "benefits": _("Benefits"),
        "movement": _("Movement"),
        "metrics": _("Metrics"),
        "parameters": _("Parameters"),
        "tracks": _("Tracks"),
    }
    grouped: dict[str, list[Difference]] = {}
    for each in found:
        grouped.setdefault(titles.get(each.part, _("Others")), []).append(each)
    return list(grouped.items())


def _marks(checked: documents.Checked) -> dict[int, str]:
    """Return for each line that something is said of, what: `error` beats `notice`."""
    ordered = sorted(checked.problems, key=lambda problem: not problem.notice)
    return {each.line: "notice" if each.notice else "error" for each in ordered if each.line}


def _examples(text: str, checked: documents.Checked) -> list[tuple[str, int | None, str]]:
    """Return each example of a text with its line and what came of it; "" while none was run."""
    try:
        document = read_document(text)
    except ProgramError:
        return []
    content = document.content
    written = content.get("examples") if isinstance(content, dict) else None
    listed_ = written if isinstance(written, list) else []
    elsewhere = any(not each.path.startswith("examples[") for each in checked.errors)
    found = []
    for number, example in enumerate(listed_):
        name = example.get("name") if isinstance(example, dict) else None
        path = f"examples[{number}]"
        failed = any(_of(each.path, path) for each in checked.errors)
        came = "failed" if failed else "" if elsewhere else "met"
        found.append((str(name or path), document.line(("examples", number)), came))
    return found


def _of(path: str, above: str) -> bool:
    return path == above or path.startswith((f"{above}.", f"{above}["))


def _may_withdraw(scope: Scope, version: Any) -> bool:
    if version.state == State.DRAFT:
        return scope.may(Right.PROGRAMS_DRAFT)
    waits = version.state == State.PUBLISHED and version.effective > timezone.now().date()
    return scope.may(Right.PROGRAMS_PUBLISH) and waits
