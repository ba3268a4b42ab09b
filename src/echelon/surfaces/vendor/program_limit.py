"""From where on nobody decides alone in a program: moves by hand and overrides that take two."""

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
from django.views.decorators.http import require_http_methods

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import names
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.services import limits
from echelon.records.programs import selectors as programs

#: What a field of a ladder is called; a track's name follows.
_FIELD = "from_"


class LimitForm(forms.Form):
    """For each ladder the lowest tier that takes two, and whether overrides do."""

    overrides = forms.BooleanField(
        label=gettext_lazy("Every override takes a second person"),
        required=False,
        help_text=gettext_lazy("A floor takes one in any case from its ladder's tier on."),
    )

    def __init__(self, words: names.Names, program: UUID, *args: Any, **kwargs: Any) -> None:
        """Offer each ladder's tiers."""
        super().__init__(*args, **kwargs)
        for track, label in words.tracks(program).items():
            nobody = ("", _("One person decides on every tier"))
            self.fields[_FIELD + track] = forms.ChoiceField(
                label=_("A second person from this tier on: {track}").format(track=label)
                if track
                else _("A second person from this tier on"),
                choices=[nobody, *words.tiers(program, track).items()],
                required=False,
            )
        self.order_fields([*(name for name in self.fields if name != "overrides"), "overrides"])

    def tiers(self) -> dict[str, str]:
        """Return the tiers that were chosen, by track."""
        given = self.cleaned_data
        return {
            name.removeprefix(_FIELD): given[name]
            for name in self.fields
            if name.startswith(_FIELD) and given[name]
        }


@guarded(Right.PROGRAMS_PUBLISH)
@require_http_methods(["GET", "POST"])
def limited(request: HttpRequest, program: UUID) -> HttpResponse:
    """Show and change from where on a second person decides."""
    scope, now = scope_of(request), timezone.now()
    found, words, limit = programs.program(scope, program), names.names(now), limits.of(program)
    initial = {_FIELD + track: tier for track, tier in limit.tiers.items()}
    form = LimitForm(
        words, program, request.POST if request.method == "POST" else None,
        initial={**initial, "overrides": limit.overrides},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            limits.set_limit(
                scope, program=program, tiers=form.tiers(),
                overrides=form.cleaned_data["overrides"], at=now,
            )  # fmt: skip
        except Refused as refused:
            for track, said in refused.fields.items():
                form.add_error(_FIELD + track, said)
        else:
            messages.success(request, _("Saved. It holds for what is asked or decided from now."))
            return redirect("vendor:program", program=program)
    context = {"program": found, "form": form, "ladders": words.tracks(program)}
    return render(request, "vendor/program_limit.html", context)
