"""The form of a company: checked by the service, which knows what may stand where."""

from __future__ import annotations

from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from echelon.records.partners.errors import Refused
from echelon.records.partners.kinds import Kind


class CompanyForm(forms.Form):
    """What the vendor says of a company, and its profile."""

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
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    @classmethod
    def of(cls, company: Any, given: QueryDict | None) -> Self:
        """Return the form of a company that is there; its key stays."""
        initial = {name: getattr(company, name) for name in cls.base_fields}
        initial["tags"] = ", ".join(company.tags)
        form = cls(given, initial=initial)
        del form.fields["key"]
        return form

    def values(self) -> dict[str, Any]:
        """Return what was typed, tags as a list."""
        found = dict(self.cleaned_data)
        found["tags"] = [tag.strip() for tag in found["tags"].split(",") if tag.strip()]
        return found

    def refuse(self, refused: Refused) -> None:
        """Say what the service refused beside the field that it is about."""
        for name, said in refused.fields.items():
            self.add_error(name if name in self.fields else None, said)
        for said in refused.problems[: len(refused.problems) - len(refused.fields)]:
            self.add_error(None, said)
