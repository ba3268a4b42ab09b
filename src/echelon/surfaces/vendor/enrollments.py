"""Enrollments: who is in which program, who waits for a yes, and the vendor's own decisions."""

from __future__ import annotations

from collections.abc import Callable
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
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.access.rows import identity
from echelon.records.enrollments import selectors
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.services import agreeing, ending, making
from echelon.records.enrollments.states import COLOURS, MOVES, OPEN, State
from echelon.records.partners import selectors as partners
from echelon.records.partners.services import people
from echelon.records.programs import selectors as programs
from echelon.surfaces.shell.paging import page
from echelon.surfaces.vendor.enrollment_changes import TITLES

#: What the vendor does here, by its verb: the service, and whether it takes a reason.
_VERBS: dict[str, tuple[Callable[..., Any], bool]] = {
    "submit": (agreeing.submit, False),
    "approve": (agreeing.approve, False),
    "reject": (agreeing.reject, True),
    "terminate": (ending.terminate, True),
}


class Enrolling(forms.Form):
    """A company in a program, from a day."""

    program = forms.ChoiceField(label=gettext_lazy("Program"))
    start = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    submit = forms.BooleanField(
        label=gettext_lazy("Show it to the partner at once"), required=False, initial=True
    )


@guarded(Right.ENROLLMENTS_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show enrollments, of one state where the address names one."""
    state = request.GET.get("state", "")
    state = state if state in State.values else ""
    rows = selectors.enrollments(scope_of(request), states=(State(state),) if state else ())
    after = request.GET.get("after", "")
    context = {
        "page": page(rows, after),
        "begun": bool(after),
        "state": state,
        "states": State.choices,
        "tones": COLOURS,
        "filter_query": urlencode({"state": state}) if state else "",
        "verbs": TITLES.items() if scope_of(request).may(Right.ENROLLMENTS_MANAGE) else (),
    }
    return render(request, "vendor/enrollments.html", context)


@guarded(Right.ENROLLMENTS_READ)
@require_GET
def detail(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Show one enrollment, and what may be done with it."""
    scope = scope_of(request)
    found = selectors.enrollment(scope, enrollment)
    may = scope.reaches(Right.ENROLLMENTS_MANAGE, found.partner_id)
    verbs = [verb for verb in _VERBS if may and State(found.state) in MOVES[verb].to]
    context = {
        "enrollment": found,
        "tone": COLOURS[State(found.state)],
        "steps": _steps(found),
        "plain": [verb for verb in verbs if not _VERBS[verb][1]],
        "with_reason": [verb for verb in verbs if _VERBS[verb][1]],
        "labels": {
            "submit": _("Show it to the partner"),
            "approve": _("Approve"),
            "reject": _("Reject"),
            "terminate": _("Terminate"),
        },
        "narrowed": found.program_id in selectors.narrowed(),
        "sees_people": scope.reaches(Right.PEOPLE_READ, found.partner_id),
    }
    if may and context["sees_people"] and State(found.state) in OPEN | {State.ACTIVE}:
        context["people"] = people.look_at(scope, partner=found.partner_id, at=timezone.now())
    return render(request, "vendor/enrollment.html", context)


@guarded(Right.ENROLLMENTS_MANAGE)
@require_POST
def primary_user(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Make somebody the primary user, or nobody."""
    chosen = request.POST.get("user", "")
    user = identity(chosen) if chosen else None
    try:
        making.edit(scope_of(request), enrollment=enrollment, user=user, at=timezone.now())
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    else:
        messages.success(request, _("Saved."))
    return redirect("vendor:enrollment", enrollment=enrollment)


@guarded(Right.ENROLLMENTS_MANAGE)
@require_POST
def decided(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Do what one of the buttons says."""
    scope, verb = scope_of(request), request.POST.get("verb", "")
    found = selectors.enrollment(scope, enrollment)
    scope.demand(Right.ENROLLMENTS_MANAGE, found.partner_id)
    try:
        if verb not in _VERBS:
            raise Refused(_("choose one of the buttons"))
        service, asks = _VERBS[verb]
        more = {"reason": request.POST.get("reason", "")} if asks else {}
        service(scope, enrollment=enrollment, at=timezone.now(), **more)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    else:
        messages.success(request, _("Done."))
    return redirect("vendor:enrollment", enrollment=enrollment)


@guarded(Right.ENROLLMENTS_MANAGE)
@require_http_methods(["GET", "POST"])
def added(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Enroll a company in a program."""
    scope = scope_of(request)
    company = partners.company(scope, partner)
    scope.demand(Right.ENROLLMENTS_MANAGE, partner)
    form = Enrolling(request.POST or None, initial={"start": timezone.now().date()})
    rows = programs.programs(scope)
    form.fields["program"].choices = [(str(each.id), each.name) for each in rows]
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given["program"] = UUID(given["program"])
        try:
            made = making.create(scope, partner=partner, at=timezone.now(), **given)
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(None, problem)
        else:
            for warning in made.warnings:
                messages.warning(request, warning)
            return redirect("vendor:enrollment", enrollment=made.enrollment.id)
    return render(request, "vendor/enroll.html", {"form": form, "company": company})


def _steps(found: Any) -> dict[str, str]:
    """Say of each side's yes whether it is still to come, or asked of nobody in this program.

    No word: it was said, or the enrollment has ended without it.
    """
    policy, state = selectors.policy_of(found.program_id), State(found.state)
    asked = {
        "approval": (policy.needs_approval, "approve"),
        "acceptance": (policy.needs_acceptance, "accept"),
    }
    return {
        name: _("not asked for") if not needed
        else _("not yet") if state in {State.DRAFT, *MOVES[verb].to}
        else ""
        for name, (needed, verb) in asked.items()
    }  # fmt: skip
