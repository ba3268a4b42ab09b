"""`+ - * /` and minus: exact, but for quotients, which carry 20 decimals; x / 0 is null."""

from __future__ import annotations

from rulebook.expressions.functions.operation import strict
from rulebook.values.numbers import add, divide, multiply, negate, subtract

OPERATIONS = (
    strict("+", add),
    strict("-", subtract),
    strict("*", multiply),
    strict("/", divide),
    strict("negative", negate),
)
