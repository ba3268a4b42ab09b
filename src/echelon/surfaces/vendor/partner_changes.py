"""Many partners changed at once: chosen in the list, looked at row by row, then changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.accounts import selectors as accounts
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.services import bulk
from echelon.surfaces.vendor import told
from echelon.surfaces.vendor.partner_filters import back, chosen

#: How many rows a preview shows; the counts are of all.
SHOWN = 50
_STAYS, _NOBODY = "", "nobody"
#: What may be emptied for many, so that an empty box can mean "leave it".
_PLAIN = {
    "segment": gettext_lazy("Segment"),
    "region": gettext_lazy("Region"),
}


class Change(forms.Form):
    """What is to be the same for all chosen; what is left empty stays as it is."""

    manager = forms.ChoiceField(label=gettext_lazy("Account manager"), required=False)
    add_tags = forms.CharField(
        label=gettext_lazy("Add tags"), required=False, help_text=gettext_lazy("Between commas.")
    )
    remove_tags = forms.CharField(label=gettext_lazy("Take tags away"), required=False)
    segment = forms.CharField(label=_PLAIN["segment"], max_length=60, required=False)
    region = forms.CharField(label=_PLAIN["region"], max_length=60, required=False)
    field = forms.ChoiceField(label=gettext_lazy("A field of your own"), required=False)
    value = forms.CharField(label=gettext_lazy("Its value"), required=False)
    clear = forms.MultipleChoiceField(
        label=gettext_lazy("Empty these"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, scope: Scope, *given: Any) -> None:
        """Offer whom and which fields there are."""
        super().__init__(*given)
        self.own = selectors.fields(scope)
        if scope.may(Right.COMPANY_CREATE):
            people = [(str(each.id), each.name) for each in accounts.managers(scope)]
            stays = [(_STAYS, _("As it is")), (_NOBODY, _("Nobody"))]
            self.fields["manager"].choices = [*stays, *people]
        else:
            del self.fields["manager"]
        own = [(each.name, each.label) for each in self.own]
        self.fields["clear"].choices = [*_PLAIN.items(), *own]
        if own:
            self.fields["field"].choices = [("", "–"), *own]
        else:
            del self.fields["field"], self.fields["value"]

    def wanted(self) -> bulk.Wanted:
        """Return the change that was asked for."""
        given = self.cleaned_data
        values: dict[str, Any] = {name: given[name] for name in _PLAIN if given[name]}
        if given.get("field"):
            values[given["field"]] = given["value"]
        values |= dict.fromkeys(given["clear"], "")
        manager: UUID | bulk.Kept | None = bulk.KEPT
        if picked := given.get("manager", _STAYS):
            manager = None if picked == _NOBODY else UUID(picked)
        tags = (given["add_tags"].split(","), given["remove_tags"].split(","))
        return bulk.Wanted(values, *tags, manager)

    def refuse(self, refused: Refused) -> None:
        """Say what the service refused beside the field that it is about."""
        for name, said in refused.fields.items():
            own = name in {each.name for each in self.own}
            place = "value" if own and "value" in self.fields else name
            self.add_error(place if place in self.fields else None, said)
        for said in refused.problems[: len(refused.problems) - len(refused.fields)]:
            self.add_error(None, said)


@guarded(Right.COMPANY_MANAGE)
@require_http_methods(["GET", "POST"])
def changed(request: HttpRequest) -> HttpResponse:
    """Ask what is to be changed, show what that would do, and do it."""
    scope = scope_of(request)
    given = request.POST if request.method == "POST" else request.GET
    try:
        picked = chosen(scope, given, Right.COMPANY_MANAGE)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, problem)
        return redirect(back(request.GET))
    form = Change(scope, request.POST if request.method == "POST" else None)
    rows: list[bulk.Row] = []
    if request.method == "POST" and form.is_valid():
        try:
            if given.get("act") == "change":
                return _done(request, scope, picked, form)
            rows = bulk.preview(scope, partners=picked, wanted=form.wanted())
        except Refused as refused:
            form.refuse(refused)
    context = {
        "form": form,
        "chosen": ",".join(map(str, picked)),
        "count": len(picked),
        "rows": [_shown(row, form) for row in rows][:SHOWN],
        "more": max(0, len(rows) - SHOWN),
        "changing": sum(row.changes for row in rows),
        "staying": sum(not row.changes and not row.refusal for row in rows),
        "refused": sum(bool(row.refusal) for row in rows),
        "previewed": bool(rows),
        "back": back(request.GET),
        "query": request.GET.urlencode(),
    }
    return render(request, "vendor/partners_change.html", context)


def _done(request: HttpRequest, scope: Scope, picked: list[UUID], form: Change) -> HttpResponse:
    rows = bulk.change(scope, partners=picked, wanted=form.wanted(), at=timezone.now())
    count = sum(row.changes for row in rows)
    said = ngettext("%(count)s partner was changed.", "%(count)s partners were changed.", count)
    messages.success(request, said % {"count": count})
    told.warn(request, ((row.company.name, row.refusal) for row in rows if row.refusal))
    return redirect(back(request.GET))


def _shown(row: bulk.Row, form: Change) -> dict[str, Any]:
    """Return a row of the preview: each change as a label with before and after."""
    own = {each.name: each.label for each in form.own}
    changes = []
    for name, after in row.after.items():
        before = row.before[name]
        if name == "more":
            for each in dict.fromkeys([*before, *after]):
                if before.get(each) != after.get(each):
                    changes.append((own.get(each, each), before.get(each), after.get(each)))
        else:
            label = form.fields[name].label if name in form.fields else _("Tags")
            changes.append((label, _said(before), _said(after)))
    return {"company": row.company, "changes": changes, "refusal": row.refusal}


def _said(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "")
