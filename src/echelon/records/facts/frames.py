"""What the engine reads of this room: each table's section of a dataset document, and its rows.

Facts come as Parquet files under the cache folder, brought up to date on the way; the small tables
as they are in the database now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings

from echelon.foundation.access import system
from echelon.foundation.access.walls import entered
from echelon.records.facts import builtin
from echelon.records.facts.kinds import fact_type, layout, reference_specs
from echelon.records.facts.models import Attestation, FactType, Rate, Reference, Watermark
from echelon.records.facts.pages import Pages, typed_table
from echelon.records.facts.specs import reference_layout

_WALL = system("facts.frames")
BASE = "EUR"


def facts(types: Iterable[str]) -> dict[str, tuple[dict[str, Any], list[Path]]]:
    """Return, by type, its section of a dataset and its Parquet files, at least one.

    The files never change, and stay for a day after they are no longer named here. It takes time
    in proportion to what changed since the last call. Raises Hidden for a type that isn't there.
    """
    found = {}
    with entered(_WALL):
        for slug in types:
            type_ = fact_type(slug)
            folder = Path(settings.CACHE_FOLDER) / "facts" / slug
            found[slug] = (dict(type_.spec), Pages(folder, layout(type_)).bring_up())
    return found


def owners(types: Iterable[str]) -> dict[str, str]:
    """Return, of the types that have one, the column that says whose record a fact is."""
    with entered(_WALL):
        found = {slug: fact_type(slug).owner for slug in types}
    return {slug: column for slug, column in found.items() if column}


def references() -> dict[str, tuple[dict[str, Any], pa.Table]]:
    """Return, by type, the section and the rows of what facts point to."""
    found = {}
    for slug, spec in reference_specs().items():
        made = reference_layout(slug, spec)
        rows = Reference.objects.filter(type=slug).order_by("key").values_list("key", "payload")
        keys = pa.array([key for key, _payload in rows], pa.string())
        texts = pa.array([json.dumps(payload) + "\n" for _key, payload in rows], pa.string())
        found[slug] = (dict(spec), typed_table(made, texts, {made.key[0]: keys}))
    return found


def rates() -> tuple[dict[str, Any], pa.Table] | None:
    """Return the section and the rows of the exchange rates; None where there are none."""
    rows = list(Rate.objects.order_by("date", "currency").values_list("date", "currency", "rate"))
    if not rows:
        return None
    days, codes, amounts = zip(*rows, strict=True)
    table = pa.table(
        {
            "date": pa.array(days, pa.date32()),
            "currency": pa.array(codes, pa.string()),
            "rate": pa.array(amounts, pa.string()).cast(pa.decimal128(38, 12)),
        }
    )
    section = {"base": BASE, "date": "date", "currency": "currency", "rate": "rate"}
    return section, table


def attestations() -> tuple[dict[str, Any], pa.Table] | None:
    """Return the section and the rows of what was confirmed; None where nothing was."""
    with entered(_WALL):
        rows = list(
            Attestation.objects.filter(withdrawn_at=None)
            .order_by("partner__key", "metric", "starts", "id")
            .values_list("partner__key", "metric", "value", "starts", "until")
        )
    if not rows:
        return None
    partners, metrics, values, starts, ends = zip(*rows, strict=True)
    table = pa.table(
        {
            "partner": pa.array(partners, pa.string()),
            "metric": pa.array(metrics, pa.string()),
            "value": pa.array([value or None for value in values], pa.string()),
            "from": pa.array(starts, pa.date32()),
            "until": pa.array(ends, pa.date32()),
        }
    )
    return {word: word for word in table.column_names}, table


def watermark(*, facts: bool = True) -> str:
    """Return a text that is another one after any change of what this room holds.

    Without `facts`, of what it holds beside them.
    """
    marks = Watermark.objects.order_by("table").values_list("table", "number")
    if not facts:
        marks = marks.exclude(table__startswith="facts:")
    return " ".join(f"{table}={number}" for table, number in marks if number) or "none"


def types() -> list[str]:
    """Return the slugs of all fact types, for who wants all of them."""
    return sorted({*builtin.fact_types(), *FactType.objects.values_list("slug", flat=True)})
