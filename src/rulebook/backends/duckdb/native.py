"""Lays large fact tables out for one program: sorted by partner, amounts converted beforehand.

Rates don't change between runs, so an amount is converted once, when the store's derived form is
built; the form's key is all that the conversion rests on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

import pyarrow as pa
from sqlglot import exp

from rulebook.backends.duckdb.arrays import Arrays
from rulebook.backends.duckdb.engine import DuckDB
from rulebook.backends.sql.engine import Shapes
from rulebook.backends.sql.expressions import NotInSql
from rulebook.backends.sql.relations import rate_columns
from rulebook.backends.sql.shared import InArrays
from rulebook.backends.sql.source import FACT, Given, Source, aliased, column, in_currency, name
from rulebook.backends.sql.tables import pairs_in, pairs_of
from rulebook.loading import Folder
from rulebook.plan.steps import Exchanged
from rulebook.store import Codes, Purpose, Standing, Table
from rulebook.values.money import RATE_DECIMALS, Exchange

#: Raised when the same rows are laid out in another way.
_LAYOUT = 1


@dataclass
class NativeForms:
    """The derived forms of a folder's kept tables, as one program wants them."""

    engine: DuckDB
    folder: Folder
    exchange: Exchange
    amounts: Mapping[str, Sequence[Exchanged]]
    converts: bool  # not where rates are those of a window's last day
    #: By fact table what its derived form is made of, where that takes no query to tell.
    forms: dict[str, Standing] = field(default_factory=dict)
    #: The kept tables as they were when they were laid out.
    laid_out: dict[str, Table] = field(default_factory=dict)
    purposes: dict[str, tuple[Shapes, Purpose]] = field(default_factory=dict)
    codes: Codes | None = None

    def lay_out(self) -> None:
        """Make a relation of every kept table; the engine finds it under the table's name.

        One that is as it was when it was laid out last is left as it is.
        """
        keeping = self.folder.keeping
        if keeping is None:
            return
        codes = keeping.store.manifest.codes
        if self.codes is not None and not self.codes.points.items() <= codes.points.items():
            self.laid_out.clear()  # partners have other codes: the store was made anew
        for table in sorted(keeping.tables):
            known = keeping.store.tables()[table]
            if self.laid_out.get(table) == known:
                continue
            self.engine.relations.pop(table, None)
            title = table.removeprefix("fact_")
            purpose = self._purpose(table, title)
            relation = f"native_{table}"
            keeping.store.native(self.engine.connection, table, purpose, relation)
            self.engine.relations[table] = relation
            standing = keeping.store.standing(table, purpose, relation)
            self.forms.pop(title, None)
            if standing is not None:
                self.forms[title] = standing
            self.laid_out[table] = known
        if self.engine.relations and self.codes != codes:
            self.engine.read_codes()
            self.codes = codes

    def lay_out_again(self) -> Mapping[str, str | None]:
        """Lay out tables that changed; return by fact table where the rows lie that came to it.

        Tables whose rows before may have changed are not named; None where no row came.
        """
        before = dict(self.forms)
        self.lay_out()
        return {
            title: form.added
            for title, form in self.forms.items()
            if title in before and form.identity == before[title].identity
        }

    def arrays(self) -> Arrays | None:
        """Return the tables that can be read as arrays, if there are any."""
        keeping = self.folder.keeping
        if keeping is None or not self.forms:
            return None
        forms = {
            name: (form, keeping.store.arrays(form.identity)) for name, form in self.forms.items()
        }
        return Arrays(self.engine, self.folder, forms, self.exchange.currency)

    def arrays_after(self, before: InArrays | None) -> Arrays | None:
        """Return the arrays after facts changed; those whose derived form stands stay mapped."""
        found = self.arrays()
        if found is not None and isinstance(before, Arrays):
            found.take_over(before)
        return found

    def _purpose(self, table: str, title: str) -> Purpose:
        shapes = self.engine.shapes(table)
        known = self.purposes.get(table)
        if known is None or known[0] != shapes:
            known = self.purposes[table] = (shapes, self._made_purpose(table, title, shapes))
        return known[1]

    def _made_purpose(self, table: str, title: str, shapes: Shapes) -> Purpose:
        amounts = self.amounts.get(title, ()) if self.converts else ()
        try:
            select = self._select(table, title, amounts, shapes) if amounts else _plain()
        except NotInSql:  # too wide to be converted beforehand
            select, amounts = _plain(), ()
        said = [_LAYOUT, table, [list(each) for each in _fields(amounts)]]
        if amounts:
            said.append(_content(self.exchange))
        key = hashlib.sha256(json.dumps(said).encode()).hexdigest()
        rates = partial(self._rates, amounts, self.folder.spec.facts[title].attained)
        return Purpose(key, select, {"rate": rates} if amounts else {})

    def _rates(
        self, amounts: Sequence[Exchanged], day: str, ask: Callable[[str], pa.Table]
    ) -> pa.Table:
        """Return the rate of every currency and day that amounts to be laid out have."""
        kept = exp.Table(this=exp.to_identifier("kept"))
        queries = (pairs_of(kept, amount, day, self.exchange.currency) for amount in amounts)
        found = (pairs_in(ask(query.sql(dialect="duckdb"))) for query in queries)
        columns, digits = rate_columns(self.exchange, frozenset().union(*found))
        assert digits[0] <= self._rate_digits()[0]
        return pa.table(dict(columns))

    def _whole_digits(self) -> int:
        """Return a bound of the digits that rates have before the point: ours over theirs."""
        exchange = self.exchange
        dated = exchange.market if exchange.pinned is None else exchange.pinned
        values = [rate for entries in dated.values() for _, rate in entries] or [Decimal(1)]
        largest, least = max(*values, Decimal(1)), min(*values, Decimal(1))
        bound = largest if exchange.pinned is not None or least <= 0 else largest / least
        return len(str(int(bound))) + 1

    def _select(self, table: str, title: str, amounts: Sequence[Exchanged], shapes: Shapes) -> str:
        """Return the SELECT that adds to each row its amounts in the program's currency."""
        facts = self.folder.spec.facts[title]
        given = Given(
            self.folder.spec,
            self.engine.table,
            {table: shapes},
            self.exchange.currency,
            self.exchange.places,
            self._rate_digits(),
            {},
            frozenset(),
            tuple(amounts),
            False,
        )
        day = column(facts.attained, FACT)
        source = Source(given, title, facts.partner, day, "")
        added = [
            exp.Alias(
                this=source.converted(amount).sql,
                alias=name(in_currency(amount.column, self.exchange.currency)),
            )
            for amount in amounts
        ]
        every = exp.Column(this=exp.Star(), table=name(FACT))
        kept = aliased(exp.Table(this=exp.to_identifier("kept")), FACT)
        return source.joined(exp.select(every, *added).from_(kept)).sql(dialect="duckdb")

    def _rate_digits(self) -> tuple[int, int]:
        return self._whole_digits() + RATE_DECIMALS, RATE_DECIMALS


def _plain() -> str:
    return "SELECT * FROM kept"


def _fields(amounts: Sequence[Exchanged]) -> list[tuple[str, str, bool]]:
    return [(each.column, each.currency, each.constant) for each in amounts]


def _content(exchange: Exchange) -> str:
    """Return a text of all that rates rest on."""
    dated = exchange.market if exchange.pinned is None else exchange.pinned
    said = {
        code: [[day.isoformat(), str(rate)] for day, rate in entries]
        for code, entries in sorted(dated.items())
    }
    words = [exchange.currency, exchange.places, exchange.base, exchange.pinned is None, said]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()
