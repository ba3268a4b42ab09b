"""PostgreSQL, where the tables lie: needs the extra `postgres` (psycopg 3).

Low to high: `tables` (what lies where), `session` (statements on the caller's connection),
`catalog` (how columns are read), `dialect` and `arrays` (a query as PostgreSQL says it),
`engine`, `facts` (records for evidence), `by_partner` (what SQL can't say).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

try:
    import psycopg  # noqa: F401
except ModuleNotFoundError as error:  # pragma: no cover
    raise ModuleNotFoundError(
        "PostgreSQL needs psycopg 3: pip install 'echelon[postgres]'", name="psycopg"
    ) from error

from rulebook.backends.families import Families
from rulebook.backends.postgres.by_partner import ByPartner
from rulebook.backends.postgres.catalog import Catalog
from rulebook.backends.postgres.engine import Postgres
from rulebook.backends.postgres.facts import PostgresFacts
from rulebook.backends.postgres.session import Connection, Session
from rulebook.backends.postgres.tables import Table, Tables
from rulebook.backends.sql.bulk import Bulk
from rulebook.dataset.data import Data
from rulebook.dataset.spec import Dataset
from rulebook.plan.steps import Exchanged
from rulebook.values.money import Exchange

__all__ = ["Postgres", "PostgresFacts", "PostgresOver", "Table"]


class PostgresOver:
    """Makes bulk backends over the tables that a connection reaches."""

    def __init__(
        self,
        connection: Connection,
        schema: str = "public",
        tables: Mapping[str, Table] | None = None,
    ) -> None:
        """Keep the connection, which stays the caller's, and where tables lie.

        `tables` names those that do not lie in `schema` under our name: `partner`,
        `ref_<name>`, `fact_<name>`.
        """
        self.connection, self.schema, self.tables = connection, schema, dict(tables or {})

    def catalog(self, spec: Dataset) -> Catalog:
        """Return the tables of a dataset, none looked at yet. Raises DataError, MeasureError."""
        return Catalog(Session(self.connection), Tables(spec, self.schema, self.tables))

    def facts(self, spec: Dataset) -> PostgresFacts:
        """Return a dataset's facts where they lie, for a `Data` that has no folder."""
        return PostgresFacts(self.catalog(spec))

    def __call__(
        self,
        data: Data,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> Bulk:
        """Return a backend for one program."""
        catalog = self.catalog(data.spec)
        given = (exchange, families, amounts, at_window_end)
        bulk = Bulk(data, Postgres(catalog), *given)
        bulk.by_record = ByPartner(data, PostgresFacts(catalog), *given)
        return bulk
