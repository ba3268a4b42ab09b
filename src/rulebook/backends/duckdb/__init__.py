"""DuckDB in bulk: a plan becomes one query over the tables of a loaded folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rulebook.backends.duckdb.engine import DuckDB
from rulebook.backends.duckdb.native import NativeForms
from rulebook.backends.families import Families
from rulebook.backends.sql.bulk import Bulk
from rulebook.dataset.data import Data
from rulebook.loading import Folder
from rulebook.plan.steps import Exchanged
from rulebook.values.money import Exchange

__all__ = ["BulkOver", "DuckDB"]


class BulkOver:
    """Makes bulk backends over the tables of a folder."""

    def __init__(self, folder: Folder) -> None:
        """Keep the folder, which stays the caller's."""
        self.folder = folder

    def __call__(
        self,
        data: Data,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> Bulk:
        """Return a backend for one program."""
        engine = DuckDB(self.folder.connection)
        forms = NativeForms(engine, self.folder, exchange, amounts, not at_window_end)
        forms.lay_out()
        bulk = Bulk(data, engine, exchange, families, amounts, at_window_end, codes=engine.codes)
        bulk.shared.arrays = forms.arrays()

        def again() -> Mapping[str, str | None]:
            codes = engine.codes
            came = forms.lay_out_again()
            if engine.codes is not codes:
                bulk.relations.recode(engine.codes)
            bulk.shared.arrays = forms.arrays_after(bulk.shared.arrays)
            return came

        bulk.lay_out_again = again
        return bulk
