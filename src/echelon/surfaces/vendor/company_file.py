"""Companies from a file: sent, looked at without a change, its columns named, then loaded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.files import selectors as files
from echelon.foundation.files.errors import Refused as NotKept
from echelon.foundation.files.models import StoredFile
from echelon.foundation.files.services import keep, path_of
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.services import loading

#: How many mistakes a page shows; all are counted.
SHOWN = 50


class Sending(forms.Form):
    """A file of companies."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or Excel (its first sheet), with a header."),
        error_messages={
            "empty": gettext_lazy("The file is empty. Choose one with a header and rows."),
            "required": gettext_lazy("Choose a file."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


@guarded(Right.COMPANY_CREATE)
@require_http_methods(["GET", "POST"])
def loaded(request: HttpRequest) -> HttpResponse:
    """Take a file, say what would come of it, and load it once that is wanted."""
    scope, at = scope_of(request), timezone.now()
    if request.method == "POST" and "stored" in request.POST:
        stored = files.file(scope, request.POST["stored"])
        return _looked_at(request, stored, request.POST)
    form = Sending(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            stored = keep(scope, name=given.name, content=given, purpose="partners.upload", at=at)
            return _looked_at(request, stored, QueryDict())
        except (NotKept, Refused) as refused:
            form.add_error("file", refused.problems)
    context = {"form": form, "columns": _ours(scope)}
    return render(request, "vendor/partners_load.html", context)


def _looked_at(request: HttpRequest, stored: StoredFile, given: QueryDict) -> HttpResponse:
    """Say what a file would change; change it, if that is asked for and nothing is wrong."""
    scope, content = scope_of(request), path_of(stored).read_bytes()
    header = loading.header_of(content)
    chosen = {title: given[f"column-{n}"] for n, title in enumerate(header) if _says(given, n)}
    load = given.get("verb") == "load"
    found = loading.load(
        scope,
        name=stored.name,
        content=content,
        at=timezone.now(),
        dry_run=not load,
        columns=chosen,
    )
    if found.written:
        said = _("%(new)s companies are new, %(changed)s were changed.")
        counts = {"new": len(found.created), "changed": len(found.changed)}
        messages.success(request, said % counts)
        return redirect("vendor:partners")
    context = {
        "stored": stored,
        "loaded": found,
        "ready": not found.wrong and (found.created or found.changed),
        "mistakes": found.mistakes[:SHOWN],
        "header": [(n, title, chosen.get(title, title)) for n, title in enumerate(header)],
        "columns": _ours(scope),
    }
    return render(request, "vendor/partners_look.html", context)


def _says(given: QueryDict, place: int) -> bool:
    """Whether somebody has said which column it is, or that it is left out."""
    return given.get(f"column-{place}", "=") != "="


def _ours(scope: Scope) -> list[tuple[str, Any]]:
    """Return the columns that a company has, with the labels of own fields."""
    own = [(field.name, field.label) for field in selectors.fields(scope)]
    return [*((name, name) for name in loading.COLUMNS), *own]
