"""Who signs in. One person, one address, one role; which company is told by `partners`.

Tokens and keys are kept as hashes: who reads the database can sign in with neither.
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from echelon.foundation.access import Role


class Users(BaseUserManager["User"]):
    """Makes users; addresses are the same in small and capital letters."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> User:
        """Return a new user; without a password only an invitation or a passkey lets it in."""
        user = self.model(email=email.strip().lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of an address."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in."""

    partner_path = None

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=30, choices=[(r.value, r.value) for r in Role])
    #: An account manager's reach beyond the partners assigned: all those of these regions.
    regions = models.JSONField(default=list, blank=True)
    #: How pages are shown; "" is as the reader's browser asks.
    language = models.CharField(max_length=12, blank=True, default="")
    theme = models.CharField(max_length=5, blank=True, default="")
    time_zone = models.CharField(max_length=60, default="UTC")
    is_active = models.BooleanField(default=True)
    #: Part of what a session is signed with: one more, and every session of this user has ended.
    sessions = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = Users()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    def get_session_auth_hash(self) -> str:
        """Return what a session must carry to be this user's: password and count of endings."""
        return salted_hmac("accounts.session", f"{self.sessions}:{self.password}").hexdigest()

    def get_full_name(self) -> str:
        """Return the name, for whoever greets."""
        return self.name

    def __str__(self) -> str:
        return self.name or self.email


class Vendor(models.Model):
    """What the vendor says of itself, and of how people sign in. There is one row, or none yet."""

    partner_path = None

    name = models.CharField(max_length=80, blank=True, default="")
    #: What new accounts begin with.
    language = models.CharField(max_length=12, blank=True, default="")
    time_zone = models.CharField(max_length=60, default="UTC")
    #: Whether the vendor's own people come in only with a second factor.
    second_factor = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A word to somebody that an account waits; its token works once, until it ends."""

    partner_path = "partner"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=30, choices=[(r.value, r.value) for r in Role])
    regions = models.JSONField(default=list, blank=True)
    #: The company that the account will work for; None for the vendor's own people.
    partner = models.UUIDField(null=True, blank=True, db_index=True)
    token = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    #: When the mail with its token left; None: it hasn't yet.
    mailed_at = models.DateTimeField(null=True, blank=True)
    user = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitation"
    )

    def __str__(self) -> str:
        return self.email


class ApiKey(models.Model):
    """What a machine shows instead of a password: some of the rights of whoever made it."""

    partner_path = None

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=200)
    #: The start of the key, so that people can tell keys apart.
    start = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    rights = models.JSONField(default=list)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="keys")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
