"""Parameters: named values of the rules, by segment and by date.

A parameter takes its type from where it is used, so its values stay as written here.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from rulebook.terms import Expression, Model, Text, read_day, read_each, wrong

Written = str | tuple[str | None, ...] | None


def _written(value: Any) -> Any:
    if isinstance(value, list | tuple):
        if any(isinstance(item, list | dict) for item in value):
            raise wrong("a list of values expected")
        return tuple(value)
    if isinstance(value, dict):
        raise wrong("a value or a list of values expected")
    return value


Value = Annotated[Written, BeforeValidator(_written), WithJsonSchema({})]


class Segmented(Model):
    """A value for each segment; `default` is for the rest and for a null segment."""

    by: Expression = Field(description="what divides the partners, such as partner.country")
    values: dict[Text, Value]


class Entry(Model):
    """What a parameter is from a day on; no day: from the beginning."""

    start: date | None = None
    setting: Segmented | Value


class Parameter(Model):
    """A named value, as entries in the order of their days."""

    entries: tuple[Entry, ...]

    @property
    def has_list(self) -> bool:
        """Whether it is a list, for `in`."""
        return any(isinstance(value, tuple) for value in self._written())

    def _written(self) -> list[Written]:
        settings = [entry.setting for entry in self.entries]
        return [
            value
            for setting in settings
            for value in (setting.values.values() if isinstance(setting, Segmented) else [setting])
        ]

    def texts(self) -> list[str | None]:
        """Return every single value as written."""
        return [
            text
            for value in self._written()
            for text in (value if isinstance(value, tuple) else (value,))
        ]

    def at(self, day: date) -> Entry | None:
        """Return the entry in force on a day; None before the first."""
        fit = [entry for entry in self.entries if entry.start is None or entry.start <= day]
        return fit[-1] if fit else None


_FROM = re.compile(r"from (\S+)")


def _setting(value: Any) -> Any:
    if isinstance(value, dict):
        if "by" not in value and "values" not in value:
            raise wrong("a parameter is a value, a list, {by, values} or {from DATE: …}")
        return Segmented.model_validate(value)
    return _written(value)


def _entry(key: str, setting: Any) -> dict[str, Any]:
    found = _FROM.fullmatch(key)
    if found is None:
        raise wrong(f"{key!r} is not a day from which it counts", "write from 2026-01-01: …")
    return {"start": read_day(found[1]), "setting": _setting(setting)}


def _parameter(value: Any) -> Any:
    if isinstance(value, Parameter):
        return value
    if not isinstance(value, dict) or not any(_FROM.fullmatch(str(key)) for key in value):
        return {"entries": [{"setting": _setting(value)}]}
    entries = list(read_each(value, _entry).values())
    days = [entry["start"] for entry in entries]
    if len(set(days)) < len(days):
        raise wrong("two entries begin on the same day")
    return {"entries": sorted(entries, key=lambda entry: entry["start"])}


ParameterEntry = Annotated[
    Parameter,
    BeforeValidator(_parameter),
    WithJsonSchema({"description": "a value, a list, {by, values} or {from DATE: …}"}),
]
