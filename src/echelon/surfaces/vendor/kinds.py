"""Kinds of facts: what there is to load, what its columns are, and the vendor's own kinds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.files.kinds import KINDS
from echelon.records.facts import selectors
from echelon.records.facts.errors import Refused
from echelon.records.facts.kinds import fact_type
from echelon.records.facts.services.types import define_type

SMALL = gettext_lazy("Small letters, digits and _, a letter first.")
#: Columns that the form of a new kind has room for.
COLUMNS = 12
CELLS = (
    ("", gettext_lazy("– no column –")),
    ("text", gettext_lazy("text")),
    ("number", gettext_lazy("number")),
    ("integer", gettext_lazy("whole number")),
    ("money", gettext_lazy("amount of money")),
    ("date", gettext_lazy("date")),
    ("boolean", gettext_lazy("yes or no")),
)


class NewKind(forms.Form):
    """A kind of facts of the vendor's own; what may stand where, the service knows."""

    label = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Such as Reviews.")
    )
    slug = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=60,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", SMALL)],
        help_text=gettext_lazy("Programs call it so: small letters, digits and _."),
    )
    key = forms.CharField(
        label=gettext_lazy("Column of the key"),
        max_length=200,
        help_text=gettext_lazy(
            "What tells one fact from another, such as review_id; several between commas."
        ),
    )
    partner = forms.CharField(
        label=gettext_lazy("Column of the partner"), max_length=60, initial="partner_id"
    )
    date = forms.CharField(
        label=gettext_lazy("Column of the day by which it counts"), max_length=60
    )
    until = forms.CharField(
        label=gettext_lazy("Column of the day until which it holds"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("For what holds for a time, such as a certificate."),
    )

    owner = forms.CharField(
        label=gettext_lazy("Column of the owner"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "One of the columns below, of text: the mail address of the person whose record it is."
        ),
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for number in range(COLUMNS):
            word = _("Column %(n)s") % {"n": number + 1}
            self.fields[f"name-{number}"] = forms.CharField(
                label=_("Name of column %(n)s") % {"n": number + 1},
                max_length=60,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": word}),
            )
            self.fields[f"cell-{number}"] = forms.ChoiceField(
                label=_("What column %(n)s holds") % {"n": number + 1},
                choices=CELLS,
                required=False,
            )
            self.fields[f"currency-{number}"] = forms.CharField(
                label=_("Currency of column %(n)s: a column or a code") % {"n": number + 1},
                max_length=60,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": _("Currency, of an amount")}),
            )

    def columns(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        """Yield the fields of each column."""
        for number in range(COLUMNS):
            yield self[f"name-{number}"], self[f"cell-{number}"], self[f"currency-{number}"]

    def plain(self) -> list[BoundField]:
        """Return the fields above the columns."""
        return [self[name] for name in self.base_fields]

    def clean(self) -> dict[str, Any]:
        """Refuse a column without a name or content, an amount without a currency."""
        given: dict[str, Any] = self.cleaned_data
        for number in range(COLUMNS):
            name, cell = given.get(f"name-{number}"), given.get(f"cell-{number}")
            if bool(name) != bool(cell):
                missing = "cell" if name else "name"
                self.add_error(f"{missing}-{number}", _("A column has a name and a content."))
            elif cell == "money" and not given.get(f"currency-{number}"):
                said = _("Name the column of the currency, or a code such as EUR.")
                self.add_error(f"currency-{number}", said)
        return given

    def spec(self) -> dict[str, Any]:
        """Return the section of a dataset that it comes to."""
        given, columns = self.cleaned_data, dict[str, Any]()
        for number in range(COLUMNS):
            name, cell = given[f"name-{number}"], given[f"cell-{number}"]
            if name:
                money = {"type": "money", "currency": given[f"currency-{number}"]}
                columns[name] = money if cell == "money" else cell
        keys = [key.strip() for key in given["key"].split(",") if key.strip()]
        spec: dict[str, Any] = {"key": keys if len(keys) > 1 else given["key"].strip()}
        spec["partner"] = given["partner"]
        if given["until"]:
            spec["valid"] = {"from": given["date"], "until": given["until"]}
        else:
            spec["date"] = given["date"]
        return {**spec, "columns": columns}


@guarded(Right.FACTS_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show what kinds of facts there are, and how fresh each is."""
    scope = scope_of(request)
    fresh = selectors.freshness()
    rows = [(kind, fresh.get(kind.slug)) for kind in selectors.types(scope)]
    return render(
        request, "vendor/kinds.html", {"rows": rows, "last_rates": selectors.last_rates()}
    )


@guarded(Right.FACTS_READ)
@require_GET
def detail(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the columns of a kind."""
    found = selectors.kind(scope_of(request), kind)
    columns = selectors.columns(fact_type(found.slug))
    context = {"kind": found, "columns": columns, "spec": found.spec}
    return render(request, "vendor/kind.html", context)


@guarded(Right.FACTS_READ)
@require_GET
def example(request: HttpRequest, kind: str) -> HttpResponse:
    """Give a file that shows what a file of a kind looks like."""
    found = selectors.kind(scope_of(request), kind)
    out = io.StringIO(newline="")
    csv.writer(out).writerows(selectors.example(fact_type(found.slug)))
    name = f'attachment; filename="{found.slug}-example.csv"'
    return HttpResponse(
        out.getvalue().encode("utf-8-sig"),
        content_type=KINDS["csv"].media,
        headers={"Content-Disposition": name},
    )


@guarded(Right.PROGRAMS_DRAFT)
@require_http_methods(["GET", "POST"])
def added(request: HttpRequest) -> HttpResponse:
    """Define a kind of the vendor's own."""
    scope, form = scope_of(request), NewKind(request.POST or None)
    if request.method == "POST" and form.is_valid():
        slug = form.cleaned_data["slug"]
        try:
            if slug in {"new", *(one.slug for one in selectors.types(scope))}:
                raise Refused(_("there is a kind of this short name"))
            define_type(
                scope,
                slug=slug,
                label=form.cleaned_data["label"],
                spec=form.spec(),
                at=timezone.now(),
                owner=form.cleaned_data["owner"].strip(),
            )
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(None, problem)
        else:
            return redirect("vendor:kind", kind=slug)
    return render(request, "vendor/kind_new.html", {"form": form})
