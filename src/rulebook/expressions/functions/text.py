"""`lower` of a text."""

from __future__ import annotations

from rulebook.expressions.functions.operation import strict

OPERATIONS = (strict("lower", str.lower),)
