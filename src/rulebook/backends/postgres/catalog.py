"""What the caller's relations really have, looked at once, and how their columns are read.

Texts are read by code point, whole numbers as decimals. A number whose type names no digits is
measured once and guarded ever after: where a finer one was written meanwhile, the query fails
rather than round it. Other types than those of `_TYPES` are refused: a binary float has no
exact value, a timestamp's day hangs on the session's time zone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import psycopg
from sqlglot import exp

from rulebook.backends.postgres.session import Session, told
from rulebook.backends.postgres.tables import ASIDE, FILE, LINE, Kind, Table, Tables
from rulebook.backends.sql.engine import EngineError, Shapes
from rulebook.dataset.data import NO_DATE, NO_PARTNER
from rulebook.errors import DataError, MeasureError, Problem, listed, nearest

MAX_NAME, MAX_DIGITS, NUMERIC = 63, 38, 1700

#: The types that serve for a kind of column, by their number.
_TYPES: dict[Kind, dict[int, str]] = {
    "text": {25: "text", 1043: "varchar", 2950: "uuid", 21: "smallint", 23: "integer",
             20: "bigint"},
    "number": {1700: "numeric", 21: "smallint", 23: "integer", 20: "bigint"},
    "boolean": {16: "boolean"},
    "date": {1082: "date"},
}  # fmt: skip
_WHOLE = {21: 5, 23: 10, 20: 19}
_TEXTS = (25, 1043)
_UNDEFINED = ("42P01", "3F000", "42703")


@dataclass(frozen=True)
class Column:
    """A column as it lies: its own name, what it is, its digits and whether they were measured."""

    own: str
    kind: Kind
    type: int
    shape: tuple[int, int] | None = None
    measured: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it lies there as a text, and not as what is read as one."""
        return self.type in _TEXTS

    def read(self) -> exp.Expression:
        """Return the expression that reads it exactly."""
        raw = exp.column(self.own, quoted=True)
        if self.kind == "text":
            return by_code_point(raw if self.is_text else exp.cast(raw, "TEXT"))
        if self.kind != "number" or (self.type == NUMERIC and not self.measured):
            return raw
        if self.type != NUMERIC:
            return exp.cast(raw, "DECIMAL")
        assert self.shape is not None
        kept = exp.func("TRUNC", raw.copy(), exp.Literal.number(self.shape[1]))
        finer = exp.DPipe(this=exp.Literal.string("finer than before: "), expression=raw.copy())
        same = exp.EQ(this=raw, expression=kept)
        return exp.Case().when(same, raw.copy()).else_(exp.cast(exp.paren(finer), "DECIMAL"))


def by_code_point(text: exp.Expression) -> exp.Expression:
    """Return a text that compares by code point, whatever the database's language."""
    return exp.Collate(this=text, expression=exp.to_identifier("C", quoted=True))


class Catalog:
    """Looks at each relation when it is first needed."""

    def __init__(self, session: Session, tables: Tables) -> None:
        """Look at nothing yet."""
        self.session, self.tables = session, tables
        self._columns: dict[str, dict[str, Column]] = {}

    def columns(self, name: str) -> dict[str, Column]:
        """Return a table's columns. Raises DataError with all that is wrong with it."""
        if name not in self._columns:
            try:
                self._columns[name] = self._look(name)
            except EngineError as error:
                message = f"PostgreSQL failed on {self.tables.table(name)}: {error}"
                raise MeasureError([Problem(message)]) from error
        return self._columns[name]

    def shapes(self, name: str) -> Shapes:
        """Return the digits of every number of a table."""
        found = self.columns(name).items()
        return {column: each.shape for column, each in found if each.shape is not None}

    def select(self, name: str, used: Collection[str]) -> exp.Select:
        """Return the query that reads these of a table's columns, under our names."""
        table, columns = self.tables.table(name), self.columns(name)
        found = [
            exp.alias_(column.read(), word, quoted=True)
            for word, column in columns.items()
            if word in used
        ]
        if name.startswith("fact_"):
            found += [
                exp.alias_(read, word, quoted=True)
                for word, read in self._beside(name, table).items()
                if word in used
            ]
        return exp.select(*(found or [exp.null()])).from_(lying(table))

    def _beside(self, name: str, table: Table) -> dict[str, exp.Expression]:
        """Return how a fact's file, line and reason to be set aside are read."""
        facts, columns = self.tables.spec.facts[name.removeprefix("fact_")], self.columns(name)
        if table.aside is None:
            missing = exp.Case()
            for column, reason in ((facts.partner, NO_PARTNER), (facts.attained, NO_DATE)):
                test = exp.Is(this=columns[column].read(), expression=exp.null())
                missing = missing.when(test, exp.Literal.string(reason))
            aside: exp.Expression = missing
        else:
            aside = exp.column(table.aside, quoted=True)
        file: exp.Expression = exp.Literal.string(str(table))
        if table.file is not None:
            file = exp.column(table.file, quoted=True)
        if table.line is not None:
            line: exp.Expression = exp.column(table.line, quoted=True)
        else:
            keys = [columns[key].read() for key in facts.key or columns]
            order = exp.Order(expressions=[exp.Ordered(this=key) for key in keys])
            line = exp.Window(this=exp.RowNumber(), order=order)
        return {
            FILE: by_code_point(exp.cast(file, "TEXT")),
            LINE: exp.cast(line, "BIGINT"),
            ASIDE: by_code_point(exp.cast(aside, "TEXT")),
        }

    # -- the look ----------------------------------------------------------------------------

    def _look(self, name: str) -> dict[str, Column]:
        table, kinds = self.tables.table(name), self.tables.columns(name)
        owns = {word: table.own(word) for word in kinds}
        wanted = [*owns.values()]
        if name.startswith("fact_"):
            wanted += [each for each in (table.file, table.line, table.aside) if each is not None]
        if long := [own for own in wanted if len(own.encode()) > MAX_NAME]:
            raise _refused(table, [(each, f"is a name of over {MAX_NAME} bytes") for each in long])
        described = self._described(table, wanted)
        wrong = [
            (own, f"is {_named(found)}, not {listed([*_TYPES[kind].values()])}")
            for (_, own), kind, found in zip(owns.items(), kinds.values(), described, strict=False)
            if found.type_code not in _TYPES[kind]
        ]
        if wrong:
            raise _refused(table, wrong)
        columns = {
            word: _column(own, kind, found)
            for (word, own), kind, found in zip(
                owns.items(), kinds.values(), described, strict=False
            )
        }
        return self._measured(table, columns)

    def _described(self, table: Table, wanted: list[str]) -> list[psycopg.Column]:
        select = exp.select(*(exp.column(own, quoted=True) for own in wanted))
        try:
            query = select.from_(lying(table)).limit(0)
            return self.session.described(query.sql(dialect="postgres"))
        except psycopg.Error as error:
            if error.sqlstate not in _UNDEFINED:
                raise told(error, self.session.connection) from error
        there = self._there(table)
        if not there:
            hint = "say where it lies: PostgresOver(…, tables={…})"
            raise DataError([Problem("PostgreSQL has no such table", str(table), hint=hint)])
        missing = [own for own in wanted if own not in there]
        raise _refused(table, [(own, "is not there") for own in missing], there)

    def _there(self, table: Table) -> list[str]:
        """Return the columns that a relation has; none if it isn't there."""
        query = (
            "SELECT a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 "
            "AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
        )
        return [row[0] for row in self.session.rows(query, [table.schema, table.name])[1]]

    def _measured(self, table: Table, columns: dict[str, Column]) -> dict[str, Column]:
        """Look once over all numbers and dates; refuse what the engine has no value for."""
        looks: list[exp.Expr] = []
        for each in columns.values():
            raw = exp.column(each.own, quoted=True)
            if each.type == NUMERIC:
                scale = exp.func("MIN_SCALE", raw.copy())
                looks += [exp.Max(this=exp.Abs(this=raw)), exp.Max(this=scale)]
            elif each.kind == "date":
                looks.append(_outside(raw))
        if not looks:
            return columns
        query = exp.select(*looks).from_(lying(table)).sql(dialect="postgres")
        answers = iter(self.session.rows(query)[1][0])
        found, wrong = dict(columns), []
        for word, each in columns.items():
            if each.type == NUMERIC:
                largest, scale = next(answers), next(answers)
                if largest is not None and not largest.is_finite():
                    wrong.append((each.own, f"holds {largest}, which is not a number"))
                elif each.shape is None:
                    shape = _shape(largest, scale)
                    found[word] = Column(each.own, each.kind, each.type, shape, True)
            elif each.kind == "date" and next(answers):
                wrong.append((each.own, f"holds days outside {date.min} to {date.max}"))
        if wrong:
            raise _refused(table, wrong)
        return found


def lying(table: Table) -> exp.Table:
    """Return a relation under its full name."""
    name, schema = (exp.to_identifier(each, quoted=True) for each in (table.name, table.schema))
    return exp.Table(this=name, db=schema)


def _outside(day: exp.Expression) -> exp.Expr:
    """Return whether any day lies outside the calendar, as infinite ones do."""
    first, last = (exp.cast(exp.Literal.string(str(d)), "DATE") for d in (date.min, date.max))
    low = exp.LT(this=exp.Min(this=day), expression=first)
    return exp.or_(low, exp.GT(this=exp.Max(this=day.copy()), expression=last))


def _column(own: str, kind: Kind, found: psycopg.Column) -> Column:
    if kind != "number":
        return Column(own, kind, found.type_code)
    if found.type_code in _WHOLE:
        return Column(own, kind, found.type_code, (_WHOLE[found.type_code], 0))
    digits, scale = found.precision or 0, found.scale or 0
    declared = 0 <= scale <= digits <= MAX_DIGITS and digits > 0
    return Column(own, kind, found.type_code, (digits, scale) if declared else None)


def _shape(largest: Decimal | None, scale: int | None) -> tuple[int, int]:
    whole = len(str(int(largest or 0)))
    return whole + (scale or 0), scale or 0


def _named(found: psycopg.Column) -> str:
    return found.type_display


def _refused(table: Table, wrong: list[tuple[str, str]], there: Collection[str] = ()) -> DataError:
    hint = "give a view that casts it, or PostgresOver(…, tables={…}) the right column"
    return DataError(
        [
            Problem(why, str(table), column=own, hint=nearest(own, there) or hint)
            for own, why in wrong
        ]
    )
