"""What the engine reads of companies: one row each, the vendor's own fields as typed columns."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
from django.db.models import F

from echelon.records.partners.models import Field, Partner, Person

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


def people() -> tuple[dict[str, Any], pa.Table]:
    """Return as a reference who works where, by mail address: the company's key, and if still.

    Somebody is where they work now; who works nowhere any more, where they did last.
    """
    rows = Person.objects.order_by(F("left_at").desc(nulls_first=True), "partner__key", "pk")
    found: dict[str, tuple[str, bool]] = {}
    for mail, company, left in rows.values_list("email", "partner__key", "left_at"):
        found.setdefault(mail.lower(), (company, left is None))
    mails = sorted(found)
    table = pa.table(
        {
            "mail": pa.array(mails, pa.string()),
            "company": pa.array([found[mail][0] for mail in mails], pa.string()),
            "here": pa.array([found[mail][1] for mail in mails], pa.bool_()),
        }
    )
    return {"key": "mail", "columns": {"company": "text", "here": "boolean"}}, table
