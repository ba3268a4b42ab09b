"""The vendor's own people, and those who sign in for partners: invited, and in with a password."""

from __future__ import annotations

from uuid import UUID

from echelon.demo.chance import Chance
from echelon.demo.naming import people as names
from echelon.demo.story.vendor import Vendor, cast
from echelon.foundation.access import Role, system
from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.services import invitations
from echelon.foundation.accounts.services.administrators import make_administrator
from echelon.foundation.jobs.services import run_due
from echelon.records.partners.selectors import scope_of
from echelon.records.partners.services import people

#: Of so many companies one has had invitations that nobody has answered yet.
_INVITED_EACH = 3


def staff(vendor: Vendor) -> None:
    """Make the administrator, who invites the others, who come in."""
    at, said = vendor.at(vendor.first, 8), cast()
    for number, each in enumerate(said["staff"]):
        vendor.say("The vendor's people", number, len(said["staff"]))
        role = Role(each["role"])
        if role is Role.VENDOR_ADMIN:
            make_administrator(
                system("demo"), email=each["email"], name=each["name"],
                password=said["password"], at=at,
            )  # fmt: skip
            user = User.objects.get(email=each["email"])
        else:
            token = invitations.invite(
                vendor.scopes["admin"], email=each["email"], name=each["name"], role=role,
                partner=None, at=at,
            )[1]  # fmt: skip
            user = invitations.accept(token, password=said["password"], at=at)
        vendor.users[each["email"]] = user.pk
        _know(vendor, each.get("as", each["name"]), user.pk)
    vendor.say("The vendor's people", len(said["staff"]), len(said["staff"]))


def managers() -> dict[str, str]:
    """Return the account managers' addresses by region."""
    return {region: each["email"] for each in cast()["staff"] for region in each.get("regions", ())}


def with_partners(vendor: Vendor) -> None:
    """Make the scopes of account managers anew: what is theirs is known now."""
    for each in cast()["staff"]:
        for word in [each.get("as", each["name"]), *each.get("regions", ())]:
            _know(vendor, word, vendor.users[each["email"]])


def of_partners(vendor: Vendor) -> None:
    """Invite those who sign in for partners, and let them in."""
    said = cast()
    for number, each in enumerate(said["people"]):
        vendor.say("People at partners", number, len(said["people"]))
        company = vendor.role(each["company"])
        if company is None:
            continue
        at = vendor.at(max(vendor.first, company.joined), 11)
        token = people.invite(
            vendor.manager_of(company), partner=vendor.partners[company.key],
            name=each["name"], email=each["email"], role=each["role"], at=at,
        )[1]  # fmt: skip
        user = invitations.accept(token, password=said["password"], at=at)
        run_due(lambda at=at: at)
        if "as" in each:
            _know(vendor, each["as"], user.pk)
    vendor.say("People at partners", len(said["people"]), len(said["people"]))


def invite_more(vendor: Vendor) -> None:
    """Invite people of other companies in the last days; nobody of them has come in yet."""
    chance = Chance(vendor.seed, "invitations")
    chosen = [each for each in vendor.companies if not each.role]
    chosen = chance.some(chosen, len(chosen) // _INVITED_EACH)
    for number, company in enumerate(chosen):
        vendor.say("Invitations", number, len(chosen))
        at = vendor.ago(hours=chance.between(3, 260))
        for name, written in chance.some(names(company.where.language), chance.between(1, 2)):
            people.invite(
                vendor.manager_of(company), partner=vendor.partners[company.key], name=name,
                email=f"{written}@{company.domain}.example",
                role=chance.pick((Role.PARTNER_ADMIN, Role.PARTNER_MEMBER)), at=at,
            )  # fmt: skip
    vendor.say("Invitations", len(chosen), len(chosen))


def _know(vendor: Vendor, word: str, user: UUID) -> None:
    vendor.scopes[word] = scope_of(User.objects.get(pk=user))
