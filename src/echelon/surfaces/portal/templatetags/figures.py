"""Figures as a partner reads them: in their unit, told apart, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.dateparse import parse_date
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from echelon.outcomes.standings.ladders import Criterion

register = template.Library()
#: As many decimals as it may take to tell two figures apart.
_MOST = 6


def amount(value: Any, unit: str = "", currency: str = "", places: int | None = None) -> str:
    """Return a figure in words: money with its currency, a ratio in percent, yes or no."""
    if value is None or value == "":
        return _("no value yet")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    number = number_of(value)
    if number is None:
        day = parse_date(str(value)) if len(str(value)) == 10 else None
        return date_format(day, "DATE_FORMAT") if isinstance(day, date) else str(value)
    if unit == "ratio":
        number *= 100
    text = _written(number, places if places is not None else _places(number, unit))
    if unit == "money":
        return f"{currency}\u00a0{text}"
    if unit in ("ratio", "percent"):
        return f"{text}\u00a0%"
    return f"{text}\u00a0{unit}" if unit and unit != "tier" else text


def pair(criterion: Criterion) -> tuple[str, str]:
    """Return what is had and what is needed, with as many decimals as it takes to differ."""
    said = (criterion.unit, criterion.currency)
    have, need = amount(criterion.have, *said), amount(criterion.need, *said)
    for places in range(_MOST + 1):
        if have != need or criterion.have == criterion.need:
            break
        have = amount(criterion.have, *said, places)
        need = amount(criterion.need, *said, places)
    return have, need


def missing(criterion: Criterion) -> str:
    """Return what is short, rounded up so that it is enough; nothing where no number closes it."""
    short = number_of(criterion.short)
    if criterion.met or short is None or criterion.op not in (">=", ">"):
        return ""
    if short == 0:
        return ""
    step = Decimal("0.0001") if criterion.unit == "ratio" else Decimal("0.01")
    return amount(short.quantize(step, ROUND_CEILING), criterion.unit, criterion.currency)


def number_of(value: Any) -> Decimal | None:
    """Return a figure that is kept as text as a number; None where it is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _places(number: Decimal, unit: str) -> int:
    if number == number.to_integral_value():
        return 0
    if unit in ("ratio", "percent"):
        return 1 if number == number.quantize(Decimal("0.1")) or unit == "ratio" else 2
    return 2


def _written(number: Decimal, places: int) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return str(number_format(rounded, decimal_pos=places, force_grouping=True))


@register.simple_tag
def written(value: Any, unit: str = "", currency: str = "") -> str:
    """Write a figure in its unit."""
    return amount(value, unit, currency)


@register.simple_tag
def medal(rank: int, total: int) -> SafeString:
    """Draw a ring with a part for each tier, filled up to the one held."""
    count = max(total, 1)
    part, gap = Decimal(100) / count, Decimal(0 if count == 1 else 4)
    dash = f"{part - gap:.2f} 100"
    parts = [
        (" is-on" if place < rank else "", dash, f"{-(part * place + gap / 2):.2f}")
        for place in range(count)
    ]
    ring = format_html_join(
        "",
        '<circle class="medal-part{}" cx="32" cy="32" r="28" pathLength="100" '
        'stroke-dasharray="{}" stroke-dashoffset="{}"></circle>',
        parts,
    )
    return format_html(
        '<svg class="medal-ring" viewBox="0 0 64 64" aria-hidden="true">'
        '<g transform="rotate(-90 32 32)">{}</g></svg>',
        ring,
    )


@register.filter
def had(criterion: Criterion) -> str:
    """Write what a partner has of a criterion."""
    return pair(criterion)[0]


@register.filter
def needed(criterion: Criterion) -> str:
    """Write what a criterion asks for, with its comparison where that isn't "at least"."""
    if criterion.op is None:
        return amount(criterion.need)
    if criterion.need is None:
        return _("set for you once you are levelled")
    text = pair(criterion)[1] if criterion.have is not None else amount(
        criterion.need, criterion.unit, criterion.currency
    )  # fmt: skip
    pattern = {
        ">": _("more than {need}"), "<=": _("at most {need}"), "<": _("less than {need}"),
        "=": _("exactly {need}"), "<>": _("other than {need}"),
    }.get(criterion.op, "{need}")  # fmt: skip
    return pattern.format(need=text)


@register.filter
def to_go(criterion: Criterion) -> str:
    """Write how much more it takes; nothing where it is met or no number says it."""
    return missing(criterion)


@register.filter
def has_bar(criterion: Criterion) -> bool:
    """Whether a criterion can be drawn as a bar that fills up."""
    need = number_of(criterion.need)
    return criterion.op in (">=", ">") and need is not None and need > 0


@register.filter
def at(several: Sequence[Any], place: int) -> Any:
    """Return what stands at a place of a list."""
    return several[place]
