"""Data as the engine holds it: typed values, families, standings before, what was set aside.

A folder of files, the rows of an example and (later) a platform's tables all become a
`Data`; facts stay behind `FactSource`, because there may be many.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from rulebook.dataset.spec import Dataset

#: A typed value: text, number (also integers and amounts), yes or no, day, or no value yet.
Value = str | Decimal | bool | date | None
Row = Mapping[str, Value]

#: Why a row was set aside, in the order in which the reasons are tried.
BAD_ROW, DUPLICATE = "bad row", "duplicate"
NO_PARTNER, UNKNOWN_PARTNER, NO_DATE = "no partner", "unknown partner", "no date"
NO_RATE = "no rate"
ASIDE = (BAD_ROW, DUPLICATE, NO_PARTNER, UNKNOWN_PARTNER, NO_DATE, NO_RATE)


class Fact(NamedTuple):
    """One row of a fact table: where it stands, why it is set aside (or None), its values."""

    file: str
    line: int
    aside: str | None
    values: tuple[Value, ...]


class FactSource(Protocol):
    """Where facts are."""

    def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns, in the order of a fact's `values`."""

    def rows(self, table: str, partners: Collection[str] | None) -> Sequence[Fact]:
        """Return the facts of these partners (None: of all), those set aside included.

        The order is by file and line. Rows set aside because they have no or no known
        partner come only with None.
        """


@dataclass(frozen=True)
class Enrollment:
    """A partner in a program from `start` to `end` (inclusive), and its standing before."""

    partner: str
    program: str | None = None
    track: str | None = None
    start: date | None = None
    end: date | None = None
    user: str | None = None
    tier: str | None = None
    since: date | None = None
    below_since: date | None = None
    reviewed: date | None = None
    #: What no file says but a caller may know of the standing before: a move that is decided
    #: (tier, its day), and one that waits for a person (direction, tier, since when).
    pending: tuple[str | None, date] | None = None
    proposal: tuple[str, str | None, date] | None = None

    def covers(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Override:
    """A person's decision above the rules: lock, floor or suspend; `until` is exclusive."""

    partner: str
    kind: str
    program: str | None = None
    track: str | None = None
    tier: str | None = None
    start: date | None = None
    until: date | None = None
    reason: str | None = None
    approver: str | None = None

    def covers(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return (self.start is None or self.start <= day) and (
            self.until is None or day < self.until
        )


@dataclass(frozen=True)
class Attestation:
    """What a person confirmed; the value is as written, its type is the metric's."""

    partner: str
    metric: str
    value: str | None
    start: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class RateTable:
    """Dated rates: units of each currency for one `base`, sorted by day."""

    base: str = "EUR"
    by_currency: Mapping[str, Sequence[tuple[date, Decimal]]] = field(default_factory=dict)


@dataclass
class Data:
    """Everything that a run reads. Mappings are sorted by key, as text by code point."""

    spec: Dataset
    partners: Mapping[str, Row]
    parents: Mapping[str, str]
    references: Mapping[str, Mapping[Value, Row]]
    facts: FactSource
    enrollments: Sequence[Enrollment] | None = None
    overrides: Sequence[Override] = ()
    attestations: Sequence[Attestation] = ()
    rates: RateTable = field(default_factory=RateTable)
    aside: Mapping[tuple[str, str], int] = field(default_factory=dict)
    digest: str = ""
