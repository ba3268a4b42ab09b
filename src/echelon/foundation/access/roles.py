"""Which role has which rights, and how far each reaches.

The truth that tests compare with is a table kept by hand in the tests; this one is what runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from echelon.foundation.access.rights import Reach, Right

R = Right
_OWN, _BELOW, _ALL = Reach.OWN, Reach.BELOW, Reach.ALL


class Role(StrEnum):
    """What somebody is: one role a person."""

    APPLICANT = "applicant"
    PARTNER_MEMBER = "partner_member"
    PARTNER_ADMIN = "partner_admin"
    DISTRIBUTOR_MEMBER = "distributor_member"
    DISTRIBUTOR_ADMIN = "distributor_admin"
    ACCOUNT_MANAGER = "account_manager"
    PROGRAM_MANAGER = "program_manager"
    FINANCE = "finance"
    COMPLIANCE = "compliance"
    VENDOR_READ_ONLY = "vendor_read_only"
    VENDOR_ADMIN = "vendor_admin"


#: Roles of the vendor's own people; the others work for a partner.
VENDOR_ROLES = frozenset(
    {
        Role.ACCOUNT_MANAGER,
        Role.PROGRAM_MANAGER,
        Role.FINANCE,
        Role.COMPLIANCE,
        Role.VENDOR_READ_ONLY,
        Role.VENDOR_ADMIN,
    }
)

_MEMBER = {
    R.PORTAL_ENTER: _OWN,
    R.COMPANY_READ: _OWN,
    R.PEOPLE_READ: _OWN,
    R.PROGRAMS_READ: _OWN,
    R.ENROLLMENTS_READ: _OWN,
    R.FACTS_READ: _OWN,
    R.STANDINGS_READ: _OWN,
    R.BENEFITS_READ: _OWN,
}
_ADMIN = {
    R.COMPANY_EDIT: _OWN,
    R.PEOPLE_MANAGE: _OWN,
    R.ENROLLMENTS_APPLY: _OWN,
    R.FACTS_LOAD: _OWN,
}
#: What a distributor sees of the companies below it: never their people.
_DISTRIBUTOR = {
    R.COMPANY_READ: _BELOW,
    R.ENROLLMENTS_READ: _BELOW,
    R.FACTS_READ: _BELOW,
    R.STANDINGS_READ: _BELOW,
}
_READER = {
    R.VENDOR_ENTER: _ALL,
    R.COMPANY_READ: _ALL,
    R.PROGRAMS_READ: _ALL,
    R.ENROLLMENTS_READ: _ALL,
    R.FACTS_READ: _ALL,
    R.STANDINGS_READ: _ALL,
    R.BENEFITS_READ: _ALL,
}
_MANAGER = {
    **_READER,
    R.COMPANY_EDIT: _ALL,
    R.COMPANY_MANAGE: _ALL,
    R.COMPANY_CREATE: _ALL,
    R.PEOPLE_READ: _ALL,
    R.PEOPLE_MANAGE: _ALL,
    R.PROGRAMS_DRAFT: _ALL,
    R.PROGRAMS_PUBLISH: _ALL,
    R.ENROLLMENTS_MANAGE: _ALL,
    R.FACTS_LOAD: _ALL,
    R.STANDINGS_RUN: _ALL,
    R.MOVES_PROPOSE: _ALL,
    R.MOVES_DECIDE: _ALL,
    R.OVERRIDES_PROPOSE: _ALL,
    R.OVERRIDES_GRANT: _ALL,
    R.REQUESTS_READ: _ALL,
    R.LIBRARY_EDIT: _ALL,
    R.EXPORT_MANY: _ALL,
    R.VIEW_AS_PARTNER: _ALL,
}

RIGHTS: Mapping[Role, Mapping[Right, Reach]] = MappingProxyType(
    {
        Role.APPLICANT: {R.PORTAL_ENTER: _OWN},
        Role.PARTNER_MEMBER: _MEMBER,
        Role.PARTNER_ADMIN: {**_MEMBER, **_ADMIN},
        Role.DISTRIBUTOR_MEMBER: {
            **_MEMBER,
            R.COMPANY_EDIT: _OWN,
            R.FACTS_LOAD: _OWN,
            **_DISTRIBUTOR,
        },
        Role.DISTRIBUTOR_ADMIN: {**_MEMBER, **_ADMIN, **_DISTRIBUTOR},
        Role.ACCOUNT_MANAGER: {
            R.VENDOR_ENTER: _ALL,
            R.COMPANY_READ: _OWN,
            R.COMPANY_EDIT: _OWN,
            R.COMPANY_MANAGE: _OWN,
            R.PEOPLE_READ: _OWN,
            R.PEOPLE_MANAGE: _OWN,
            R.PROGRAMS_READ: _ALL,
            R.ENROLLMENTS_READ: _OWN,
            R.ENROLLMENTS_MANAGE: _OWN,
            R.FACTS_READ: _OWN,
            R.FACTS_LOAD: _OWN,
            R.STANDINGS_READ: _OWN,
            R.STANDINGS_RUN: _OWN,
            R.MOVES_PROPOSE: _OWN,
            R.OVERRIDES_PROPOSE: _OWN,
            R.REQUESTS_READ: _OWN,
            R.BENEFITS_READ: _OWN,
            R.EXPORT_MANY: _OWN,
            R.VIEW_AS_PARTNER: _OWN,
        },
        Role.PROGRAM_MANAGER: _MANAGER,
        Role.FINANCE: {**_READER, R.EXPORT_MANY: _ALL, R.AUDIT_READ: _OWN},
        Role.COMPLIANCE: {
            **_READER,
            R.PEOPLE_READ: _ALL,
            R.AUDIT_READ: _ALL,
            R.EXPORT_MANY: _ALL,
            R.VIEW_AS_PARTNER: _ALL,
        },
        Role.VENDOR_READ_ONLY: {**_READER, R.PEOPLE_READ: _ALL},
        Role.VENDOR_ADMIN: {**_MANAGER, R.AUDIT_READ: _ALL, R.SETTINGS_MANAGE: _ALL},
    }
)
