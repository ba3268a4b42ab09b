"""Facts where they lie, fetched for evidence and for what SQL can't say: never a table at once."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import count

import pyarrow as pa
from sqlglot import exp

from rulebook.backends.postgres import arrays
from rulebook.backends.postgres.catalog import Catalog
from rulebook.backends.postgres.dialect import shortened
from rulebook.backends.postgres.session import Row
from rulebook.backends.postgres.tables import ASIDE, FILE, LINE
from rulebook.backends.sql.engine import EngineError
from rulebook.dataset.data import NO_PARTNER, UNKNOWN_PARTNER, Fact
from rulebook.errors import MeasureError, Problem

#: How many facts of a passing table are in memory at once.
BATCH = 5_000
_CURSORS = count(1)


class PostgresFacts:
    """A FactSource over the tables of a connection."""

    def __init__(self, catalog: Catalog) -> None:
        """Read nothing yet."""
        self.catalog = catalog

    def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns, in the order of a fact's `values`."""
        return tuple(self.catalog.tables.columns(f"fact_{table}"))

    def rows(self, table: str, partners: Collection[str] | None) -> Sequence[Fact]:
        """Return the facts of these partners (None: of all) by file and line, set-aside ones too.

        Those without a known partner come only with None. Raises DataError, MeasureError.
        """
        if partners is None:
            return [fact for _, fact in self.passing(table, None)]
        wanted = set(partners)
        query, parameters = self._query(table, wanted)
        with _failing(table):
            rows = self.catalog.session.rows(query, parameters)[1]
        owner = self.columns(table).index(self._partner(table))
        found = map(_fact, rows)
        return [
            fact
            for fact in found
            if fact.values[owner] in wanted and fact.aside not in (NO_PARTNER, UNKNOWN_PARTNER)
        ]

    def passing(self, table: str, owners: Sequence[str] | None) -> Generator[tuple[int, Fact]]:
        """Yield the facts of each owner in turn, with the owner's place; None: all, at place 0.

        An owner may come several times, and with it its facts. The order of one's facts is by
        file and line; a batch is in memory at a time. Close it if you leave it early.
        """
        query, parameters = self._query(table, None, owners)
        name = f"rulebook_{next(_CURSORS)}"
        session = self.catalog.session
        with _failing(table):
            session.declare(name, query, parameters)
            try:
                while rows := session.fetch(name, BATCH):
                    for row in rows:
                        yield row[0], _fact(row[1:])
            finally:
                session.close(name)

    def _partner(self, table: str) -> str:
        return self.catalog.tables.spec.facts[table].partner

    def _query(
        self, table: str, partners: Collection[str] | None, owners: Sequence[str] | None = None
    ) -> tuple[str, list[str]]:
        """Return the query of a table's facts, and its parameters."""
        name, words = f"fact_{table}", [FILE, LINE, ASIDE, *self.columns(table)]
        read, parameters = self.catalog.select(name, words), list[str]()
        if partners is not None:
            given = arrays.relation({"partner": pa.array(sorted(partners), pa.string())})
            parameters = [given["partner"].text]
            if self.catalog.tables.table(name).line is not None:  # else every fact has a number
                read = read.where(self._is_any(name, table))
        facts = read.subquery("f")
        columns = [exp.column(word, "f", quoted=True) for word in words]
        order = [exp.column(word, "f", quoted=True) for word in (FILE, LINE)]
        if partners is not None:
            query = exp.select(*columns).from_(facts)
            if self.catalog.tables.table(name).line is None:
                query = query.where(_any(exp.column(self._partner(table), "f", quoted=True)))
        elif owners is None:
            query = exp.select(exp.Literal.number(0), *columns).from_(facts)
        else:
            given = arrays.relation(
                {
                    "owner": pa.array(owners, pa.string()),
                    "place": pa.array(range(len(owners)), pa.int32()),
                }
            )
            parameters = [array.text for array in given.values()]
            place = exp.column("place", "m", quoted=True)
            same = exp.EQ(
                this=exp.column("owner", "m", quoted=True),
                expression=exp.column(self._partner(table), "f", quoted=True),
            )
            members = arrays.select(given, 1).subquery("m")
            query = exp.select(place, *columns).from_(facts).join(members, on=same)
            order = [place.copy(), *order]
        return shortened(query.order_by(*order)).sql(dialect="postgres"), parameters

    def _is_any(self, name: str, table: str) -> exp.Expr:
        """Return whether the relation's own column names a wanted partner, so that an index serves.

        Its collation may take for equal what we don't: that is looked at here.
        """
        column = self.catalog.columns(name)[self._partner(table)]
        raw: exp.Expr = exp.column(column.own, quoted=True)
        return _any(raw if column.is_text else exp.cast(raw, "TEXT"))


def _fact(row: Row) -> Fact:
    file, line, aside, *values = row
    return Fact(file, line, aside, tuple(values))


def _any(column: exp.Expr) -> exp.Expr:
    wanted = exp.cast(
        exp.Parameter(this=exp.Literal.number(1)), exp.DataType.build("TEXT[]", dialect="postgres")
    )
    return exp.EQ(this=column, expression=exp.Any(this=exp.paren(wanted)))


@contextmanager
def _failing(table: str) -> Iterator[None]:
    """Say which facts could not be had."""
    try:
        yield
    except EngineError as error:
        problem = Problem(f"PostgreSQL failed on the facts of {table}: {error}")
        raise MeasureError([problem]) from error
