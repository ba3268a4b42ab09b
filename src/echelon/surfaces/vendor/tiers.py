"""The vendor's catalogue of tiers: what programs call what, in which colour, with which badge."""

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
from django.views.decorators.http import require_http_methods, require_POST

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.programs import selectors
from echelon.records.programs.errors import Refused
from echelon.records.programs.services import catalogue


class Entry(forms.Form):
    """What a tier is called, and its colour."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    colour = forms.CharField(
        label=gettext_lazy("Colour"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        initial="#8a6d1f",
        help_text=gettext_lazy("Of the medal that is shown while there is no badge."),
    )


class NewEntry(Entry):
    """A tier that isn't in the catalogue yet."""

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=80,
        help_text=gettext_lazy("What programs call it, such as gold. It stays."),
    )
    field_order = ("key", "name", "colour")


class Badge(forms.Form):
    """A picture."""

    badge = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=gettext_lazy("PNG, JPEG or WebP, at most 1 MiB, best a square."),
    )


@guarded(Right.LIBRARY_EDIT)
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Show the catalogue, and the tiers that programs have and it doesn't; add one."""
    scope = scope_of(request)
    form = NewEntry(request.POST or None, initial={"key": request.GET.get("key", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = catalogue.define(scope, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.problems)
        else:
            messages.success(request, _("%(name)s is in the catalogue.") % {"name": made.name})
            return redirect("vendor:tier", tierentry=made.id)
    entries = selectors.catalogue(scope)
    used = selectors.tiers_in_force(scope, timezone.now().date())
    known = {entry.key for entry in entries}
    context = {
        "entries": [(entry, _programs(used.get(entry.key, {}))) for entry in entries],
        "missing": {key: _programs(found) for key, found in used.items() if key not in known},
        "form": form,
    }
    return render(request, "vendor/tiers.html", context)


@guarded(Right.LIBRARY_EDIT)
@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, tierentry: UUID) -> HttpResponse:
    """Show a tier of the catalogue; change its name and colour."""
    scope = scope_of(request)
    entry = selectors.tier_entry(scope, tierentry)
    form = Entry(request.POST or None, initial={"name": entry.name, "colour": entry.colour})
    if request.method == "POST" and form.is_valid():
        try:
            catalogue.edit(scope, entry=tierentry, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.problems)
        else:
            messages.success(request, _("Saved."))
            return redirect("vendor:tiers")
    return _shown(request, entry, form, Badge())


@guarded(Right.LIBRARY_EDIT)
@require_POST
def badged(request: HttpRequest, tierentry: UUID) -> HttpResponse:
    """Keep a picture as a tier's badge, or take it away."""
    scope, at = scope_of(request), timezone.now()
    entry = selectors.tier_entry(scope, tierentry)
    if request.POST.get("act") == "clear":
        catalogue.clear_badge(scope, entry=tierentry, at=at)
        messages.success(request, _("The badge is taken away."))
        return redirect("vendor:tier", tierentry=tierentry)
    form = Badge(request.POST, request.FILES)
    if form.is_valid():
        brought = form.cleaned_data["badge"]
        try:
            catalogue.set_badge(
                scope, entry=tierentry, name=brought.name, content=brought.chunks(), at=at
            )
        except Refused as refused:
            form.add_error("badge", refused.problems)
        else:
            messages.success(request, _("The badge is kept. Pages show it from now on."))
            return redirect("vendor:tier", tierentry=tierentry)
    first = Entry(initial={"name": entry.name, "colour": entry.colour})
    return _shown(request, entry, first, form)


@guarded(Right.LIBRARY_EDIT)
@require_POST
def removed(request: HttpRequest, tierentry: UUID) -> HttpResponse:
    """Take a tier out of the catalogue."""
    catalogue.remove(scope_of(request), entry=tierentry, at=timezone.now())
    messages.success(request, _("It is out of the catalogue; programs go on without its badge."))
    return redirect("vendor:tiers")


def _shown(request: HttpRequest, entry: Any, form: Entry, badge: Badge) -> HttpResponse:
    context = {"entry": entry, "form": form, "badge_form": badge}
    return render(request, "vendor/tier.html", context)


def _programs(found: dict[str, list[str]]) -> list[str]:
    return list(dict.fromkeys(name for names in found.values() for name in names))
