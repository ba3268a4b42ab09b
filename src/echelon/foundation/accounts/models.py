"""Who signs in. One person, one address, one role; which company is told by `partners`."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

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
    region = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = Users()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    def get_full_name(self) -> str:
        """Return the name, for whoever greets."""
        return self.name

    def __str__(self) -> str:
        return self.name or self.email
