"""Good rows on their way: many at once into the staging table, in whoever's transaction.

On PostgreSQL they are copied, on SQLite inserted many at a time.
"""

from __future__ import annotations

import io
from uuid import UUID

import pyarrow as pa
import pyarrow.csv
from django.db import connection

COLUMNS = ("batch", "line", "partner", "date", "key", "withdraws", "payload")


def stage(batch: UUID, rows: pa.Table, *, withdraws: bool = False) -> None:
    """Add rows (line, partner, date, key, payload) of a batch. A line can't come twice."""
    if not rows.num_rows:
        return
    names = ", ".join(COLUMNS)
    if connection.vendor == "postgresql":
        text = io.BytesIO()
        pyarrow.csv.write_csv(
            _whole(rows, str(batch), withdraws),
            text,
            pyarrow.csv.WriteOptions(include_header=False),
        )
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY facts_staged ({names}) FROM STDIN (FORMAT csv)") as copy,
        ):
            copy.write(text.getbuffer())
        return
    columns = _whole(rows, batch.hex, withdraws).to_pydict()
    columns["date"] = [day.isoformat() for day in columns["date"]]
    columns["withdraws"] = [int(withdraws)] * rows.num_rows
    marks = ", ".join(["%s"] * len(COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO facts_staged ({names}) VALUES ({marks})",
            list(zip(*(columns[name] for name in COLUMNS), strict=True)),
        )


def _whole(rows: pa.Table, batch: str, withdraws: bool) -> pa.Table:
    count = rows.num_rows
    more = {
        "batch": pa.repeat(pa.scalar(batch), count),
        "withdraws": pa.repeat(pa.scalar(withdraws), count),
    }
    return pa.table({name: more[name] if name in more else rows.column(name) for name in COLUMNS})


def written(identity: UUID) -> str:
    """Return an id as the database writes it in a column of ids."""
    return str(identity) if connection.vendor == "postgresql" else identity.hex
