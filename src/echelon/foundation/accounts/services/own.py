"""What somebody chooses for themselves: how they are called, and how pages are shown to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Scope
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.events import UserRenamed
from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.services.choices import demand_words, put
from echelon.foundation.audit.services import record
from echelon.foundation.outbox.services import announce

CHOSEN = ("name", "language", "time_zone", "theme")
THEMES = ("", "light", "dark")


def set_own(scope: Scope, *, at: datetime, **values: Any) -> User:
    """Change what is the actor's own; values by their names in `CHOSEN`."""
    if scope.actor.kind != "person":
        raise Hidden
    demand_words(values)
    if "name" in values and not values["name"].strip():
        raise Refused(_("Your name is missing."))
    if values.get("theme", "") not in THEMES:
        raise Refused(_("Choose light, dark, or as the device has it."))
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=scope.actor.id)
        said = put(user, CHOSEN, values)
        if said["after"]:
            user.save(update_fields=list(said["after"]))
            record(scope, "accounts.own_changed", "user", user.pk, at=at, **said)
        if "name" in said["after"]:
            announce(UserRenamed(user=user.pk, name=user.name), at=at)
    return user
