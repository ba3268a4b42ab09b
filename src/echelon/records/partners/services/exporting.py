"""Companies as a file: what a list shows, for who may take many away; the audit knows who did."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.audit.services import record
from echelon.records.partners import search, sheets
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Field, Partner
from echelon.records.partners.services.companies import own_fields
from echelon.records.partners.services.loading import COLUMNS


def export(
    scope: Scope,
    *,
    kind: Literal["csv", "xlsx"],
    at: datetime,
    which: search.Filter | None = None,
    columns: Sequence[str] = (),
) -> bytes:
    """Return the companies that a filter lets through as CSV or XLSX, by key.

    Without `columns` it has all that loading reads, so that it can be loaded back. A second sheet
    of the XLSX says what was asked for, and when.
    """
    scope.demand(Right.EXPORT_MANY)
    which = which or search.Filter()
    own = {field.name: field for field in own_fields()}
    header = list(columns) or [*COLUMNS, *own]
    for name in header:
        if name not in own and name not in COLUMNS:
            raise Refused(columns=_("there is no column %(name)s") % {"name": name})
    with transaction.atomic():
        rows = search.matching(scope, which, Right.EXPORT_MANY)
        rows = visible(rows, scope, Right.COMPANY_READ).select_related("manager").order_by("key")
        keys = visible(Partner.objects.all(), scope, Right.COMPANY_READ).values_list("id", "key")
        found = list(_cells(rows, header, own, dict(keys)))
        kept = search.filter_kept(which)
        if kind == "csv":
            content = sheets.write_csv(header, found)
        else:
            asked = json.dumps(kept, ensure_ascii=False, default=str)
            about = [("filter", asked), ("rows", len(found)), ("as of", at.isoformat())]
            content = sheets.write_xlsx(header, found, about=about)
        said = {"kind": kind, "count": len(found), "columns": header}
        after = {**said, "filter": kept}
        record(scope, "partners.exported", "file", kind, at=at, after=after)
    return content


def _cells(
    rows: Any, header: Sequence[str], own: dict[str, Field], keys: dict[Any, str]
) -> Iterator[list[Any]]:
    """Yield each company's typed cells; a parent that the scope doesn't see stays unnamed."""
    for row in rows.iterator(chunk_size=2000):
        more = {"parent": keys.get(row.parent_id, ""), "tags": "; ".join(row.tags)}
        more["manager"] = row.manager.email if row.manager else ""
        yield [
            _typed(own[name], row.more.get(name))
            if name in own
            else more[name]
            if name in more
            else getattr(row, name)
            for name in header
        ]


def _typed(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.kind == Field.Kind.NUMBER:
        return Decimal(value)
    return date.fromisoformat(value) if field.kind == Field.Kind.DATE else value
