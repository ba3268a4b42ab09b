"""Columns: what many partners' figures are, exact, in arrays; and expressions over them."""

from rulebook.columns.column import Booleans, Column, Days, Nulls, Objects, Texts
from rulebook.columns.evaluating import evaluate
from rulebook.columns.making import column_of, constant, from_arrow, from_units, from_values
from rulebook.columns.numbers import Beyond, Numbers

__all__ = [
    "Beyond",
    "Booleans",
    "Column",
    "Days",
    "Nulls",
    "Numbers",
    "Objects",
    "Texts",
    "column_of",
    "constant",
    "evaluate",
    "from_arrow",
    "from_units",
    "from_values",
]
