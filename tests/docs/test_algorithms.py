"""The worked tables of docs/algorithms hold: they are read from the pages and worked out again."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rulebook.values.calendar import Calendar
from rulebook.values.money import Exchange
from rulebook.values.windows import Term, read_window

PAGES = Path(__file__).parents[2] / "docs" / "algorithms"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def rows(page: str) -> list[list[str]]:
    lines = (PAGES / page).read_text().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]


WINDOWS = [row for row in rows("windows.md") if row[0].startswith("`") and DAY.match(row[1])]
MONEY = [row for row in rows("money.md") if DAY.match(row[0])]


@pytest.mark.parametrize("row", WINDOWS, ids=lambda row: row[0])
def test_windows(row: list[str]):
    window = read_window(row[0].strip("`"))
    span = window.span(date(2020, 5, 31), Calendar(2, 1), lambda _: Term(date(2020, 3, 15)))
    assert [str(span.low), str(span.high)] == [DAY.match(row[1])[0], row[2]]


@pytest.mark.parametrize("row", MONEY, ids=lambda row: f"{row[0][:10]} {row[1]}")
def test_money(row: list[str]):
    market = {
        "USD": [(date(2026, 2, 2), Decimal("1.0867")), (date(2026, 2, 6), Decimal("1.0791"))],
        "GBP": [(date(2026, 2, 2), Decimal("0.8543")), (date(2026, 2, 6), Decimal("0.8522"))],
    }
    exchange = Exchange("USD", "EUR", market)
    currency, amount = row[1].split()
    rate = exchange.rate(currency, date.fromisoformat(row[0][:10]))
    assert rate == Decimal(row[4])
    assert f"USD {exchange.convert(Decimal(amount), rate)}" == row[5]


def test_the_pages_have_rows():
    assert (len(WINDOWS), len(MONEY)) == (8, 4)
