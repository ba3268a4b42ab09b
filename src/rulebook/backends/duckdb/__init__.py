"""DuckDB in bulk: a plan becomes one query, built as a syntax tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from rulebook.backends.backend import Backend
from rulebook.backends.duckdb.bulk import Bulk
from rulebook.backends.families import Families
from rulebook.dataset.data import Data
from rulebook.plan.steps import Exchanged
from rulebook.values.money import Exchange

__all__ = ["Bulk", "BulkOver"]


class BulkOver:
    """Makes bulk backends over the tables that a connection holds."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Keep the connection, which stays the caller's."""
        self.connection = connection

    def __call__(
        self,
        data: Data,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> Backend:
        """Return a backend for one program."""
        return Bulk(data, self.connection, exchange, families, amounts, at_window_end)
