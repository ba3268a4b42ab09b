"""`echelon schema`: the JSON Schema of the program document."""

from __future__ import annotations

import json

import typer

from rulebook import json_schema


def schema() -> None:
    """Print the JSON Schema of the program document."""
    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
