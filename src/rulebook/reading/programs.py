"""Reads a program document: text to typed program, with all problems at once."""

from __future__ import annotations

from pathlib import Path

from rulebook.errors import ProgramError
from rulebook.program import Program
from rulebook.reading.bind import bind
from rulebook.reading.document import Document, read_document


def bind_program(document: Document) -> Program:
    """Return the typed program of a document, or raise ProgramError with every problem."""
    program, problems = bind(document, Program)
    if program is None:
        raise ProgramError(problems)
    return program


def read_program(source: Path | str, name: str = "") -> tuple[Program, Document]:
    """Read a program from a file (`Path`) or a text (`str`), with the places of its parts."""
    document = read_document(source, name)
    return bind_program(document), document
