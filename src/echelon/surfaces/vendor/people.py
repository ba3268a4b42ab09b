"""The people of a company: who they are, what they may do, invitations."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from echelon.foundation.access import Hidden, Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.services import people
from echelon.surfaces.shell.roles import NAMES

ROLES = tuple((role.value, NAMES[role]) for role in people.PARTNER_ROLES)


class Invite(forms.Form):
    """Who is to be invited, and as what."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.CharField(label=gettext_lazy("Mail address"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)


@guarded(Right.PEOPLE_READ)
@require_GET
def listed(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Show who works for a company."""
    return _shown(request, partner, Invite())


@guarded(Right.PEOPLE_MANAGE)
@require_POST
def invited(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Invite somebody; the address of the invitation is shown once, and mailed."""
    scope, form = scope_of(request), Invite(request.POST)
    scope.demand(Right.PEOPLE_MANAGE, partner)
    if form.is_valid():
        try:
            found, token = people.invite(
                scope, partner=partner, at=timezone.now(), **form.cleaned_data
            )
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(None, problem)
        else:
            if token:
                link = request.build_absolute_uri(f"{reverse('invitation')}?token={token}")
                said = _(
                    "%(name)s gets a mail with this address; here it is shown only now: %(link)s"
                )
                messages.success(request, said % {"name": found.name, "link": link})
            else:
                messages.success(request, _("%(name)s is back.") % {"name": found.name})
            return redirect("vendor:partner-people", partner=partner)
    return _shown(request, partner, form)


@guarded(Right.PEOPLE_MANAGE)
@require_POST
def left(request: HttpRequest, partner: UUID, person: UUID) -> HttpResponse:
    """End somebody's work for a company."""
    scope = scope_of(request)
    if selectors.person(scope, person).partner_id != partner:
        raise Hidden
    try:
        gone = people.leave(scope, person=person, at=timezone.now())
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    else:
        messages.success(request, _("%(name)s has no access any more.") % {"name": gone.name})
    return redirect("vendor:partner-people", partner=partner)


def _shown(request: HttpRequest, partner: UUID, form: Invite) -> HttpResponse:
    scope, names = scope_of(request), dict(ROLES)
    found = [
        (person, names.get(selectors.role_of(person), ""))
        for person in people.look_at(scope, partner=partner, at=timezone.now())
    ]
    context = {
        "company": selectors.company(scope, partner),
        "people": found,
        "form": form,
        "may_manage": scope.reaches(Right.PEOPLE_MANAGE, partner),
    }
    return render(request, "vendor/partner_people.html", context)
