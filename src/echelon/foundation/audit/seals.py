"""The seal of an event: a hash over all that it says and the seal of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

#: What is sealed, in this order.
SEALED = (
    "stream",
    "number",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "behalf",
    "verb",
    "subject",
    "subject_id",
    "partner",
    "before",
    "after",
    "previous",
)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def sealed(values: tuple[Any, ...]) -> str:
    """Return the seal of an event's values, in the order of `SEALED`, as the database has them."""
    stream, number, at, *who, partner, before, after, previous = values
    said = [
        stream,
        number,
        at.astimezone(UTC).isoformat(),
        *who,
        "" if partner is None else partner.hex,
        before,
        after,
        previous,
    ]
    return hashlib.sha256(_ENCODER.encode(said).encode()).hexdigest()


def plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return values as every database gives them back: amounts, dates and fractions as text."""
    text = json.dumps(dict(values or {}), cls=DjangoJSONEncoder)
    found: dict[str, Any] = json.loads(text, parse_float=str, parse_constant=str)
    return found
