"""An example's rows as tables, so that a database can run what is otherwise walked fact by fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa

from rulebook import read_program
from rulebook.dataset.data import Data
from rulebook.dataset.given import Given
from rulebook.dataset.spec import Column, Dataset
from rulebook.program import Example, Program
from rulebook.standing.examples import _Example as OpenExample
from rulebook.values.money import Dated

_TYPES = {"text": pa.string(), "date": pa.date32(), "boolean": pa.bool_()}


def examples(path: Path) -> Iterator[tuple[Program, Any, Example, Data, Dated]]:
    """A program, its document, and each of its examples with its data and rates."""
    program, document = read_program(path)
    spec = program.reads or Dataset()
    for index, example in enumerate(program.examples):
        rows = {key: value for key, value in example.given.items() if key != "rates"}
        given = Given(spec, program.program, program.currency, program.time_zone, rows, _no_problem)
        rates = OpenExample(program, document, spec, example, index)._rates()
        yield program, document, example, given.data(), rates


def _no_problem(path: str, message: str, hint: str) -> None:
    raise AssertionError(f"{path}: {message} {hint}")


def tables_of(data: Data) -> dict[str, pa.Table]:
    """The tables `partner`, `ref_…` and `fact_…` of data in memory."""
    spec, partners = data.spec, data.spec.partners
    entries: dict[str, Column | None] = {partners.key: Column(), **partners.columns}
    if partners.parent:
        entries.setdefault(partners.parent, Column())
    found = {"partner": _table(entries, data.partners.values())}
    for name, reference in spec.references.items():
        pointing = (each for facts in spec.facts.values() for each in facts.columns.values())
        key = next((each for each in pointing if each.references == name), Column())
        entries = {reference.key: Column(type=key.type), **reference.columns}
        found[f"ref_{name}"] = _table(entries, data.references[name].values())
    for name, facts in spec.facts.items():
        names = data.facts.columns(name)
        entries = {each: facts.type_of(each) for each in names}
        rows = [
            {**dict(zip(names, fact.values, strict=True)), "_aside": fact.aside}
            for fact in data.facts.rows(name, None)
        ]
        found[f"fact_{name}"] = _table({**entries, "_aside": Column()}, rows)
    return found


def _table(entries: dict[str, Column | None], rows: Iterable[Any]) -> pa.Table:
    rows = list(rows)
    columns = {
        name: _array((entry or Column()).type, [row.get(name) for row in rows])
        for name, entry in entries.items()
    }
    return pa.table(columns)


def _array(type_: str, values: list[Any]) -> pa.Array:
    if type_ in _TYPES:
        return pa.array(values, _TYPES[type_])
    digits = [value.as_tuple() for value in values if isinstance(value, Decimal)]
    scale = max((-int(each.exponent) for each in digits), default=0)
    whole = max((len(each.digits) + int(each.exponent) for each in digits), default=1)
    scale = max(scale, 0)
    return pa.array(values, pa.decimal128(max(whole, 1) + scale, scale))


def in_duckdb(tables: dict[str, pa.Table]) -> Any:
    """What `BulkOver` needs of a folder: a database that holds these tables, and no store."""
    connection = duckdb.connect()
    for name, table in tables.items():
        connection.register("incoming", table)
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM incoming')
        connection.unregister("incoming")
    return SimpleNamespace(connection=connection, keeping=None)
