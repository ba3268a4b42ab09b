"""The demo's tables as the files that are loaded: the same seed and day, the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from echelon.demo.companies import Company
from echelon.demo.facts import learning, pipeline, sales

Row = Mapping[str, str]
Rows = Callable[[Sequence[Company], date, date, int], Iterator[dict[str, str]]]
#: By fact type: the header, what yields the rows, and the column by which files are cut.
TABLES: dict[str, tuple[Sequence[str], Rows, str]] = {
    "sales": (sales.HEADER, sales.rows, "order_date"),
    "deal_registrations": (pipeline.DEALS, pipeline.deals, "registered_on"),
    "opportunities": (pipeline.OPPORTUNITIES, pipeline.opportunities, "created_on"),
    "certifications": (learning.CERTIFICATES, learning.certificates, "valid_from"),
    "course_completions": (learning.COURSES, learning.courses, "completed_on"),
    "activities": (learning.ACTIVITIES, learning.activities, "done_on"),
}
PARTNERS = ("key", "name", "kind", "country", "region", "segment", "tags", "parent", "manager",
            "website", "email", "phone", "address", "description", "country_group", "vertical",
            "employees")  # fmt: skip


@dataclass(frozen=True)
class File:
    """A file of one fact type, and the last day that it tells of."""

    type: str
    name: str
    until: date
    content: bytes


def facts(found: Sequence[Company], first: date, today: date, seed: int) -> list[File]:
    """Return all files of facts by the last day in them: sales by quarter, the others by year."""
    made = []
    for slug, (header, rows, cut) in TABLES.items():
        parts: dict[str, list[Row]] = {}
        for row in rows(found, first, today, seed):
            parts.setdefault(_part(slug, row[cut]), []).append(row)
        for part, some in parts.items():
            until = max(date.fromisoformat(row[cut]) for row in some)
            made.append(File(slug, f"{slug}-{part}.csv", until, written(header, some)))
    return sorted(made, key=lambda file: (file.until, file.name))


def partners(found: Sequence[Company], managers: Mapping[str, str]) -> bytes:
    """Return companies as a file; `managers` are the account managers' addresses by region."""
    return written(PARTNERS, (_row(each, managers) for each in found))


def written(header: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return rows as CSV in UTF-8, with line feeds."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _part(slug: str, day: str) -> str:
    year, month = day[:4], int(day[5:7])
    return f"{year}-Q{(month + 2) // 3}" if slug == "sales" else year


def _row(each: Company, managers: Mapping[str, str]) -> Row:
    return {
        "key": each.key,
        "name": each.name,
        "kind": each.kind,
        "country": each.where.country,
        "region": each.where.region,
        "segment": each.segment,
        "tags": ";".join(each.tags),
        "parent": each.parent,
        "manager": managers[each.where.region],
        "website": f"https://www.{each.domain}.example",
        "email": f"hello@{each.domain}.example",
        "phone": f"'{each.phone}",  # a sign that a spreadsheet would run is led by an apostrophe
        "address": each.address,
        "description": each.description,
        "country_group": each.where.group,
        "vertical": each.vertical,
        "employees": str(each.employees),
    }
