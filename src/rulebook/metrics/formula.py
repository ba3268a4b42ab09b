"""A metric worked out from other metrics."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from rulebook.metrics.kind import Kind
from rulebook.terms import Expression


class Formula(Kind):
    """An expression over metrics, parameters, the partner and its enrollment."""

    KEY: ClassVar[str] = "formula"

    formula: Expression = Field(description="an expression over other metrics")
