"""A metric measured from facts: an aggregate over a window, optionally over groups first."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from rulebook.metrics.kind import Kind
from rulebook.terms import Expression, Expressions, Identifier, Text, Window, YesNo
from rulebook.values.windows import LIFETIME


class Measured(Kind):
    """`from` a table, the `value` of its facts that pass `where` inside the `window`.

    With `per`, facts are grouped first: `having` keeps groups, `each` gives one number per
    group, and `value` aggregates the groups.
    """

    KEY: ClassVar[str] = "from"

    table: Identifier = Field(alias="from", description="a fact table")
    value: Expression = Field(description="one aggregate expression, such as sum(amount)")
    where: Expression | None = Field(None, description="which facts count")
    window: Window = Field(LIFETIME, description="over which days; none: lifetime")
    family: YesNo = Field(False, description="own facts and those of all descendants")
    date: Text | None = Field(None, description="another attainment date than the table's")
    per: Expressions | None = Field(None, description="group the facts by this first")
    having: Expression | None = Field(None, description="which groups count")
    each: Expression | None = Field(None, description="one number per group")
