"""Rows that are good alone and can't be taken beside the others: repeats, and keys of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from echelon.records.facts.checking import MOST_BAD, Wrong, problem
from echelon.records.facts.kinds import layout
from echelon.records.facts.models import BadRow, Batch, Staged
from echelon.records.facts.staging import written
from echelon.records.partners.selectors import keys_of

_MANY = 500


def keep_bad(batch: Batch, rows: Iterable[Wrong]) -> None:
    """Keep bad rows, to be shown, mended or brought back as a file."""
    BadRow.objects.bulk_create(
        [
            BadRow(
                batch=batch,
                partner_id=batch.partner_id,
                line=row.line,
                cells=row.cells,
                problems=row.problems,
            )
            for row in rows
        ],
        batch_size=_MANY,
    )


def take_repeats(batch: Batch) -> int:
    """Leave one of the rows that say the same, and none of those that contradict each other.

    Returns how many said what another had said.
    """
    twice = "SELECT 1 FROM facts_staged WHERE batch = %s GROUP BY key HAVING count(*) > 1 LIMIT 1"
    if not _found(twice, [written(batch.pk)]):
        return 0
    whole = "key, partner, date, payload, withdraws"
    again = _lines(batch, f"row_number() OVER (PARTITION BY {whole} ORDER BY line)")
    for some in _pieces(again):
        Staged.objects.filter(batch=batch.pk, line__in=some).delete()
    rows = _staged(batch, _lines(batch, "count(*) OVER (PARTITION BY key)"))
    lines: dict[str, list[int]] = {}
    for row in rows:
        lines.setdefault(row.key, []).append(row.line)
    _set_aside(batch, [(row, *_contradicted(row, lines[row.key])) for row in rows])
    return len(again)


def _lines(batch: Batch, number: str) -> list[int]:
    """Return the lines of a batch's rows for which a window's number is above one.

    Rows are numbered in one walk and never joined with each other: the database has no counts of
    what was staged just now, and would look at all of them again for each.
    """
    return _found(
        f"""SELECT line FROM (SELECT line, {number} AS n FROM facts_staged WHERE batch = %s)
        AS numbered WHERE n > 1 ORDER BY line""",
        [written(batch.pk)],
    )


def _contradicted(row: Staged, lines: list[int]) -> tuple[str, str]:
    return same_key(lines[1] if row.line == lines[0] else lines[0])


def same_key(line: int) -> tuple[str, str]:
    """Return what is wrong with a row whose key another line has, and what to do."""
    words = _("line {line} has the same key and says something else").format(line=line)
    return words, _("keep one of them")


def take_foreign(batch: Batch) -> None:
    """Set aside rows whose key is that of a fact for whose partner this loader may not load."""
    if batch.reach is None:
        return
    mine = batch.reach or [str(batch.pk)]  # nobody's id, for a list that may not be empty
    marks = ", ".join(["%s"] * len(mine))
    lines = _found(
        f"""SELECT s.line FROM facts_staged s JOIN facts_fact f
        ON f.type_id = %s AND f.key = s.key AND f.ended_by_id IS NULL
        WHERE s.batch = %s AND f.partner_id NOT IN ({marks}) ORDER BY s.line""",
        [batch.type_id, written(batch.pk), *(written(UUID(one)) for one in mine)],
    )
    said = _("this key can't be used"), _("use the numbers of your own records")
    _set_aside(batch, [(row, *said) for row in _staged(batch, lines)])


def _found(query: str, given: list[object]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return [int(line) for (line,) in cursor.fetchall()]


def _pieces(lines: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(lines), _MANY):
        yield lines[start : start + _MANY]


def _staged(batch: Batch, lines: list[int]) -> list[Staged]:
    """Return the staged rows of some lines, in their order."""
    rows = Staged.objects.filter(batch=batch.pk).order_by("line")
    return [row for some in _pieces(lines) for row in rows.filter(line__in=some)]


def _set_aside(batch: Batch, rows: list[tuple[Staged, str, str]]) -> None:
    if not rows:
        return
    type_ = layout(batch.type)
    for some in _pieces([row.line for row, _message, _hint in rows]):
        Staged.objects.filter(batch=batch.pk, line__in=some).delete()
        BadRow.objects.filter(batch=batch, line__in=some).delete()
    room = MOST_BAD - BadRow.objects.filter(batch=batch).count()
    keys = keys_of({row.partner for row, _message, _hint in rows[: max(room, 0)]})
    keep_bad(
        batch,
        (
            Wrong(
                row.line,
                {**row.payload, type_.partner: keys[row.partner]},
                [problem(type_.key[0], row.payload.get(type_.key[0], ""), message, hint)],
            )
            for row, message, hint in rows[: max(room, 0)]
        ),
    )
    batch.counts["bad"] = batch.counts.get("bad", 0) + len(rows)
