"""On which day a timestamp with an offset falls in the program's time zone.

Days are worked out from the zone's offset at each day of UTC, which Python's zone data gives:
DuckDB's differ from version to version. On the few days on which the offset changes, each second
that occurs is looked up by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from rulebook.loading.cells import integers
from rulebook.loading.sql import fetch
from rulebook.loading.typing_sql import DAY, OFFSET, TIME, matches

_DAY = 86_400


def read_zone(name: str) -> ZoneInfo | None:
    """Return a time zone by its name, or None if there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return None
    except KeyError:
        return None


def work_out_days(
    connection: duckdb.DuckDBPyConnection, source: str, cells: Sequence[str], zone: ZoneInfo
) -> None:
    """Make the table `_stamps (text, day)` of all timestamps with an offset in these columns."""
    pattern = f"{DAY}[T ]{TIME}{OFFSET}"
    texts = " UNION ".join(
        f"SELECT DISTINCT {cell} AS text FROM {source} WHERE {matches(cell, pattern)}"
        for cell in cells
    )
    fetch(connection, f"CREATE OR REPLACE TEMP TABLE _instants AS {_instants(texts)}")
    shifts = _shifts(connection, zone)
    connection.register("_shifts", shifts)
    fetch(
        connection,
        f"""CREATE OR REPLACE TEMP TABLE _stamps AS
        SELECT text, day FROM (
            SELECT text, utc_day - 1 + CAST((second + shift + {_DAY}) // {_DAY} AS INTEGER) AS day
            FROM _instants JOIN _shifts USING (utc_day) WHERE second BETWEEN first AND last)
        WHERE day BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'""",
    )
    connection.unregister("_shifts")


def _instants(texts: str) -> str:
    """Return the query of each text's day and second in UTC."""
    offset = "regexp_extract(text, '([+-][0-9:]+)$', 1)"  # empty for Z
    minutes = f"coalesce(TRY_CAST(replace({offset}, ':', '')[4:5] AS INTEGER), 0)"
    shift = f"(coalesce(TRY_CAST({offset}[2:3] AS INTEGER), 0) * 3600 + {minutes} * 60)"
    seconds = "coalesce(TRY_CAST(regexp_extract(text[17:19], '^:([0-9]{2})', 1) AS INTEGER), 0)"
    return f"""
        SELECT text, utc_day, second FROM (
            SELECT text, day - 1 + CAST((second + {_DAY}) // {_DAY} AS INTEGER) AS utc_day,
                (second + {_DAY}) % {_DAY} AS second
            FROM (
                SELECT text, TRY_CAST(text[1:10] AS DATE) AS day,
                    CAST(text[12:13] AS INTEGER) * 3600 + CAST(text[15:16] AS INTEGER) * 60
                    + {seconds} - CASE WHEN starts_with({offset}, '-') THEN -{shift}
                        ELSE {shift} END
                    AS second
                FROM ({texts}) WHERE text >= '0001'
            ) WHERE day IS NOT NULL
        ) WHERE utc_day BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"""


def _shifts(connection: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> pa.Table:
    """Return the offsets needed: for a day in UTC, from its first to its last second."""
    rows: list[tuple[date, int, int, int]] = []
    for (day,) in fetch(connection, "SELECT DISTINCT utc_day FROM _instants"):
        start, end = _shift(day, 0, zone), _shift(day, _DAY - 1, zone)
        if start == end:
            rows.append((day, 0, _DAY - 1, start))
            continue
        query = "SELECT DISTINCT second FROM _instants WHERE utc_day = ?"
        for (second,) in fetch(connection, query, [day]):
            rows.append((day, second, second, _shift(day, second, zone)))
    days = pa.array([row[0] for row in rows], pa.date32())
    first, last = integers(row[1] for row in rows), integers(row[2] for row in rows)
    shifts = integers(row[3] for row in rows)
    return pa.table([days, first, last, shifts], names=["utc_day", "first", "last", "shift"])


def _shift(day: date, second: int, zone: ZoneInfo) -> int:
    """Return the zone's offset from UTC in seconds; at the ends of the calendar it is 0."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    try:
        offset = moment.astimezone(zone).utcoffset()
    except OverflowError:
        return 0
    return 0 if offset is None else offset // timedelta(seconds=1)
