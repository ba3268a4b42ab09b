"""Version 1 of the API: one file a room, each operation a function that calls its room."""

from __future__ import annotations

from echelon.surfaces.api.document import Api
from echelon.surfaces.api.v1 import (
    audit,
    batches,
    enrollments,
    facts,
    invitations,
    me,
    overrides,
    partners,
    programs,
    proposals,
    requests,
    runs,
    standings,
    versions,
)

#: In the order in which the reference shows them.
ROOMS = (
    me, partners, invitations, programs, versions, enrollments, facts, batches, standings, runs,
    proposals, requests, overrides, audit,
)  # fmt: skip
DESCRIPTION = """\
Everything that the pages do, for machines: partners, programs, enrollments, facts, standings.

A call shows a key (`Authorization: Bearer ech_…`) and does what the key's rights and its maker's
reach allow; what is out of reach is not there. Amounts are decimal text beside their currency,
days are `2026-01-31`, moments are in UTC. Lists come in pages: `next` of one is `after` of the
next. A call that changes something may carry an `Idempotency-Key`: sent twice, it is done once.
"""

api = Api(title="Echelon", version="1", description=DESCRIPTION, urls_namespace="api-v1")
for room in ROOMS:
    api.add_router("", room.router, tags=[room.TAG])
