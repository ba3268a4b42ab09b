"""What roles are called on pages, and in a sentence what each is for."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from echelon.foundation.access import Role

NAMES: dict[str, Promise] = {
    Role.APPLICANT: _("Applicant"),
    Role.PARTNER_MEMBER: _("Member"),
    Role.PARTNER_ADMIN: _("Admin"),
    Role.DISTRIBUTOR_MEMBER: _("Distributor's member"),
    Role.DISTRIBUTOR_ADMIN: _("Distributor's admin"),
    Role.ACCOUNT_MANAGER: _("Account manager"),
    Role.PROGRAM_MANAGER: _("Program manager"),
    Role.FINANCE: _("Finance"),
    Role.COMPLIANCE: _("Compliance"),
    Role.VENDOR_READ_ONLY: _("Reader"),
    Role.VENDOR_ADMIN: _("Administrator"),
}
#: The vendor's roles, as they are offered: what each may do.
STAFF: dict[str, Promise] = {
    Role.ACCOUNT_MANAGER: _("Looks after partners: those assigned, and those of the regions below"),
    Role.PROGRAM_MANAGER: _("Writes programs and decides, for all partners"),
    Role.FINANCE: _("Reads and exports everything about programs and partners, no people"),
    Role.COMPLIANCE: _("Reads and exports everything, people and the audit included"),
    Role.VENDOR_READ_ONLY: _("Reads everything but the audit, and changes nothing"),
    Role.VENDOR_ADMIN: _("May do all that a program manager may; people, keys and settings too"),
}


def named(role: str) -> str:
    """Return what a role is called; what isn't one has no name."""
    return str(NAMES.get(role, ""))
