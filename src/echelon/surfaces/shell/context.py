"""What every page knows: who reads it, where it may lead, and how it is to look."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from echelon.foundation.access import NOBODY
from echelon.foundation.accounts import selectors
from echelon.foundation.accounts.models import Vendor
from echelon.surfaces.shell.navigation import links

THEMES = ("light", "dark")


def page(request: HttpRequest) -> dict[str, Any]:
    """Return what the layout shows; nothing is looked up unless a template asks."""
    return {
        "scope": getattr(request, "scope", NOBODY),
        "links": SimpleLazyObject(lambda: links(request)),
        "theme": _theme(request),
        "vendor_name": SimpleLazyObject(lambda: _vendor(request).name or "Echelon"),
        "surface": surface(request),
        "request_id": getattr(request, "name", ""),
    }


def _vendor(request: HttpRequest) -> Vendor:
    """Return what the vendor says of itself, as it was looked up for this request."""
    return getattr(request, "vendor", None) or selectors.vendor()


def surface(request: HttpRequest) -> str:
    """Return on which surface a page stands, for pages that several have: "vendor", "portal"."""
    return request.resolver_match.namespace if request.resolver_match else ""


def _theme(request: HttpRequest) -> str:
    """Return what this device has chosen, else what its reader has; "" is as the device has it."""
    chosen = request.COOKIES.get("theme", "") or getattr(request, "theme", "")
    return chosen if chosen in THEMES else ""
