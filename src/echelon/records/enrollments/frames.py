"""What the engine reads of enrollments: who is in a program from when to when, held what before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import pyarrow as pa

from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.states import COUNTING

WORDS = ("partner", "program", "track", "start", "end", "user", "tier", "since", "below_since",
         "reviewed")  # fmt: skip
_DATES = {"start", "end", "since", "below_since", "reviewed"}
_SCHEMA = pa.schema([(name, pa.date32() if name in _DATES else pa.string()) for name in WORDS])


class Before(NamedTuple):
    """The standing before, of an enrollment in a program or in one of its tracks."""

    tier: str | None
    since: date | None = None
    below_since: date | None = None
    reviewed: date | None = None
    track: str | None = None


def enrollments(
    *slugs: str, before: Mapping[UUID, Sequence[Before]] | None = None
) -> tuple[dict[str, Any], pa.Table]:
    """Return the section `enrollments` of a dataset document, and its table for some programs.

    Only what was agreed on is in it; `end` is inclusive, `user` the person's mail address. Where
    `before` knows nothing of an enrollment it stands where the one that it renews stood, else in
    the tier that it began with.
    """
    known = before or {}
    rows = Enrollment.objects.filter(program__slug__in=slugs, state__in=COUNTING)
    rows = rows.order_by("partner__key", "program__slug", "start", "pk")
    columns: dict[str, list[Any]] = {name: [] for name in WORDS}
    for row in rows.values_list(
        "pk", "renews", "partner__key", "program__slug", "start", "end", "user__email", "tier"
    ).iterator(chunk_size=5000):
        pk, renews, partner, program, start, end, user, tier = row
        if end is not None and end < start:
            continue  # it was terminated before it began
        begun = Before(tier, since=start) if tier else Before(None)
        held = known.get(pk) or (not tier and known.get(renews)) or [begun]
        if all(each.track for each in held):
            held = [begun, *held]
        for each in held:
            said = (partner, program, each.track, start, end, user, each.tier, each.since,
                    each.below_since, each.reviewed)  # fmt: skip
            for name, value in zip(WORDS, said, strict=True):
                columns[name].append(value)
    return {word: word for word in WORDS}, pa.table(columns, schema=_SCHEMA)
