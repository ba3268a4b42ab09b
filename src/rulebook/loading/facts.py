"""Facts where they lie: in the database of the folder, fetched as they are asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import duckdb

from rulebook.dataset.data import NO_PARTNER, UNKNOWN_PARTNER, Fact
from rulebook.loading.layout import Layout
from rulebook.loading.sql import fetch, listing, quoted


class TableFacts:
    """A FactSource over the typed tables `fact_…` of a connection."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, layouts: Mapping[str, Layout]
    ) -> None:
        self._connection = connection
        self._layouts = layouts

    def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns, in the order of a fact's `values`."""
        return tuple(field.name for field in self._layouts[table].fields)

    def rows(self, table: str, partners: Collection[str] | None) -> Sequence[Fact]:
        """Return the facts of these partners (None: of all) by file and line, set-aside ones too.

        Those without a known partner come only with None.
        """
        layout = self._layouts[table]
        query = f"""SELECT _file, _line, _aside, {listing(self.columns(table))}
            FROM {quoted(layout.table)}"""
        parameters: list[object] = []
        if partners is not None:
            # One is compared where the rows lie: a list is joined, which reads every column.
            one = len(partners) == 1
            which = "= ?" if one else "IN (SELECT unnest(?::VARCHAR[]))"
            query += f""" WHERE {quoted(layout.partner)} {which}
                AND coalesce(_aside, '') NOT IN ('{NO_PARTNER}', '{UNKNOWN_PARTNER}')"""
            parameters = list(partners) if one else [sorted(partners)]
        # A cursor of its own: whoever measures meanwhile keeps its result.
        with self._connection.cursor() as cursor:
            rows = fetch(cursor, f"{query} ORDER BY _file, _line", parameters)
        return [Fact(row[0], row[1], row[2], row[3:]) for row in rows]
