"""Writes a channel as a data folder: Parquet by month for sales, CSV for what is small.

A folder is complete when its `dataset.yaml` is there, which is written last: a run that was broken
off is made again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as parquet

from benchmarks.generator.chance import months_until
from benchmarks.generator.channel import make_channel
from benchmarks.generator.sales import as_table, customer_names, sales_months
from benchmarks.generator.small import (
    certificates,
    write_enrollments,
    write_partners,
    write_rates,
)
from benchmarks.sizes import AS_OF, Size

MONTHS, HISTORY_MONTHS = 36, 72
ROW_GROUP = 500_000
Tell = Callable[[str], None]

DATASET = """\
# A channel made by benchmarks/generator: always the same for one size.
partners: {file: partners.csv, key: partner_id, parent: parent_id}
facts:
  sales:
    file: SALES
    key: line_id
    partner: partner_id
    date: order_date
    columns:
      line_id: integer
      customer_id: text
      product_line: text
      deal_type: text
      status: text
      amount: {type: money, currency: currency}
"""
REST = """\
  certificates:
    file: certificates.parquet
    key: certificate_id
    partner: partner_id
    valid: {from: valid_from, until: valid_until}
    columns: {certificate_id: integer, exam: text}
enrollments: {file: enrollments.csv}
"""
RATES = """\
rates: {file: rates.csv, base: EUR, date: date, currency: currency, rate: per_eur}
"""


def make_folder(size: Size, tell: Tell = lambda _: None) -> Path:
    """Return the folder with three years of sales, made if it isn't there."""
    return _make(size, size.folder / "data", size.lines, MONTHS, tell)


def make_history(size: Size, tell: Tell = lambda _: None) -> Path:
    """Return the folder with six years of sales, for tiers at sixty month-ends."""
    return _make(size, size.folder / "history", size.history_lines, HISTORY_MONTHS, tell)


def begin(folder: Path) -> bool:
    """Say whether a folder must be made; what a broken run left there is gone then."""
    if (folder / "dataset.yaml").is_file():
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return True


def _make(size: Size, folder: Path, lines: int, count: int, tell: Tell) -> Path:
    if not begin(folder):
        return folder
    channel, months = make_channel(size), months_until(AS_OF, count)
    partners, customers = channel.names, customer_names(size)
    (folder / "sales").mkdir()
    for first, month in sales_months(size, lines, months, channel):
        tell(f"{lines:,} lines of sales: {first:%Y-%m}")
        table = as_table(month, partners, customers)
        _write(folder / "sales" / f"{first:%Y-%m}.parquet", table)
    _write(folder / "certificates.parquet", certificates(size, channel))
    write_partners(folder / "partners.csv", channel)
    write_enrollments(folder / "enrollments.csv", channel)
    write_rates(folder / "rates.csv", months)
    text = DATASET.replace("SALES", "sales/*.parquet") + REST + RATES
    (folder / "dataset.yaml").write_text(text, encoding="utf-8")
    return folder


def _write(path: Path, table: object) -> None:
    # Without Arrow's own notes in the file every reader sees plain text columns.
    parquet.write_table(table, path, row_group_size=ROW_GROUP, store_schema=False)
