"""Invites people and makes accounts of it: a token that works once, kept as its hash.

A token follows from the installation's secret, the invitation and its end: so the mail is written
later, by a job, and the token lies nowhere until then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from echelon.foundation.access import VENDOR_ROLES, Actor, Hidden, Role, Scope, system
from echelon.foundation.access.rights import Right
from echelon.foundation.access.rows import one
from echelon.foundation.access.walls import entered
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.events import InvitationAccepted, UserInvited
from echelon.foundation.accounts.models import Invitation, User
from echelon.foundation.accounts.services.granting import demand_people, demand_role, reach_of
from echelon.foundation.accounts.services.vendor import beginning
from echelon.foundation.audit.services import record
from echelon.foundation.outbox.services import announce

#: How long an invitation waits.
WAITS = timedelta(days=14)


def invite(
    scope: Scope,
    *,
    email: str,
    name: str,
    role: Role,
    partner: UUID | None,
    at: datetime,
    regions: Collection[str] = (),
) -> tuple[Invitation, str]:
    """Invite somebody to a company (None: to the vendor); return the invitation and its token.

    The token is nowhere else but in the mail that a job sends. Whether the address has an account
    already isn't told here, or an invitation would ask who works for others; but that somebody is
    one of the vendor's own people is no news to who manages them. An earlier invitation of the same
    address to the same company ends. `regions` are an account manager's reach.
    """
    demand_role(scope, role, partner)
    reach = reach_of(role, regions)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("“%(email)s” is no mail address.") % {"email": email}) from None
    if partner is None and User.objects.filter(email=email, role__in=VENDOR_ROLES).exists():
        raise Refused(_("%(email)s is one of your people already.") % {"email": email})
    identity, ends_at = uuid4(), at + WAITS
    token = _token(identity, ends_at)
    with transaction.atomic():
        earlier = Invitation.objects.filter(email=email, partner=partner, accepted_at=None)
        earlier.filter(withdrawn_at=None).update(withdrawn_at=at)
        made = Invitation.objects.create(
            id=identity,
            email=email,
            name=name.strip(),
            role=role,
            regions=reach,
            partner=partner,
            token=digest(token),
            made_by=scope.actor.id,
            made_at=at,
            ends_at=ends_at,
        )
        record(
            scope,
            "accounts.invited",
            "invitation",
            made.id,
            at=at,
            partner=partner,
            after={"email": email, "role": role, **({"regions": reach} if reach else {})},
        )
        announce(UserInvited(invitation=made.id, partner=partner), at=at)
    return made, token


def withdraw(scope: Scope, *, invitation: UUID, at: datetime) -> None:
    """End an invitation that waits."""
    with transaction.atomic():
        found = _managed(scope, invitation)
        if found.accepted_at or found.withdrawn_at:
            raise Refused(_("This invitation has ended already."))
        Invitation.objects.filter(pk=found.pk).update(withdrawn_at=at)
        record(
            scope, "accounts.invitation_withdrawn", "invitation", found.id, at=at,
            partner=found.partner,
        )  # fmt: skip


def renew(scope: Scope, *, invitation: UUID, at: datetime) -> tuple[Invitation, str]:
    """Have an invitation wait anew; return it with a new token, the old one works no more."""
    with transaction.atomic():
        found = _managed(scope, invitation)
        if found.accepted_at or found.withdrawn_at:
            raise Refused(_("This invitation has ended already."))
        before = {"ends_at": found.ends_at}
        found.ends_at, found.mailed_at = at + WAITS, None
        token = _token(found.id, found.ends_at)
        found.token = digest(token)
        found.save(update_fields=["token", "ends_at", "mailed_at"])
        record(
            scope, "accounts.invitation_renewed", "invitation", found.id, at=at,
            partner=found.partner, before=before, after={"ends_at": found.ends_at},
        )  # fmt: skip
        announce(UserInvited(invitation=found.id, partner=found.partner), at=at)
    return found, token


class Letter(NamedTuple):
    """What the mail of an invitation says, and to whom."""

    email: str
    name: str
    token: str
    ends_at: datetime


def letter(invitation: UUID, *, at: datetime) -> Letter | None:
    """Return what is to be mailed; None where that was done, or the invitation has ended.

    For the job that sends it. An invitation made under another secret has to be renewed: its token
    can't be told any more.
    """
    waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None, ends_at__gt=at)
    found = waiting.filter(pk=invitation, mailed_at=None).first()
    if found is None:
        return None
    token = _token(found.id, found.ends_at)
    if digest(token) != found.token:
        return None
    return Letter(found.email, found.name, token, found.ends_at)


def mailed(invitation: UUID, sent: Letter, *, at: datetime) -> None:
    """Keep that a letter left, unless the invitation was renewed meanwhile."""
    same = Invitation.objects.filter(pk=invitation, token=digest(sent.token))
    same.update(mailed_at=at)


def open_invitation(token: str, *, at: datetime) -> Invitation:
    """Return the invitation of a token that still works, or raise Hidden."""
    with entered(system("accounts.invitation")):
        found = Invitation.objects.filter(
            token=digest(token), accepted_at=None, withdrawn_at=None, ends_at__gt=at
        ).first()
    if found is None:
        raise Hidden
    return found


def accept(token: str, *, password: str, name: str = "", at: datetime) -> User:
    """Make the account that an invitation promises; the token works once, also in a race."""
    invitation = open_invitation(token, at=at)
    name = name.strip() or invitation.name
    draft = User(email=invitation.email, name=name)
    try:
        validate_password(password, draft)
    except ValidationError as error:
        raise Refused(error.messages) from None
    if not name:
        raise Refused(_("Your name is missing."))
    with transaction.atomic(), entered(system("accounts.invitation")):
        won = Invitation.objects.filter(
            pk=invitation.pk, accepted_at=None, withdrawn_at=None
        ).update(accepted_at=at)
        if not won:
            raise Hidden
        if User.objects.filter(email=invitation.email).exists():
            raise Refused(_("This address can't be used for a new account. Sign in instead."))
        user = User.objects.create_user(
            invitation.email,
            password,
            name=name,
            role=invitation.role,
            regions=invitation.regions,
            **beginning(),
        )
        Invitation.objects.filter(pk=invitation.pk).update(user=user)
        record(
            Scope(Actor("person", str(user.id), user.name)),
            "accounts.invitation_accepted",
            "user",
            user.id,
            at=at,
            partner=invitation.partner,
            after={"role": invitation.role, "invitation": str(invitation.id)},
        )
        announce(
            InvitationAccepted(invitation=invitation.id, user=user.id, partner=invitation.partner),
            at=at,
        )
    return user


def _managed(scope: Scope, invitation: UUID) -> Invitation:
    """Return an invitation to a company whose people a scope manages, or to the vendor."""
    right = Right.PEOPLE_MANAGE if scope.may(Right.PEOPLE_MANAGE) else Right.SETTINGS_MANAGE
    found = one(Invitation.objects.all(), scope, right, pk=invitation)
    demand_people(scope, found.partner)
    return found


def _token(invitation: UUID, ends_at: datetime) -> str:
    """Return the token of an invitation that waits until a moment; the same each time."""
    said = f"{invitation}:{ends_at.astimezone(UTC).isoformat()}"
    return salted_hmac("accounts.invitation", said, algorithm="sha256").hexdigest()


def digest(token: str) -> str:
    """Return what is kept of a token: what nobody can guess needs no salt and no slowness."""
    return hashlib.sha256(token.encode()).hexdigest()
