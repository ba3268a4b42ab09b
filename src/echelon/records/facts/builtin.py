"""The types that every vendor has from the start: one file each in `types/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Builtin:
    """A type as its file says it: `spec` is a section of a dataset document.

    `owner` is the column that says whose record a fact is, by mail address.
    """

    slug: str
    label: str
    spec: dict[str, Any]
    owner: str = ""


@cache
def fact_types() -> dict[str, Builtin]:
    """Return the built-in fact types by slug."""
    return _read("facts")


@cache
def reference_types() -> dict[str, Builtin]:
    """Return the built-in reference types by slug."""
    return _read("reference")


def _read(section: str) -> dict[str, Builtin]:
    found = {}
    for path in sorted((Path(__file__).parent / "types").glob("*.yaml")):
        said = YAML(typ="safe").load(path.read_text("utf-8"))
        if section in said:
            owner = said.get("owner", "")
            found[path.stem] = Builtin(path.stem, said["label"], said[section], owner)
    return found
