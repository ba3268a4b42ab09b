"""What makes a row bad, each rule as a condition on its cells and its typed values.

A rule is one line of SQL over a table's columns (`{name}` is the typed value, `{name_cell}` the
text) and the words for the error. The same rules find bad rows and list them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

import duckdb
import pyarrow as pa

from rulebook.errors import listed, nearest
from rulebook.loading.files import nearest_currency
from rulebook.loading.layout import Field, Layout
from rulebook.loading.sql import fetch
from rulebook.loading.typing_sql import why_unreadable
from rulebook.values.numbers import shorten

OVERRIDES = ("lock", "floor", "suspend")
#: How many errors of a rule get the nearest partner's name: looking for it takes time.
_SEARCHES = 20

#: From the text of a cell to what is wrong with it and what to do.
Explain = Callable[[str | None], tuple[str, str]]


@dataclass(frozen=True)
class Rule:
    """A condition under which a row is bad, the column to blame, and the words.

    The last two tell when cells need no look one by one: if they can all be read, are all there,
    or are all among those allowed.
    """

    column: int
    broken: str
    explain: Explain
    on: Literal["reading", "filling", ""] = ""
    allowed: Collection[str | None] = ()


def make_code_table(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table of currency codes that rules compare with."""
    from moneyed import CURRENCIES

    connection.register("_codes", pa.table({"code": sorted(CURRENCIES)}))
    fetch(connection, "CREATE TEMP TABLE _currency AS SELECT code FROM _codes")
    connection.unregister("_codes")


def rules_of(
    layout: Layout, connection: duckdb.DuckDBPyConnection, partners_known: bool
) -> list[Rule]:
    """Return every rule of a table, by the column to blame."""
    place = {field.name: number for number, field in enumerate(layout.fields)}
    rules: list[Rule] = []
    for number, field in enumerate(layout.fields):
        rules += _of_cell(number, field)
    for amount, currency in layout.money:
        broken = f"f{place[amount]} IS NOT NULL AND c{place[currency]} IS NULL"
        words = f"the amount in column {amount} has no currency"
        rules.append(Rule(place[currency], broken, _says(words)))
    if layout.words:
        rules += _of_words(layout, place)
    if partners_known and layout.words and layout.partner:
        at = place[layout.partner]
        rules.append(Rule(at, f"f{at} NOT IN (SELECT id FROM _known)", _NoPartner(connection)))
    return sorted(rules, key=lambda rule: rule.column)


def _of_cell(number: int, field: Field) -> list[Rule]:
    from moneyed import CURRENCIES

    rules = []
    cell, value = f"c{number}", f"f{number}"
    if field.kind != "text":

        def unreadable(text: str | None) -> tuple[str, str]:
            return why_unreadable(text or "", field.kind)

        rules.append(Rule(number, f"{cell} IS NOT NULL AND {value} IS NULL", unreadable, "reading"))
    if field.filled:
        words = f"the {field.place[-1]} is empty"
        rules.append(Rule(number, f"{cell} IS NULL", _says(words), "filling"))
    if field.currency:
        broken = f"{value} NOT IN (SELECT code FROM _currency)"
        rules.append(Rule(number, broken, _no_currency, allowed={None, *CURRENCIES}))
    return rules


def _of_words(layout: Layout, place: dict[str, int]) -> list[Rule]:
    """Return the rules of tables with standard words: kinds, ends after starts, rates."""
    at = {word: place[name] for word, name in layout.words.items()}
    rules = []
    if "kind" in at:
        kinds = ", ".join(f"'{kind}'" for kind in OVERRIDES)
        rules.append(Rule(at["kind"], f"f{at['kind']} NOT IN ({kinds})", _no_kind))
    for first, last in (("start", "end"), ("from", "until")):
        if first in at and last in at:
            broken = f"f{at[last]} < f{at[first]}"
            rules.append(Rule(at[last], broken, _says(f"{{}} lies before {layout.words[first]}")))
    if "rate" in at:
        rules.append(Rule(at["rate"], f"f{at['rate']} <= 0", _says("the rate {} is not above 0")))
    return rules


def _says(words: str) -> Explain:
    return lambda text: (words.replace("{}", text or ""), "")


def _no_currency(text: str | None) -> tuple[str, str]:
    code = text or ""
    return f"{shorten(code)} is not a currency code of ISO 4217", nearest_currency(code)


def _no_kind(text: str | None) -> tuple[str, str]:
    kind = text or ""
    return f"{shorten(kind)} is none of {listed(OVERRIDES)}", nearest(kind, OVERRIDES)


class _NoPartner:
    """Says that there is no such partner, and for the first few which might be meant."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.searches = 0

    def __call__(self, text: str | None) -> tuple[str, str]:
        partner = text or ""
        self.searches += 1
        hint = nearest_partner(self.connection, partner) if self.searches <= _SEARCHES else ""
        return f"there is no partner {shorten(partner)}", hint


def nearest_partner(connection: duckdb.DuckDBPyConnection, partner: str) -> str:
    """Return a hint that names the partner spelled most like this; there may be very many."""
    query = """SELECT id FROM _known WHERE abs(length(id) - length($1)) <= 2
        ORDER BY levenshtein(lower(id), lower($1)), id LIMIT 5"""
    return nearest(partner, [row[0] for row in fetch(connection, query, [partner[:100]])])
