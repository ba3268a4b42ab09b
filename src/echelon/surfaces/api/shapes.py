"""What bodies and answers are made of: what is listed, and nothing else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, StrictBool, StrictInt, WithJsonSchema


def _text(value: Any) -> Any:
    """Refuse a number where text is meant: 0 is no day, though it might be taken for one."""
    if isinstance(value, str | date | UUID | None):
        return value
    raise ValueError("text is expected")


def _cell(value: Any) -> Any:
    """Return one value of a row; a number keeps its digits as they were written."""
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, str | int):
        return value
    raise ValueError("text, a number, true, false or null is expected")


#: Values of bodies, taken as they are written and never for something else.
Day = Annotated[date, BeforeValidator(_text)]
Flag = StrictBool
Count = StrictInt
Cell = Annotated[
    Any,
    BeforeValidator(_cell),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]


class Given(Schema):
    """A body: a name that nobody knows is refused, so that no misspelt value is lost."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Told(Schema):
    """An answer: the fields that are listed and no others."""


class PartnerName(Told):
    """A company, as others refer to it."""

    id: UUID
    key: str
    name: str


class ProgramName(Told):
    """A program, as others refer to it."""

    id: UUID
    slug: str
    name: str
