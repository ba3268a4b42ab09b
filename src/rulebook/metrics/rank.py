"""A partner's place among the others: 1 is the highest, ties share it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from rulebook.metrics.kind import Kind
from rulebook.terms import Expression, Text


class Rank(Kind):
    """The rank of a metric among enrolled partners that have a value."""

    KEY: ClassVar[str] = "rank"

    rank: Text = Field(description="the metric that is ranked")
    within: Expression | None = Field(None, description="rank inside each value of this")
