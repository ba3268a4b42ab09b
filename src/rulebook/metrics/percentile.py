"""The share of the other partners that are lower, in percent."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from rulebook.metrics.kind import Kind
from rulebook.terms import Expression, Text


class Percentile(Kind):
    """The percentile of a metric among enrolled partners that have a value."""

    KEY: ClassVar[str] = "percentile"

    percentile: Text = Field(description="the metric that is compared")
    within: Expression | None = Field(None, description="compare inside each value of this")
