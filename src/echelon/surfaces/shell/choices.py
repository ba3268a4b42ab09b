"""What there is to choose from: languages by their own names, time zones."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext_lazy as _


def languages() -> list[tuple[str, object]]:
    """Return the languages of the pages; "" is the one that the browser asks for."""
    return [("", _("As the browser asks")), *settings.LANGUAGES]


@lru_cache(maxsize=1)
def time_zones() -> list[tuple[str, str]]:
    """Return the time zones: UTC first, then by region and place."""
    places = sorted(name for name in available_timezones() if "/" in name and _of_a_place(name))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


def _of_a_place(name: str) -> bool:
    return not name.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/"))
