"""The heads of the chains outside the database: who cuts off its end must reach this folder too.

One small file a stream, written after each commit: how many events there are, and the last seal.
Copy the folder elsewhere as often as you like: `echelon audit verify --heads` takes a copy.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings


def folder() -> Path:
    """Return where the heads are kept."""
    return Path(settings.AUDIT_FOLDER)


def keep(stream: str, count: int, head: str) -> None:
    """Write down a stream's head. A later one that was overtaken is still a true one."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    part = place / f".{stream}.{os.getpid()}"
    part.write_text(f"{count} {head}\n", encoding="ascii")
    part.replace(place / stream)


def kept(place: Path | None = None) -> dict[str, tuple[int, str]]:
    """Return the heads that were written down: events and last seal by stream."""
    found = {}
    where = place or folder()
    for path in sorted(where.iterdir()) if where.is_dir() else []:
        if not path.name.startswith("."):
            count, head = path.read_text(encoding="ascii").split()
            found[path.name] = (int(count), head)
    return found
