"""What templates of all surfaces draw with: files, icons, statuses, bars, addresses.

Nothing here writes a style or a script into a page: the policy forbids both.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
#: The icon that says beside the colour what a status is.
TONES = {
    "green": "circle-check",
    "azure": "clock",
    "blue": "info-circle",
    "orange": "alert-triangle",
    "yellow": "alert-triangle",
    "red": "ban",
    "secondary": "circle",
}


@lru_cache(maxsize=256)
def _digest(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        return "absent"
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a static file, with its digest: browsers may keep it for good."""
    return f"{static(name)}?v={_digest(name)}"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon; without a label it is decoration, and readers of the screen skip it."""
    said = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon" {}><use href="{}#{}"></use></svg>',
        SafeString(said), asset("fetched/icons.svg"), name,
    )  # fmt: skip


@register.simple_tag
def status(text: object, tone: str = "secondary") -> SafeString:
    """Draw a status: words and an icon, and a colour that nobody needs to see."""
    tone = tone if tone in TONES else "secondary"
    return format_html('<span class="tone tone-{}">{}{}</span>', tone, icon(TONES[tone]), text)


@register.simple_tag
def bar(value: object, *marks: object, label: str = "") -> SafeString:
    """Draw how far a figure is on its way to its marks; the last mark is the end of the bar.

    An `img` for readers of the screen, said by `label`; the figures stand beside it as text.
    """
    figure = _number(value) or Decimal(0)
    goals = [mark for mark in map(_number, marks) if mark is not None and mark > 0]
    end = max([*goals, figure]) or Decimal(1)
    width = _percent(max(figure, Decimal(0)), end)
    lines = format_html_join(
        "",
        '<line class="bar-mark" x1="{0}" x2="{0}" y1="0" y2="8"></line>',
        ((_percent(mark, end),) for mark in goals if mark < end),
    )
    met = "bar-met" if goals and figure >= goals[-1] else ""
    return format_html(
        '<svg class="bar {}" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" '
        'aria-label="{}"><rect class="bar-track" width="100" height="8"></rect>'
        '<rect class="bar-fill" width="{}" height="8"></rect>{}</svg>',
        met, label, width, lines,
    )  # fmt: skip


@register.filter
def figure(value: object) -> str:
    """Write a number as the reader's language does, without zeros that say nothing."""
    number = _number(value)
    if number is None:
        return "" if value is None else str(value)
    places = 0 if number == number.to_integral_value() else 2
    return str(number_format(number, decimal_pos=places, force_grouping=True))


@register.simple_tag(takes_context=True)
def address(context: dict[str, Any], **changes: object) -> str:
    """Return this page's address with some of its parameters changed; empty ones are left out.

    It begins with the view's `filter_query`, what was understood: nothing that somebody else put
    into the address is repeated.
    """
    query = QueryDict(context["filter_query"], mutable=True)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def words(name: object) -> str:
    """Write a name from a document as people do: `joint_plan` is "Joint plan"."""
    text = str(name).replace("_", " ").replace(".", " ").strip()
    return text[:1].upper() + text[1:]


@register.filter
def item(mapping: Any, key: object) -> Any:
    """Return what a mapping has under a key; None if nothing."""
    return mapping.get(key) if hasattr(mapping, "get") else None


def _number(value: object) -> Decimal | None:
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _percent(part: Decimal, whole: Decimal) -> str:
    return format((part * 100 / whole).quantize(Decimal("0.1")), "f")
