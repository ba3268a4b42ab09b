"""Reads a data folder with `csv`: typed rows, facts once each, set-aside facts left out."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rulebook.dataset.spec import Dataset
from rulebook.reading.bind import bind
from rulebook.reading.document import read_document

Row = dict[str, Any]


@dataclass(frozen=True)
class Amount:
    """An amount as written, with its currency; not yet converted."""

    number: Decimal
    currency: str | None


@dataclass
class Fact:
    """One fact that counts: whose, of which day, its typed values."""

    partner: str
    day: date
    row: Row


@dataclass
class Tables:
    """A folder, read."""

    spec: Dataset
    partners: dict[str, Row]
    parents: dict[str, str]
    references: dict[str, dict[Any, Row]] = field(default_factory=dict)
    facts: dict[str, dict[str, list[Fact]]] = field(default_factory=dict)
    enrollments: list[Row] | None = None
    attestations: list[Row] = field(default_factory=list)
    rates: dict[str, list[tuple[date, Decimal]]] = field(default_factory=dict)
    aside: dict[tuple[str, str], int] = field(default_factory=dict)


def read_tables(folder: Path, time_zone: str) -> Tables:
    """Everything that a run reads of a folder."""
    spec, problems = bind(read_document(folder / "dataset.yaml"), Dataset)
    assert spec is not None, problems
    zone = ZoneInfo(time_zone)
    keys = spec.partners
    types = {name: column.type for name, column in keys.columns.items()}
    tables = Tables(spec, {}, {})
    for raw in _rows(folder, "partners", keys.file):
        row = {name: typed(text, types.get(name, "text"), zone) for name, text in raw.items()}
        tables.partners[raw[keys.key]] = row
        if keys.parent and raw.get(keys.parent):
            tables.parents[raw[keys.key]] = raw[keys.parent]
    pointed = _types_of_reference_keys(spec)
    for name, table in spec.references.items():
        types = {column: entry.type for column, entry in table.columns.items()}
        types[table.key] = pointed.get(name, types.get(table.key, "text"))
        rows = [
            {column: typed(text, types.get(column, "text"), zone) for column, text in raw.items()}
            for raw in _rows(folder, name, table.file)
        ]
        tables.references[name] = {row[table.key]: row for row in rows}
    for name, table in spec.facts.items():
        _read_facts(tables, name, table, _rows(folder, name, table.file), zone)
    _read_people(tables, folder, zone)
    return tables


def _types_of_reference_keys(spec: Dataset) -> dict[str, str]:
    return {
        column.references: column.type
        for table in spec.facts.values()
        for column in table.columns.values()
        if column.references
    }


def _rows(folder: Path, table: str, files: tuple[str, ...] | None) -> list[dict[str, str]]:
    rows = []
    for pattern in files or (f"{table}.csv",):
        for path in sorted(folder.glob(pattern)):
            with path.open(encoding="utf-8-sig", newline="") as lines:
                rows += list(csv.DictReader(lines))
    return rows


def typed(text: str | None, kind: str, zone: ZoneInfo) -> Any:
    """A cell as a value of its type; an empty one is null."""
    if text is None or text == "":
        return None
    if kind in ("integer", "number", "money"):
        return Decimal(text)
    if kind == "boolean":
        return {"yes": True, "true": True, "no": False, "false": False}[text.lower()]
    if kind == "date":
        if len(text) == 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(zone) if moment.tzinfo else moment).date()
    return text


def _read_facts(
    tables: Tables, name: str, table: Any, raws: list[dict[str, str]], zone: ZoneInfo
) -> None:
    """Keep each fact once, and leave out those without a known partner or their day."""
    validity = table.valid
    dates = [table.date, table.recorded]
    dates += [validity.start, validity.until] if validity else []
    day_column = table.date or (validity.start if validity else None) or "date"
    seen: set[tuple[str, ...]] = set()
    kept: dict[str, list[Fact]] = {}
    for raw in raws:
        if table.key is not None:
            key = tuple(raw[part] for part in table.key)
            if key in seen:
                continue
            seen.add(key)
        row: Row = {}
        for column, text in raw.items():
            entry = table.columns.get(column)
            kind = entry.type if entry else "date" if column in [*dates, day_column] else "text"
            row[column] = typed(text, kind, zone)
            if kind == "money" and row[column] is not None:
                money = entry.currency
                row[column] = Amount(row[column], raw.get(money, money))
        reason = None
        if not raw[table.partner]:
            reason = "no partner"
        elif raw[table.partner] not in tables.partners:
            reason = "unknown partner"
        elif row.get(day_column) is None:
            reason = "no date"
        if reason:
            tables.aside[name, reason] = tables.aside.get((name, reason), 0) + 1
        else:
            owner = raw[table.partner]
            kept.setdefault(owner, []).append(Fact(owner, row[day_column], row))
    tables.facts[name] = kept


def _named(folder: Path, name: str, table: Any, words: dict[str, str], zone: ZoneInfo) -> list[Row]:
    """The rows of a table with standard names, under those names."""
    rows = []
    for raw in _rows(folder, name, table.file):
        row = {}
        for word, kind in words.items():
            field_name = "start" if word == "from" else word
            column = getattr(table, field_name) or word
            row[word] = typed(raw.get(column), kind, zone)
        rows.append(row)
    return rows


def _read_people(tables: Tables, folder: Path, zone: ZoneInfo) -> None:
    spec = tables.spec
    if spec.enrollments is not None:
        texts = dict.fromkeys(("partner", "program", "user", "tier"), "text")
        days = dict.fromkeys(("start", "end", "since", "below_since", "reviewed"), "date")
        tables.enrollments = _named(
            folder, "enrollments", spec.enrollments, {**texts, **days}, zone
        )
    if spec.attestations is not None:
        texts = dict.fromkeys(("partner", "metric", "value"), "text")
        days = {"from": "date", "until": "date"}
        tables.attestations = _named(
            folder, "attestations", spec.attestations, {**texts, **days}, zone
        )
    if spec.rates is not None:
        for raw in _rows(folder, "rates", spec.rates.file):
            day = typed(raw[spec.rates.date], "date", zone)
            entry = (day, Decimal(raw[spec.rates.rate]))
            tables.rates.setdefault(raw[spec.rates.currency], []).append(entry)
