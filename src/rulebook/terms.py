"""The typed terms that a document is made of: names, numbers, days, yes and no, expressions.

A document's scalars arrive as the text written and are read here by the type expected in
their place. Models derive from `Model`: frozen, with no unknown keys; the JSON Schema and
the reader's checks both follow from them. Raw Python values are accepted too, so that a
program can be built in code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from rulebook.expressions import Expression as ParsedExpression
from rulebook.expressions import ExpressionError, parse
from rulebook.values.numbers import plain, read_number, shorten
from rulebook.values.windows import Window as ParsedWindow
from rulebook.values.windows import read_window


class Model(BaseModel):
    """Any mapping of a document: frozen, its keys known."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True
    )


def wrong(message: str, hint: str = "", at: int | None = None) -> PydanticCustomError:
    """Return the error that a reader turns into a Problem at its place."""
    return PydanticCustomError("term", "{message}", {"message": message, "hint": hint, "at": at})


def read_each(items: Mapping[str, Any], read: Callable[[str, Any], Any]) -> dict[str, Any]:
    """Read every item of a mapping; refuse all that can't be read at once, each at its key."""
    found, refused = {}, list[InitErrorDetails]()
    for key, item in items.items():
        try:
            found[key] = read(key, item)
        except PydanticCustomError as error:
            refused.append({"type": error, "loc": (key,), "input": item})
        except ValidationError as error:
            refused += [_inside(key, detail) for detail in error.errors()]
    if refused:
        raise ValidationError.from_exception_data("term", refused)
    return found


def _inside(key: str, detail: ErrorDetails) -> InitErrorDetails:
    kind: Any = detail["type"]
    context = detail.get("ctx", {})
    if kind == "term":
        kind = PydanticCustomError("term", "{message}", context)
    return {"type": kind, "loc": (key, *detail["loc"]), "input": detail["input"], "ctx": context}


def read_decimal(value: Any) -> Decimal:
    """Read a number, or raise the error that says what is wrong."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        raise wrong("a number expected")
    try:
        return read_number(value)
    except ValueError as error:
        raise wrong(str(error)) from None


def _whole(value: Any) -> int:
    number = read_decimal(value)
    if number != int(number):
        raise wrong(f"{value} is not a whole number")
    return int(number)


def read_day(value: Any) -> date:
    """Read `2026-01-31`, or raise the error that says what is wrong."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise wrong(f"{shorten(str(value))} is not a date such as 2026-01-31")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise wrong(f"{value!r} is not a day of the calendar") from None


YES_NO = {"yes": True, "true": True, "no": False, "false": False}


def read_yes_no(value: Any) -> bool:
    """Read `yes`, `no`, `true` or `false`."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in YES_NO:
        return YES_NO[value.lower()]
    raise wrong(f"{shorten(str(value))} is neither yes nor no", "write yes or no")


NAME = re.compile(r"[^\W\d]\w*")
SLUG = re.compile(r"\w[\w.-]*")


def _name(value: Any) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise wrong(
            f"{shorten(str(value))} can't be a name",
            "a name has letters, digits and _, and begins with a letter",
        )
    return value


def _slug(value: Any) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise wrong(f"{shorten(str(value))} can't be a slug", "letters, digits, - and _")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong("a text expected")
    return value


def _column_name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise wrong("the name of a column expected")
    return value


def read_expression(value: Any) -> ParsedExpression:
    """Read an expression, or raise the error that says what is wrong and where in it."""
    if isinstance(value, ParsedExpression):
        return value
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, int | Decimal):
        value = str(value)
    if not isinstance(value, str):
        raise wrong("an expression expected")
    try:
        return parse(value)
    except ExpressionError as error:
        raise wrong(
            f"{error.message} (in {shorten(value, 60)}, at character {error.at + 1})",
            error.hint,
            error.at,
        ) from None


def _window(value: Any) -> ParsedWindow:
    if isinstance(value, ParsedWindow):
        return value
    if not isinstance(value, str):
        raise wrong("a window such as 'trailing 12 months' expected")
    try:
        return read_window(value)
    except ValueError as error:
        raise wrong(str(error)) from None


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | ParsedExpression) else value


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}

Number = Annotated[
    Decimal,
    BeforeValidator(read_decimal),
    PlainSerializer(plain),
    _schema(type=["number", "string"], description="a number"),
]
Whole = Annotated[int, BeforeValidator(_whole), _schema(type=["integer", "string"])]
Day = Annotated[date, BeforeValidator(read_day), _schema(type="string", format="date")]
YesNo = Annotated[
    bool, BeforeValidator(read_yes_no), _schema(enum=["yes", "no", "true", "false", True, False])
]
Identifier = Annotated[str, BeforeValidator(_name), _schema(type="string", pattern=r"^[^\W\d]\w*$")]
Slug = Annotated[str, BeforeValidator(_slug), _schema(type="string")]
Text = Annotated[str, BeforeValidator(_text), _schema(**_SCALAR)]
ColumnName = Annotated[str, BeforeValidator(_column_name), _schema(**_SCALAR)]
ColumnNames = Annotated[
    tuple[ColumnName, ...],
    BeforeValidator(_as_list),
    _schema(anyOf=[{"type": "string"}, {"type": "array", "items": {"type": "string"}}]),
]
Expression = Annotated[
    ParsedExpression,
    BeforeValidator(read_expression),
    PlainSerializer(str),
    _schema(**_SCALAR, description="an expression"),
]
Expressions = Annotated[
    tuple[Expression, ...],
    BeforeValidator(_as_list),
    _schema(anyOf=[_SCALAR, {"type": "array", "items": _SCALAR}]),
]
Names = Annotated[
    tuple[Text, ...],
    BeforeValidator(_as_list),
    _schema(anyOf=[{"type": "string"}, {"type": "array", "items": {"type": "string"}}]),
]
Window = Annotated[
    ParsedWindow,
    BeforeValidator(_window),
    PlainSerializer(str),
    _schema(type="string", description="a window, such as 'trailing 12 months'"),
]
