"""One fact or many at once, from a call: all of them are recorded, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.access.walls import entered
from echelon.records.facts import aside, mapping, sources, staging
from echelon.records.facts.errors import Refused
from echelon.records.facts.kinds import fact_type
from echelon.records.facts.models import BadRow, Batch, Fact
from echelon.records.facts.services import batches
from echelon.records.facts.services.batches import WALL
from echelon.records.facts.staging import written
from echelon.records.facts.states import BatchState
from rulebook.errors import nearest
from rulebook.values.numbers import shorten

_MANY = 500
_SHOWN = 100


def record(
    scope: Scope, *, type: str, rows: Sequence[Mapping[str, Any]], at: datetime, source: str
) -> Batch:
    """Record facts: each row has the type's columns by name, amounts as text or Decimal.

    A row whose key is known corrects that fact; one that says the same changes nothing. Returns
    the committed batch, whose `counts` say how many were new, corrected, unchanged. Raises Refused
    with what is wrong, row by row, the first being row 1.
    """
    scope.demand(Right.FACTS_LOAD)
    type_ = fact_type(type)
    with entered(WALL), transaction.atomic():
        batch = batches.make(scope, type_, source, at=at, state=BatchState.CHECKED)
        looking, whose = batches.checker(batch), batches.whose(batch)
        names = [one.name for one in looking.layout.fields]
        _check_names(rows, names)
        cells = sources.rows_as_cells(rows, names)
        same = {name: name for name in names}
        if whose and all(row.get(looking.layout.partner) in (None, "") for row in rows):
            same.pop(looking.layout.partner)
        checked = looking.check(cells, mapping.arrange(looking.layout, cells, names, same, whose))
        aside.keep_bad(batch, checked.bad)
        staging.stage(batch.pk, checked.good)
        repeated = aside.take_repeats(batch)
        aside.take_foreign(batch)
        _refuse_bad(batch)
        batch.counts = {"rows": len(rows), "bad": 0, "repeated": repeated}
        batch.save()
        return batches.commit(scope, batch=batch.pk, at=at)


def withdraw(scope: Scope, *, type: str, keys: Sequence[str], at: datetime, source: str) -> Batch:
    """Say of facts, by their keys, that they didn't happen: they don't count any more.

    Raises Refused if there is no such fact for which this actor may load.
    """
    scope.demand(Right.FACTS_LOAD)
    type_ = fact_type(type)
    wanted = list(dict.fromkeys(keys))
    with entered(WALL), transaction.atomic():
        batch = batches.make(scope, type_, source, at=at, state=BatchState.CHECKED)
        found: dict[str, Fact] = {}
        live = Fact.objects.filter(type=type_, ended_by=None, withdraws=False)
        mine = visible(live, scope, Right.FACTS_LOAD)
        for start in range(0, len(wanted), _MANY):
            some = mine.filter(key__in=wanted[start : start + _MANY])
            found |= {fact.key: fact for fact in some}
        if missing := [key for key in wanted if key not in found]:
            words = _("there is no fact with the key {key}")
            raise Refused(words.format(key=shorten(key)) for key in missing[:_SHOWN])
        staging.stage(batch.pk, _tombstones([found[key] for key in wanted]), withdraws=True)
        batch.counts = {"rows": len(wanted), "bad": 0}
        batch.save()
        return batches.commit(scope, batch=batch.pk, at=at)


def _tombstones(facts: Sequence[Fact]) -> pa.Table:
    return pa.table(
        {
            "line": pa.array(range(1, len(facts) + 1), pa.int64()),
            "partner": pa.array([written(fact.partner_id) for fact in facts], pa.string()),
            "date": pa.array([fact.date for fact in facts], pa.date32()),
            "key": pa.array([fact.key for fact in facts], pa.string()),
            "payload": pa.array(["{}"] * len(facts), pa.string()),
        }
    )


def _check_names(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> None:
    odd = sorted({name for row in rows for name in row} - set(names))
    if odd:
        words = _("there is no column {name}")
        said = [(words.format(name=name), nearest(name, names)) for name in odd[:_SHOWN]]
        raise Refused(f"{word} ({hint})" if hint else word for word, hint in said)


def _refuse_bad(batch: Batch) -> None:
    bad = BadRow.objects.filter(batch=batch).order_by("line")[:_SHOWN]
    told = [
        told_as(one, _("row {line}").format(line=row.line)) for row in bad for one in row.problems
    ]
    if told:
        raise Refused(told)


def told_as(one: Mapping[str, str], where: str) -> str:
    """Return a problem of a row as a sentence."""
    parts = [where, *([one["column"]] if one["column"] else []), one["message"]]
    return ": ".join(parts) + (f" ({one['hint']})" if one["hint"] else "")
