"""The form of a company: checked by the service, which knows what may stand where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from echelon.records.partners.errors import Refused
from echelon.records.partners.kinds import Kind

#: What the names of the vendor's own fields begin with in the form: some are called as others are.
_OWN = "own-"


class CompanyForm(forms.Form):
    """What the vendor says of a company, its profile, and the vendor's own fields."""

    key = forms.CharField(
        label=_("Key"),
        max_length=100,
        help_text=_("What your other systems call this company. It never changes."),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Type"), choices=[("", "–"), *Kind.choices], required=False)
    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Two letters, such as DE.")
    )
    region = forms.CharField(label=_("Region"), max_length=60, required=False)
    segment = forms.CharField(label=_("Segment"), max_length=60, required=False)
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("Between commas."))
    website = forms.CharField(label=_("Website"), max_length=200, required=False)
    email = forms.CharField(label=_("Mail"), max_length=254, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=60, required=False)
    address = forms.CharField(
        label=_("Address"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, given: QueryDict | None = None, own: Iterable[Any] = (), **more: Any):
        """Ask for the vendor's own fields too."""
        super().__init__(given, **more)
        for field in own:
            self.fields[f"{_OWN}{field.name}"] = _field(field)

    @classmethod
    def of(cls, company: Any, given: QueryDict | None, own: Iterable[Any] = ()) -> Self:
        """Return the form of a company that is there; its key stays."""
        initial = {name: getattr(company, name) for name in cls.base_fields}
        initial["tags"] = ", ".join(company.tags)
        for name, value in company.more.items():
            yes_no = {True: "yes", False: "no"}
            initial[f"{_OWN}{name}"] = yes_no[value] if isinstance(value, bool) else value
        form = cls(given, own, initial=initial)
        del form.fields["key"]
        return form

    def values(self) -> dict[str, Any]:
        """Return what was typed, tags as a list, the vendor's own fields by their names."""
        found = {
            name: value for name, value in self.cleaned_data.items() if not name.startswith(_OWN)
        }
        found["tags"] = [tag.strip() for tag in found["tags"].split(",") if tag.strip()]
        own = {
            name.removeprefix(_OWN): value
            for name, value in self.cleaned_data.items()
            if name.startswith(_OWN)
        }
        return found | ({"more": own} if own else {})

    def refuse(self, refused: Refused) -> None:
        """Say what the service refused beside the field that it is about."""
        for name, said in refused.fields.items():
            own = f"{_OWN}{name}"
            place = name if name in self.fields else own if own in self.fields else None
            self.add_error(place, said)
        for said in refused.problems[: len(refused.problems) - len(refused.fields)]:
            self.add_error(None, said)


def _field(field: Any) -> forms.Field:
    """Return what asks for a value; the service reads it."""
    match field.kind:
        case "yes_no":
            choices = [("", "–"), ("yes", _("Yes")), ("no", _("No"))]
        case "choice":
            choices = [("", "–"), *((each, each) for each in field.choices)]
        case "date":
            day = forms.DateInput(attrs={"type": "date"})
            return forms.CharField(label=field.label, required=False, widget=day)
        case _:
            return forms.CharField(label=field.label, required=False, max_length=4000)
    return forms.ChoiceField(label=field.label, required=False, choices=choices)
