"""The JSON Schema of the program document, generated from the typed model."""

from __future__ import annotations

from typing import Any

from rulebook.program import Program
from rulebook.program.requirement import SCHEMA


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that editors and other tools can use."""
    schema = Program.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Partner program"
    schema["$defs"] = {**schema["$defs"], "Requirement": SCHEMA}
    for name in ("Leaf", "AllOf", "AnyOf", "AtLeast"):
        schema["$defs"].pop(name, None)
    linked: dict[str, Any] = _linked(schema)
    return linked


def _linked(part: Any) -> Any:
    """Replace every mention of a requirement by a reference to its one definition."""
    if isinstance(part, dict):
        if part.get("title") == "Requirement" and "anyOf" not in part:
            return {"$ref": "#/$defs/Requirement"}
        linked = {key: _linked(item) for key, item in part.items()}
        if "patternProperties" in linked:  # a key that is no name
            linked.setdefault("additionalProperties", False)
        return linked
    return [_linked(item) for item in part] if isinstance(part, list) else part
