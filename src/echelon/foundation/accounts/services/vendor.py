"""What the vendor says of itself, and what new accounts begin with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from echelon.foundation.access import Right, Scope
from echelon.foundation.accounts.models import Vendor
from echelon.foundation.accounts.services.choices import demand_words, put
from echelon.foundation.audit.services import record

CHOSEN = ("name", "language", "time_zone", "second_factor")


def set_vendor(scope: Scope, *, at: datetime, **values: Any) -> Vendor:
    """Change what the vendor says of itself; values by their names in `CHOSEN`."""
    scope.demand(Right.SETTINGS_MANAGE)
    demand_words(values)
    with transaction.atomic():
        row, _made = Vendor.objects.select_for_update().get_or_create(pk=1)
        said = put(row, CHOSEN, values)
        if said["after"]:
            row.save()
            record(scope, "accounts.vendor_changed", "vendor", "", at=at, **said)
    return row


def beginning() -> dict[str, str]:
    """Return what a new account begins with."""
    row = Vendor.objects.first()
    return {"language": row.language, "time_zone": row.time_zone} if row else {}
