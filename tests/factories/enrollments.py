"""Enrollments made through the room's own doors, in programs that are in force."""

from datetime import date

from echelon.foundation.access import Role, Scope
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.services import making, policies
from echelon.records.partners.models import Partner
from echelon.records.programs.models import Program
from tests.factories import programs
from tests.factories.partners import NOW, admin, partner, person, scope

START = date(2026, 1, 1)


def program(slug: str = "", text: str = "", **policy: object) -> Program:
    """A program in force since 2026, with a policy."""
    made = programs.program(slug)
    programs.version(made, text=text)
    if policy:
        policies.set_policy(admin(), program=made.pk, at=NOW, **policy)
    return made


def open_program(**policy: object) -> Program:
    """A program that asks nobody for a yes."""
    return program(needs_approval=False, needs_acceptance=False, **policy)


def enrollment(
    company: Partner | None = None,
    scheme: Program | None = None,
    start: date = START,
    submit: bool = True,
    **more: object,
) -> Enrollment:
    """An enrollment, submitted; active at once in an `open_program`, which is what it gets."""
    company, scheme = company or partner(), scheme or open_program()
    given = {"partner": company.pk, "program": scheme.pk, "start": start, "at": NOW, **more}
    return making.create(admin(), submit=submit, **given).enrollment


def partner_admin(company: Partner) -> Scope:
    """The scope of an admin of a company."""
    return scope(person(company, Role.PARTNER_ADMIN))
