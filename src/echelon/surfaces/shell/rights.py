"""What the rights of API keys are called on pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from echelon.foundation.access import Right
from echelon.foundation.accounts.services.keys import NEVER

NAMES: dict[str, Promise] = {
    Right.COMPANY_READ: _("Read partners"),
    Right.COMPANY_EDIT: _("Edit partners' profiles"),
    Right.COMPANY_MANAGE: _("Edit what the vendor says of partners"),
    Right.COMPANY_CREATE: _("Add, move, assign and archive partners"),
    Right.PEOPLE_READ: _("Read partners' people"),
    Right.PROGRAMS_READ: _("Read programs"),
    Right.PROGRAMS_DRAFT: _("Draft programs and try them"),
    Right.ENROLLMENTS_READ: _("Read enrollments"),
    Right.ENROLLMENTS_MANAGE: _("Make and decide enrollments"),
    Right.FACTS_READ: _("Read facts"),
    Right.FACTS_LOAD: _("Load and correct facts"),
    Right.STANDINGS_READ: _("Read standings"),
    Right.STANDINGS_RUN: _("Level partners anew"),
    Right.BENEFITS_READ: _("Read benefits"),
    Right.EXPORT_MANY: _("Export many partners"),
}
#: What a key can be given, in the order of the list of rights.
OFFERED = tuple(right for right in Right if right not in NEVER)


def named(rights: Iterable[str]) -> list[str]:
    """Return what rights are called; one without a name is called as the code does."""
    return [str(NAMES.get(right, right)) for right in rights]
