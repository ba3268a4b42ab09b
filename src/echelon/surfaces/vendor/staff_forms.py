"""Forms about the vendor's own people: who is invited, what somebody may do, who takes over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from echelon.foundation.access import Role
from echelon.foundation.accounts.models import User
from echelon.surfaces.shell.roles import NAMES, STAFF


def _choices() -> list[tuple[str, Any]]:
    """Return the roles, each with what it is for."""
    line = '<span><b>{}</b><span class="d-block text-secondary">{}</span></span>'
    return [(role, format_html(line, NAMES[role], said)) for role, said in STAFF.items()]


class RoleForm(forms.Form):
    """What somebody may do, and with whose partners."""

    role = forms.ChoiceField(label=_("Role"), choices=_choices, widget=forms.RadioSelect)
    regions = forms.MultipleChoiceField(
        label=_("Regions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Of an account manager: all partners of these, beside those assigned."),
    )

    def __init__(self, given: QueryDict | None, *, regions: Iterable[str], **more: Any) -> None:
        super().__init__(given, **more)
        known = {*regions, *self.initial.get("regions", [])}
        field = self.fields["regions"]
        field.choices = [(name, name) for name in sorted(known)]  # type: ignore[attr-defined]
        if not known:
            del self.fields["regions"]

    def values(self) -> dict[str, Any]:
        """Return the role and its reach, and what else the form asks for."""
        given = dict(self.cleaned_data)
        return {**given, "role": Role(given["role"]), "regions": given.get("regions", [])}


class InviteForm(RoleForm):
    """Who is to be invited to the vendor, and as what."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("Mail address"),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    field_order: Sequence[str] = ("name", "email", "role", "regions")


class HandOver(forms.Form):
    """Who takes over somebody's partners."""

    manager = forms.ChoiceField(label=_("New account manager"), required=False)

    def __init__(self, given: QueryDict | None, *, managers: Iterable[User]) -> None:
        super().__init__(given)
        rows = [(str(each.pk), f"{each.name} ({NAMES[each.role]})") for each in managers]
        field = self.fields["manager"]
        field.choices = [("", _("Nobody yet")), *rows]  # type: ignore[attr-defined]
