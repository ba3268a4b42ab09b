"""What the vendor has chosen for the whole house, and where else there is something to choose."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.accounts import selectors
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.services.vendor import CHOSEN, set_vendor
from echelon.surfaces.shell.choices import languages, time_zones


class VendorForm(forms.Form):
    """What the vendor says of itself, and of how people sign in."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Partners read it where they sign in, and on each page."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of new accounts"), choices=languages, required=False
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of new accounts"), choices=time_zones
    )
    second_factor = forms.BooleanField(
        label=gettext_lazy("Your own people need a second factor"),
        required=False,
        help_text=gettext_lazy(
            "Whoever has none sets one up before anything else opens. Partners' people may."
        ),
    )


@guarded(Right.SETTINGS_MANAGE)
@require_http_methods(["GET", "POST"])
def chosen(request: HttpRequest) -> HttpResponse:
    """Show and change what the vendor has chosen."""
    row = selectors.vendor()
    initial = {name: getattr(row, name) for name in CHOSEN}
    form = VendorForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_vendor(scope_of(request), at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.problems)
        else:
            messages.success(request, _("Saved."))
            return redirect("vendor:settings")
    return render(request, "vendor/settings.html", {"form": form})
