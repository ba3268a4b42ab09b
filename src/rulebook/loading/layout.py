"""What `dataset.yaml` asks of each table: its columns, their types, its key; and what contradicts.

The rest of the room sees tables only through `Layout`, whatever section of the document they
come from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from dataclasses import field as default
from typing import Literal

from moneyed import CURRENCIES

from rulebook.dataset.spec import Column, Dataset, Facts, Named, Partners, Rates, Reference, Table
from rulebook.errors import Problem, listed, nearest
from rulebook.reading import Document

Kind = Literal["text", "integer", "number", "boolean", "date"]
Place = tuple[str | int, ...]

#: Columns that every typed table has beside its own.
RESERVED = ("_file", "_line", "_aside")

#: The standard words of the tables that have them, with the types that aren't text.
WORDS = {
    "enrollments": "partner program track start end user tier since below_since reviewed".split(),
    "overrides": "partner program track kind tier from until reason approver".split(),
    "attestations": "partner metric value from until".split(),
}
DATE_WORDS = {"start", "end", "since", "below_since", "reviewed", "from", "until"}
NEEDED_WORDS = {"partner", "kind", "metric"}


@dataclass(frozen=True)
class Field:
    """A column to read: its type, where the document names it, what its cells must be."""

    name: str
    kind: Kind
    place: Place
    optional: bool = False  # the file may lack it
    filled: bool = False  # a cell of it may not be empty
    currency: bool = False  # its cells are currency codes
    guessed_currency: bool = False  # `currency:` named it: it might be a misspelt code


@dataclass
class Layout:
    """A table to read, in whatever section of the document it stands."""

    place: Place
    title: str
    table: str
    files: tuple[str, ...]
    fields: list[Field]
    key: tuple[str, ...]
    money: list[tuple[str, str]] = default(default_factory=list)  # amounts and their currencies
    partner: str = ""
    attained: str = ""
    words: dict[str, str] = default(default_factory=dict)  # standard word -> column
    unusable: bool = False

    def find(self, name: str) -> Field:
        """Return a column by name."""
        return next(field for field in self.fields if field.name == name)


class Layouts:
    """Every table of a document as layouts, with what the document itself has wrong."""

    def __init__(self, spec: Dataset, document: Document) -> None:
        self.spec = spec
        self.document = document
        self.problems: list[Problem] = []
        self.notices: list[Problem] = []
        self.tables = list(self._all())
        self._check_names()

    def _refuse(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(self.document.problem(place, message, hint))

    def _all(self) -> Iterator[Layout]:
        yield self._partners(self.spec.partners)
        for name, reference in self.spec.references.items():
            yield self._reference(name, reference)
        for name, facts in self.spec.facts.items():
            yield self._facts(name, facts)
        for name in WORDS:
            named = getattr(self.spec, name)
            if named is not None:
                yield self._named(name, named)
        if self.spec.rates is not None:
            yield self._rates(self.spec.rates)

    def _files(self, place: Place, table: Table) -> tuple[str, ...]:
        if not table.file:
            self._refuse(place, "no file is named", "file: names a CSV or Parquet file")
        return table.file or ()

    def _partners(self, table: Partners) -> Layout:
        place: Place = ("partners",)
        fields = {table.key: Field(table.key, "text", (*place, "key"), filled=True)}
        if table.parent is not None:
            fields.setdefault(table.parent, Field(table.parent, "text", (*place, "parent")))
            if table.parent == table.key:
                self._refuse((*place, "parent"), "the parent's column is the key itself")
        layout = self._layout(place, "partners", "partner", table, fields)
        return replace(layout, key=(table.key,), partner=table.key)

    def _reference(self, name: str, table: Reference) -> Layout:
        place: Place = ("references", name)
        kind = self._key_kind(name, table)
        fields = {table.key: Field(table.key, kind, (*place, "key"), filled=True)}
        layout = self._layout(place, name, f"ref_{name}", table, fields)
        return replace(layout, key=(table.key,))

    def _facts(self, name: str, table: Facts) -> Layout:
        place: Place = ("facts", name)
        if not table.key:
            self._refuse(place, "a fact table has a key", "key: names one column or a list")
        valid = table.valid
        if table.date is None and (valid is None or valid.start is None):
            self._refuse(
                place,
                "a fact table has a date or valid: {from: …}",
                "the day by which a fact counts",
            )
        fields = {table.partner: Field(table.partner, "text", (*place, "partner"))}
        dates: list[tuple[str | None, tuple[str, ...]]] = [
            (table.date, ("date",)),
            (table.recorded, ("recorded",)),
        ]
        if valid is not None:
            dates += [(valid.start, ("valid", "from")), (valid.until, ("valid", "until"))]
        for column, where in dates:
            if column is not None:
                fields.setdefault(column, Field(column, "date", (*place, *where)))
        layout = self._layout(place, name, f"fact_{name}", table, fields)
        known = {field.name for field in layout.fields}
        for column in table.key or ():
            if column not in known:
                layout.fields.append(Field(column, "text", (*place, "key")))
        keys = table.key or ()
        filled = [replace(f, filled=True) if f.name in keys else f for f in layout.fields]
        return replace(
            layout, key=keys, partner=table.partner, attained=table.attained, fields=filled
        )

    def _named(self, name: str, table: Named) -> Layout:
        place: Place = (name,)
        words = {word: table.column(word) for word in WORDS[name]}
        fields: dict[str, Field] = {}
        for word, column in words.items():
            given = getattr(table, "start" if word == "from" else word) is not None
            fields.setdefault(
                column,
                Field(
                    column,
                    "date" if word in DATE_WORDS else "text",
                    (*place, word),
                    optional=not given and word not in NEEDED_WORDS,
                    filled=word in NEEDED_WORDS,
                ),
            )
        layout = self._layout(place, name, name, table, fields)
        return replace(layout, partner=words["partner"], words=words)

    def _rates(self, table: Rates) -> Layout:
        place: Place = ("rates",)
        fields = {
            table.date: Field(table.date, "date", (*place, "date"), filled=True),
            table.currency: Field(
                table.currency, "text", (*place, "currency"), filled=True, currency=True
            ),
            table.rate: Field(table.rate, "number", (*place, "rate"), filled=True),
        }
        layout = self._layout(place, "rates", "rates", table, fields)
        words = {"date": table.date, "currency": table.currency, "rate": table.rate}
        return replace(layout, key=(table.date, table.currency), words=words)

    def _layout(
        self, place: Place, title: str, name: str, table: Table, fields: dict[str, Field]
    ) -> Layout:
        """Return a layout of the columns that have a role, then those with an entry."""
        money: list[tuple[str, str]] = []
        for column, entry in table.columns.items():
            where = (*place, "columns", column)
            self._check_entry(where, entry)
            kind: Kind = "number" if entry.type == "money" else entry.type
            if column in fields:
                self._check_role(where, fields[column], kind)
            else:
                fields[column] = Field(column, kind, where)
        for column, entry in table.columns.items():
            currency = entry.currency
            if entry.type != "money" or currency is None:
                continue
            if currency in CURRENCIES and currency not in table.columns:
                continue
            money.append((column, currency))
            where = (*place, "columns", column, "currency")
            known = fields.get(currency, Field(currency, "text", where, guessed_currency=True))
            if known.kind != "text":
                self._refuse(where, f"the currency's column {currency!r} is not text")
            else:
                known = replace(known, currency=True)
            fields[currency] = known
        files = self._files(place, table)
        return Layout(place, title, name, files, list(fields.values()), (), money)

    def _check_entry(self, where: Place, entry: Column) -> None:
        if entry.type == "money" and entry.currency is None:
            self._refuse(
                where,
                "a money column names its currency",
                "currency: its column, or a code such as USD",
            )
        if entry.type != "money" and entry.currency is not None:
            self._refuse(
                (*where, "currency"), f"a {entry.type} column has no currency", "type: money"
            )
        known = list(self.spec.references)
        if entry.references is not None and entry.references not in known:
            hint = nearest(entry.references, known) or f"known here: {listed(known) or 'none'}"
            self._refuse(
                (*where, "references"), f"there is no reference {entry.references!r}", hint
            )

    def _check_role(self, where: Place, field: Field, kind: Kind) -> None:
        """An entry may repeat the type that a column's role gives it, and not contradict it."""
        if kind == field.kind:
            return
        role = field.place[-1]
        if field.kind == "text":
            message = f"{field.name!r} is read as text, not as {kind}: it is the {role}"
            self.notices.append(self.document.problem(where, message, notice=True))
        else:
            message = f"{field.name!r} is the {role}, which is a {field.kind}, not {kind}"
            self._refuse(where, message, f"write {field.kind}, or leave the entry out")

    def _key_kind(self, name: str, table: Reference) -> Kind:
        """A reference's key has the type of the columns that point to it."""
        kinds: dict[Kind, str] = {}
        for path, pointing in self.spec.tables():
            for column, entry in pointing.columns.items():
                if entry.references == name:
                    kind: Kind = "number" if entry.type == "money" else entry.type
                    kinds.setdefault(kind, f"{path}.{column}")
        if table.key in table.columns:
            own = table.columns[table.key].type
            kinds.setdefault("number" if own == "money" else own, f"references.{name}.{table.key}")
        if len(kinds) > 1:
            shown = " and ".join(f"{kind} ({where})" for kind, where in kinds.items())
            self._refuse(
                ("references", name),
                f"its key has two types: {shown}",
                "give all columns that point to it one type",
            )
        return next(iter(kinds), "text")

    def _check_names(self) -> None:
        """Refuse what SQL could not tell apart: it takes `Amount` and `amount` for one name."""
        tables: dict[str, str] = {}
        for layout in self.tables:
            other = tables.setdefault(layout.table.lower(), layout.title)
            if other != layout.title:
                message = f"the tables {other!r} and {layout.title!r} differ in their case alone"
                self._refuse(layout.place, message, "rename one")
                layout.unusable = True
            columns: dict[str, str] = {name: name for name in RESERVED}
            for field in layout.fields:
                other = columns.setdefault(field.name.lower(), field.name)
                if field.name in RESERVED or "\0" in field.name or not field.name:
                    self._refuse(field.place, f"a column can't be called {field.name!r}")
                elif other != field.name:
                    self._refuse(
                        field.place,
                        f"the columns {other!r} and {field.name!r} differ in their case alone",
                        "rename one",
                    )
                else:
                    continue
                layout.unusable = True
