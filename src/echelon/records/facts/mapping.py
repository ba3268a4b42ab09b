"""Which column of a file is which column of a type: guessed, said by people, remembered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Map
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.utils.translation import gettext as _

from echelon.records.facts.errors import Refused
from echelon.records.facts.models import Mapping
from rulebook.errors import nearest
from rulebook.loading.cells import Cells
from rulebook.loading.layout import Layout

#: By a type's column: a file's column, or `{"value": …}`, which is the same in every row.
Columns = Map[str, Any]


def signature(header: Sequence[str]) -> str:
    """Return by what a file's header is known again."""
    return hashlib.sha256(json.dumps(sorted(header)).encode()).hexdigest()


def suggest(layout: Layout, header: Sequence[str], partner: UUID | None) -> dict[str, Any]:
    """Return the mapping that was used for such a header before, or one by the columns' names.

    What was used for another header that this one holds goes before names, and leaves none out.
    """
    names = [one.name for one in layout.fields]
    alike = {_folded(name): name for name in reversed(header)}
    by_name = {name: alike[_folded(name)] for name in names if _folded(name) in alike}
    known = Mapping.objects.filter(type=layout.title, partner=partner).order_by("-used_at")
    same = known.filter(signature=signature(header)).first()
    for found in (*([same] if same else ()), *known[:50]):
        if set(_files(found.columns)) <= set(header):
            used = {name: said for name, said in found.columns.items() if name in names}
            return used if found == same else by_name | used
    return by_name


def remember(
    layout: Layout, header: Sequence[str], columns: Columns, partner: UUID | None, at: datetime
) -> None:
    """Keep a mapping for the next file with such a header."""
    Mapping.objects.update_or_create(
        type_id=layout.title,
        partner_id=partner,
        signature=signature(header),
        defaults={"columns": dict(columns), "used_at": at},
    )


def check(layout: Layout, header: Sequence[str], columns: Columns, whose: str) -> None:
    """Refuse a mapping that names what isn't there, or lacks what every row needs."""
    names = [one.name for one in layout.fields]
    wrong = []
    for name, said in columns.items():
        if name not in names:
            hint = nearest(name, names)
            wrong.append(_("there is no column {name}").format(name=name) + _in_brackets(hint))
        elif isinstance(said, str) and said not in header:
            hint = nearest(said, header)
            wrong.append(_("the file has no column {name}").format(name=said) + _in_brackets(hint))
        elif not isinstance(said, str) and not (
            isinstance(said, Map) and isinstance(said.get("value"), str)
        ):
            wrong.append(_("{name}: name a column or a value").format(name=name))
    for name in needed(layout, whose):
        if name not in columns:
            wrong.append(_("{name} is needed: say which column it is").format(name=name))
    if wrong:
        raise Refused(wrong)


def needed(layout: Layout, whose: str) -> list[str]:
    """Return the columns that every row needs; whose report it is says the partner."""
    names = [*layout.key, layout.attained, *([] if whose else [layout.partner])]
    return list(dict.fromkeys(names))


def wanted(columns: Columns) -> list[str]:
    """Return the file's columns to read, each once."""
    return list(dict.fromkeys(_files(columns)))


def arrange(
    layout: Layout, cells: Cells, names: Sequence[str], columns: Columns, whose: str
) -> list[pa.Array | None]:
    """Return the type's columns from a block that has these columns of the file."""
    arranged: list[pa.Array | None] = []
    for one in layout.fields:
        said = columns.get(one.name)
        if said is None and one.name == layout.partner and whose:
            said = {"value": whose}
        if isinstance(said, str):
            arranged.append(cells.columns[names.index(said)])
        elif said is not None:
            value = pa.scalar(said["value"] or None, pa.string())
            arranged.append(pa.repeat(value, len(cells.lines)))
        else:
            arranged.append(None)
    return arranged


def _files(columns: Columns) -> list[str]:
    return [said for said in columns.values() if isinstance(said, str)]


def _folded(name: str) -> str:
    return "".join(mark for mark in name.casefold() if mark.isalnum())


def _in_brackets(hint: str) -> str:
    return f" ({hint})" if hint else ""
