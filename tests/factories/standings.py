"""Tables as the rooms would hand them over, small enough to be read in a test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from echelon.outcomes.standings.models import Current, Pace, Proposal, Standing
from echelon.records.partners.models import Partner
from echelon.records.programs.models import Program
from tests.factories.partners import NOW

SALES = {
    "key": ["id"],
    "partner": "partner",
    "date": "sold_on",
    "columns": {"amount": {"type": "money", "currency": "currency"}},
}
_DAYS = {"start", "end"}

SENTENCE = "You are Silver. For Gold you need EUR 4,000 more revenue."


def stand(partner: Partner, program: Program, held: str | None = "silver", **more: Any) -> Standing:
    """Where a partner stands now, as a run would have left it."""
    given = {
        "partner": partner, "program": program, "held": held, "qualified": held,
        "as_of": date(2026, 6, 30), "begun": date(2026, 1, 1), "since": date(2026, 3, 1),
        "reason": "kept", "sentence": SENTENCE, "metrics": {"revenue": "1000"}, "next": "gold",
        "gaps": [{"metric": "revenue", "op": ">=", "have": "1000", "need": "5000",
                  "short": "4000"}],
        "made_at": NOW, **more,
    }  # fmt: skip
    made = Standing.objects.create(**given)
    Current.objects.update_or_create(
        partner=partner, program=program, track=made.track,
        defaults={"standing": made, "as_of": made.as_of, "seal": "x", "run": made.run},
    )  # fmt: skip
    return made


def propose(
    partner: Partner, program: Program, tier: str | None = "silver", before: str | None = None,
    made_at: datetime = NOW, **more: Any,
) -> Proposal:  # fmt: skip
    """A move that waits; a promotion from nothing unless the test says otherwise."""
    Pace.objects.get_or_create(program=program)
    standing = more.pop("standing", None) or stand(partner, program, before)
    given = {"direction": "promotion", "since": date(2026, 6, 1), **more}
    return Proposal.objects.create(
        partner=partner, program=program, before=before, tier=tier, standing=standing,
        made_at=made_at, **given,
    )  # fmt: skip


class Tables:
    """Partners as the database has them; sales and enrollments as the test says."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.sales: list[tuple[str, str, date, str]] = []
        self.enrolled: list[dict[str, Any]] = []
        self.changes = 0

    def sold(self, partner: Partner, amount: int | str, day: date) -> None:
        """Add a sale in euros."""
        self.sales.append((str(len(self.sales)), partner.key, day, str(amount)))
        self.changes += 1

    def enroll(self, partner: Partner, slug: str, start: date, **more: Any) -> None:
        """Put a partner into a program."""
        self.enrolled.append({"partner": partner.key, "program": slug, "start": start, **more})

    def watermark(self) -> str:
        return str(self.changes)

    def beside_facts(self) -> str:
        return ""

    def partners(self) -> tuple[dict[str, Any], pa.Table]:
        rows = list(Partner.objects.order_by("key").values_list("key", "parent__key", "country"))
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        names = ("key", "parent", "country")
        table = pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns, strict=True)})
        return {"key": "key", "parent": "parent", "columns": {"country": "text"}}, table

    def facts(self, types: Iterable[str]) -> dict[str, tuple[dict[str, Any], list[Path]]]:
        if "sales" not in types:
            return {}
        file = self.folder / f"sales-{self.changes}.parquet"
        keys, partners, days, amounts = zip(*self.sales, strict=True) if self.sales else ((),) * 4
        pq.write_table(
            pa.table(
                {
                    "id": pa.array(keys, pa.string()),
                    "partner": pa.array(partners, pa.string()),
                    "sold_on": pa.array(days, pa.date32()),
                    "amount": pa.array(amounts, pa.string()),
                    "currency": pa.array(["EUR"] * len(keys), pa.string()),
                }
            ),
            file,
        )
        return {"sales": (SALES, [file])}

    def references(self) -> dict[str, Any]:
        return {}

    def rates(self) -> None:
        return None

    def attestations(self) -> None:
        return None

    def enrollments(self, *slugs: str) -> tuple[dict[str, Any], pa.Table]:
        words = ("partner", "program", "start", "end", "tier")
        rows = [row for row in self.enrolled if row["program"] in slugs]
        schema = pa.schema([(w, pa.date32() if w in _DAYS else pa.string()) for w in words])
        columns = {word: [row.get(word) for row in rows] for word in words}
        return {word: word for word in words}, pa.table(columns, schema=schema)
