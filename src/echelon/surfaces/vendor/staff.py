"""The vendor's own people: who they are, what each may do, invitations that wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echelon.foundation.access import Hidden, Right, Role, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.accounts import selectors
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.services import invitations, users
from echelon.foundation.audit.services import record
from echelon.records.partners import selectors as partners
from echelon.records.partners.errors import Refused as PartnersRefused
from echelon.records.partners.services import companies
from echelon.surfaces.shell.paging import page
from echelon.surfaces.shell.roles import STAFF, named
from echelon.surfaces.vendor.staff_forms import HandOver, InviteForm, RoleForm

STATES = ("active", "off")
#: What one button does to somebody's account, and what is said of it.
_VERBS: dict[str, Callable[..., None]] = {
    "off": users.disable,
    "on": users.enable,
    "sign-out": users.end_sessions,
    "forget": users.forget_second_factors,
}


@guarded(Right.SETTINGS_MANAGE)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show the vendor's people, and invitations that wait."""
    scope, at = scope_of(request), timezone.now()
    kept = {name: request.GET.get(name, "") for name in ("role", "state")}
    rows = selectors.staff(scope)
    if kept["role"] in STAFF:
        rows = rows.filter(role=kept["role"])
    if kept["state"] in STATES:
        rows = rows.filter(is_active=kept["state"] == "active")
    after = request.GET.get("after", "")
    shown, counts = page(rows, after), partners.assigned_counts(scope)
    record(scope, "staff.read", "staff", "", at=at, after={"rows": len(shown.rows)})
    context = {
        "page": shown,
        "people": [(each, named(each.role), counts.get(each.pk, 0)) for each in shown.rows],
        "waiting": [] if after else _waiting(scope, at),
        "roles": [(role, named(role)) for role in STAFF],
        "kept": kept,
        "begun": bool(after),
        "filter_query": urlencode({name: value for name, value in kept.items() if value}),
    }
    return render(request, "vendor/staff.html", context)


@guarded(Right.SETTINGS_MANAGE)
@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest) -> HttpResponse:
    """Invite somebody; the address of the invitation is shown once, and mailed."""
    scope = scope_of(request)
    form = InviteForm(request.POST or None, regions=partners.regions(scope))
    if request.method == "POST" and form.is_valid():
        try:
            made, token = invitations.invite(
                scope, partner=None, at=timezone.now(), **form.values()
            )
        except Refused as refused:
            form.add_error(None, refused.problems)
        else:
            _tell(request, made.email, token)
            return redirect("vendor:people")
    return render(request, "vendor/staff_invite.html", {"form": form})


@guarded(Right.SETTINGS_MANAGE)
@require_POST
def invitation_decided(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """Send an invitation anew, or withdraw it."""
    scope, at = scope_of(request), timezone.now()
    try:
        if request.POST.get("verb") == "renew":
            renewed, token = invitations.renew(scope, invitation=invitation, at=at)
            _tell(request, renewed.email, token)
        else:
            invitations.withdraw(scope, invitation=invitation, at=at)
            messages.success(request, _("The invitation is withdrawn: its address works no more."))
    except Refused as refused:
        _say(request, refused.problems)
    return redirect("vendor:people")


@guarded(Right.SETTINGS_MANAGE)
@require_GET
def detail(request: HttpRequest, colleague: UUID) -> HttpResponse:
    """Show one of the vendor's people: what they may do, and which partners they look after."""
    scope = scope_of(request)
    found = _one(scope, colleague)
    at = timezone.now()
    record(scope, "staff.read", "user", found.pk, at=at)
    form = RoleForm(
        None,
        regions=partners.regions(scope),
        initial={"role": found.role, "regions": found.regions},
    )
    return _shown(request, found, form, HandOver(None, managers=_others(scope, found)))


@guarded(Right.SETTINGS_MANAGE)
@require_POST
def role_given(request: HttpRequest, colleague: UUID) -> HttpResponse:
    """Give somebody another role or reach."""
    scope = scope_of(request)
    found = _one(scope, colleague)
    initial = {"role": found.role, "regions": found.regions}
    form = RoleForm(request.POST, regions=partners.regions(scope), initial=initial)
    if form.is_valid():
        try:
            users.set_role(scope, user=colleague, partner=None, at=timezone.now(), **form.values())
        except Refused as refused:
            form.add_error(None, refused.problems)
        else:
            messages.success(request, _("Saved. It holds from the next page that they open."))
            return redirect("vendor:colleague", colleague=colleague)
    return _shown(request, found, form, HandOver(None, managers=_others(scope, found)))


@guarded(Right.SETTINGS_MANAGE)
@require_POST
def decided(request: HttpRequest, colleague: UUID) -> HttpResponse:
    """Do to an account what one of the buttons says."""
    scope, verb = scope_of(request), request.POST.get("verb", "")
    found = _one(scope, colleague)
    said = {
        "off": _("%(name)s is out: with the next request nothing opens any more."),
        "on": _("%(name)s may sign in again."),
        "sign-out": _("%(name)s is signed out everywhere."),
        "forget": _("%(name)s signs in by password now, and should set up a second factor."),
    }
    try:
        if verb not in _VERBS:
            raise Refused(_("Choose one of the buttons."))
        _VERBS[verb](scope, user=colleague, partner=None, at=timezone.now())
    except Refused as refused:
        _say(request, refused.problems)
    else:
        messages.success(request, said[verb] % {"name": found.name})
    return redirect("vendor:colleague", colleague=colleague)


@guarded(Right.SETTINGS_MANAGE)
@require_POST
def handed_over(request: HttpRequest, colleague: UUID) -> HttpResponse:
    """Give somebody's partners to somebody else."""
    scope = scope_of(request)
    found = _one(scope, colleague)
    form = HandOver(request.POST, managers=_others(scope, found))
    if not form.is_valid():
        raise Hidden
    to = form.cleaned_data["manager"]
    try:
        count = companies.hand_over(
            scope, manager=found.pk, to=UUID(to) if to else None, at=timezone.now()
        )
    except PartnersRefused as refused:
        _say(request, refused.problems)
    else:
        messages.success(request, _("Handed over: %(count)d.") % {"count": count})
    return redirect("vendor:colleague", colleague=colleague)


def _one(scope: Scope, colleague: UUID) -> User:
    found = selectors.staff(scope).filter(pk=colleague).first()
    if found is None:
        raise Hidden
    return found


def _others(scope: Scope, found: User) -> list[User]:
    return [each for each in selectors.managers(scope) if each.pk != found.pk]


def _waiting(scope: Scope, at: Any) -> list[tuple[Any, str, bool]]:
    rows = selectors.staff_invitations(scope).filter(accepted_at=None, withdrawn_at=None)
    return [(each, named(each.role), each.ends_at > at) for each in rows]


def _shown(request: HttpRequest, found: User, form: RoleForm, over: HandOver) -> HttpResponse:
    scope = scope_of(request)
    rows = partners.assigned(scope, found.pk)
    context = {
        "colleague": found,
        "role": named(found.role),
        "oneself": str(found.pk) == scope.actor.id,
        "form": form,
        "over": over,
        "page": page(rows, request.GET.get("after", "")),
        "total": rows.count(),
        "keys": selectors.keys(scope).filter(made_by=found, revoked_at=None).count(),
        "by_region": found.role == Role.ACCOUNT_MANAGER,
        "filter_query": "",
    }
    return render(request, "vendor/colleague.html", context)


def _tell(request: HttpRequest, email: str, token: str) -> None:
    link = request.build_absolute_uri(f"{reverse('invitation')}?token={token}")
    said = _("%(email)s gets a mail with this address; here it is shown only now: %(link)s")
    messages.success(request, said % {"email": email, "link": link})


def _say(request: HttpRequest, problems: list[str]) -> None:
    for problem in problems:
        messages.error(request, problem)
