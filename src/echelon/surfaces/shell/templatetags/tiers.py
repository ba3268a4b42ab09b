"""A tier wherever a page names one: its badge, or a medal in its colour, beside its name."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from echelon.foundation.access import NOBODY, Right
from echelon.records.programs import selectors
from echelon.surfaces.shell.templatetags.shell import words

register = template.Library()
_KEPT = "_tier_catalogue"


@register.simple_tag(takes_context=True)
def tier_badge(context: dict[str, Any], key: object, label: object = "", size: int = 20) -> str:
    """Draw a tier by its key; `label` is what the program calls it. Nothing for no tier.

    The catalogue is read once a page. A tier that isn't in it is its name alone.
    """
    if not key:
        return ""
    entry = _catalogue(context).get(str(key))
    said = label or (entry.name if entry else words(key))
    if entry is None:
        return format_html('<span class="tier">{}</span>', said)
    return format_html('<span class="tier">{}{}</span>', _picture(entry, size), said)


@register.simple_tag
def tier_picture(entry: Any, size: int = 32) -> SafeString:
    """Draw the picture of a tier of the catalogue, without its name."""
    return _picture(entry, size)


@register.simple_tag(takes_context=True)
def tier_image(context: dict[str, Any], key: object, size: int = 48) -> str:
    """Draw the badge of a tier alone, where it has one; nothing where it has none."""
    entry = _catalogue(context).get(str(key))
    return _picture(entry, size) if entry is not None and entry.digest else ""


@register.simple_tag(takes_context=True)
def known_tiers(context: dict[str, Any]) -> list[Any]:
    """Return the tiers of the catalogue, to choose from."""
    return list(_catalogue(context).values())


def _picture(entry: Any, size: int) -> SafeString:
    if entry.digest:
        return format_html(
            '<img class="tier-badge" src="{}?v={}" alt="" width="{}" height="{}">',
            reverse("badge", args=[entry.key]), entry.digest[:12], size, size,
        )  # fmt: skip
    return format_html(
        '<svg class="tier-badge" width="{0}" height="{0}" viewBox="0 0 20 20" aria-hidden="true">'
        '<circle cx="10" cy="10" r="8" fill="{1}"></circle>'
        '<path class="tier-star" d="M10 4.8l1.6 3.2 3.6.5-2.6 2.5.6 3.6-3.2-1.7-3.2 1.7.6-3.6'
        '-2.6-2.5 3.6-.5z"></path></svg>',
        size, entry.colour,
    )  # fmt: skip


def _catalogue(context: dict[str, Any]) -> dict[str, Any]:
    request = context.get("request")
    if request is None:
        return {}
    found: dict[str, Any] | None = getattr(request, _KEPT, None)
    if found is None:
        scope = getattr(request, "scope", NOBODY)
        rows = selectors.catalogue(scope) if scope.may(Right.PROGRAMS_READ) else []
        found = {entry.key: entry for entry in rows}
        setattr(request, _KEPT, found)
    return found
