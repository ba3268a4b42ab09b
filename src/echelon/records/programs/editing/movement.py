"""The movement policy as a form: when tiers are reviewed, how long a partner has, who says yes.

A cadence is a word, days of the year (`01-15, 07-15`), or a day of each period (`month 20`); what
a form can't say otherwise is kept as it is written.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from echelon.records.programs.editing.ladders import ladder, made
from echelon.records.programs.editing.rewriting import Raw, rewritten
from rulebook.reading.document import Document, read_document

CADENCES = {
    "immediately": gettext_lazy("At once"),
    "weekly": gettext_lazy("Weekly"),
    "monthly": gettext_lazy("Monthly"),
    "quarterly": gettext_lazy("Quarterly"),
    "half_yearly": gettext_lazy("Half-yearly"),
    "yearly": gettext_lazy("Yearly"),
    "fiscal_quarter": gettext_lazy("Each fiscal quarter"),
    "fiscal_year": gettext_lazy("Each fiscal year"),
    "anniversary": gettext_lazy("On the day of enrollment"),
    "never": gettext_lazy("Never"),
    "days": gettext_lazy("On days of the year …"),
    "each": gettext_lazy("On a day of each period …"),
}
UNITS = {
    "day": gettext_lazy("days"),
    "week": gettext_lazy("weeks"),
    "month": gettext_lazy("months"),
    "quarter": gettext_lazy("quarters"),
    "year": gettext_lazy("years"),
}
PERIODS = {
    "week": gettext_lazy("week"),
    "month": gettext_lazy("month"),
    "quarter": gettext_lazy("quarter"),
    "half": gettext_lazy("half-year"),
    "year": gettext_lazy("year"),
}
STEPS = {"any": gettext_lazy("To whatever is due"), "one": gettext_lazy("One tier at a time")}
EFFECTIVE = {
    "immediately": gettext_lazy("At once"),
    "next month": gettext_lazy("With the next month"),
    "next quarter": gettext_lazy("With the next quarter"),
    "next half": gettext_lazy("With the next half-year"),
    "next year": gettext_lazy("With the next year"),
}
APPROVAL = {
    "automatic": gettext_lazy("By itself"),
    "required": gettext_lazy("Somebody must approve it"),
}
HOLD = {
    "": gettext_lazy("None"),
    "until_anniversary": gettext_lazy("Until the day of enrollment comes round"),
    "span": gettext_lazy("For a time …"),
}
_DEFAULTS = {
    "promote": "immediately", "demote": "immediately", "up": "any", "down": "any",
    "effective": "immediately", "promotion": "automatic", "demotion": "automatic",
}  # fmt: skip


def fields(document: Document, track: str) -> dict[str, str]:
    """Return the form's fields as the document has them; defaults where it is silent."""
    now = ladder(document.content, track).get("movement")
    now = now if isinstance(now, dict) else {}
    found: dict[str, str] = {}
    for way in ("promote", "demote"):
        found |= _cadence_fields(way, now.get(way) or "immediately")
    for name in ("up", "down", "effective"):
        found[name] = str(now.get(name) or _DEFAULTS[name])
    found |= _span_fields("grace", now.get("grace"))
    hold = now.get("hold")
    found["hold"] = hold if hold == "until_anniversary" else "span" if hold else ""
    found |= _span_fields("hold", hold if found["hold"] == "span" else None)
    newcomers = now.get("newcomers")
    found |= _span_fields("newcomers", newcomers.get("hold") if _is(newcomers) else None)
    approval = now.get("approval")
    for name in ("promotion", "demotion"):
        found[name] = str((approval.get(name) if _is(approval) else "") or _DEFAULTS[name])
    return found


def wrong(typed: Mapping[str, str]) -> dict[str, str]:
    """Return by field what can't be."""
    found: dict[str, str] = {}
    for way in ("promote", "demote"):
        if typed[way] == "days":
            days = re.split(r"[\s,;]+", typed[f"{way}_days"].strip())
            if not all(re.fullmatch(r"\d\d-\d\d", day) for day in days):
                found[f"{way}_days"] = _("write month and day with a hyphen: 01-15, 07-15")
        elif typed[way] == "each" and not typed[f"{way}_day"].isdecimal():
            found[f"{way}_day"] = _("which day of it? 1 is the first")
    for name in ("grace", "hold", "newcomers"):
        count = typed[f"{name}_count"].strip()
        if count and not (count.isdecimal() and 0 < int(count) < 100_000):
            found[f"{name}_count"] = _("a whole number is expected")
    if typed["hold"] == "span" and not typed["hold_count"].strip():
        found["hold_count"] = _("say how long")
    return found


def with_movement(document: Document, track: str, typed: Mapping[str, str]) -> Raw:
    """Return the content with the policy that was typed; what wasn't changed stays as written."""
    content = copy.deepcopy(document.content)
    holder = made(content, track)
    was = fields(document, track)
    changed = {name for name, value in typed.items() if was.get(name) != value.strip()}
    if not changed:
        return content
    now: dict[str, Any] = dict(holder["movement"]) if _is(holder.get("movement")) else {}
    for way in ("promote", "demote"):
        if changed & {way, f"{way}_days", f"{way}_each", f"{way}_day"}:
            _put(now, way, _cadence(way, typed))
    for name in ("up", "down", "effective"):
        if name in changed:
            _put(now, name, typed[name])
    if changed & {"grace_count", "grace_unit"}:
        _put(now, "grace", _span("grace", typed))
    if changed & {"hold", "hold_count", "hold_unit"}:
        _put(now, "hold", _span("hold", typed) if typed["hold"] == "span" else typed["hold"])
    if changed & {"newcomers_count", "newcomers_unit"}:
        span = _span("newcomers", typed)
        _put(now, "newcomers", {"hold": span} if span else "")
    if changed & {"promotion", "demotion"}:
        asked = {name: typed[name] for name in ("promotion", "demotion")}
        _put(now, "approval", asked if set(asked.values()) != {"automatic"} else "")
    holder["movement"] = now
    return content


def applied(text: str, track: str, typed: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the text with the policy that was typed, and by field what is wrong."""
    document = read_document(text)
    asked = {**fields(document, track), **typed}
    if found := wrong(asked):
        return text, found
    return rewritten(text, with_movement(document, track, asked)), {}


def _is(value: Any) -> bool:
    return isinstance(value, dict)


def _put(now: dict[str, Any], name: str, value: Any) -> None:
    """Set a part of the policy; one that says nothing but the default is left out if it was."""
    if not value or (value == _DEFAULTS.get(name) and name not in now):
        now.pop(name, None)
    else:
        now[name] = value


def _cadence_fields(way: str, value: Raw) -> dict[str, str]:
    found = {way: "", f"{way}_days": "", f"{way}_each": "month", f"{way}_day": ""}
    if isinstance(value, list):
        value = {"days": value}
    if isinstance(value, dict) and isinstance(value.get("days"), list):
        return found | {way: "days", f"{way}_days": ", ".join(map(str, value["days"]))}
    if isinstance(value, dict) and "each" in value:
        day = str(value.get("day") or "")
        return found | {way: "each", f"{way}_each": str(value["each"]), f"{way}_day": day}
    return found | {way: str(value).replace(" ", "_")}


def _cadence(way: str, typed: Mapping[str, str]) -> Raw:
    match typed[way]:
        case "days":
            return {"days": re.split(r"[\s,;]+", typed[f"{way}_days"].strip())}
        case "each":
            return {"each": typed[f"{way}_each"], "day": typed[f"{way}_day"].strip()}
    return typed[way]


def _span_fields(name: str, value: Raw) -> dict[str, str]:
    parts = re.fullmatch(r"(\d+) (\w+?)s?", str(value or "").strip())
    return {
        f"{name}_count": parts[1] if parts else "",
        f"{name}_unit": parts[2] if parts else "day",
    }


def _span(name: str, typed: Mapping[str, str]) -> str:
    count = typed[f"{name}_count"].strip()
    return f"{count} {typed[f'{name}_unit']}{'' if count == '1' else 's'}" if count else ""
