"""Many enrollments at once: made, renewed, ended; looked at row by row before it is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.services import many
from echelon.records.programs import selectors as programs
from echelon.surfaces.vendor import told
from echelon.surfaces.vendor.partner_filters import back, chosen

SHOWN = 50
_DAY = forms.DateInput(attrs={"type": "date"})
TITLES = {
    "submit": gettext_lazy("Show to the partners"),
    "approve": gettext_lazy("Approve"),
    "reject": gettext_lazy("Reject"),
    "renew": gettext_lazy("Renew"),
    "terminate": gettext_lazy("Terminate"),
}


class Enrolling(forms.Form):
    """Which program, and from when."""

    program = forms.ChoiceField(label=gettext_lazy("Program"))
    start = forms.DateField(label=gettext_lazy("From"), widget=_DAY)
    submit = forms.BooleanField(
        label=gettext_lazy("Show it to the partners at once"), required=False, initial=True
    )


class Ending(forms.Form):
    """Why, and which day is the last."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, which the partners read"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=_DAY,
        help_text=gettext_lazy("Empty: today. A day that has passed takes its days away again."),
    )


@guarded(Right.ENROLLMENTS_MANAGE)
@require_http_methods(["GET", "POST"])
def enrolled(request: HttpRequest) -> HttpResponse:
    """Enroll the chosen companies in a program."""
    scope, posted = scope_of(request), request.method == "POST"
    try:
        picked = chosen(scope, request.POST if posted else request.GET, Right.ENROLLMENTS_MANAGE)
    except Refused as refused:
        return _refused(request, refused, back(request.GET))
    form = Enrolling(request.POST if posted else None, initial={"start": timezone.now().date()})
    rows = programs.programs(scope)
    form.fields["program"].choices = [(str(each.id), each.name) for each in rows]
    found: list[many.Row] = []
    act = request.POST.get("act", "")
    if posted and form.is_valid():
        given = {**form.cleaned_data, "program": identity(form.cleaned_data["program"])}
        try:
            found = many.enroll(
                scope, partners=picked, preview=act != "do", at=timezone.now(), **given
            )
        except Refused as refused:
            form.add_error(None, refused.problems)
        else:
            if act == "do":
                _told(request, found)
                return redirect("vendor:enrollments")
    title = ngettext("Enroll %(count)s partner", "Enroll %(count)s partners", len(picked))
    context = {
        "title": title % {"count": len(picked)},
        "back": back(request.GET),
        "address": f"{reverse('vendor:partners-enroll')}?{request.GET.urlencode()}",
        "hidden": [("partners", ",".join(map(str, picked)))],
        "done": gettext_lazy("would be enrolled"),
    }
    return _page(request, form, found, context)


@guarded(Right.ENROLLMENTS_MANAGE)
@require_http_methods(["GET", "POST"])
def changed(request: HttpRequest) -> HttpResponse:
    """Do one thing with the chosen enrollments: approve, renew, terminate and the like."""
    scope, at = scope_of(request), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    verb, ids = given.get("verb", ""), _chosen(given)
    address = reverse("vendor:enrollments")
    if verb not in many.VERBS or not ids:
        return _refused(request, Refused(_("Choose enrollments first, then a button.")), address)
    asks = verb in ("reject", "terminate")
    form = Ending(request.POST if request.method == "POST" else None)
    if verb != "terminate":
        del form.fields["on"]
    if not asks:
        del form.fields["reason"]
    act, found, wanted = request.POST.get("act", ""), [], {}
    if form.is_bound and form.is_valid():
        wanted = dict(form.cleaned_data)
    elif asks:
        wanted = {"reason": "…"}  # for the preview alone
    if not form.errors:
        try:
            found = many.decide(
                scope, enrollments=ids, verb=verb, preview=act != "do", at=at, **wanted
            )
        except Refused as refused:
            return _refused(request, refused, address)
        if act == "do":
            _told(request, found)
            return redirect("vendor:enrollments")
    count = ngettext("%(count)s enrollment", "%(count)s enrollments", len(ids))
    context = {
        "title": f"{TITLES[verb]}: {count % {'count': len(ids)}}",
        "back": address,
        "address": reverse("vendor:enrollments-change"),
        "hidden": [("enrollments", ",".join(map(str, ids))), ("verb", verb)],
        "done": gettext_lazy("would be done"),
    }
    return _page(request, form, found, context)


def _chosen(given: QueryDict) -> list[UUID]:
    named = given.get("enrollments", "").split(",") + given.getlist("chosen")
    return [identity(each) for each in dict.fromkeys(named) if each]


def _page(
    request: HttpRequest, form: forms.Form, found: list[many.Row], more: dict[str, Any]
) -> HttpResponse:
    context = {
        "form": form,
        "rows": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
        "doing": sum(not row.refusal for row in found),
        "refused": sum(bool(row.refusal) for row in found),
        "warned": sum(bool(row.warnings) for row in found),
        "previewed": bool(found),
        **more,
    }
    return render(request, "vendor/enrollments_change.html", context)


def _told(request: HttpRequest, found: list[many.Row]) -> None:
    count = sum(not row.refusal for row in found)
    said = ngettext("Done for %(count)s partner.", "Done for %(count)s partners.", count)
    messages.success(request, said % {"count": count})
    told.warn(
        request,
        (
            (row.partner.name, sentence)
            for row in found
            for sentence in [row.refusal, *row.warnings]
            if sentence
        ),
    )


def _refused(request: HttpRequest, refused: Refused, address: str) -> HttpResponse:
    for problem in refused.problems:
        messages.error(request, problem)
    return redirect(address)
