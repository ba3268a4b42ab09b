"""A file to facts: uploaded, mapped, checked row by row, mended, and then committed or dropped.

Checking stages good rows and keeps bad ones, chunk by chunk: rows, bad rows and the line that was
reached are one transaction, so that a check that was killed goes on where it was. Nothing of it
counts before the commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.walls import entered
from echelon.foundation.audit.services import record as audit
from echelon.foundation.files import services as files
from echelon.foundation.files.errors import Refused as NotKept
from echelon.foundation.files.services import Content
from echelon.foundation.jobs.services import enqueue
from echelon.foundation.jobs.task import Task
from echelon.records.facts import aside, mapping, sources, staging, switching
from echelon.records.facts.checking import Checker, problem
from echelon.records.facts.errors import Refused
from echelon.records.facts.kinds import fact_type, layout
from echelon.records.facts.models import BadRow, Batch, Staged
from echelon.records.facts.services import batches
from echelon.records.facts.services.batches import WALL
from echelon.records.facts.states import BatchState
from rulebook.loading.cells import Cells, integers


def upload(scope: Scope, *, type: str, name: str, stream: Content, at: datetime) -> Batch:
    """Keep a file and look at its header; `mapping` of the batch is what may be meant by it.

    Raises Refused for a file that is no table.
    """
    scope.demand(Right.FACTS_LOAD)
    type_ = fact_type(type)
    with entered(WALL), transaction.atomic():
        batch = batches.make(scope, type_, name, at=at)
        try:
            batch.file = files.keep(
                scope,
                name=name,
                content=stream,
                purpose="facts.upload",
                partner=batch.partner_id,
                at=at,
            )
        except NotKept as error:
            raise Refused(error.problems) from None
        batch.source, batch.digest = batch.file.name, batch.file.digest
        batch.header = sources.header(batches.path_of(batch))
        batch.mapping = mapping.suggest(layout(type_), batch.header, batch.partner_id)
        batch.save()
        said = {"type": type_.slug, "source": batch.source, "digest": batch.digest}
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
        said = {"type": found.type_id, "source": found.source, "digest": found.digest}
        whose = found.partner_id
        audit(scope, "facts.commit_asked", "batch", found.pk, at=at, partner=whose, after=said)
        enqueue("facts.commit", {"batch": str(found.pk)}, at=at, key=str(found.pk))
    return found


def check(batch: UUID, task: Task | None = None, *, at: datetime) -> None:
    """Stage a batch's rows from where it stands, chunk by chunk, then look at them together.

    Each transaction is held by the task's fence, if one does this.
    """
    with entered(WALL):
        found = Batch.objects.select_related("type", "partner", "file").get(pk=batch)
        if found.state != BatchState.CHECKING:
            return
        whose, looking = batches.whose(found), batches.checker(found)
        looking.kept = BadRow.objects.filter(batch=found).count()
        try:
            path = batches.path_of(found)
            size = max(path.stat().st_size, 1)
            for cells in sources.blocks(path, mapping.wanted(found.mapping)):
                if _last(cells) <= found.checkpoint:
                    continue  # a chunk is a block of the file: all of it was staged, or none
                _stage_chunk(found, looking, cells, whose, task)
                if task:
                    percent = min(95, 95 * cells.read // size)
                    said = _("{rows} rows read").format(rows=found.counts["rows"])
                    task.progress(percent, said)
        except Refused as error:
            _give_back(found, str(error), task, at)
        else:
            _finish(found, task, at)


def _last(cells: Cells) -> int:
    lines = [int(cells.lines[-1].as_py())] if len(cells.lines) else []
    return max([*lines, *(row.line for row in cells.broken)], default=0)


def _stage_chunk(
    batch: Batch, looking: Checker, cells: Cells, whose: str, task: Task | None
) -> None:
    names = mapping.wanted(batch.mapping)
    columns = mapping.arrange(looking.layout, cells, names, batch.mapping, whose)
    checked = looking.check(cells, columns)
    counts = batch.counts
    batch.counts = {
        "rows": counts.get("rows", 0) + checked.good.num_rows + checked.bad_count,
        "bad": counts.get("bad", 0) + checked.bad_count,
    }
    batch.checkpoint = _last(cells)
    with transaction.atomic():
        staging.stage(batch.pk, checked.good)
        aside.keep_bad(batch, checked.bad)
        batch.save(update_fields=["counts", "checkpoint"])
        if task:
            task.fence()


def _finish(batch: Batch, task: Task | None, at: datetime) -> None:
    with transaction.atomic():
        batch.counts["repeated"] = aside.take_repeats(batch)
        aside.take_foreign(batch)
        batch.counts |= switching.compare(batch.pk, batch.type_id)
        batches.move(batch, BatchState.CHECKED)
        batch.save()
        if task:
            task.finish(at)


def _give_back(batch: Batch, trouble: str, task: Task | None, at: datetime) -> None:
    """Give a file that can't be read to its end back to whoever brought it."""
    with transaction.atomic():
        batches.forget(batch)
        batches.move(batch, BatchState.UPLOADED)
        batch.trouble = trouble
        batch.save()
        if task:
            task.finish(at)


def mend(scope: Scope, *, batch: UUID, line: int, cells: Mapping[str, str], at: datetime) -> BadRow:
    """Put other cells into a bad row, and take it if it is good now.

    What came stays as it came; `cells` (by the type's columns) is kept beside it. Raises Hidden for
    a row that isn't bad, Refused in another state.
    """
    for row in mend_rows(scope, batch=batch, rows={line: cells}, at=at):
        return row
    raise Hidden


def mend_rows(
    scope: Scope, *, batch: UUID, rows: Mapping[int, Mapping[str, str]], at: datetime
) -> list[BadRow]:
    """Mend several rows at once, by their lines, and return them: those with problems stay bad.

    A line that isn't bad, since somebody else has mended it, is left as it is.
    """
    batches.find(scope, batch)
    with entered(WALL), transaction.atomic():
        found = Batch.objects.select_for_update().select_related("type").get(pk=batch)
        if found.state != BatchState.CHECKED:
            raise Refused(_("rows can be mended once the import is checked, until it is committed"))
        bad = BadRow.objects.filter(batch=found, line__in=list(rows), mended_at=None)
        mended = list(bad.order_by("line"))
        if not mended:
            return []
        looking = batches.checker(found)
        names = [one.name for one in looking.layout.fields]
        for row in mended:
            row.patch = {**row.patch, **rows[row.line]}
            if odd := sorted(set(row.patch) - set(names)):
                raise Refused(_("there is no column {name}").format(name=odd[0]))
        block = sources.rows_as_cells([{**row.cells, **row.patch} for row in mended], names)
        block.lines = integers([row.line for row in mended])
        checked = looking.check(block, block.columns)
        problems = {one.line: one.problems for one in checked.bad}
        staging.stage(found.pk, checked.good)
        for row in mended:
            row.problems = problems.get(row.line, [])
            if not row.problems:
                row.mended_by, row.mended_at = scope.actor.id, at
                _take_mended(found, row)
            row.save()
        found.counts |= switching.compare(found.pk, found.type_id)
        found.save()
        _audit_mended(scope, found, mended, rows, at)
    return mended


def _audit_mended(
    scope: Scope,
    batch: Batch,
    mended: list[BadRow],
    rows: Mapping[int, Mapping[str, str]],
    at: datetime,
) -> None:
    lines = [
        {"line": row.line, "cells": dict(rows[row.line]), "good": row.mended_at is not None}
        for row in mended
    ]
    whose = batch.partner_id
    audit(scope, "facts.mended", "batch", batch.pk, at=at, partner=whose, after={"rows": lines})


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
