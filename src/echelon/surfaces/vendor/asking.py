"""Forms and pages by which people want something for one partner on one of its ladders.

Who may decide it alone has it at once; for others it becomes a request that waits.
"""

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

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.approvals.errors import Refused
from echelon.foundation.approvals.services import ask
from echelon.foundation.approvals.states import RequestState
from echelon.outcomes.standings import names, selectors
from echelon.outcomes.standings.approvals import MOVE, MoveAsked
from echelon.outcomes.standings.services.moving import held
from echelon.records.partners import selectors as partners


class OnALadder(forms.Form):
    """What concerns one ladder of a partner, perhaps one of its tiers, and always has a reason."""

    ladder = forms.ChoiceField(label=gettext_lazy("Program"))
    tier = forms.ChoiceField(label=gettext_lazy("Tier"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever reads the audit will ask."),
    )

    def __init__(self, scope: Scope, partner: UUID, *args: Any, **kwargs: Any) -> None:
        """Offer the ladders that the partner stands on, and their tiers."""
        super().__init__(*args, **kwargs)
        words, ladders, tiers = names.names(timezone.now()), [], []
        programs = {each.program for each in selectors.of_partner(scope, partner)}
        for program in sorted(programs, key=lambda each: each.name):
            for track, label in words.tracks(program.id).items():
                title = f"{program.name} · {label}" if track else program.name
                ladders.append((f"{program.id}/{track}", title))
                tiers.append((title, list(words.tiers(program.id, track).items())))
        self.fields["ladder"].choices = ladders  # type: ignore[attr-defined]
        self.fields["tier"].choices = [("", "–"), *tiers]  # type: ignore[attr-defined]

    @property
    def is_offered(self) -> bool:
        """Whether there is a ladder at all."""
        return bool(self.fields["ladder"].choices)  # type: ignore[attr-defined]

    def on_ladder(self) -> dict[str, Any]:
        """Return what was typed but the reason, the ladder as its program and track."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        program, _slash, track = given.pop("ladder").partition("/")
        return {**given, "program": UUID(program), "track": track}

    def refuse(self, refused: Refused) -> None:
        """Say what the service refused beside the field that it is about."""
        for name, said in refused.fields.items():
            self.add_error(name, said)
        for said in refused.problems[len(refused.fields) :]:
            self.add_error(None, said)


@guarded(Right.MOVES_PROPOSE)
@require_http_methods(["GET", "POST"])
def moved(request: HttpRequest, partner: UUID) -> HttpResponse:
    """Move a partner to a tier by hand, or ask for that."""
    scope, now = scope_of(request), timezone.now()
    company = partners.company(scope, partner)
    scope.demand(Right.MOVES_PROPOSE, partner)
    form = OnALadder(scope, partner, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.on_ladder()
        given["before"] = held(given["program"], partner, given["track"])
        try:
            made = ask(
                scope, kind=MOVE, partner=partner, asked=MoveAsked(**given),
                reason=form.cleaned_data["reason"], at=now,
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            return answered(request, made, _("Moved. The rules go on from there within seconds."))
    context = {
        "form": form,
        "company": company,
        "decides": scope.reaches(Right.MOVES_DECIDE, partner),
    }
    return render(request, "vendor/move_new.html", context)


def answered(request: HttpRequest, made: Any, done: str) -> HttpResponse:
    """Say that it is done, or that it waits for another, and lead to where that is seen."""
    if made.state == RequestState.WAITING:
        messages.success(request, _("Asked for: it waits for somebody who may decide it."))
        return redirect("vendor:request", approval=made.id)
    messages.success(request, done)
    return redirect("vendor:partner-standing", partner=made.partner)
