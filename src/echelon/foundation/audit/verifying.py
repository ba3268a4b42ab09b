"""Walks the chains and says what isn't as it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from echelon.foundation.access import system
from echelon.foundation.access.walls import entered
from echelon.foundation.audit.models import AuditEvent, Stream, Verification
from echelon.foundation.audit.seals import SEALED, sealed

Heads = Mapping[str, tuple[int, str]]


@dataclass
class Verified:
    """How many events were read in how many chains, and what is wrong with them."""

    events: int = 0
    streams: int = 0
    findings: list[str] = field(default_factory=list)


#: Findings that are kept with a verification; a broken chain can have one an event.
KEPT = 50


def check(heads: Heads, *, at: datetime) -> Verified:
    """Verify, and keep what was found for whoever reads the trail."""
    found = verify(heads)
    Verification.objects.create(
        at=at,
        events=found.events,
        streams=found.streams,
        findings=found.findings[:KEPT],
        found=len(found.findings),
    )
    return found


def verify(heads: Heads) -> Verified:
    """Read every event and compare it with its seal, its neighbours and the heads kept outside.

    Finds what was edited, deleted, put in or swapped, and a cut end as far as the heads reach.
    """
    found = Verified()
    with entered(system("audit.verify")):
        inside = {row.name: (row.count, row.head) for row in Stream.objects.order_by("name")}
        named = set(AuditEvent.objects.order_by().values_list("stream", flat=True).distinct())
        for stream in sorted(named | inside.keys() | heads.keys()):
            found.streams += 1
            found.findings += _chain(stream, inside.get(stream), heads.get(stream), found)
    return found


def _chain(
    stream: str, inside: tuple[int, str] | None, outside: tuple[int, str] | None, tally: Verified
) -> Iterator[str]:
    """Yield what is wrong with one chain."""
    number, last, outside_seal = 0, "", ""
    rows = AuditEvent.objects.filter(stream=stream).order_by("number")
    for *values, seal in rows.values_list(*SEALED, "seal").iterator(chunk_size=5000):
        tally.events += 1
        said = {"stream": stream, "number": values[1]}
        if values[1] != number + 1:
            missing = {**said, "first": number + 1, "last": values[1] - 1}
            yield _("%(stream)s: events %(first)d to %(last)d are missing") % missing
        elif values[-1] != last:
            yield _("%(stream)s: event %(number)d doesn't follow the one before it") % said
        if sealed(tuple(values)) != seal:
            yield _("%(stream)s: event %(number)d was changed") % said
        number, last = values[1], seal
        if outside and outside[0] == number:
            outside_seal = seal
    if inside is None:
        yield _("%(stream)s: its head is gone") % {"stream": stream}
    elif inside != (number, last):
        said = {"stream": stream, "number": number, "count": inside[0]}
        yield _("%(stream)s: ends at event %(number)d, its head says %(count)d") % said
    if outside and outside[1] != outside_seal:
        said = {"stream": stream, "number": number, "count": outside[0]}
        yield (
            _("%(stream)s: ends at event %(number)d, the head kept outside says %(count)d") % said
            if outside[0] > number
            else _("%(stream)s: event %(count)d isn't the one that was kept outside") % said
        )
