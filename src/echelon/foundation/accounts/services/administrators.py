"""Makes the first administrator, before whom nobody could invite anybody."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from echelon.foundation.access import Right, Role, Scope
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.models import User
from echelon.foundation.audit.services import record


def any_administrator() -> bool:
    """Whether somebody can sign in who may let in others."""
    return User.objects.filter(role=Role.VENDOR_ADMIN, is_active=True).exists()


def make_administrator(scope: Scope, *, email: str, name: str, password: str, at: datetime) -> bool:
    """Make an administrator; return False, and change nothing, if the address is known already."""
    scope.demand(Right.SETTINGS_MANAGE)
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        return False
    user = User(email=email, name=name, role=Role.VENDOR_ADMIN)
    problems: list[str] = []
    for check in (lambda: validate_email(email), lambda: validate_password(password, user)):
        try:
            check()
        except ValidationError as error:
            problems += error.messages
    if problems:
        raise Refused(problems)
    with transaction.atomic():
        user.set_password(password)
        user.save(force_insert=True)
        record(scope, "accounts.administrator_made", "user", user.pk, at=at, after={"email": email})
    return True
