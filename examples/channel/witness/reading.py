"""The folder's files, read plainly: nulls, repeated rows, rows set aside, families."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Record = dict[str, Any]  # a row by column name; an empty cell is None

# Of each table of facts: its key, its date, and what its columns are.
FACTS: dict[str, tuple[tuple[str, ...], str, dict[str, str]]] = {
    "sales": (
        ("order_number", "order_line"),
        "order_date",
        {
            "partner_id": "text",
            "order_number": "text",
            "order_line": "text",
            "order_date": "date",
            "product_id": "text",
            "quantity": "number",
            "amount": "number",
            "currency": "text",
            "channel": "text",  # and not batch: the dataset doesn't name it
        },
    ),
    "certificates": (
        ("certificate_id",),
        "valid_from",
        {
            "partner_id": "text",
            "certificate_id": "text",
            "person": "text",
            "exam": "text",
            "valid_from": "date",
            "valid_until": "date",
        },
    ),
    "deals": (
        ("deal_id",),
        "registered_on",
        {
            "partner_id": "text",
            "deal_id": "text",
            "registered_on": "date",
            "status": "text",
            "closed_at": "date",
            "deal_amount": "number",
            "currency": "text",
            "recorded_on": "date",
        },
    ),
    "contracts": (
        ("contract_id",),
        "signed_on",
        {
            "partner_id": "text",
            "contract_id": "text",
            "site": "text",
            "plan": "text",
            "monthly_fee": "number",
            "signed_on": "date",
            "valid_from": "date",
            "valid_until": "date",
        },
    ),
    "activities": (
        ("activity_id",),
        "done_on",
        {
            "partner_id": "text",
            "activity_id": "text",
            "done_on": "date",
            "kind": "text",
            "site": "text",
            "points": "number",
        },
    ),
}


def read_rows(folder: Path, name: str) -> list[Record]:
    """A file's rows as text, empty cells null."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            {column: cell or None for column, cell in row.items()} for row in csv.DictReader(file)
        ]


def as_day(text: str | None, zone: ZoneInfo) -> date | None:
    """A date, or the date of a timestamp in the program's time zone."""
    if text is None:
        return None
    if "T" not in text:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return moment.date()
    return moment.astimezone(zone).date()


def _typed(text: str | None, kind: str, zone: ZoneInfo) -> Any:
    if text is None or kind == "text":
        return text
    return Decimal(text) if kind == "number" else as_day(text, zone)


@dataclass(frozen=True)
class Enrollment:
    """One row of enrollments: from when to when, and the standing before."""

    start: date | None
    end: date | None
    tier: str | None
    since: date | None
    below_since: date | None
    reviewed: date | None

    def in_force(self, as_of: date) -> bool:
        """From its start to its end, that day included."""
        return (self.start is None or self.start <= as_of) and (
            self.end is None or as_of <= self.end
        )


class Folder:
    """Everything in the folder, as one program sees it (its time zone dates timestamps)."""

    def __init__(self, path: Path, zone: str) -> None:
        self.path = path
        self.zone = ZoneInfo(zone)
        self.partners = {row["partner_id"]: row for row in read_rows(path, "partners")}
        self.keys = sorted(self.partners)  # Python compares text by code point
        self.category = {row["product_id"]: row["category"] for row in read_rows(path, "products")}
        self.set_aside: Counter[tuple[str, str]] = Counter()
        self.facts = {table: self._facts(table) for table in FACTS}
        self.attestations: dict[tuple[str, str], list[Record]] = {}
        for row in read_rows(path, "attestations"):
            self.attestations.setdefault((row["partner_id"], row["metric"]), []).append(row)
        self.children: dict[str, list[str]] = {key: [] for key in self.partners}
        for key, row in self.partners.items():
            if row["parent_id"] is not None:
                self.children[row["parent_id"]].append(key)

    def _facts(self, table: str) -> dict[str, list[Record]]:
        """The table's facts by partner: each key once, unusable rows counted and left out."""
        key_columns, date_column, kinds = FACTS[table]
        once: dict[tuple[Any, ...], Record] = {}
        for row in read_rows(self.path, table):
            fact = {column: _typed(row[column], kind, self.zone) for column, kind in kinds.items()}
            key = tuple(fact[column] for column in key_columns)
            if once.setdefault(key, fact) != fact:
                raise ValueError(f"{table}: two different facts under the key {key}")
        found: dict[str, list[Record]] = {partner: [] for partner in self.partners}
        for fact in once.values():
            if fact["partner_id"] is None:
                self.set_aside[table, "no partner"] += 1
            elif fact["partner_id"] not in self.partners:
                self.set_aside[table, "unknown partner"] += 1
            elif fact[date_column] is None:
                self.set_aside[table, "no date"] += 1
            else:
                found[fact["partner_id"]].append(fact)
        return found

    def own(self, table: str, partner: str) -> list[Record]:
        """The partner's own facts."""
        return self.facts[table][partner]

    def family(self, table: str, partner: str) -> list[Record]:
        """Its own facts and those of all its descendants."""
        found = list(self.own(table, partner))
        for child in self.children[partner]:
            found += self.family(table, child)
        return found

    def attested(self, partner: str, metric: str, as_of: date) -> str | None:
        """The confirmed value that is valid and began last."""
        valid = [
            (row["from"], row["value"])
            for row in self.attestations.get((partner, metric), [])
            if row["from"] <= as_of.isoformat()
            and (row["until"] is None or as_of.isoformat() < row["until"])
        ]
        return max(valid)[1] if valid else None

    def enrollments(self, program: str, track: str | None) -> dict[str, list[Enrollment]]:
        """The enrollments in a program (or the standings in one of its tracks) by partner."""
        found: dict[str, list[Enrollment]] = {}
        for row in read_rows(self.path, "enrollments"):
            if (row["program"], row["track"]) == (program, track):
                days = {
                    name: as_day(row[name], self.zone)
                    for name in ("start", "end", "since", "below_since", "reviewed")
                }
                found.setdefault(row["partner_id"], []).append(Enrollment(tier=row["tier"], **days))
        return found

    def overrides(self, program: str, track: str | None, as_of: date) -> dict[str, list[Record]]:
        """The overrides in force, by partner."""
        found: dict[str, list[Record]] = {}
        for row in read_rows(self.path, "overrides"):
            start, until = as_day(row["from"], self.zone), as_day(row["until"], self.zone)
            if (row["program"], row["track"]) == (program, track) and holds_on(start, until, as_of):
                found.setdefault(row["partner_id"], []).append(row)
        return found


def holds_on(start: date | None, until: date | None, as_of: date) -> bool:
    """In force: from its first day to the day before its until."""
    return (start is None or start <= as_of) and (until is None or as_of < until)


def enrollment_at(rows: list[Enrollment], as_of: date) -> Enrollment | None:
    """The enrollment in force, if any."""
    return next((row for row in rows if row.in_force(as_of)), None)


def enrollment_meant(rows: list[Enrollment], as_of: date) -> Enrollment | None:
    """The enrollment in force, else the last that ended."""
    ended = [row for row in rows if row.end is not None and row.end < as_of]
    return enrollment_at(rows, as_of) or max(ended, key=lambda row: row.end or as_of, default=None)
