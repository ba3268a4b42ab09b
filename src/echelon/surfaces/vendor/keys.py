"""Keys of machines: which there are, made and shown once, revoked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.accounts import selectors
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.models import ApiKey
from echelon.foundation.accounts.services import keys
from echelon.surfaces.shell.paging import page
from echelon.surfaces.shell.rights import NAMES, OFFERED, named


class KeyForm(forms.Form):
    """What a key is for, what it may do, and until when."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("Say which machine uses it, and what for."),
    )
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do, for all partners"),
        choices=lambda: [(right.value, NAMES.get(right, right.value)) for right in OFFERED],
        widget=forms.CheckboxSelectMultiple,
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Without one it works until it is revoked."),
    )

    def clean_last_day(self) -> date | None:
        """Refuse a day that has gone by."""
        day: date | None = self.cleaned_data["last_day"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("That day has gone by already."))
        return day


@guarded(Right.SETTINGS_MANAGE)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show all keys, with what each may do, whose it is and when it was last used."""
    scope, at, after = scope_of(request), timezone.now(), request.GET.get("after", "")
    shown = page(selectors.keys(scope), after)
    context = {
        "page": shown,
        "keys": [(each, named(each.rights), _last(each), *_state(each, at)) for each in shown.rows],
        "begun": bool(after),
        "filter_query": "",
    }
    return render(request, "vendor/keys.html", context)


@guarded(Right.SETTINGS_MANAGE)
@require_http_methods(["GET", "POST"])
@never_cache
def made(request: HttpRequest) -> HttpResponse:
    """Make a key; the answer is the only one that shows it."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            key, text = keys.make_key(
                scope_of(request),
                name=given["name"],
                rights=[Right(right) for right in given["rights"]],
                at=timezone.now(),
                ends_at=_end(given["last_day"]),
            )
        except Refused as refused:
            form.add_error(None, refused.problems)
        else:
            return render(request, "vendor/key_made.html", {"key": key, "text": text})
    return render(request, "vendor/key_new.html", {"form": form})


@guarded(Right.SETTINGS_MANAGE)
@require_POST
def revoked(request: HttpRequest, apikey: UUID) -> HttpResponse:
    """End a key."""
    keys.revoke_key(scope_of(request), key=apikey, at=timezone.now())
    messages.success(request, _("Revoked: the next call with this key is refused."))
    return redirect("vendor:keys")


def _end(day: date | None) -> datetime | None:
    """Return when a day is over for the reader."""
    return timezone.make_aware(datetime.combine(day, time())) + timedelta(1) if day else None


def _last(key: ApiKey) -> date | None:
    return timezone.localdate(key.ends_at - timedelta(microseconds=1)) if key.ends_at else None


def _state(key: ApiKey, at: datetime) -> tuple[str, str]:
    if key.revoked_at:
        return _("Revoked"), "secondary"
    if key.ends_at and key.ends_at <= at:
        return _("Ended"), "secondary"
    if not key.made_by.is_active:
        return _("Rests: its maker is deactivated"), "orange"
    return _("Works"), "green"
