"""Companies and the people who work for them, as small as a test needs."""

from datetime import UTC, datetime
from itertools import count

from echelon.foundation.access import Role, Scope
from echelon.foundation.accounts.models import User
from echelon.foundation.audit.models import AuditEvent
from echelon.foundation.outbox.models import Announcement
from echelon.records.partners.models import Partner, Person
from echelon.records.partners.selectors import scope_of

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
_numbers = count(1)


def partner(name: str = "", **more: object) -> Partner:
    """A company; its key is its name in small letters."""
    name = name or f"Company {next(_numbers)}"
    given = {"key": name.lower().replace(" ", "-"), "made_at": NOW, "changed_at": NOW, **more}
    return Partner.objects.create(name=name, **given)


def staff(role: Role, name: str = "", **more: object) -> User:
    """One of the vendor's own people."""
    name = name or f"{role} {next(_numbers)}"
    return User.objects.create_user(
        f"{name.replace(' ', '.')}@vendor.test", name=name, role=role, **more
    )


def person(company: Partner, role: Role = Role.PARTNER_MEMBER, name: str = "") -> User:
    """Somebody who works for a company and signs in for it."""
    name = name or f"Person {next(_numbers)}"
    email = f"{name.replace(' ', '.').lower()}@{company.key}.test"
    user = User.objects.create_user(email, name=name, role=role)
    Person.objects.create(partner=company, user=user, name=name, email=email)
    return user


def scope(user: User) -> Scope:
    """What a user may do now."""
    return scope_of(user)


def admin() -> Scope:
    """The scope of a vendor's administrator."""
    return scope_of(staff(Role.VENDOR_ADMIN))


def trail(verb: str = "") -> list[AuditEvent]:
    """What the audit has, in order; with a verb only that."""
    rows = AuditEvent.objects.order_by("number")
    return list(rows.filter(verb=verb) if verb else rows)


def said(kind: str) -> list[dict[str, object]]:
    """What was announced of a kind, such as `partners.FamilyChanged`, in order."""
    return [each.body for each in Announcement.objects.filter(kind=kind).order_by("pk")]
