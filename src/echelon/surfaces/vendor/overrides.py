"""Overrides: what a person decides above the rules for one partner, why, and until when."""

from __future__ import annotations

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
from echelon.foundation.approvals.errors import Refused as Unasked
from echelon.foundation.approvals.services import ask
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.approvals import OVERRIDE, OverrideAsked
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.services import overrides
from echelon.outcomes.standings.states import Protection
from echelon.records.partners import selectors as partners
from echelon.surfaces.vendor.asking import OnALadder, answered


class Granting(OnALadder):
    """A lock, a floor or a suspension on one ladder, from a day until another."""

    field_order = ("ladder", "kind", "tier", "start", "until", "reason")

    kind = forms.ChoiceField(
        label=gettext_lazy("What it does"), choices=Protection.choices, widget=forms.RadioSelect
    )
    tier = forms.ChoiceField(
        label=gettext_lazy("Tier"),
        required=False,
        help_text=gettext_lazy("For a floor: the tier that is not gone below."),
    )
    start = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The first day on which it no longer holds."),
    )


@guarded(Right.OVERRIDES_PROPOSE)
@require_http_methods(["GET", "POST"])
def granted(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Grant an override, or ask for it."""
    scope, now = scope_of(request), timezone.now()
    company = partners.company(scope, partner)
    scope.demand(Right.OVERRIDES_PROPOSE, partner)
    form = Granting(scope, partner, request.POST or None, initial={"start": now.date()})
    if request.method == "POST" and form.is_valid():
        given = form.on_ladder()
        given["tier"] = given["tier"] or None
        try:
            made = ask(
                scope, kind=OVERRIDE, partner=partner, asked=OverrideAsked(**given),
                reason=form.cleaned_data["reason"], at=now,
            )  # fmt: skip
        except Unasked as refused:
            form.refuse(refused)
        else:
            return answered(request, made, _("Granted. The standing follows within seconds."))
    context = {
        "form": form,
        "company": company,
        "decides": scope.reaches(Right.OVERRIDES_GRANT, partner),
    }
    return render(request, "vendor/override_new.html", context)


@guarded(Right.OVERRIDES_GRANT)
@require_POST
def ended(request: HttpRequest, override: UUID) -> HttpResponse:
    """End an override today."""
    scope = scope_of(request)
    found = selectors.override(scope, override)
    try:
        overrides.end(scope, override=override, at=timezone.now())
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    else:
        messages.success(request, _("Ended. The standing follows within seconds."))
    return redirect("vendor:partner-standing", partner=found.partner_id)
