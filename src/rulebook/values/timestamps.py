"""Days and timestamps as data writes them: a timestamp counts on its date in a time zone."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

_STAMP = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)


def read_date(text: str, zone: ZoneInfo) -> date:
    """Read `2026-01-31`, or a timestamp, which counts on its date in `zone`.

    A timestamp without offset is in that zone already. Raises ValueError.
    """
    found = _STAMP.fullmatch(text)
    bare = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII)
    if found is None and bare is None:
        raise ValueError(f"{text[:40]!r} is not a date such as 2026-01-31")
    try:
        return date.fromisoformat(text) if found is None else _stamped(found, zone)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a day of the calendar") from None


def _stamped(found: re.Match[str], zone: ZoneInfo) -> date:
    day, clock, offset = found.groups()
    clock = re.sub(r"(\.\d{6})\d+", r"\1", clock)
    stamp = datetime.fromisoformat(f"{day}T{clock}{offset or ''}")
    return stamp.date() if offset is None else stamp.astimezone(zone).date()
