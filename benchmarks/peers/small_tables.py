"""The small tables as every peer needs them: families, spans, rates, bars. Prepared untimed."""

from __future__ import annotations

import csv
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

from benchmarks.answers import CRITERIA, GROWTH_ONE, MONEY, TIERS
from benchmarks.generator.chance import days

PROGRAM = Path(__file__).parents[1] / "program.yaml"
FOREVER = 2**31 - 1
RATE_ONE = 10**10


@dataclass(frozen=True)
class Spans:
    """For each partner, the days of its windows at one date, and whether it is enrolled then."""

    low: np.ndarray
    high: np.ndarray
    previous_low: np.ndarray
    previous_high: np.ndarray
    enrolled: np.ndarray


@dataclass(frozen=True)
class SmallTables:
    """What lies beside the sales of a folder."""

    folder: Path

    @property
    def sales(self) -> str:
        """The pattern of the sales files."""
        return str(self.folder / "sales" / "*.parquet")

    @property
    def certificates(self) -> str:
        return str(self.folder / "certificates.parquet")

    @cached_property
    def partners(self) -> list[str]:
        """All partners in the order of their keys: a partner's number is its place here."""
        return sorted(row["partner_id"] for row in self._rows("partners.csv"))

    @cached_property
    def number(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.partners)}

    @cached_property
    def parents(self) -> dict[int, int]:
        return {
            self.number[row["partner_id"]]: self.number[row["parent_id"]]
            for row in self._rows("partners.csv")
            if row["parent_id"]
        }

    def ancestors(self, partner: int) -> list[int]:
        """Return a partner and all above it."""
        found = [partner]
        while found[-1] in self.parents:
            found.append(self.parents[found[-1]])
        return found

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Every ancestor with everyone below it and itself, as two columns of numbers."""
        pairs = [(a, p) for p in range(len(self.partners)) for a in self.ancestors(p)]
        ancestor, partner = np.array(pairs, dtype=np.int32).T
        return ancestor, partner

    def below(self, partner: int) -> list[int]:
        """Return a partner and all below it."""
        found = [partner]
        for one in found:
            found += self._children.get(one, ())
        return found

    @cached_property
    def _children(self) -> dict[int, list[int]]:
        children: dict[int, list[int]] = {}
        for child, parent in self.parents.items():
            children.setdefault(parent, []).append(child)
        return children

    @cached_property
    def _enrollments(self) -> tuple[np.ndarray, np.ndarray]:
        start = np.full(len(self.partners), FOREVER, dtype=np.int64)
        end = np.full(len(self.partners), FOREVER, dtype=np.int64)
        for row in self._rows("enrollments.csv"):
            place = self.number[row["partner"]]
            start[place] = days(date.fromisoformat(row["start"]))
            if row["end"]:
                end[place] = days(date.fromisoformat(row["end"]))
        return start, end

    @property
    def start(self) -> np.ndarray:
        """The day from which each partner is enrolled."""
        return self._enrollments[0]

    @property
    def end(self) -> np.ndarray:
        """The last day on which each partner is enrolled."""
        return self._enrollments[1]

    def spans(self, as_of: date) -> Spans:
        """Return each partner's windows: trailing 12 months and those before, cut to enrollment."""
        (low, high), (previous_low, previous_high) = windows(as_of)
        return Spans(
            np.maximum(low, self.start),
            np.minimum(high, self.end),
            np.maximum(previous_low, self.start),
            np.minimum(previous_high, self.end),
            (self.start <= days(as_of)) & (days(as_of) <= self.end),
        )

    @cached_property
    def rates(self) -> dict[tuple[str, int], int]:
        """For each currency and the first day of each month, the rate in units of 10**-10."""
        per_eur = {
            (row["currency"], days(date.fromisoformat(row["date"]))): Decimal(row["per_eur"])
            for row in self._rows("rates.csv")
        }
        months = sorted({day for _, day in per_eur})
        per_eur.update({("EUR", day): Decimal(1) for day in months})
        return {
            (currency, day): int(
                (per_eur["USD", day] / rate * RATE_ONE).quantize(Decimal(1), ROUND_HALF_UP)
            )
            for (currency, day), rate in per_eur.items()
        }

    def daily_rates(self) -> list[tuple[str, int, int]]:
        """Return currency, day, rate for every day of the months that have rates."""
        months = sorted({day for _, day in self.rates})
        last = date(1970, 1, 1) + timedelta(days=months[-1])
        ends = [*months[1:], months[-1] + monthrange(last.year, last.month)[1]]
        return [
            (currency, day, self.rates[currency, first])
            for currency in sorted({currency for currency, _ in self.rates})
            for first, end in zip(months, ends, strict=True)
            for day in range(first, end)
        ]

    def _rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def year_before(day: date) -> date:
    """Return the same day a year earlier, or its month's last."""
    return date(day.year - 1, day.month, min(day.day, monthrange(day.year - 1, day.month)[1]))


def windows(as_of: date) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the days of trailing 12 months, and of the same 12 months ago; ends included."""
    before = year_before(as_of)
    return (
        (days(before) + 1, days(as_of)),
        (days(year_before(before)) + 1, days(before)),
    )


def bars() -> np.ndarray:
    """Return what the tiers ask for, tier by criterion, in the units of answers."""
    tiers = YAML(typ="safe", pure=True).load(PROGRAM.read_text(encoding="utf-8"))["tiers"]
    rows = []
    for tier in TIERS:
        asked = dict(str(line).split(" >= ") for line in tiers[tier]["requires"])
        if list(asked) != list(CRITERIA):
            raise ValueError(f"{PROGRAM.name}: {tier} must ask for {', '.join(CRITERIA)}")
        rows.append([int(Decimal(asked[name]) * _unit(name)) for name in CRITERIA])
    return np.array(rows, dtype=np.int64)


def _unit(criterion: str) -> int:
    if criterion == "growth":
        return GROWTH_ONE
    return 100 if criterion in MONEY else 1
