"""The roles that run are those of the table kept by hand, right by right."""

import pytest

from echelon.foundation.access import RIGHTS, Reach, Right, Role
from tests.echelon.isolation.roles import ROWS

#: What each right is called in the table.
RIGHT_ROWS = {
    Right.COMPANY_READ: "company: read",
    Right.COMPANY_EDIT: "company: edit",
    Right.COMPANY_MANAGE: "company: manage",
    Right.COMPANY_CREATE: "company: create",
    Right.PEOPLE_READ: "people: read",
    Right.PEOPLE_MANAGE: "people: manage",
    Right.PROGRAMS_READ: "programs: read",
    Right.PROGRAMS_DRAFT: "programs: draft",
    Right.PROGRAMS_PUBLISH: "programs: publish",
    Right.ENROLLMENTS_READ: "enrollments: read",
    Right.ENROLLMENTS_APPLY: "enrollments: apply",
    Right.ENROLLMENTS_MANAGE: "enrollments: manage",
    Right.FACTS_READ: "facts: read",
    Right.FACTS_LOAD: "facts: load",
    Right.STANDINGS_READ: "standings: read",
    Right.STANDINGS_RUN: "standings: run",
    Right.MOVES_PROPOSE: "moves: propose",
    Right.MOVES_DECIDE: "moves: decide",
    Right.OVERRIDES_PROPOSE: "overrides: propose",
    Right.OVERRIDES_GRANT: "overrides: grant",
    Right.REQUESTS_READ: "requests: read",
    Right.BENEFITS_READ: "benefits: read",
    Right.LIBRARY_EDIT: "library: edit",
    Right.AUDIT_READ: "audit: read",
    Right.EXPORT_MANY: "export of many",
    Right.SETTINGS_MANAGE: "settings",
    Right.VIEW_AS_PARTNER: "view as partner",
}
COLUMN = {
    Role.PARTNER_MEMBER: "member",
    Role.PARTNER_ADMIN: "admin",
    Role.DISTRIBUTOR_MEMBER: "distributor",
    Role.VENDOR_READ_ONLY: "read_only",
}
CELLS = {
    None: {"-"},
    Reach.OWN: {"o", "e", "a"},
    Reach.BELOW: {"o+"},
    Reach.ALL: {"x"},
}
#: Rights that aren't in the table: they say for whom a surface is made.
DOORS = {Right.VENDOR_ENTER, Right.PORTAL_ENTER}


def test_every_right_is_in_the_table():
    assert set(RIGHT_ROWS) | DOORS == set(Right)


@pytest.mark.parametrize("role", Role)
def test_a_role_has_the_rights_of_the_table(role):
    column = COLUMN.get(role, role.value)
    wrong = {
        right.value: (RIGHTS[role].get(right), ROWS[row][column])
        for right, row in RIGHT_ROWS.items()
        if ROWS[row][column] not in CELLS[RIGHTS[role].get(right)]
    }
    assert wrong == {}
