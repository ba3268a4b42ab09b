"""Spark, where the tables lie in a cluster: needs the extra `spark` (pyspark 4.3, Java 17).

Low to high: `names` (which Spark can't confuse), `failures` (in one plain line), `settings` (a
session of ours), `sources` (the caller's tables, looked over), `engine`; `views` brings data in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType

try:
    from pyspark.sql import SparkSession
except ModuleNotFoundError as error:  # pragma: no cover
    raise ModuleNotFoundError(
        "Spark needs pyspark and Java 17: pip install 'echelon[spark]'", name="pyspark"
    ) from error

from rulebook.backends.families import Families
from rulebook.backends.spark.engine import Spark
from rulebook.backends.spark.sources import Sources
from rulebook.backends.spark.views import Views, folder_views, parquet_views, table_views
from rulebook.backends.sql.bulk import Bulk
from rulebook.dataset.data import Data
from rulebook.plan.steps import Exchanged
from rulebook.values.money import Exchange

__all__ = ["Spark", "SparkOver", "Views", "folder_views", "parquet_views", "table_views"]


class SparkOver:
    """Makes bulk backends over the tables that a Spark session sees; close it, or use `with`.

    The tables are `partner`, `ref_<name>` and `fact_<name>`, the facts with `_aside`, or what
    `tables` names instead. Raises DataError where they don't fit the dataset, EngineError where
    Spark fails.
    """

    def __init__(self, session: SparkSession, tables: Mapping[str, str] | None = None) -> None:
        """Keep the session, which stays the caller's with all its settings."""
        self.session, self.tables = session, dict(tables or {})
        self._opened: list[Sources] = []

    def __call__(
        self,
        data: Data,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> Bulk:
        """Return a backend for one program."""
        sources = Sources(self.session, self.tables, data.spec)
        self._opened.append(sources)
        return Bulk(data, Spark(sources), exchange, families, amounts, at_window_end)

    def close(self) -> None:
        """Drop the views that were made over the tables; backends made here answer no more."""
        while self._opened:
            self._opened.pop().close()

    def __enter__(self) -> SparkOver:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
