"""By what the typed rows of a file can be known again: its bytes, and how they are read.

Typed rows of a file (step one of loading, `tables.load_table` with `only`) depend on both
fingerprints here and on the file's name, which stands in `_file`. Nothing else goes into them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from rulebook.loading.layout import Layout

#: Goes up when the same bytes are read into other typed rows than before.
_READING = 1


def fingerprint_file(path: Path) -> str:
    """Return the sha256, as hex, of a file's bytes, read piece by piece. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def typing_inputs(layout: Layout, zone: ZoneInfo) -> str:
    """Return the sha256, as hex, of all beside a file's bytes that its typed rows depend on.

    The days that a time zone's offsets give are those of the machine's zone data at 1 January
    and 1 July of every year since 1970: enough to notice other data, not every other moment.
    """
    from moneyed import CURRENCIES

    said = [
        _READING,
        layout.place[0],
        [[f.name, f.kind, f.optional, f.filled, f.currency] for f in layout.fields],
        layout.money,
        layout.partner,
        layout.attained,
        sorted(layout.words.items()),
        sorted(CURRENCIES),
        zone.key,
        _offsets(zone),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _offsets(zone: ZoneInfo) -> Sequence[str]:
    from datetime import datetime

    days = [datetime(year, month, 1, tzinfo=zone) for year in range(1970, 2038) for month in (1, 7)]
    return [str(day.utcoffset()) for day in days]
