"""Data from the few rows of an example: what a row leaves out doesn't matter.

Keys are made up, missing columns are null, a missing currency is the program's. Rows may
hold the row of a reference in place (`product: {category: Bikes}`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from rulebook.dataset.data import (
    DUPLICATE,
    NO_DATE,
    NO_PARTNER,
    Attestation,
    Data,
    Enrollment,
    Fact,
    Override,
    Value,
)
from rulebook.dataset.spec import Column, Dataset, Facts
from rulebook.errors import nearest
from rulebook.terms import read_day, read_yes_no
from rulebook.values.numbers import read_number
from rulebook.values.timestamps import read_date

Raw = Any
Refuse = Callable[[str, str, str], None]
FIRST = "partner"


def read_cell(text: Raw, kind: str, zone: ZoneInfo) -> Value:
    """Read a cell of a document by its column's type, or raise ValueError."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise ValueError("a single value expected")
    if kind in ("number", "money", "integer"):
        number = read_number(text)
        if kind == "integer" and number != int(number):
            raise ValueError(f"{text!r} is not a whole number")
        return number
    if kind == "date":
        return read_date(text, zone)
    return read_yes_no(text) if kind == "boolean" else text


@dataclass
class GivenFacts:
    """The facts of an example, in memory."""

    names: Mapping[str, Sequence[str]]
    tables: Mapping[str, Sequence[Fact]]
    partner: Mapping[str, int] = field(default_factory=dict)

    def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns."""
        return self.names[table]

    def rows(self, table: str, partners: Collection[str] | None) -> Sequence[Fact]:
        """Return the facts of these partners, or all."""
        rows = self.tables.get(table, ())
        if partners is None:
            return rows
        wanted, place = set(partners), self.partner[table]
        return [fact for fact in rows if fact.values[place] in wanted]


class Given:
    """Reads what an example gives. Problems go to `refuse(path, message, hint)`."""

    def __init__(
        self,
        spec: Dataset,
        program: str,
        currency: str,
        zone: str,
        given: Mapping[str, Raw],
        refuse: Refuse,
    ) -> None:
        """Take the tables' description and the rows."""
        self.spec, self.program, self.currency = spec, program, currency
        self.zone = ZoneInfo(zone)
        self.given, self.refuse = given, refuse
        self.references: dict[str, dict[Value, dict[str, Value]]] = {n: {} for n in spec.references}
        self.made = 0

    def data(self) -> Data:
        """Return the rows as data."""
        partners, parents = self.partners()
        known = {
            "partner",
            "partners",
            "enrollment",
            "enrollments",
            "attested",
            "rates",
            "override",
            "overrides",
            *self.spec.facts,
            *self.spec.references,
        }
        for key in self.given:
            if key not in known:
                self.refuse(key, f"unknown table {key!r}", nearest(key, known))
        for name in self.spec.references:
            for index, row in enumerate(self.rows(name)):
                self.reference(name, row, f"{name}[{index}]")
        tables = {
            name: self.facts(name, facts, partners) for name, facts in self.spec.facts.items()
        }
        names = {name: facts.names() for name, facts in self.spec.facts.items()}
        owner = {name: names[name].index(facts.partner) for name, facts in self.spec.facts.items()}
        return Data(
            spec=self.spec,
            partners=partners,
            parents=parents,
            references=self.references,
            facts=GivenFacts(names, tables, owner),
            enrollments=self.enrollments(partners),
            overrides=self.overrides(),
            attestations=self.attestations(),
        )

    def rows(self, *keys: str) -> list[Raw]:
        """Return what stands under a key: one row or a list of rows."""
        found: list[Raw] = []
        for key in keys:
            value = self.given.get(key)
            if isinstance(value, list):
                found += value
            elif value is not None:
                found.append(value)
        return [row for row in found if self._is_row(row, keys[0])]

    def _is_row(self, row: Raw, key: str) -> bool:
        if isinstance(row, dict):
            return True
        self.refuse(key, "a row is a mapping of columns to values", "")
        return False

    def partners(self) -> tuple[dict[str, dict[str, Value]], dict[str, str]]:
        """Return the partners with their attributes, and their parents."""
        table = self.spec.partners
        found: dict[str, dict[str, Value]] = {}
        parents: dict[str, str] = {}
        for index, row in enumerate(self.rows("partners", "partner") or [{}]):
            where = f"partners[{index}]"
            identity = row.get("id", row.get(table.key)) or f"{FIRST}{index or ''}"
            if not isinstance(identity, str):
                self.refuse(where, "a partner's key is a single value", "")
                continue
            rest = {k: v for k, v in row.items() if k not in ("id", table.key)}
            parent = (
                rest.pop("parent", None) if "parent" not in table.columns else rest.get("parent")
            )
            if table.parent is not None and table.parent in rest:
                parent = rest[table.parent]
            if parent is not None:
                parents[identity] = str(parent)
                if table.parent is not None:
                    rest[table.parent] = parent
            known = dict(table.columns)
            if table.parent is not None:
                known.setdefault(table.parent, Column())
            if identity in found:
                self.refuse(where, f"the partner {identity} stands twice", "")
            found[identity] = {table.key: identity, **self.cells(rest, known, where)}
        for child, parent in parents.items():
            if parent not in found:
                self.refuse(
                    "partners",
                    f"the parent {parent!r} of {child} isn't there",
                    nearest(parent, found),
                )
        _refuse_circles(parents, self.refuse)
        self.order = list(found) or [FIRST]
        return {key: found[key] for key in sorted(found)}, parents

    def cells(
        self, row: Mapping[str, Raw], columns: Mapping[str, Column], where: str
    ) -> dict[str, Value]:
        """Read the cells of a row by the types of its columns; the rest is null."""
        values: dict[str, Value] = dict.fromkeys(columns)
        for name, raw in row.items():
            if name not in columns:
                self.refuse(where, f"unknown column {name!r}", nearest(name, columns))
                continue
            entry = columns[name]
            if isinstance(raw, dict) and entry.references:
                values[name] = self.reference(entry.references, raw, where)
                continue
            try:
                values[name] = read_cell(raw, entry.type, self.zone)
            except ValueError as error:
                self.refuse(where, f"{name}: {error}", "")
        return values

    def reference(self, name: str, row: Mapping[str, Raw], where: str) -> Value:
        """Keep the row of a reference; return its key, made up where it has none."""
        table = self.spec.references[name]
        kind = next(
            (
                entry.type
                for facts in self.spec.facts.values()
                for entry in facts.columns.values()
                if entry.references == name
            ),
            "text",
        )
        values = self.cells(row, {**{table.key: Column(type=kind)}, **table.columns}, where)
        if values[table.key] is None:
            self.made += 1
            values[table.key] = (
                Decimal(-self.made) if kind in ("integer", "number") else f"#{self.made}"
            )
        self.references[name][values[table.key]] = values
        return values[table.key]

    def facts(self, name: str, table: Facts, partners: Mapping[str, Any]) -> list[Fact]:
        """Return the facts of a table."""
        columns = {column: table.type_of(column) or Column() for column in table.names()}
        found: list[Fact] = []
        keyed: dict[tuple[Value, ...], dict[str, Value]] = {}
        for index, raw in enumerate(self.rows(name)):
            where = f"{name}[{index}]"
            row = self.renamed(table, raw, columns)
            values = self.cells(row, columns, where)
            if table.partner not in row:
                values[table.partner] = self.order[0]
            self.known_partner(values[table.partner], partners, where)
            for column in table.key or ():
                if values[column] is None and column not in row:
                    self.made += 1
                    number = columns[column].type in ("integer", "number")
                    values[column] = Decimal(-self.made) if number else f"#{self.made}"
            for entry in table.columns.values():
                currency = entry.currency
                if currency and not table.constant(currency) and values.get(currency) is None:
                    values[currency] = self.currency
            aside = None
            key = tuple(values[column] for column in table.key or ())
            if key and keyed.setdefault(key, values) != values:
                self.refuse(where, "two different facts under one key", "")
            if key and keyed[key] is not values:
                aside = DUPLICATE
            elif values[table.partner] is None:
                aside = NO_PARTNER
            elif values[table.attained] is None:
                aside = NO_DATE
            found.append(Fact("example", index + 1, aside, tuple(values[c] for c in columns)))
        return found

    def known_partner(self, partner: Value, partners: Collection[str], where: str) -> None:
        """Refuse a partner that the example doesn't give: a slip would count for nobody."""
        if partner is not None and partner not in partners:
            self.refuse(where, f"unknown partner {partner!r}", nearest(str(partner), partners))

    def renamed(
        self, table: Facts, raw: Mapping[str, Raw], columns: Mapping[str, Column]
    ) -> dict[str, Raw]:
        """Let `date`, `partner`, `from`, `until` and references' names stand for columns."""
        stand_ins = {"partner": table.partner, "date": table.attained}
        if table.valid is not None:
            stand_ins |= {"from": table.valid.start or "", "until": table.valid.until or ""}
        for column, entry in table.columns.items():
            if entry.references:
                stand_ins.setdefault(entry.references, column)
        return {
            stand_ins.get(key, key) or key if key not in columns else key: value
            for key, value in raw.items()
        }

    def _fields(
        self, raw: Mapping[str, Raw], fields: Mapping[str, str], where: str
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, text in raw.items():
            if key not in fields:
                self.refuse(where, f"unknown key {key!r}", nearest(key, fields))
                continue
            try:
                if text is not None and not isinstance(text, str):
                    raise ValueError("a single value expected")
                values[fields[key]] = read_day(text) if key in _DAYS and text is not None else text
            except ValueError as error:
                self.refuse(where, f"{key}: {error}", "")
        values["partner"] = values.get("partner") or self.order[0]
        self.known_partner(values["partner"], self.order, where)
        return values

    def enrollments(self, partners: Mapping[str, Any]) -> list[Enrollment] | None:
        """Return the enrollments; a partner without one is enrolled without limits."""
        found = []
        for raw in self.rows("enrollments", "enrollment"):
            values = self._fields(raw, _ENROLLMENT, "enrollment")
            values.setdefault("program", self.program)
            found.append(Enrollment(**values))
        if not found:
            return None
        named = {row.partner for row in found if row.program == self.program and not row.track}
        return found + [Enrollment(p, self.program) for p in partners if p not in named]

    def overrides(self) -> list[Override]:
        """Return the overrides."""
        found = []
        for raw in self.rows("overrides", "override"):
            values = self._fields(raw, _OVERRIDE, "overrides")
            if values.get("kind") not in ("lock", "floor", "suspend"):
                self.refuse("overrides", "an override's kind is lock, floor or suspend", "")
                continue
            values.setdefault("program", self.program)
            found.append(Override(**values))
        return found

    def attestations(self) -> list[Attestation]:
        """Return what is attested: `{csat: 4.6}`, or rows with metric, value, from, until."""
        found = []
        for raw in self.rows("attested"):
            if "metric" in raw:
                found.append(
                    Attestation(**{"value": None, **self._fields(raw, _ATTESTED, "attested")})
                )
                continue
            metrics = {metric: metric for metric in raw}
            values = self._fields(raw, metrics, "attested")
            partner = values.pop("partner")
            found += [Attestation(partner, metric, value) for metric, value in values.items()]
        return found


_DAYS = ("start", "end", "since", "below_since", "reviewed", "from", "until")
_ENROLLMENT = {
    name: name
    for name in (
        "partner",
        "program",
        "track",
        "start",
        "end",
        "user",
        "tier",
        "since",
        "below_since",
        "reviewed",
    )
}
_OVERRIDE = {
    name: name
    for name in ("partner", "program", "track", "kind", "tier", "until", "reason", "approver")
} | {"from": "start"}
_ATTESTED = {
    "partner": "partner",
    "metric": "metric",
    "value": "value",
    "from": "start",
    "until": "until",
}


def _refuse_circles(parents: Mapping[str, str], refuse: Refuse) -> None:
    clear: set[str] = set()
    for start in parents:
        trail, current = {start: None}, parents.get(start)
        while current is not None and current not in clear and current not in trail:
            trail[current] = None
            current = parents.get(current)
        if current is not None and current in trail:
            circle = list(trail)[list(trail).index(current) :]
            refuse("partners", f"a circle of parents: {' → '.join([*circle, current])}", "")
            return
        clear.update(trail)


__all__ = ["Given", "GivenFacts", "read_cell"]
