"""The whole document: a program with its ladders, parameters, benefits and examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from rulebook.dataset.spec import CurrencyCode, Dataset
from rulebook.errors import nearest
from rulebook.metrics import Metric
from rulebook.program.benefit import BenefitEntry
from rulebook.program.movement import Movement
from rulebook.program.parameter import ParameterEntry
from rulebook.program.tier import Tier
from rulebook.terms import Day, Identifier, Model, Number, Slug, Text, YesNo, wrong
from rulebook.values.calendar import Calendar
from rulebook.values.numbers import plain


def _empty(value: Any) -> Any:
    return {} if value is None else value


class Ladder(Model):
    """What a program and a track have in common: metrics, tiers, movement, benefits."""

    label: Text | None = None
    description: Text | None = None
    metrics: dict[Identifier, Metric] = Field(default_factory=dict)
    tiers: dict[Identifier, Annotated[Tier, BeforeValidator(_empty)]] = Field(default_factory=dict)
    sequential: YesNo = Field(False, description="a tier needs all below it too")
    movement: Movement | None = None
    benefits: dict[Identifier, BenefitEntry] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _sequential_among_tiers(cls, value: Any) -> Any:
        """Accept `sequential` also at the head of the tiers."""
        tiers = value.get("tiers") if isinstance(value, dict) else None
        if isinstance(tiers, dict) and isinstance(tiers.get("sequential"), str | bool):
            rest = {key: tier for key, tier in tiers.items() if key != "sequential"}
            return {**value, "tiers": rest, "sequential": tiers["sequential"]}
        return value


class Track(Ladder):
    """One of several ladders; the metrics of the program above are shared."""


def _rate(rate: Decimal) -> Decimal:
    if rate <= 0:
        raise wrong(f"a rate is more than 0, not {plain(rate)}")
    return rate


Rate = Annotated[Number, AfterValidator(_rate)]


class Pinned(Model):
    """Rates pinned from a day on: program currency for one unit of each currency."""

    start: Day | None = Field(None, alias="from")
    rates: dict[CurrencyCode, Rate]

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "rates" in value:
            return value
        return {"from": value.get("from"), "rates": {k: v for k, v in value.items() if k != "from"}}


PinnedEntry = Annotated[
    Pinned,
    BeforeValidator(_empty),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {"from": {"type": "string"}},
            "additionalProperties": {"type": ["number", "string"]},
        }
    ),
]


class Fx(Model):
    """Which exchange rates count: the fact's day (default), pinned ones, the window's last day."""

    use: Literal["daily", "fixed", "period_end"] = "daily"
    rates: tuple[PinnedEntry, ...] = ()

    @model_validator(mode="after")
    def _rates_where_fixed(self) -> Fx:
        if (self.use == "fixed") != bool(self.rates):
            raise wrong("rates are given with use: fixed, and only there")
        return self


def _calendar(value: Any) -> Any:
    if isinstance(value, Calendar):
        return value
    if isinstance(value, dict) and set(value) == {"year_starts"}:
        found = re.fullmatch(r"(\d{2})-(\d{2})", str(value["year_starts"]), re.ASCII)
        if found:
            try:
                date(2023, int(found[1]), int(found[2]))
            except ValueError:
                found = None
        if found:
            return Calendar(int(found[1]), int(found[2]))
        raise wrong(
            f"{value['year_starts']!r} is not a day on which a year can start", "such as 02-01"
        )
    raise wrong("a calendar is {year_starts: 02-01}")


def _zone(value: Any) -> Any:
    try:
        return str(ZoneInfo(str(value)))
    except (ValueError, OSError, KeyError):
        near = nearest(str(value)[:60], available_timezones()) or "such as Europe/Berlin"
        raise wrong(f"{str(value)[:60]!r} is not a time zone", near) from None


class Example(Model):
    """Given these rows, expect this answer."""

    name: Text
    as_of: Day
    given: dict[Text, Any] = Field(default_factory=dict)
    expect: dict[Text, Any] = Field(default_factory=dict)


class Program(Ladder):
    """A partner program, in force from `version` on."""

    program: Slug
    name: Annotated[Text, Field(max_length=120)] | None = None
    version: Day
    currency: CurrencyCode = "USD"
    time_zone: Annotated[str, BeforeValidator(_zone)] = "UTC"
    calendar: Annotated[
        Calendar,
        BeforeValidator(_calendar),
        WithJsonSchema({"type": "object", "properties": {"year_starts": {"type": "string"}}}),
    ] = Calendar()
    fx: Fx = Fx()
    reads: Dataset | None = None
    parameters: dict[Identifier, ParameterEntry] = Field(default_factory=dict)
    tracks: dict[Identifier, Track] = Field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def ladders(self) -> Iterator[tuple[str | None, Ladder]]:
        """Yield the program's own ladder (None) and each track with its name."""
        yield None, self
        yield from self.tracks.items()


__all__ = ["Example", "Fx", "Ladder", "Pinned", "Program", "Track"]
