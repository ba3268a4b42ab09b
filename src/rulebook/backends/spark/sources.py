"""The caller's tables as our queries see them: found by name, their columns plain and fitting.

What doesn't fit is refused before anything runs: Spark would turn a text into a number, or a time
into a day, as its settings have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import count

from pyspark.sql import DataFrame, SparkSession

from rulebook.backends.spark.failures import told
from rulebook.backends.spark.names import plain
from rulebook.backends.sql.engine import EngineError, Shapes
from rulebook.dataset.spec import Column, Dataset
from rulebook.errors import DataError, Problem, nearest

ASIDE = "_aside"
_WHOLE = {"tinyint": 3, "smallint": 5, "int": 10, "bigint": 19}
#: What a column of the dataset may be in Spark, and what to do about one that isn't.
_FITTING = {
    "text": ("string", "CAST(… AS STRING)"),
    "date": ("date", "a DATE says which day a time belongs to: TO_DATE in your time zone"),
    "boolean": ("boolean", "CAST(… AS BOOLEAN)"),
    "number": ("number", "CAST(… AS DECIMAL(38, 12)) holds any number that we read"),
}
_TAKEN = "[TEMP_TABLE_OR_VIEW_ALREADY_EXISTS]"
_AMOUNTS = ("number", "money", "integer")


#: No name comes twice: what is closed must not answer from another's tables.
_NUMBERS = count(1)


class Sources:
    """The tables `partner`, `ref_<name>`, `fact_<name>`, wherever they lie, until `close`.

    `tables` gives the caller's name, as `session.table` takes it, of each that lies elsewhere.
    Raises DataError with all that is missing or doesn't fit.
    """

    def __init__(self, session: SparkSession, tables: Mapping[str, str], spec: Dataset) -> None:
        """Find all tables of a dataset."""
        self.session = session
        self._views: dict[str, str] = {}
        self._types: dict[str, dict[str, str]] = {}
        self._schema = session.conf.get("spark.sql.globalTempDatabase", "global_temp") or ""
        wanted = dict(_wanted(spec))
        problems = _unknown(tables, wanted)
        for name, columns in wanted.items():
            place = tables.get(name, name)
            try:
                with told():
                    frame = session.table(place)
                    types = {each.name: each.dataType.simpleString() for each in frame.schema}
            except EngineError as error:
                hint = f"tables={{{name!r}: …}} says where {name} lies"
                problems.append(Problem(str(error), place, hint=hint))
                continue
            problems += _misfits(place, columns, types)
            self._types[name] = types
            if not problems:
                self._show(name, frame)
        if problems:
            self.close()
            raise DataError(problems)

    def _show(self, name: str, frame: DataFrame) -> None:
        """Make a view, under the next free name, that every session of this Spark can read."""
        named = frame.toDF(*map(plain, frame.columns))
        for number in _NUMBERS:
            view = f"rulebook_{number}_{plain(name)}"
            try:
                with told():
                    named.createGlobalTempView(f"`{view}`")
            except EngineError as error:
                if str(error).startswith(_TAKEN):
                    continue
                raise
            self._views[name] = view
            return

    def place(self, name: str) -> tuple[str, str]:
        """Return the schema and the view of a table."""
        return self._schema, self._views[name]

    def shapes(self, name: str) -> Shapes:
        """Return the digits of every number of a table."""
        found = {column: _digits(type_) for column, type_ in self._types[name].items()}
        return {column: shape for column, shape in found.items() if shape is not None}

    def close(self) -> None:
        """Drop the views; the tables stay."""
        for view in self._views.values():
            with suppress(EngineError), told():  # a Spark that has stopped has none
                self.session.catalog.dropGlobalTempView(view)


def _wanted(spec: Dataset) -> Iterator[tuple[str, Mapping[str, Column | None]]]:
    """Yield each table with its columns; None where the dataset leaves the type open."""
    partners = spec.partners
    named = [partners.key, *([partners.parent] if partners.parent else [])]
    yield "partner", {**dict.fromkeys(named, Column()), **partners.columns}
    for name, reference in spec.references.items():
        yield f"ref_{name}", {reference.key: None, **reference.columns}
    for name, facts in spec.facts.items():
        columns: dict[str, Column | None] = {each: facts.type_of(each) for each in facts.names()}
        yield f"fact_{name}", {**columns, ASIDE: Column()}


def _unknown(tables: Mapping[str, str], wanted: Mapping[str, object]) -> list[Problem]:
    return [
        Problem(f"the dataset has no table {name!r}", hint=nearest(name, wanted))
        for name in tables
        if name not in wanted
    ]


def _misfits(
    place: str, columns: Mapping[str, Column | None], types: Mapping[str, str]
) -> list[Problem]:
    problems = []
    for name, entry in columns.items():
        if name not in types:
            hint = nearest(name, types)
            if name == ASIDE:
                hint = "a text: null where the fact counts, else why not"
            problems.append(Problem("there is no such column", place, column=name, hint=hint))
            continue
        found, wanted = _kind(types[name]), _kind_of(entry)
        if found != wanted and not (wanted == "" and found in ("string", "number")):
            fitting = wanted or "string"
            hint = next((told for kind, told in _FITTING.values() if kind == fitting), "")
            message = f"{types[name].upper()} can't stand for {_said(entry)}"
            problems.append(Problem(message, place, column=name, hint=hint))
    return problems


def _said(entry: Column | None) -> str:
    return "a key" if entry is None else f"the type {entry.type}"


def _kind_of(entry: Column | None) -> str:
    if entry is None:
        return ""
    return _FITTING["number" if entry.type in _AMOUNTS else entry.type][0]


def _kind(type_: str) -> str:
    return "number" if _digits(type_) is not None else type_


def _digits(type_: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"decimal\((\d+),(-?\d+)\)", type_)
    if found:
        return int(found[1]), int(found[2])
    return (_WHOLE[type_], 0) if type_ in _WHOLE else None
