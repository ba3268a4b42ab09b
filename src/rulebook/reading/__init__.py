"""From YAML or JSON text to the typed model, with the place of every part."""

from rulebook.reading.document import Document, read_document
from rulebook.reading.draft import Draft, read_draft
from rulebook.reading.programs import bind_program, read_program
from rulebook.reading.schema import json_schema

__all__ = [
    "Document",
    "Draft",
    "bind_program",
    "json_schema",
    "read_document",
    "read_draft",
    "read_program",
]
