"""What a figure opens to: records, operands, dates, peers or an attestation; plain frozen data.

A tree that is opened one level at a time: a part that is itself a metric names it in `opens`, and
`Evidence.open` with that name and the part's day gives its own figure. Opened all at once, a daily
metric over a year would be the whole table, hundreds of times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rulebook.dataset.data import Value
from rulebook.explain.units import PLAIN, Unit
from rulebook.meaning.scopes import MetricKey

Named = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that the metric reads: as written, and converted at the rate of a day.

    `rate` is None where there is none; `converted` then too.
    """

    column: str
    amount: Decimal | None
    currency: str
    rate: Decimal | None
    rate_day: date | None
    converted: Decimal | None


@dataclass(frozen=True, slots=True)
class Record:
    """One fact of the partner (or its family), with what became of it.

    `reason` is None where it counts. `inputs` has, for each aggregate, the value that its
    argument had for this fact; None plays no part in it. `group` is the group that it fell
    into. `columns` are the other values that the metric looked at.
    """

    file: str
    line: int
    key: Named
    partner: str
    branch: str
    day: Value
    valid_from: Value
    valid_until: Value
    amounts: tuple[Amount, ...]
    columns: Named
    inputs: tuple[Value, ...]
    group: tuple[Value, ...] | None
    recorded: date | None
    late: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate as written, and what it came to over what is listed."""

    text: str
    name: str
    distinct: bool
    value: Value


@dataclass(frozen=True, slots=True)
class Bundle:
    """A group of facts that counts: its keys, its totals, its one number, its part in the total."""

    keys: tuple[Value, ...]
    totals: tuple[Value, ...]
    each: Value
    inputs: tuple[Value, ...]


@dataclass(frozen=True)
class Records:
    """The facts behind a measured figure.

    Without groups, `aggregates` go over the facts counted and make the figure. With groups they
    go over the facts of each (their values are those of no group), and `over` goes over `groups`.
    `low` to `high` are the days of the window; `holds` is the day on which facts must hold.
    `total` is what the walk through these facts came to: the figure.
    """

    table: str
    value: str
    where: str
    window: str
    low: date | None
    high: date | None
    holds: date | None
    family: bool
    total: Value
    aggregates: tuple[Aggregate, ...]
    per: tuple[str, ...]
    groups: tuple[Bundle, ...]
    over: tuple[Aggregate, ...]
    counted: tuple[Record, ...]
    others: tuple[Record, ...]

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many facts don't count, by reason, the most frequent first."""
        return dict(Counter(str(record.reason) for record in self.others).most_common())


@dataclass(frozen=True)
class Part:
    """What a figure is made of: a metric, a parameter, an attribute, a tier, or a date's value.

    `counts` is False for a date that is left out. `passes` says, where dates are counted by a
    condition, whether this one meets it.
    """

    kind: str
    name: str
    label: str
    value: Any
    day: date
    how: str = ""
    unit: Unit = PLAIN
    opens: MetricKey | None = None
    counts: bool = True
    passes: bool | None = None


@dataclass(frozen=True)
class Peers:
    """A place among others, who are counted and never named: they are competitors."""

    within: str
    segment: Value
    others: int
    higher: int
    equal: int
    lower: int


@dataclass(frozen=True)
class Confirmation:
    """What was attested, from when until when (exclusive), and whether it is what counts."""

    value: Value
    start: date | None
    until: date | None
    state: str

    @property
    def counts(self) -> bool:
        """Whether it is the one that gives the figure."""
        return self.state == "counts"


@dataclass(frozen=True)
class Figure:
    """One metric of one partner on one date, opened one level.

    `value` is the figure by which the partner was levelled. `how` says in the document's own
    words where it comes from.
    """

    key: MetricKey
    partner: str
    day: date
    kind: str
    label: str
    unit: Unit
    value: Value
    how: str
    parts: tuple[Part, ...] = ()
    records: Records | None = None
    peers: Peers | None = None
    attested: tuple[Confirmation, ...] = ()

    @property
    def name(self) -> str:
        """The metric's name, with its track where it has one."""
        return ".".join(part for part in self.key if part)
