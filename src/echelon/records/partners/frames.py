"""What the engine reads of companies: one row each, the vendor's own fields as typed columns."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa

from echelon.records.partners.models import Field, Partner

#: The dataset's column type, and how Arrow holds it. Numbers stay text: all digits are kept.
_TYPES = {
    Field.Kind.TEXT: ("text", pa.string()),
    Field.Kind.NUMBER: ("number", pa.string()),
    Field.Kind.INTEGER: ("integer", pa.int64()),
    Field.Kind.DATE: ("date", pa.date32()),
    Field.Kind.YES_NO: ("boolean", pa.bool_()),
    Field.Kind.CHOICE: ("text", pa.string()),
}
_OWN = ("name", "kind", "country", "region", "segment")


def partners() -> tuple[dict[str, Any], pa.Table]:
    """Return the section `partners` of a dataset document, without its file, and its table.

    Archived companies are in it too: what they did still counts for their families. An empty
    text is null.
    """
    fields = list(Field.objects.filter(retired_at=None))
    rows = Partner.objects.order_by("key").values_list("key", "parent__key", *_OWN, "more")
    columns = list(zip(*rows.iterator(chunk_size=5000), strict=True)) or [()] * (len(_OWN) + 3)
    key, parent, *own, more = columns
    arrays = {"key": pa.array(key, pa.string()), "parent": pa.array(parent, pa.string())}
    document: dict[str, Any] = {"key": "key", "parent": "parent", "columns": {}}
    for name, cells in zip(_OWN, own, strict=True):
        document["columns"][name] = "text"
        arrays[name] = pa.array([cell or None for cell in cells], pa.string())
    for field in fields:
        said, held = _TYPES[Field.Kind(field.kind)]
        document["columns"][field.name] = said
        cells = [each.get(field.name) for each in more]
        if field.kind == Field.Kind.DATE:
            cells = [cell and date.fromisoformat(cell) for cell in cells]
        arrays[field.name] = pa.array(cells, held)
    return document, pa.table(arrays)
