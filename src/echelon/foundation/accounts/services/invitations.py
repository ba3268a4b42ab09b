"""Invites people and makes accounts of it: a token that works once, kept as its hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Actor, Hidden, Role, Scope, system
from echelon.foundation.access.rights import Right
from echelon.foundation.access.rows import one
from echelon.foundation.access.walls import entered
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.events import InvitationAccepted, UserInvited
from echelon.foundation.accounts.models import Invitation, User
from echelon.foundation.accounts.services.granting import demand_people, demand_role
from echelon.foundation.audit.services import record
from echelon.foundation.outbox.services import announce

#: How long an invitation waits.
WAITS = timedelta(days=14)


def invite(
    scope: Scope, *, email: str, name: str, role: Role, partner: UUID | None, at: datetime
) -> tuple[Invitation, str]:
    """Invite somebody to a company (None: to the vendor); return the invitation and its token.

    The token is nowhere else: it goes into the mail. Whether the address has an account already
    isn't told here, or an invitation would ask who works for others. An earlier invitation of the
    same address to the same company ends.
    """
    demand_role(scope, role, partner)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("“%(email)s” is no mail address.") % {"email": email}) from None
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        earlier = Invitation.objects.filter(email=email, partner=partner, accepted_at=None)
        earlier.filter(withdrawn_at=None).update(withdrawn_at=at)
        made = Invitation.objects.create(
            email=email,
            name=name.strip(),
            role=role,
            partner=partner,
            token=digest(token),
            made_by=scope.actor.id,
            made_at=at,
            ends_at=at + WAITS,
        )
        record(
            scope,
            "accounts.invited",
            "invitation",
            made.id,
            at=at,
            partner=partner,
            after={"email": email, "role": role},
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
        user = User.objects.create_user(invitation.email, password, name=name, role=invitation.role)
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


def digest(token: str) -> str:
    """Return what is kept of a token: random words need no salt and no slowness."""
    return hashlib.sha256(token.encode()).hexdigest()
