"""The people of the reader's own company: who signs in as what, invitations, who leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
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

from echelon.foundation.access import Reach, Right, Role, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.accounts import selectors as accounts
from echelon.foundation.accounts.errors import Refused as InvitationRefused
from echelon.foundation.accounts.services import invitations
from echelon.records.enrollments import selectors as enrollments
from echelon.records.enrollments.states import State
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Person
from echelon.records.partners.services import people
from echelon.surfaces.shell.roles import named

#: What each role is for, as an admin of a company reads it.
ROLES = {
    Role.PARTNER_MEMBER: gettext_lazy("Sees where the company stands and what counted"),
    Role.PARTNER_ADMIN: gettext_lazy("Accepts terms, edits the profile, invites people, too"),
    Role.DISTRIBUTOR_MEMBER: gettext_lazy("Sees the companies below yours, too"),
    Role.DISTRIBUTOR_ADMIN: gettext_lazy("All that an admin may, and the companies below yours"),
}


@dataclass(frozen=True)
class Colleague:
    """Somebody of the company as the list shows them."""

    person: Person
    role: str
    called: str
    invitation: Any = None
    late: bool = False
    primary: list[str] = field(default_factory=list)


class Invite(forms.Form):
    """Who is to be invited, and as what."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.CharField(
        label=gettext_lazy("Mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.RadioSelect)

    def __init__(self, given: Any = None, *, roles: list[Role]) -> None:
        """Offer the roles that the reader may give."""
        super().__init__(given, initial={"role": roles[0] if roles else None})
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, f"{named(role)}: {ROLES[role]}") for role in roles
        ]


@guarded(Right.PEOPLE_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show who works for the reader's company."""
    return _shown(request)


@guarded(Right.PEOPLE_MANAGE)
@require_POST
def invited(request: HttpRequest) -> HttpResponse:
    """Invite a colleague; the address of the invitation is shown once, and mailed."""
    scope = scope_of(request)
    form = Invite(request.POST, roles=_to_give(scope))
    if form.is_valid():
        (own,) = scope.own
        try:
            found, token = people.invite(scope, partner=own, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            for name, said in refused.fields.items():
                form.add_error(name if name in form.fields else None, said)
            if not refused.fields:
                form.add_error(None, refused.problems)
        else:
            _tell(request, found.name, token)
            return redirect("portal:people")
    return _shown(request, form)


@guarded(Right.PEOPLE_MANAGE)
@require_POST
def again(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """Have an invitation wait anew, with another address."""
    try:
        made, token = invitations.renew(scope_of(request), invitation=invitation, at=timezone.now())
    except InvitationRefused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
    else:
        _tell(request, made.name or made.email, token)
    return redirect("portal:people")


@guarded(Right.PEOPLE_MANAGE)
@require_POST
def role_given(request: HttpRequest, person: UUID) -> HttpResponse:
    """Give a colleague another role."""
    scope, role = scope_of(request), request.POST.get("role", "")
    anyway = request.POST.get("anyway") == "yes"
    try:
        found = people.change_role(
            scope, person=person, role=role, at=timezone.now(), anyway=anyway
        )
    except Refused as refused:
        asked = {"person": person, "route": "portal:person-role", "role": role}
        return _refused(request, refused, asked)
    said = _("%(name)s is %(role)s now.") % {"name": found.name, "role": named(role)}
    messages.success(request, said)
    return redirect("portal:people")


@guarded(Right.PEOPLE_MANAGE)
@require_POST
def left(request: HttpRequest, person: UUID) -> HttpResponse:
    """End a colleague's work for the company: at once they see nothing of it any more."""
    scope, anyway = scope_of(request), request.POST.get("anyway") == "yes"
    try:
        gone = people.leave(scope, person=person, at=timezone.now(), anyway=anyway)
    except Refused as refused:
        return _refused(request, refused, {"person": person, "route": "portal:person-left"})
    messages.success(request, _("%(name)s has no access any more.") % {"name": gone.name})
    return redirect("portal:home" if _is_oneself(request, gone) else "portal:people")


def _is_oneself(request: HttpRequest, person: Person) -> bool:
    return str(person.user_id) == scope_of(request).actor.id


def _refused(request: HttpRequest, refused: Refused, asked: dict[str, Any]) -> HttpResponse:
    """Say what was refused; what may be done all the same is offered to be confirmed."""
    if refused.fields:  # no role of that name
        for problem in refused.problems:
            messages.error(request, problem)
        return redirect("portal:people")
    return _shown(request, confirm={**asked, "problems": refused.problems})


def _shown(
    request: HttpRequest, form: Invite | None = None, confirm: dict[str, Any] | None = None
) -> HttpResponse:
    scope = scope_of(request)
    roles = _to_give(scope)
    context = {
        "people": _people(scope, timezone.now()),
        "form": form or (Invite(roles=roles) if roles else None),
        "manages": scope.may(Right.PEOPLE_MANAGE),
        "roles": [(role.value, named(role)) for role in roles],
        "confirm": confirm,
        "me": scope.actor.id,
    }
    return render(request, "portal/people.html", context)


def _people(scope: Scope, at: datetime) -> list[Colleague]:
    """Return who works for the company, with the invitation that waits and what they stand for."""
    waiting = {}
    if scope.may(Right.PEOPLE_MANAGE):
        rows = accounts.invitations(scope).filter(accepted_at=None, withdrawn_at=None)
        waiting = {(each.partner, each.email): each for each in rows}
    primary: dict[UUID, list[str]] = {}
    for each in enrollments.enrollments(scope, states=[State.ACTIVE]):
        if each.user_id and each.partner_id in scope.own:
            primary.setdefault(each.user_id, []).append(each.program.name)
    found = []
    for own in scope.own:
        for person in selectors.people(scope, own):
            invitation = None if person.user_id else waiting.get((own, person.email))
            role = selectors.role_of(person)
            found.append(
                Colleague(
                    person, role, named(role), invitation,
                    invitation is not None and invitation.ends_at <= at,
                    primary.get(person.pk, []),
                )
            )  # fmt: skip
    return found


def _to_give(scope: Scope) -> list[Role]:
    """Return the roles that somebody may give: nobody gives more than they have."""
    if not scope.may(Right.PEOPLE_MANAGE):
        return []
    down = Reach.BELOW in scope.rights.values()
    return [role for role in ROLES if down or role in (Role.PARTNER_MEMBER, Role.PARTNER_ADMIN)]


def _tell(request: HttpRequest, name: str, token: str) -> None:
    """Say that somebody is invited; the token is shown here and nowhere else."""
    if not token:
        messages.success(request, _("%(name)s is back and signs in as before.") % {"name": name})
        return
    link = request.build_absolute_uri(f"{reverse('invitation')}?token={token}")
    said = _("%(name)s gets a mail with this address; here it is shown only now: %(link)s")
    messages.success(request, said % {"name": name, "link": link})
