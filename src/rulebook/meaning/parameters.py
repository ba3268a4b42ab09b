"""What parameters mean: their values read by the type that their uses ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pydantic_core import PydanticCustomError

from rulebook.errors import Problem
from rulebook.expressions.scope import Inferred
from rulebook.expressions.tokens import ExpressionError
from rulebook.expressions.typed import Type, Typed, Value
from rulebook.expressions.typer import type_expression
from rulebook.meaning.scopes import PartnerScope
from rulebook.program import Program, Segmented
from rulebook.program.parameter import Written
from rulebook.reading.document import Document
from rulebook.terms import YES_NO, read_day, read_yes_no
from rulebook.values.numbers import plain, read_number, shorten

Setting = Value | tuple[Value, ...]


@dataclass(frozen=True)
class EntryMeaning:
    """A parameter's entry: one setting for all (under None), or one for each segment."""

    start: date | None
    by: Typed | None
    settings: dict[str | None, Setting]


@dataclass
class ParameterMeaning:
    """A parameter with its entries typed, in the order of their days."""

    name: str
    type: Type
    entries: list[EntryMeaning] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def guess(program: Program, inferred: Inferred) -> None:
    """Give parameters that no use types the type that all their values can be read as."""
    for name, parameter in program.parameters.items():
        key = f"{name}[]" if parameter.has_list else name
        if inferred.types.get(key, Type.UNKNOWN) is Type.UNKNOWN:
            inferred.types[key] = _likely([text for text in parameter.texts() if text is not None])


def _likely(texts: list[str]) -> Type:
    for kind in (Type.NUMBER, Type.BOOLEAN, Type.DATE):
        try:
            for text in texts:
                read_as(text, kind)
        except ValueError:
            continue
        return kind
    return Type.TEXT


def read_as(text: str, kind: Type) -> Value:
    """Read a text by the type that its place asks for, or raise ValueError."""
    if kind is Type.NUMBER:
        return read_number(text)
    try:
        if kind is Type.BOOLEAN:
            return read_yes_no(text)
        if kind is Type.DATE:
            return read_day(text)
    except PydanticCustomError as error:
        raise ValueError(error.message()) from None
    return text


def parameter_meaning(
    program: Program, document: Document, name: str, scope: PartnerScope
) -> ParameterMeaning:
    """Return a parameter typed, with the problems of its values."""
    parameter = program.parameters[name]
    types = scope.inferred.types
    kind = types.get(f"{name}[]" if parameter.has_list else name, Type.UNKNOWN)
    found = ParameterMeaning(name, Type.LIST if parameter.has_list else kind)

    def refuse(message: str, hint: str = "") -> None:
        found.problems.append(document.problem(("parameters", name), message, hint))

    def setting(written: Written) -> Setting:
        try:
            if parameter.has_list:
                items = written if isinstance(written, tuple) else (written,)
                return tuple(None if item is None else read_as(item, kind) for item in items)
            return None if written is None else read_as(str(written), kind)
        except ValueError as error:
            refuse(f"{error}, and {name} is used as {kind.value}")
            return None

    for entry in parameter.entries:
        if not isinstance(entry.setting, Segmented):
            found.entries.append(EntryMeaning(entry.start, None, {None: setting(entry.setting)}))
            continue
        try:
            by = type_expression(entry.setting.by.tree, scope)
        except ExpressionError as error:
            refuse(f"{error.message} (in {shorten(entry.setting.by.text, 60)})", error.hint)
            continue
        settings: dict[str | None, Setting] = {
            segment: setting(value) for segment, value in entry.setting.values.items()
        }
        found.entries.append(EntryMeaning(entry.start, by, settings))
    return found


def segment_keys(value: Value) -> list[str]:
    """Return the texts under which a segment's value may stand in a document."""
    if isinstance(value, bool):
        return [word for word, meant in YES_NO.items() if meant is value]
    if isinstance(value, Decimal):
        return [plain(value)]
    return [value.isoformat() if isinstance(value, date) else str(value)]
