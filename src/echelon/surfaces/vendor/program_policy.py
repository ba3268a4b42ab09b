"""How a program takes partners in: its enrollment policy, its terms, who publishes."""

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
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.enrollments import selectors
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.services import policies
from echelon.records.enrollments.states import Counts
from echelon.records.partners.kinds import Kind
from echelon.records.programs import selectors as programs
from echelon.records.programs.services import versions


class PolicyForm(forms.Form):
    """Which side says yes, how long a term is, who may apply."""

    needs_approval = forms.BooleanField(
        label=gettext_lazy("The vendor must approve an enrollment"), required=False
    )
    needs_acceptance = forms.BooleanField(
        label=gettext_lazy("The partner must accept it, and the terms"), required=False
    )
    months = forms.IntegerField(
        label=gettext_lazy("Months of a term"),
        required=False,
        min_value=1,
        max_value=policies.LONGEST,
        help_text=gettext_lazy("Empty: an enrollment lasts until somebody ends it."),
    )
    can_renew = forms.BooleanField(
        label=gettext_lazy("An enrollment can be renewed"), required=False
    )
    counts = forms.ChoiceField(
        label=gettext_lazy("What counts"),
        choices=Counts.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "A record without an owner counts either way, and so does everything while nobody is "
            "primary user. A change levels everybody anew."
        ),
    )
    self_application = forms.BooleanField(
        label=gettext_lazy("Partners may apply by themselves"), required=False
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Open to these types; none chosen means all"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    countries = forms.CharField(
        label=gettext_lazy("Open to these countries"),
        required=False,
        help_text=gettext_lazy("Two letters each, between commas: DE, FR. Empty: all."),
    )


@guarded(Right.PROGRAMS_READ)
@require_GET
def shown(request: HttpRequest, program: UUID) -> HttpResponse:
    """Show how a program takes partners in."""
    return _page(request, program)


@guarded(Right.PROGRAMS_PUBLISH)
@require_POST
def changed(request: HttpRequest, program: UUID) -> HttpResponse:
    """Change the policy; what waits already is agreed on as before."""
    scope, form = scope_of(request), PolicyForm(request.POST)
    programs.program(scope, program)
    if form.is_valid():
        given = dict(form.cleaned_data)
        codes = given["countries"].replace(",", " ").upper().split()
        given["countries"] = list(dict.fromkeys(codes))
        given["counts"] = given["counts"] or Counts.ACCOUNT
        try:
            policies.set_policy(scope, program=program, at=timezone.now(), **given)
        except Refused as refused:
            for name, said in refused.fields.items():
                form.add_error(name if name in form.fields else None, said)
        else:
            messages.success(request, _("Saved. It holds for enrollments from now on."))
            return redirect("vendor:program-policy", program=program)
    return _page(request, program, form)


@guarded(Right.PROGRAMS_PUBLISH)
@require_POST
def terms(request: HttpRequest, program: UUID) -> HttpResponse:
    """Put new terms in force; who accepted earlier ones keeps those until renewal."""
    scope, text = scope_of(request), request.POST.get("text", "").replace("\r\n", "\n")
    programs.program(scope, program)
    try:
        made = policies.publish_terms(scope, program=program, text=text, at=timezone.now())
    except Refused as refused:
        return _page(request, program, text=text, wrong=" ".join(refused.problems))
    said = _("The terms are in force, as version %(version)s.")
    messages.success(request, said % {"version": made.version})
    return redirect("vendor:program-policy", program=program)


@guarded(Right.PROGRAMS_PUBLISH)
@require_POST
def second_person(request: HttpRequest, program: UUID) -> HttpResponse:
    """Say whether a version must be published by somebody who hasn't written at it."""
    scope, asked = scope_of(request), request.POST.get("asked") == "yes"
    versions.set_second_person(scope, program=program, asked=asked, at=timezone.now())
    said = _("A second person must publish.") if asked else _("Who writes may publish.")
    messages.success(request, said)
    return redirect("vendor:program-policy", program=program)


def _page(
    request: HttpRequest,
    program: UUID,
    form: PolicyForm | None = None,
    text: str | None = None,
    wrong: str = "",
) -> HttpResponse:
    scope = scope_of(request)
    found = programs.program(scope, program)
    policy = selectors.policy_of(program)
    written = selectors.terms(scope, program)
    initial: dict[str, Any] = {name: getattr(policy, name) for name in PolicyForm.base_fields}
    initial["countries"] = ", ".join(policy.countries)
    context = {
        "program": found,
        "policy": policy,
        "kinds": [label for value, label in Kind.choices if value in policy.kinds],
        "form": form or PolicyForm(initial=initial),
        "terms": written,
        "text": (written[0].text if written else "") if text is None else text,
        "wrong": wrong,
        "may_change": scope.may(Right.PROGRAMS_PUBLISH),
    }
    return render(request, "vendor/program_policy.html", context)
