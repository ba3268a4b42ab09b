"""What somebody sets for themselves: name, language, time zone, light or dark."""

from __future__ import annotations

from django import forms
from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from echelon.foundation.access import Right
from echelon.foundation.access.routes import own, public, scope_of
from echelon.foundation.access.walls import entered
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.selectors import has_second_factor
from echelon.foundation.accounts.services.own import CHOSEN, set_own
from echelon.surfaces.shell.choices import languages, time_zones

_THEMES = (
    ("", gettext_lazy("As the device has it")),
    ("light", gettext_lazy("Light")),
    ("dark", gettext_lazy("Dark")),
)


class OwnForm(forms.Form):
    """How somebody is called, and how pages are shown to them."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=languages, required=False)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zones)
    theme = forms.ChoiceField(
        label=gettext_lazy("Light or dark"),
        choices=_THEMES,
        required=False,
        widget=forms.RadioSelect,
    )


@public("which language a browser is shown; who has signed in keeps it for all browsers")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Show pages in another language from now on."""
    chosen, back = request.POST.get("language", ""), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    answer = redirect(back)
    if chosen in dict(django_settings.LANGUAGES):
        answer.set_cookie(
            django_settings.LANGUAGE_COOKIE_NAME, chosen, max_age=31_536_000, httponly=True,
            samesite="Lax", secure=request.is_secure(),
        )  # fmt: skip
        scope = scope_of(request)
        if scope.actor.kind == "person":
            with entered(scope):
                set_own(scope, at=timezone.now(), language=chosen)
    return answer


@own
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show and change what is the reader's own."""
    scope = scope_of(request)
    user = User.objects.get(pk=scope.actor.id)
    initial = {name: getattr(user, name) for name in CHOSEN}
    form = OwnForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = set_own(scope, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.problems)
        else:
            with translation.override(changed.language or translation.get_language()):
                messages.success(request, _("Saved."))
            answer = redirect("own-settings")
            answer.delete_cookie("theme")  # what this device had chosen for itself
            return answer
    context = {
        "form": form,
        "factor": has_second_factor(user),
        "user_is": user,
        "surface": f"shell/{'vendor' if scope.may(Right.VENDOR_ENTER) else 'portal'}.html",
    }
    return render(request, "shell/own.html", context)
