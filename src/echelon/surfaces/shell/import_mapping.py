"""Which column of a file is which: a row a column of the kind, beside the file's first rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.records.facts import selectors
from echelon.records.facts.errors import Refused
from echelon.records.facts.selectors import Column
from echelon.records.facts.services import batches, imports
from echelon.records.facts.states import BatchState
from echelon.surfaces.shell.context import surface

#: Where a mapping may be said, or said anew.
OPEN = {BatchState.UPLOADED, BatchState.CHECKED}


class Mapping(forms.Form):
    """For each column of a kind, a column of the file, or what is the same in every row."""

    def __init__(self, columns: Sequence[Column], header: Sequence[str], *given: Any) -> None:
        """Make the fields; names of columns may be anything, so fields are numbered."""
        super().__init__(*given)
        self.columns, self.header = columns, header
        choices = [("", _("– not in this file –")), *((str(n), h) for n, h in enumerate(header))]
        for number, one in enumerate(columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                choices=choices, required=False, label=one.name
            )
            self.fields[f"value-{number}"] = forms.CharField(
                required=False,
                max_length=200,
                label=_("The same in every row: %(name)s") % {"name": one.name},
                widget=forms.TextInput(attrs={"placeholder": _("or the same in every row")}),
            )

    @staticmethod
    def initial_of(
        columns: Sequence[Column], header: Sequence[str], mapping: dict[str, Any]
    ) -> dict[str, str]:
        """Return what a mapping says, by the names of fields."""
        found = {}
        for number, one in enumerate(columns):
            said = mapping.get(one.name)
            if isinstance(said, str) and said in header:
                found[f"column-{number}"] = str(header.index(said))
            elif isinstance(said, dict):
                found[f"value-{number}"] = said["value"]
        return found

    def rows(self) -> Iterator[tuple[Column, BoundField, BoundField]]:
        """Yield each column with its two fields."""
        for number, one in enumerate(self.columns):
            yield one, self[f"column-{number}"], self[f"value-{number}"]

    def clean(self) -> dict[str, Any]:
        """Refuse a column that is needed and not said, or said twice."""
        given: dict[str, Any] = self.cleaned_data
        for number, one in enumerate(self.columns):
            column, value = given.get(f"column-{number}"), given.get(f"value-{number}")
            if column and value:
                self.add_error(f"value-{number}", _("Choose a column or a value, not both."))
            elif one.needed and not column and not value and f"column-{number}" in given:
                said = _("Every row needs this: say which column it is.")
                self.add_error(f"column-{number}", said)
        return given

    def mapping(self) -> dict[str, Any]:
        """Return what was said, as the service takes it."""
        found: dict[str, Any] = {}
        for number, one in enumerate(self.columns):
            column = self.cleaned_data[f"column-{number}"]
            value = self.cleaned_data[f"value-{number}"]
            if column:
                found[one.name] = self.header[int(column)]
            elif value:
                found[one.name] = {"value": value}
        return found


@guarded(Right.FACTS_LOAD)
@require_http_methods(["GET", "POST"])
def mapped(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Ask which column is which, and have the file checked."""
    scope = scope_of(request)
    found = selectors.batch(scope, batch)
    if found.state not in OPEN:
        return redirect(f"{surface(request)}:import", batch=batch)
    columns = selectors.columns(found.type, batches.whose(found))
    initial = Mapping.initial_of(columns, found.header, found.mapping)
    form = Mapping(columns, found.header, request.POST or None, None, "id_%s", None, initial)
    if request.method == "POST" and form.is_valid():
        try:
            imports.map_columns(scope, batch=batch, columns=form.mapping(), at=timezone.now())
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(None, problem)
        else:
            return redirect(f"{surface(request)}:import", batch=batch)
    try:
        sample = selectors.sample(scope, batch)
    except Refused as refused:
        sample = []
        for problem in refused.problems:
            messages.error(request, problem)
    context = {
        "batch": found,
        "form": form,
        "sample": sample,
        "known": bool(found.mapping),
        "unused": [name for name in found.header if name not in found.mapping.values()],
    }
    return render(request, "shell/import_map.html", context)
