"""Binds plain content to a typed model, and turns every refusal into a Problem at its place."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rulebook.errors import Problem, listed, nearest
from rulebook.metrics import BY_KEY
from rulebook.reading.document import Document, Raw
from rulebook.terms import Model
from rulebook.values.numbers import shorten

#: What stands beside the keys of a requirement's forms, which its schema tells in one.
_GROUPS: dict[str | int, list[str]] = {
    "<all>": ["all"],
    "<any>": ["any"],
    "<at_least>": ["at_least", "of"],
}

M = TypeVar("M", bound=Model)
Path = tuple[str | int, ...]


def bind(document: Document, model: type[M]) -> tuple[M | None, list[Problem]]:
    """Return the typed model, or None with everything that is wrong, in the document's order."""
    found, refused = bind_parts(document, document.content, model)
    unique = dict.fromkeys(problem for _, problem in refused)
    return found, sorted(unique, key=lambda problem: problem.line or 0)


def bind_parts(
    document: Document, content: Raw, model: type[M]
) -> tuple[M | None, list[tuple[Path, Problem]]]:
    """Bind content that stands in a document; name the path of each problem."""
    if not isinstance(content, dict):
        message = "the document is not a mapping of keys to values"
        return None, [((), Problem(message, document.file, 1))]
    try:
        return model.model_validate(content, by_alias=True, by_name=False), []
    except ValidationError as error:
        details = error.errors()
    except RecursionError:
        return None, [((), Problem("the document nests too deep", document.file))]
    placed = [(*_place(content, detail["loc"]), detail) for detail in details]
    return None, [
        (path, _problem(document, path, value, detail, model)) for path, value, detail in placed
    ]


def _problem(
    document: Document, path: Path, value: Raw, detail: ErrorDetails, model: type[Model]
) -> Problem:
    context: dict[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "term":
            return document.problem(path, str(context["message"]), str(context["hint"]))
        case "extra_forbidden":
            key = str(detail["loc"][-1])
            known = sorted(_keys(model, detail["loc"][:-1]))
            hint = nearest(key, known) or (f"known here: {listed(known)}" if known else "")
            return document.problem(path, f"unknown key {shorten(key)}", hint)
        case "missing":
            return document.problem(path, f"the key {detail['loc'][-1]!r} is missing")
        case "literal_error":
            choices = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
            word = "none of" if len(choices) > 1 else "not"
            message = f"{_shown(value)} is {word} {listed(choices)}"
            return document.problem(path, message, nearest(str(value), choices))
        case "metric_kind":
            near = [nearest(key, BY_KEY) for key in value] if isinstance(value, dict) else []
            return document.problem(path, detail["msg"], next(filter(None, near), ""))
        case "model_type" | "model_attributes_type" | "dict_type":
            return document.problem(
                path, f"a mapping of keys to values expected, {_shown(value)} found"
            )
        case "tuple_type" | "list_type":
            return document.problem(path, f"a list expected, {_shown(value)} found")
        case "string_too_long" | "too_long":
            return document.problem(path, f"longer than {context['max_length']} characters")
    return document.problem(path, detail["msg"].removeprefix("Value error, "))


def _shown(value: Raw) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else shorten(value)


def _place(content: Raw, location: tuple[str | int, ...]) -> tuple[Path, Raw]:
    """Follow an error's location through the content, leaving out what the model put in between."""
    path: list[str | int] = []
    for part in location:
        inside = isinstance(content, dict) and part in content
        if isinstance(content, list) and isinstance(part, int):
            inside = part < len(content)
        if inside:
            path.append(part)
            content = content[part]
    return tuple(path), content


def _keys(model: type[Model], location: tuple[str | int, ...]) -> list[str]:
    """Return the keys that the model at a location knows."""
    schema = _schema(model)
    definitions = schema.get("$defs", {})
    node: Any = schema
    if location and location[-1] in _GROUPS:
        return _GROUPS[location[-1]]
    for part in location:
        node = _step(node, part, definitions)
        if node is None:
            return []
    return [key for option in _options(node, definitions) for key in option.get("properties", {})]


@cache
def _schema(model: type[Model]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True)


def _resolve(node: Any, definitions: dict[str, Any]) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        node = definitions.get(node["$ref"].rsplit("/", 1)[-1], {})
    return node if isinstance(node, dict) else {}


def _options(node: Any, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a node and the forms that it can take."""
    node = _resolve(node, definitions)
    forms = (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ()))
    return [node, *(_resolve(form, definitions) for form in forms)]


def _step(node: Any, part: str | int, definitions: dict[str, Any]) -> Any:
    options = _options(node, definitions)
    for option in options:
        if part in option.get("properties", {}):
            return option["properties"][part]
    tag = str(part).strip("<>")
    tagged = [option for option in options[1:] if tag in option.get("required", ())]
    if tagged and isinstance(part, str):
        return tagged[0]
    for option in options:
        if isinstance(part, int) and "items" in option:
            return option["items"]
        for any_key in (
            *option.get("patternProperties", {}).values(),
            option.get("additionalProperties"),
        ):
            if isinstance(any_key, dict):
                return any_key
    return options[0]
