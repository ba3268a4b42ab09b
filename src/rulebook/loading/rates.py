"""Exchange rates by currency and day, from their typed table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rulebook.dataset.data import RateTable
from rulebook.loading.layout import Layout
from rulebook.loading.sql import fetch, listing, quoted
from rulebook.loading.tables import Loading


def read_rates(loading: Loading, layout: Layout, base: str) -> RateTable:
    """Return the rates, each currency's sorted by day."""
    columns = listing([layout.words["currency"], layout.words["date"], layout.words["rate"]])
    by_currency: dict[str, list[tuple[date, Decimal]]] = {}
    query = f"SELECT {columns} FROM {quoted(layout.table)} ORDER BY 1, 2"
    for currency, day, rate in fetch(loading.connection, query):
        by_currency.setdefault(currency, []).append((day, rate))
    return RateTable(base, by_currency)
