"""A batch from its making to its end, whatever brought its rows: made, committed, undone."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Actor, Hidden, Reach, Right, Scope, system
from echelon.foundation.access.scope import Every
from echelon.foundation.access.walls import entered
from echelon.foundation.audit.services import record as audit
from echelon.foundation.files import services as files
from echelon.foundation.jobs.task import Task
from echelon.foundation.outbox.services import announce
from echelon.records.facts import aside, sources, switching
from echelon.records.facts.checking import Checker
from echelon.records.facts.errors import Refused
from echelon.records.facts.events import BatchUndone, FactsRecorded
from echelon.records.facts.kinds import layout
from echelon.records.facts.models import BadRow, Batch, FactType, Rate, Staged
from echelon.records.facts.staging import written
from echelon.records.facts.states import MOVES, BatchState
from echelon.records.partners.selectors import keys

#: The database is asked for all partners' rows: whose they may be is checked here, row by row.
WALL = system("facts")


def make(scope: Scope, type_: FactType, source: str, *, at: datetime, **more: Any) -> Batch:
    """Return a new batch of whoever acts."""
    scope.demand(Right.FACTS_LOAD)
    reached = scope.partners(Right.FACTS_LOAD)
    reach = None if isinstance(reached, Every) else sorted(map(str, reached))
    own = reached if not isinstance(reached, Every) and len(reached) == 1 else ()
    with entered(WALL):
        return Batch.objects.create(
            type=type_,
            partner_id=next(iter(own), None),
            reach=reach,
            actor=asdict(scope.actor),
            actor_id=scope.actor.id,
            source=source[:255],
            made_at=at,
            **more,
        )


def find(scope: Scope, batch: UUID) -> Batch:
    """Return a batch that somebody may work on: the vendor's people any, others their own."""
    with entered(WALL):
        found = Batch.objects.select_related("type").filter(pk=batch).first()
    if found is None or not works_on(scope, found):
        raise Hidden
    return found


def works_on(scope: Scope, batch: Batch) -> bool:
    """Whether somebody may work on a batch, and so may know whose it is."""
    if isinstance(scope.partners(Right.FACTS_LOAD), Every):
        return True
    mine = batch.actor_id == scope.actor.id or batch.partner_id in scope.own
    return scope.may(Right.FACTS_LOAD) and mine


def loader(batch: Batch) -> Scope:
    """Return the scope of whoever loads a batch, for a job that goes on with it."""
    reach = Reach.ALL if batch.reach is None else Reach.OWN
    own = frozenset(map(UUID, batch.reach or ()))
    return Scope(Actor(**batch.actor), {Right.FACTS_LOAD: reach}, own)


def checker(batch: Batch) -> Checker:
    """Return what looks at the rows of a batch."""
    scope = loader(batch)
    with entered(scope):
        known = keys(scope, Right.FACTS_LOAD)
    priced = frozenset(Rate.objects.values_list("currency", flat=True).distinct())
    ids = {key: written(identity) for key, identity in known.items()}
    codes = priced | {"EUR"} if priced else priced
    return Checker(layout(batch.type), ids, codes, owner=batch.type.owner)


def whose(batch: Batch) -> str:
    """Return the key of the one partner whose report it is, else nothing."""
    if batch.partner_id is None:
        return ""
    with entered(WALL):
        return str(batch.partner.key)


def path_of(batch: Batch) -> Path:
    """Return a batch's file in a form that can be read; what is made for that lies in a cache."""
    folder = Path(settings.CACHE_FOLDER) / "imports" / batch.digest
    return sources.readable(files.path_of(batch.file), batch.file.kind, folder)


def move(batch: Batch, state: BatchState) -> None:
    """Bring a batch to a state, if it may go there from where it is."""
    if state not in MOVES[BatchState(batch.state)]:
        now, then = BatchState(batch.state).label, state.label
        raise Refused(_("the import is {now}: it can't be {then}").format(now=now, then=then))
    batch.state = state


def commit(scope: Scope, *, batch: UUID, at: datetime) -> Batch:
    """Make what is staged of a batch count, as a whole. Raises Refused in another state."""
    find(scope, batch)
    with entered(WALL), transaction.atomic():
        found = Batch.objects.select_for_update().get(pk=batch)
        move(found, BatchState.COMMITTED)
        aside.take_foreign(found)
        done = switching.commit(found.pk, found.type_id)
        found.counts = {**found.counts, **done.counts}
        found.committed_at, found.trouble = at, ""
        found.save()
        said = {"type": found.type_id, "source": found.source, "digest": found.digest}
        _audited(scope, "facts.committed", found, at, {**said, "counts": done.counts})
        if any(count for name, count in done.counts.items() if name != "unchanged"):
            event = FactsRecorded(types=[found.type_id], partners=done.partners, batch=found.pk)
            announce(event, at=at)
    return found


def commit_asked(batch: UUID, task: Task, *, at: datetime) -> None:
    """Commit a batch for whoever asked for it, once; nothing is left to do where that was done."""
    with entered(WALL), transaction.atomic():
        found = Batch.objects.get(pk=batch)
        if found.state == BatchState.COMMITTING:
            commit(loader(found), batch=batch, at=at)
        task.finish(at)


def undo(scope: Scope, *, batch: UUID, at: datetime) -> Batch:
    """Take a batch back: what it superseded or withdrew counts again. Raises Refused."""
    find(scope, batch)
    with entered(WALL), transaction.atomic():
        found = Batch.objects.select_for_update().get(pk=batch)
        move(found, BatchState.UNDONE)
        done = switching.undo(found.pk, found.type_id)
        found.undone_at = at
        found.save()
        _audited(scope, "facts.undone", found, at, {"type": found.type_id, "counts": done.counts})
        if done.counts["removed"]:
            event = BatchUndone(types=[found.type_id], partners=done.partners, batch=found.pk)
            announce(event, at=at)
    return found


def drop(scope: Scope, *, batch: UUID, at: datetime) -> Batch:
    """Give up a batch that was never committed. Raises Refused."""
    find(scope, batch)
    with entered(WALL), transaction.atomic():
        found = Batch.objects.select_for_update().get(pk=batch)
        move(found, BatchState.DROPPED)
        forget(found)
        found.save()
        _audited(scope, "facts.dropped", found, at, {"type": found.type_id})
    return found


def forget(batch: Batch) -> None:
    """Remove what was read of a batch so far."""
    Staged.objects.filter(batch=batch.pk).delete()
    BadRow.objects.filter(batch=batch).delete()
    batch.checkpoint, batch.counts = 0, {}


def _audited(scope: Scope, verb: str, batch: Batch, at: datetime, after: dict[str, Any]) -> None:
    audit(scope, verb, "batch", batch.pk, at=at, partner=batch.partner_id, after=after)
