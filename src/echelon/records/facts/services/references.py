"""What facts point to, such as products: rows by key, replaced where they say something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import EVERY, Right, Scope
from echelon.foundation.audit.services import record as audit
from echelon.foundation.files.kinds import kind_of
from echelon.records.facts import sources
from echelon.records.facts.errors import Refused
from echelon.records.facts.kinds import reference_type
from echelon.records.facts.models import Reference
from echelon.records.facts.specs import reference_layout
from echelon.records.facts.switching import advance
from rulebook.errors import nearest
from rulebook.loading.layout import Layout
from rulebook.loading.typing_sql import why_unreadable
from rulebook.values.numbers import plain, read_number

_MANY = 2_000
_SHOWN = 100


def load(
    scope: Scope, *, type: str, rows: Sequence[Mapping[str, Any]], at: datetime
) -> dict[str, int]:
    """Take rows with the type's columns by name; returns how many were new, changed, unchanged.

    Raises Refused with what is wrong, row by row, the first being row 1; nothing is taken then.
    """
    scope.demand(Right.FACTS_LOAD, EVERY)
    type_ = reference_type(type)
    given = _checked(reference_layout(type_.slug, type_.spec), rows)
    with transaction.atomic():
        known = dict(Reference.objects.filter(type=type_).values_list("key", "payload"))
        other = {key: row for key, row in given.items() if known.get(key) != row}
        new = sum(key not in known for key in other)
        counts = {"new": new, "changed": len(other) - new, "unchanged": len(given) - len(other)}
        if other:
            Reference.objects.bulk_create(
                [
                    Reference(type=type_, key=key, payload=row, changed_at=at)
                    for key, row in other.items()
                ],
                batch_size=_MANY,
                update_conflicts=True,
                unique_fields=["type", "key"],
                update_fields=["payload", "changed_at"],
            )
            advance(f"references:{type_.slug}")
            audit(scope, "facts.references_loaded", type_.slug, "rows", at=at, after=counts)
    return counts


def load_file(
    scope: Scope, *, type: str, name: str, content: bytes, at: datetime
) -> dict[str, int]:
    """Take the rows of a CSV, XLSX or Parquet file whose columns are called as the type's are.

    Raises Refused with what is wrong; line 2 of a file is row 1.
    """
    scope.demand(Right.FACTS_LOAD, EVERY)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"given{PurePath(name).suffix}"
        path.write_bytes(content)
        kind = kind_of(path) if content else None
        if kind not in ("csv", "xlsx", "parquet"):
            raise Refused(_("the file is empty, or is neither CSV, XLSX nor Parquet"))
        given = sources.readable(path, kind, Path(folder))
        header = sources.header(given)
        spec = reference_type(type).spec
        key = reference_layout(type, spec).key[0]
        if key not in header:
            raise Refused(_("the file has no column {name}").format(name=key))
        rows, broken = list[dict[str, Any]](), list[str]()
        for block in sources.blocks(given, header):
            cells = zip(*(column.to_pylist() for column in block.columns), strict=True)
            rows += [dict(zip(header, row, strict=True)) for row in cells]
            where = _("line {line}: {message}")
            broken += [where.format(line=one.line, message=one.message) for one in block.broken]
    if broken:
        raise Refused(broken[:_SHOWN])
    return load(scope, type=type, rows=rows, at=at)


def _checked(layout: Layout, rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    names = {one.name: one.kind for one in layout.fields}
    key = layout.key[0]
    found, wrong = dict[str, dict[str, str]](), list[str]()
    for number, row in enumerate(rows, 1):
        where = _("row {line}").format(line=number)
        cells = {name: text for name, cell in row.items() if (text := sources.text(cell))}
        for name in sorted(set(cells) - set(names)):
            hint = nearest(name, names)
            words = _("there is no column {name}").format(name=name)
            wrong.append(f"{where}: {words}" + (f" ({hint})" if hint else ""))
        for name, cell in cells.items():
            if name in names and name != key:
                try:
                    cells[name] = _canonical(cell, names[name])
                except ValueError:
                    wrong.append(f"{where}: {name}: {why_unreadable(cell, names[name])[0]}")
        identity = cells.pop(key, "")
        if not identity:
            wrong.append(f"{where}: {key}: " + _("the key is empty"))
        elif found.setdefault(identity, cells) != cells:
            wrong.append(f"{where}: {key}: " + _("the key is there twice, with other columns"))
    if wrong:
        raise Refused(wrong[:_SHOWN])
    return found


def _canonical(cell: str, kind: str) -> str:
    """Return a cell as it is kept, or raise ValueError."""
    if kind in ("integer", "number"):
        number = read_number(cell)
        if kind == "integer" and number != int(number):
            raise ValueError
        return plain(number)
    if kind == "boolean":
        return {"yes": "true", "true": "true", "no": "false", "false": "false"}.get(
            cell.lower()
        ) or _none()
    if kind == "date":
        datetime.fromisoformat(cell)
    return cell


def _none() -> str:
    raise ValueError
