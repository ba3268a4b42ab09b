"""The digest of a levelling: it covers the document, the date and the data read."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any


def digest_of(content: Any, as_of: date, data: str) -> str:
    """Return the hex SHA-256 of a document's content, a date and the data's own digest."""
    text = json.dumps([content, as_of.isoformat(), data], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
