"""Movement: how a partner moves between tiers. Qualifying is a fact; holding is a decision."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from rulebook.terms import Model, wrong
from rulebook.values.calendar import MONTHS, PERIODS, add

NAMED = (
    "immediately",
    "weekly",
    "monthly",
    "quarterly",
    "half_yearly",
    "yearly",
    "anniversary",
    "never",
)
_PERIOD_OF = {
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "half_yearly": "half",
    "yearly": "year",
    "daily": "day",
}


@dataclass(frozen=True)
class TimeSpan:
    """A length of time, such as 90 days or 12 months."""

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    def after(self, day: date) -> date:
        """Return the day that lies this long after `day`; the calendar's last if beyond it."""
        try:
            return add(day, self.count, self.unit)
        except OverflowError:
            return date.max


@dataclass(frozen=True)
class Cadence:
    """When reviews fall.

    `kind` is immediately, never, anniversary, period (the last day of each `unit`), days
    (the month-days in `days`, each year) or each (day number `day` of each `unit`).
    """

    kind: str
    unit: str = ""
    days: tuple[tuple[int, int], ...] = ()
    day: int = 0


def _time_span(value: Any) -> TimeSpan:
    if isinstance(value, TimeSpan):
        return value
    found = re.fullmatch(r"([0-9]{1,5}) (day|week|month|quarter|half|year)s?", str(value).strip())
    if found is None:
        raise wrong(f"{value!r} is not a span", "such as 90 days or 12 months")
    return TimeSpan(int(found[1]), found[2])


def _month_day(value: Any) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{2})-(\d{2})", str(value), re.ASCII)
    try:
        if found is None:
            raise ValueError
        date(2024, int(found[1]), int(found[2]))
    except ValueError:
        raise wrong(f"{value!r} is not a day of the year such as 01-15") from None
    return int(found[1]), int(found[2])


def _cadence(value: Any) -> Cadence:
    if isinstance(value, Cadence):
        return value
    if isinstance(value, list):
        value = {"days": value}
    if isinstance(value, dict):
        return _days(value)
    word = str(value).strip().replace(" ", "_")
    if word in ("immediately", "never", "anniversary"):
        return Cadence(word)
    fiscal = "fiscal " if word.startswith("fiscal_") else ""
    plain = word.removeprefix("fiscal_")
    unit = _PERIOD_OF.get(plain, plain if plain in MONTHS else "")
    if not unit or (fiscal and unit not in MONTHS):
        raise wrong(
            f"{value!r} is not a cadence",
            "one of " + ", ".join(NAMED) + ", fiscal …, days: [01-15], {each: month, day: 20}",
        )
    return Cadence("period", unit=fiscal + unit)


def _days(value: dict[str, Any]) -> Cadence:
    if set(value) == {"days"} and isinstance(value["days"], list) and value["days"]:
        return Cadence("days", days=tuple(sorted(map(_month_day, value["days"]))))
    if set(value) == {"each", "day"}:
        unit, day = str(value["each"]), str(value["day"])
        if unit in (*PERIODS,) and unit != "day" and re.fullmatch(r"[0-9]{1,3}", day) and int(day):
            longest = {"week": 7, "month": 31, "quarter": 92, "half": 184, "year": 366}[unit]
            if int(day) <= longest:
                return Cadence("each", unit=unit, day=int(day))
    raise wrong("review days are {days: [01-15, 07-15]} or {each: month, day: 20}")


def _hold(value: Any) -> Any:
    return value if value in ("until_anniversary", None) else _time_span(value)


def _effective(value: Any) -> str:
    word = str(value).strip()
    if word == "immediately":
        return word
    found = re.fullmatch(r"next (week|month|quarter|half|year|fiscal (?:quarter|half|year))", word)
    if found is None:
        raise wrong(
            f"{value!r} is not when a move takes effect", "immediately, next month, next quarter"
        )
    return word


def _schema(text: str) -> WithJsonSchema:
    return WithJsonSchema({"description": text})


SpanTerm = Annotated[TimeSpan, BeforeValidator(_time_span), _schema("a span such as 90 days")]
CadenceTerm = Annotated[Cadence, BeforeValidator(_cadence), _schema("a cadence, or review days")]


class Newcomers(Model):
    """What is different for partners that enrolled lately."""

    hold: SpanTerm | None = Field(None, description="no demotion this long after enrollment")


class Approval(Model):
    """Which moves wait for a person."""

    promotion: Literal["automatic", "required"] = "automatic"
    demotion: Literal["automatic", "required"] = "automatic"


class Movement(Model):
    """The policy of a ladder; the defaults move both ways at once."""

    promote: CadenceTerm = Cadence("immediately")
    demote: CadenceTerm = Cadence("immediately")
    grace: SpanTerm | None = Field(None, description="below the bar this long before a demotion")
    down: Literal["one", "any"] = Field("any", description="one: at most one tier per review")
    up: Literal["one", "any"] = "any"
    hold: Annotated[
        TimeSpan | Literal["until_anniversary"] | None,
        BeforeValidator(_hold),
        _schema("until_anniversary, or a span from since: no demotion before it"),
    ] = None
    newcomers: Newcomers = Newcomers()
    effective: Annotated[str, BeforeValidator(_effective), _schema("when a move takes effect")] = (
        "immediately"
    )
    approval: Approval = Approval()
