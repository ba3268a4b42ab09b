"""The vendor's own fields of partners: define, rename, change choices, take out of use."""

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
from django.views.decorators.http import require_http_methods

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.services import fields


class Edited(forms.Form):
    """What a field is called, and its choices."""

    label = forms.CharField(label=gettext_lazy("Name on pages"), max_length=80)
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line, for a field that is one of a list."),
    )

    def listed(self) -> list[str]:
        """Return the choices."""
        return [each.strip() for each in self.cleaned_data["choices"].splitlines() if each.strip()]

    def refuse(self, refused: Refused) -> None:
        """Say what the service refused beside the field that it is about."""
        for name, said in refused.fields.items():
            self.add_error(name if name in self.fields else None, said)
        for said in refused.problems[: len(refused.problems) - len(refused.fields)]:
            self.add_error(None, said)


class Defined(Edited):
    """A field that isn't there yet."""

    name = forms.CharField(
        label=gettext_lazy("Name in programs and files"),
        max_length=40,
        help_text=gettext_lazy("Small letters, digits and _, such as vertical. It stays."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Its values are"), choices=fields.KINDS.choices)
    field_order = ("name", "label", "kind", "choices")


@guarded(Right.SETTINGS_MANAGE)
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Show the fields; define one."""
    scope, form = scope_of(request), Defined(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "choices": form.listed()}
        try:
            made = fields.define(scope, at=timezone.now(), **given)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The field %(name)s is there.") % {"name": made.label})
            return redirect("vendor:partner-fields")
    context = {"fields": selectors.fields(scope, retired=True), "form": form}
    return render(request, "vendor/partner_fields.html", context)


@guarded(Right.SETTINGS_MANAGE)
@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, field: UUID) -> HttpResponse:
    """Change a field, take it out of use, bring it back."""
    scope, at, act = scope_of(request), timezone.now(), request.POST.get("act", "")
    found = selectors.field(scope, field)
    initial: dict[str, Any] = {"label": found.label, "choices": "\n".join(found.choices)}
    form = Edited(request.POST if request.method == "POST" and not act else None, initial=initial)
    if found.kind != fields.KINDS.CHOICE:
        form.fields["choices"].widget = forms.HiddenInput()
    if act in ("retire", "resume"):
        (fields.retire if act == "retire" else fields.resume)(scope, field=field, at=at)
        messages.success(request, _("Out of use.") if act == "retire" else _("In use again."))
        return redirect("vendor:partner-fields")
    if request.method == "POST" and form.is_valid():
        choices = form.listed() if found.kind == fields.KINDS.CHOICE else None
        label = form.cleaned_data["label"]
        try:
            fields.edit(scope, field=field, label=label, choices=choices, at=at)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("vendor:partner-fields")
    return render(request, "vendor/partner_field.html", {"field": found, "form": form})
