"""A metric at several dates, taken together: an average of months, weeks above a bar."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from rulebook.metrics.kind import Kind
from rulebook.terms import Expression, Text, Whole, Window, wrong
from rulebook.values.calendar import FISCAL_PERIODS, PERIODS
from rulebook.values.windows import Window as ParsedWindow

MAX_DATES = 10_000


def _period(value: object) -> str:
    if value not in (*PERIODS, *FISCAL_PERIODS):
        raise wrong(
            f"{value!r} is not a period", "day, week, month, quarter, half, year or fiscal …"
        )
    return str(value)


def _count(value: int) -> int:
    if not 1 <= value <= MAX_DATES:
        raise wrong(f"{value} dates are outside 1 to {MAX_DATES:,}")
    return value


class OverTime(Kind):
    """`of` a metric at as-of and earlier dates, one `each` period apart."""

    KEY: ClassVar[str] = "of"

    of: Text = Field(description="any other metric")
    each: Annotated[str, BeforeValidator(_period)] = Field(description="the period between dates")
    last: Whole | None = Field(None, description="as-of and so many dates before, less one")
    over: Window | None = Field(None, description="all dates back to the start of this window")
    take: Expression = Field(description="sum, avg, min, max or count(>= 90)")
    newcomers: Literal["since_enrollment"] | None = None

    @model_validator(mode="after")
    def _one_extent(self) -> Self:
        if (self.last is None) == (self.over is None):
            raise wrong("a metric over time has either last or over", "such as last: 3")
        if self.last is not None:
            _count(self.last)
        if isinstance(self.over, ParsedWindow) and (
            self.over.holding or self.over.kind == "lifetime"
        ):
            raise wrong("over needs a window with a first day", "such as this month and 5 before")
        return self
