"""The words of `dataset.yaml`, and of a program's `reads`, which is the same without files.

A folder's tables are partners, the references and facts that it has, and optionally
enrollments, overrides, attestations and exchange rates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args

from moneyed import CURRENCIES
from pydantic import BeforeValidator, Field, WithJsonSchema

from rulebook.errors import nearest
from rulebook.terms import (
    ColumnName,
    ColumnNames,
    Expression,
    Identifier,
    Model,
    Names,
    Slug,
    Text,
    wrong,
)

ColumnType = Literal["text", "integer", "number", "boolean", "date", "money"]


class Column(Model):
    """A column: its type, the currency of money, the reference that it points to."""

    type: ColumnType = "text"
    currency: ColumnName | None = Field(
        None, description="the currency's column, or a code such as USD"
    )
    references: Text | None = Field(None, description="the reference that it points to")


def _column(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


def _columns(value: Any) -> Any:
    return {} if value is None else value


_TYPES: dict[str, object] = {"enum": list(get_args(ColumnType))}
ColumnEntry = Annotated[
    Column,
    BeforeValidator(_column),
    WithJsonSchema(
        {
            "anyOf": [
                _TYPES,
                {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "type": _TYPES,
                        "currency": {"type": "string"},
                        "references": {"type": "string"},
                    },
                },
            ]
        }
    ),
]
Columns = Annotated[dict[ColumnName, ColumnEntry], BeforeValidator(_columns)]


class Table(Model):
    """Any table of a folder."""

    file: Names | None = Field(None, description="a CSV or Parquet file, a list, or a pattern")
    columns: Columns = Field(default_factory=dict)


class Partners(Table):
    """The companies of the channel; `parent` makes families, which are trees."""

    key: ColumnName = "id"
    parent: ColumnName | None = None


class Reference(Table):
    """A table that facts point to, such as products."""

    key: ColumnName = "id"


class Validity(Model):
    """The columns that say from when until when a fact holds; `until` is exclusive."""

    start: ColumnName | None = Field(None, alias="from")
    until: ColumnName | None = None


class Facts(Table):
    """Things that happened, or that hold for a time."""

    key: ColumnNames | None = None
    partner: ColumnName = "partner"
    date: ColumnName | None = None
    valid: Validity | None = None
    recorded: ColumnName | None = None
    visible: Expression | None = Field(
        None, description="which facts count at all for the partner levelled, in every metric"
    )

    @property
    def attained(self) -> str:
        """The column of the attainment date."""
        if self.date is not None:
            return self.date
        if self.valid is not None and self.valid.start is not None:
            return self.valid.start
        return "date"

    def type_of(self, column: str) -> Column | None:
        """Return the column's entry; those that the table names elsewhere need none."""
        if column in self.columns:
            return self.columns[column]
        validity = self.valid or Validity()
        if column in (self.attained, validity.start, validity.until, self.recorded):
            return Column(type="date")
        named = {self.partner, *(self.key or ())}
        named |= {entry.currency for entry in self.columns.values() if entry.currency}
        if column in named and not self.constant(column):
            return Column()
        return None

    def constant(self, currency: str) -> bool:
        """Whether a money column's `currency` is a code and not the name of a column."""
        return currency in CURRENCIES and currency not in self.columns

    def names(self) -> list[str]:
        """Return every column that the table has, entries first, then those named elsewhere."""
        validity = self.valid or Validity()
        extra = [*(self.key or ()), self.partner, self.attained, validity.start, validity.until]
        extra += [self.recorded] + [
            entry.currency
            for entry in self.columns.values()
            if entry.currency and not self.constant(entry.currency)
        ]
        return list(dict.fromkeys([*self.columns, *(name for name in extra if name)]))


class Named(Table):
    """A table whose columns have standard names; an entry here says what a folder calls them."""

    def column(self, word: str) -> str:
        """Return the column that the folder uses for a standard word."""
        given = getattr(self, "start" if word == "from" else word, None)
        return word if given is None else str(given)


class Enrollments(Named):
    """Who is in which program from when to when (`end` inclusive), and the standing before."""

    partner: ColumnName | None = None
    program: ColumnName | None = None
    track: ColumnName | None = None
    start: ColumnName | None = None
    end: ColumnName | None = None
    user: ColumnName | None = None
    tier: ColumnName | None = None
    since: ColumnName | None = None
    below_since: ColumnName | None = None
    reviewed: ColumnName | None = None


class Overrides(Named):
    """Decisions of people that stand above the rules: lock, floor, suspend."""

    partner: ColumnName | None = None
    program: ColumnName | None = None
    track: ColumnName | None = None
    kind: ColumnName | None = None
    tier: ColumnName | None = None
    start: ColumnName | None = Field(None, alias="from")
    until: ColumnName | None = None
    reason: ColumnName | None = None
    approver: ColumnName | None = None


class Attestations(Named):
    """What a person confirmed of a partner, for a time."""

    partner: ColumnName | None = None
    metric: ColumnName | None = None
    value: ColumnName | None = None
    start: ColumnName | None = Field(None, alias="from")
    until: ColumnName | None = None


class Rates(Table):
    """Exchange rates by date: each row gives the units of a currency for one `base`."""

    base: Text = "EUR"
    date: ColumnName = "date"
    currency: ColumnName = "currency"
    rate: ColumnName = "rate"


def _known_currency(value: Any) -> Any:
    if not isinstance(value, str) or value not in CURRENCIES:
        near = nearest(value, CURRENCIES) if isinstance(value, str) else ""
        raise wrong(f"{value!r} is not a currency code of ISO 4217", near or "such as USD")
    return value


CurrencyCode = Annotated[
    str, BeforeValidator(_known_currency), WithJsonSchema({"type": "string", "pattern": "[A-Z]{3}"})
]


class Dataset(Model):
    """A whole folder of data, or what a program reads of one."""

    partners: Partners = Field(default_factory=Partners)
    references: dict[Identifier, Reference] = Field(default_factory=dict)
    facts: dict[Identifier, Facts] = Field(default_factory=dict)
    enrollments: Enrollments | None = None
    overrides: Overrides | None = None
    attestations: Attestations | None = None
    rates: Rates | None = None
    programs: dict[Slug, tuple[Text, ...]] = Field(
        default_factory=dict,
        description="the tiers of other programs, lowest first, for program(x) >= tier",
    )

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Yield every table with its path in the document."""
        yield "partners", self.partners
        yield from ((f"references.{name}", table) for name, table in self.references.items())
        yield from ((f"facts.{name}", table) for name, table in self.facts.items())
        for name in ("enrollments", "overrides", "attestations", "rates"):
            if (table := getattr(self, name)) is not None:
                yield name, table
