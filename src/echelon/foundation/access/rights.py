"""Every right that there is, and how far one reaches.

One list for all rooms, so that the table of roles can be read against it.
"""

from __future__ import annotations

from enum import Enum, StrEnum


class Right(StrEnum):
    """What somebody may do; `Reach` says with whose objects."""

    COMPANY_READ = "company.read"
    COMPANY_EDIT = "company.edit"
    COMPANY_MANAGE = "company.manage"  # what the vendor says of it: name, kind, region, fields
    COMPANY_CREATE = "company.create"  # and what decides who sees it: parent, manager, archive
    PEOPLE_READ = "people.read"
    PEOPLE_MANAGE = "people.manage"
    PROGRAMS_READ = "programs.read"
    PROGRAMS_DRAFT = "programs.draft"
    PROGRAMS_PUBLISH = "programs.publish"
    ENROLLMENTS_READ = "enrollments.read"
    ENROLLMENTS_APPLY = "enrollments.apply"
    ENROLLMENTS_MANAGE = "enrollments.manage"
    FACTS_READ = "facts.read"
    FACTS_LOAD = "facts.load"
    STANDINGS_READ = "standings.read"
    STANDINGS_RUN = "standings.run"
    MOVES_PROPOSE = "moves.propose"
    MOVES_DECIDE = "moves.decide"
    OVERRIDES_PROPOSE = "overrides.propose"
    OVERRIDES_GRANT = "overrides.grant"
    REQUESTS_READ = "requests.read"  # of the kinds that somebody may ask for or decide
    BENEFITS_READ = "benefits.read"
    LIBRARY_EDIT = "library.edit"
    AUDIT_READ = "audit.read"
    EXPORT_MANY = "export.many"
    SETTINGS_MANAGE = "settings.manage"
    VIEW_AS_PARTNER = "partner.view_as"
    VENDOR_ENTER = "vendor.enter"
    PORTAL_ENTER = "portal.enter"


#: Rights to what belongs to no partner: however far they reach, they open no partner's rows.
UNOWNED = frozenset(
    {
        Right.COMPANY_CREATE,
        Right.PROGRAMS_READ,
        Right.PROGRAMS_DRAFT,
        Right.PROGRAMS_PUBLISH,
        Right.LIBRARY_EDIT,
        Right.SETTINGS_MANAGE,
        Right.VENDOR_ENTER,
        Right.PORTAL_ENTER,
    }
)


class Reach(Enum):
    """With whose objects a right may be used."""

    OWN = "own"  # the own company; for an account manager, the partners assigned
    BELOW = "below"  # and the companies below it in the family
    ALL = "all"
