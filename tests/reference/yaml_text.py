"""Plain content as YAML that a person can read; whatever isn't a simple word stands in quotes."""

from __future__ import annotations

import json
import re
from typing import Any

_BARE = re.compile(r"[A-Za-z_][\w.-]*|-?\d+(\.\d+)?|\d{4}-\d{2}-\d{2}|from \d{4}-\d{2}-\d{2}")
_WORDS = {"null", "Null", "NULL"}


def yaml_text(content: dict[str, Any]) -> str:
    """A mapping as a block; lists and mappings without depth in one line."""
    return "".join(_lines(content, ""))


def _lines(content: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in content.items():
        if isinstance(value, dict) and any(
            isinstance(item, dict | list) for item in value.values()
        ):
            lines += [f"{indent}{_scalar(key)}:\n", *_lines(value, indent + "  ")]
        else:
            lines.append(f"{indent}{_scalar(key)}: {_flow(value)}\n")
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    text = str(value)
    if _BARE.fullmatch(text) and text not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
