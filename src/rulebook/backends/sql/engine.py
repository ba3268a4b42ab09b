"""What a database must do to run plans: hold an occasion's relations, answer a query, name itself.

Queries reach it as syntax trees that every dialect says alike: no date is worked out in them,
nothing is divided, sums of decimals are decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pyarrow as pa
from sqlglot import exp

#: For each number of a relation: how many digits it has in all, and how many after the point.
Shapes = Mapping[str, tuple[int, int]]


class EngineError(Exception):
    """A database failed; the message is its own, in one line."""


class TooWide(Exception):
    """A number outgrew what the database holds: the plan can be walked fact by fact instead."""


class Engine(Protocol):
    """One connection. Its tables are `partner`, `ref_<name>`, `fact_<name>`, wherever they lie.

    They have the columns of the dataset; facts also `_aside`, null where the row counts.
    """

    #: As errors name it.
    name: str
    #: As sqlglot calls its dialect.
    dialect: str

    def table(self, name: str) -> exp.Table:
        """Return where a table lies."""

    def shapes(self, name: str) -> Shapes:
        """Return the digits of every number of a table."""

    def put(self, name: str, columns: Mapping[str, pa.Array]) -> None:
        """Make or replace a relation of ours beside the tables; nobody else sees it."""

    def answer(self, query: exp.Expression) -> pa.Table:
        """Return all rows of a query: decimals, integers, texts, dates and booleans.

        Raises TooWide, EngineError.
        """
