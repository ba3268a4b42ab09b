"""The door, the pages of errors, and what an invitation leads to."""

from __future__ import annotations

import logging

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from echelon.foundation.access import Hidden, Right
from echelon.foundation.access.routes import public, scope_of
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.services import invitations

log = logging.getLogger(__name__)


@public("leads each to their own surface, or to sign in")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead the vendor's people to the vendor's pages, partners' people to the portal."""
    scope = scope_of(request)
    if scope.may(Right.VENDOR_ENTER):
        return redirect("vendor:home")
    if scope.may(Right.PORTAL_ENTER):
        return redirect("portal:home")
    return redirect("account_login")


class Acceptance(forms.Form):
    """What somebody who was invited has to say."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=200)
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("You can add a passkey or an authenticator once you are in."),
    )


@public("the token in the address is the right")
@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest) -> HttpResponse:
    """Make the account that an invitation promises; a token that doesn't work is no page."""
    at, token = timezone.now(), request.GET.get("token", "")
    try:
        found = invitations.open_invitation(token, at=at)
    except Hidden:
        raise Http404 from None
    form = Acceptance(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            invitations.accept(token, password=given["password"], name=given["name"], at=at)
        except Refused as refused:
            form.add_error(None, refused.problems)
        else:
            messages.success(request, _("Your account is ready. Sign in to begin."))
            return redirect("account_login")
    return render(request, "shell/invitation.html", {"form": form, "invitation": found})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Say that there is no such page, the same whether it isn't there or isn't this reader's."""
    return render(request, "shell/404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Say that something went wrong here, with the id under which it is in the log."""
    return render(request, "shell/500.html", status=500)


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was too old to be taken."""
    log.warning("form refused: %s", reason)
    return render(request, "shell/403.html", status=403)
