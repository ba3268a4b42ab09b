"""What every page knows: who reads it, where it may lead, and how it is to look."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from echelon.foundation.access import NOBODY
from echelon.surfaces.shell.navigation import links

THEMES = ("light", "dark")


def page(request: HttpRequest) -> dict[str, Any]:
    """Return what the layout shows; nothing is looked up unless a template asks."""
    theme = request.COOKIES.get("theme", "")
    return {
        "scope": getattr(request, "scope", NOBODY),
        "links": SimpleLazyObject(lambda: links(request)),
        "theme": theme if theme in THEMES else "",
        "request_id": getattr(request, "name", ""),
    }
