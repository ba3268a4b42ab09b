"""What a row is among all others: known by its partner, the same again, one of two under a key.

Step two of loading: it runs over a typed table with the rows of all files, whoever made them, and
changes nothing but `_aside`.
"""

from __future__ import annotations

import duckdb

from rulebook.dataset.data import BAD_ROW, DUPLICATE, NO_DATE, UNKNOWN_PARTNER
from rulebook.loading.keys import check_keys
from rulebook.loading.layout import Layout
from rulebook.loading.sql import fetch, quoted
from rulebook.loading.tables import Loading
from rulebook.loading.typed_rows import bad_rows


def settle_table(loading: Loading, layout: Layout, whole: bool) -> None:
    """Say of every row why it is set aside, beyond what the row alone tells.

    `_known (id)` holds the partners where `loading.partners_known`. `whole` is what `load_table`
    returned: under a table that lacks files or columns keys are not compared.
    """
    facts = layout.place[0] == "facts"
    if facts and loading.partners_known:
        _mark_unknown(loading.connection, layout)
    _mark_repeats(loading.connection, layout)
    if whole and not (facts and not layout.key):
        check_keys(loading, layout)


def _mark_unknown(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """A partner that isn't there is a reason before a date that isn't."""
    partner = quoted(layout.partner)
    fetch(
        connection,
        f"""UPDATE {quoted(layout.table)} SET _aside = '{UNKNOWN_PARTNER}'
        WHERE coalesce(_aside, '{NO_DATE}') = '{NO_DATE}'
            AND {partner} NOT IN (SELECT id FROM _known)""",
    )


def _mark_repeats(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """The same bad row again changes nothing: it counts once, like any fact."""
    fetch(
        connection,
        f"""UPDATE {quoted(layout.table)} AS t SET _aside = '{DUPLICATE}' FROM (
            SELECT _file, _line, row_number() OVER (
                PARTITION BY identity ORDER BY _file, _line) AS occurrence
            FROM {bad_rows(layout)}) AS again
        WHERE again.occurrence > 1 AND t._aside = '{BAD_ROW}'
            AND t._file = again._file AND t._line = again._line""",
    )


def drop_bad_rows(loading: Loading, layout: Layout) -> dict[str, int]:
    """Take set-aside rows out of a table that isn't of facts; return how many, by reason."""
    table = quoted(layout.table)
    counts = count_aside(loading.connection, layout)
    fetch(loading.connection, f"DELETE FROM {table} WHERE _aside IS NOT NULL")
    return counts


def count_aside(connection: duckdb.DuckDBPyConnection, layout: Layout) -> dict[str, int]:
    """Return how many rows are set aside, by reason; repeats change nothing and don't count."""
    query = f"""SELECT _aside, count(*) FROM {quoted(layout.table)}
        WHERE _aside IS NOT NULL AND _aside <> '{DUPLICATE}' GROUP BY _aside"""
    return dict(fetch(connection, query))
