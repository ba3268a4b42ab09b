"""DuckDB in bulk: a plan becomes one query over the tables of a loaded folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from rulebook.backends.backend import Backend
from rulebook.backends.duckdb.engine import DuckDB
from rulebook.backends.families import Families
from rulebook.backends.sql.bulk import Bulk
from rulebook.dataset.data import Data
from rulebook.plan.steps import Exchanged
from rulebook.values.money import Exchange

__all__ = ["BulkOver", "DuckDB"]


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
        return Bulk(data, DuckDB(self.connection), exchange, families, amounts, at_window_end)
