"""What people and the vendor choose is checked and put on its row in one way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _

from echelon.foundation.accounts.errors import Refused


def put(row: Model, chosen: Sequence[str], values: Mapping[str, Any]) -> dict[str, Any]:
    """Set what differs, and return it as the trail wants it: `before` and `after`, by name.

    Nothing is saved. `after` is empty where nothing differs.
    """
    differing = [name for name in chosen if name in values and getattr(row, name) != values[name]]
    before = {name: getattr(row, name) for name in differing}
    after = {name: values[name] for name in differing}
    for name, value in after.items():
        setattr(row, name, value)
    return {"before": before, "after": after}


def demand_words(values: Mapping[str, Any]) -> None:
    """Refuse a language or a time zone that there isn't."""
    if values.get("language") and values["language"] not in dict(settings.LANGUAGES):
        raise Refused(_("There is no language “%(code)s” here.") % {"code": values["language"]})
    if "time_zone" in values and values["time_zone"] not in available_timezones():
        raise Refused(_("There is no time zone “%(name)s”.") % {"name": values["time_zone"]})
