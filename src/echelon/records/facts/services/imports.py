"""A file to facts: uploaded, mapped, checked row by row, mended, and then committed or dropped.

Checking stages good rows and keeps bad ones, chunk by chunk: rows, bad rows and the line that was
reached are one transaction, so that a check that was killed goes on where it was. Nothing of it
counts before the commit.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.walls import entered
from echelon.foundation.audit.services import record as audit
from echelon.foundation.jobs.services import enqueue
from echelon.records.facts import aside, mapping, sources, staging, switching
from echelon.records.facts.checking import Checker, problem
from echelon.records.facts.errors import Refused
from echelon.records.facts.kinds import fact_type, layout
from echelon.records.facts.models import BadRow, Batch, Staged
from echelon.records.facts.services import batches
from echelon.records.facts.services.batches import WALL
from echelon.records.facts.states import BatchState
from rulebook.loading.cells import Cells, integers


def upload(
    scope: Scope, *, type: str, name: str, stream: IO[bytes] | Iterable[bytes], at: datetime
) -> Batch:
    """Keep a file and look at its header; `mapping` of the batch is what may be meant by it.

    Raises Refused for a file that is no table.
    """
    scope.demand(Right.FACTS_LOAD)
    type_ = fact_type(type)
    with entered(WALL), transaction.atomic():
        batch = batches.make(scope, type_, Path(name).name, at=at)
        folder = _folder(batch)
        try:
            path, digest = sources.keep(stream, name, folder)
            header = sources.header(path)
        except Refused:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        batch.file, batch.digest, batch.header = path.name, digest, header
        batch.mapping = mapping.suggest(layout(type_), header, batch.partner_id)
        batch.save()
        said = {"type": type_.slug, "source": batch.source, "digest": digest}
        whose = batch.partner_id
        audit(scope, "facts.uploaded", "batch", batch.pk, at=at, partner=whose, after=said)
    return batch


def map_columns(scope: Scope, *, batch: UUID, columns: Mapping[str, Any], at: datetime) -> Batch:
    """Say which column is which, remember it, and ask for the check. Raises Refused."""
    batches.find(scope, batch)
    with entered(WALL), transaction.atomic():
        found = Batch.objects.select_for_update().get(pk=batch)
        type_ = layout(found.type)
        mapping.check(type_, found.header, columns, batches.whose(found))
        batches.move(found, BatchState.CHECKING)
        batches.forget(found)
        found.mapping, found.trouble = dict(columns), ""
        found.save()
        mapping.remember(type_, found.header, columns, found.partner_id, at)
        enqueue("facts.check", {"batch": str(found.pk)}, at=at, key=str(found.pk))
    return found


def commit_later(scope: Scope, *, batch: UUID, at: datetime) -> Batch:
    """Ask for a batch to be committed by a job: what a large one wants. Raises Refused."""
    batches.find(scope, batch)
    with entered(WALL), transaction.atomic():
        found = Batch.objects.select_for_update().get(pk=batch)
        batches.move(found, BatchState.COMMITTING)
        found.save()
        enqueue("facts.commit", {"batch": str(found.pk)}, at=at, key=str(found.pk))
    return found


def check(batch: UUID, tell: Callable[[int], None] = lambda _percent: None) -> None:
    """Stage a batch's rows from where it stands, chunk by chunk, then look at them together."""
    with entered(WALL):
        found = Batch.objects.select_related("type", "partner").get(pk=batch)
        if found.state != BatchState.CHECKING:
            return
        whose, looking = batches.whose(found), batches.checker(found)
        looking.kept = BadRow.objects.filter(batch=found).count()
        path = _folder(found) / found.file
        try:
            for cells in sources.blocks(path, mapping.wanted(found.mapping)):
                if not _after(cells, found.checkpoint):
                    continue
                _stage_chunk(found, looking, cells, whose)
                tell(min(95, 95 * cells.read // max(path.stat().st_size, 1)))
        except Refused as error:
            _back(found, str(error))
            return
        _finish(found)


def _after(cells: Cells, checkpoint: int) -> bool:
    """Whether a block has lines that were not staged yet; a chunk is a block, so all or none."""
    lines = [int(cells.lines[-1].as_py())] if len(cells.lines) else []
    return max([*lines, *(row.line for row in cells.broken)], default=0) > checkpoint


def _stage_chunk(batch: Batch, looking: Checker, cells: Cells, whose: str) -> None:
    type_ = looking.layout
    names = mapping.wanted(batch.mapping)
    checked = looking.check(cells, mapping.arrange(type_, cells, names, batch.mapping, whose))
    with transaction.atomic():
        locked = Batch.objects.select_for_update().get(pk=batch.pk)
        if (locked.state, locked.checkpoint) != (batch.state, batch.checkpoint):
            raise Taken
        staging.stage(batch.pk, checked.good)
        aside.keep_bad(batch, checked.bad)
        counts = batch.counts
        batch.counts = {
            "rows": counts.get("rows", 0) + checked.good.num_rows + checked.bad_count,
            "bad": counts.get("bad", 0) + checked.bad_count,
        }
        batch.checkpoint = checked.last
        batch.save(update_fields=["counts", "checkpoint"])


class Taken(Exception):
    """Another worker goes on with this batch."""


def _finish(batch: Batch) -> None:
    with transaction.atomic():
        locked = Batch.objects.select_for_update().get(pk=batch.pk)
        if (locked.state, locked.checkpoint) != (batch.state, batch.checkpoint):
            raise Taken
        batch.counts["repeated"] = aside.take_repeats(batch)
        aside.take_foreign(batch)
        batch.counts |= switching.compare(batch.pk, batch.type_id)
        batches.move(batch, BatchState.CHECKED)
        batch.save()


def _back(batch: Batch, trouble: str) -> None:
    """Give a file that can't be read to its end back to whoever brought it."""
    with transaction.atomic():
        batches.forget(batch)
        batches.move(batch, BatchState.UPLOADED)
        batch.trouble = trouble
        batch.save()


def mend(scope: Scope, *, batch: UUID, line: int, cells: Mapping[str, str], at: datetime) -> BadRow:
    """Put other cells into a bad row, and take it if it is good now.

    What came stays as it came; `cells` (by the type's columns) is kept beside it. Raises Hidden for
    a row that isn't bad, Refused in another state.
    """
    batches.find(scope, batch)
    with entered(WALL), transaction.atomic():
        found = Batch.objects.select_for_update().select_related("type").get(pk=batch)
        row = BadRow.objects.filter(batch=found, line=line, mended_at=None).first()
        if row is None:
            raise Hidden
        if found.state != BatchState.CHECKED:
            raise Refused(_("rows can be mended once the import is checked, until it is committed"))
        looking = batches.checker(found)
        row.patch = {**row.patch, **cells}
        names = [one.name for one in looking.layout.fields]
        if odd := sorted(set(cells) - set(names)):
            raise Refused(_("there is no column {name}").format(name=odd[0]))
        said = {**row.cells, **row.patch}
        block = sources.rows_as_cells([said], names)
        block.lines = integers([line])
        checked = looking.check(block, block.columns)
        row.problems = checked.bad[0].problems if checked.bad else []
        if not checked.bad:
            staging.stage(found.pk, checked.good)
            row.mended_by, row.mended_at = scope.actor.id, at
            _take_mended(found, row)
        row.save()
        found.save()
        after = {"line": line, "cells": dict(cells), "good": row.mended_at is not None}
        audit(
            scope, "facts.mended", "batch", found.pk, at=at, partner=found.partner_id, after=after
        )
    return row


def _take_mended(batch: Batch, row: BadRow) -> None:
    """Count a row that is good now, unless its key is taken in this batch or by others."""
    staged = Staged.objects.get(batch=batch.pk, line=row.line)
    other = Staged.objects.filter(batch=batch.pk, key=staged.key).exclude(line=row.line).first()
    if other is not None:
        Staged.objects.filter(batch=batch.pk, line=row.line).delete()
        row.mended_by, row.mended_at = "", None
        row.problems = [problem("", staged.key, *aside.same_key(other.line))]
        return
    batch.counts["bad"] = batch.counts.get("bad", 0) - 1
    batch.counts |= switching.compare(batch.pk, batch.type_id)


def _folder(batch: Batch) -> Path:
    return Path(settings.FILES_FOLDER) / "imports" / str(batch.pk)
