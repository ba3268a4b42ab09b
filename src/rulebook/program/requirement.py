"""What a tier asks for: a tree of all, any and at-least-n over criteria.

A document writes it as a list (all of it), as `{all: …}`, `{any: …}`, `{at_least: n,
of: …}`, or in the short form `{metric: bar}`, each at least. All forms are read into the
same four nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from rulebook.expressions import Expression as ParsedExpression
from rulebook.expressions import show
from rulebook.expressions.tree import Binary, Name, Node, Not
from rulebook.terms import Expression, Model, Whole, read_each, read_expression, wrong


class Leaf(Model):
    """One criterion: a comparison of two formulas, a yes/no metric, or anything yes or no."""

    test: Expression


def _keys(value: Any) -> Any:
    if isinstance(value, tuple):
        return value
    raise wrong("unknown key 'keys'", "known here: all")


class AllOf(Model):
    """Every part holds. `keys` name the parts of the short form; no document writes them."""

    all: tuple[Requirement, ...]
    keys: Annotated[tuple[str, ...], BeforeValidator(_keys)] = Field((), exclude=True)


class AnyOf(Model):
    """At least one part holds."""

    any: tuple[Requirement, ...]


class AtLeast(Model):
    """At least so many parts hold."""

    at_least: Whole
    of: tuple[Requirement, ...]


_FORMS = {"all": AllOf, "any": AnyOf, "at_least": AtLeast}


def _form(value: Any) -> str:
    if isinstance(value, AllOf):
        return "all"
    if isinstance(value, AnyOf):
        return "any"
    if isinstance(value, AtLeast):
        return "at_least"
    if isinstance(value, dict):
        return next((key for key in _FORMS if key in value), "short")
    if isinstance(value, list | tuple):
        return "list"
    return "leaf"


def _leaf(value: Any) -> Any:
    if value is None:
        raise wrong("a criterion such as revenue >= 50000 expected")
    return {"test": value} if isinstance(value, str | ParsedExpression | bool) else value


def _list(value: Any) -> Any:
    return {"all": value}


def _short(value: Any) -> Any:
    """Turn `{revenue: 50000, certified: yes}` into criteria, each at least."""
    tests = read_each(value, lambda key, bar: Leaf(test=_short_test(key, bar)))
    return {"all": list(tests.values()), "keys": tuple(value)}


def _short_test(key: str, bar: Any) -> ParsedExpression:
    if not isinstance(bar, str):
        raise wrong(f"{key} has no bar", f"write {key}: 50000, or one of all, any, at_least")
    metric = read_expression(key).tree
    if not isinstance(metric, Name):
        raise wrong(f"{key!r} is not a metric's name", "write the criterion whole, in a list")
    if bar.lower() in ("yes", "true"):
        return ParsedExpression(show(metric), metric)
    if bar.lower() in ("no", "false"):
        return ParsedExpression(show(Not(metric)), Not(metric))
    tree: Node = Binary(">=", metric, read_expression(bar).tree, at=len(show(metric)) + 1)
    return ParsedExpression(show(tree), tree)


Requirement = Annotated[
    Annotated[AllOf, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[AtLeast, Tag("<at_least>")]
    | Annotated[AllOf, BeforeValidator(_short), Tag("<short>")]
    | Annotated[AllOf, BeforeValidator(_list), Tag("<list>")]
    | Annotated[Leaf, BeforeValidator(_leaf), Tag("<leaf>")],
    Discriminator(lambda value: f"<{_form(value)}>"),
    WithJsonSchema({"title": "Requirement"}),
]

for _model in (AllOf, AnyOf, AtLeast):
    _model.model_rebuild()

#: The JSON Schema of a requirement in any of its forms.
SCHEMA: dict[str, Any] = {
    "description": "a criterion, a list (all of it), all, any, at_least … of, or metric: bar",
    "anyOf": [
        {"type": ["string", "boolean"]},
        {"type": "array", "items": {"$ref": "#/$defs/Requirement"}},
        *(
            {
                "type": "object",
                "required": [key],
                "additionalProperties": False,
                "properties": {key: {"type": "array", "items": {"$ref": "#/$defs/Requirement"}}},
            }
            for key in ("all", "any")
        ),
        {
            "type": "object",
            "required": ["at_least", "of"],
            "additionalProperties": False,
            "properties": {
                "at_least": {"type": ["integer", "string"]},
                "of": {"type": "array", "items": {"$ref": "#/$defs/Requirement"}},
            },
        },
        {
            "type": "object",
            "not": {"anyOf": [{"required": [k]} for k in _FORMS]},
            "additionalProperties": {"type": ["string", "number", "boolean"]},
        },
    ],
}


def parts(requirement: Requirement) -> tuple[Requirement, ...]:
    """Return the parts directly under a node; a leaf has none."""
    match requirement:
        case AllOf():
            return requirement.all
        case AnyOf():
            return requirement.any
        case AtLeast():
            return requirement.of
    return ()


def leaves(requirement: Requirement, path: str) -> Iterator[tuple[str, Leaf]]:
    """Yield every criterion with its path in the document, in the document's order."""
    if isinstance(requirement, Leaf):
        yield path, requirement
        return
    for index, part in enumerate(parts(requirement)):
        yield from leaves(part, part_path(requirement, index, path))


def part_path(requirement: Requirement, index: int, path: str) -> str:
    """Return the path of a node's part: `requires[2]`, `requires.any[0]`, `requires.revenue`."""
    match requirement:
        case AllOf() if requirement.keys:
            return f"{path}.{requirement.keys[index]}"
        case AnyOf():
            return f"{path}.any[{index}]"
        case AtLeast():
            return f"{path}.of[{index}]"
    return f"{path}[{index}]"
