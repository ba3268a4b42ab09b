"""The operations that the OpenAPI document lists, each with its line of the isolation tests.

A line knows a body with which a call succeeds, and puts the company's rows into the state for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from echelon.surfaces.api.v1 import api
from tests.echelon.isolation.addresses.api import LINES
from tests.echelon.isolation.asking import PLACE
from tests.echelon.isolation.lines import Line
from tests.echelon.isolation.roles import cell, whose
from tests.echelon.isolation.world import World

DOCUMENT = api.get_openapi_schema()


@dataclass(frozen=True)
class Operation:
    """One operation: how it is called, and its line."""

    name: str
    method: str
    path: str
    line: Line

    def is_for(self, role: str) -> bool:
        """Whether somebody of a role may call it for the own company."""
        named = f"{self.path}{self.line.json}{self.line.form}{self.line.query}"
        if re.search(r"{\w+}", named):
            return "own" in whose(self.line.row, role)
        return cell(self.line.row, role) != "-"

    def ready(self, world: World) -> dict[str, str]:
        """Make the own company's rows ready; the ids that a call names."""
        made = (self.line.before(world.made["own"]) if self.line.before else None) or {}
        return {noun: str(made.get(noun, world.id(noun, "own"))) for noun in world.nouns()}


def operations() -> list[Operation]:
    """All operations, in the order of the document."""
    lines = {
        (f"/{PLACE.sub(lambda found: f'{{{found[2]}}}', address)}", method): line
        for (address, method), line in LINES.items()
    }
    return [
        Operation(said["operationId"], method.upper(), path, lines[path, method.upper()])
        for path, methods in DOCUMENT["paths"].items()
        for method, said in methods.items()
    ]


def filled(path: str, ids: dict[str, Any]) -> str:
    """A path with its ids; a place for something else has 1."""
    return re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "1"), path)
