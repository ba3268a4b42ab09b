"""Reads YAML 1.2 or JSON into plain text, lists and mappings that know their lines.

Every scalar stays as written; only a bare null, ~ or nothing is None. Aliases, anchors,
tags, duplicate keys, very large and very deep documents are refused. All that a parser
can go on after is collected; a syntax error ends the reading there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from rulebook.errors import Problem, ProgramError

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_PARTS = 50_000
_NULLS = ("", "~", "null", "Null", "NULL")

Raw = Any  # str | None | list[Raw] | dict[str, Raw]


@dataclass
class Document:
    """A document as read: its plain content, and the line of each path."""

    file: str
    content: Raw
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, path: tuple[str | int, ...]) -> int | None:
        """Return the line of a path, or of the nearest part above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def problem(
        self, path: tuple[str | int, ...], message: str, hint: str = "", notice: bool = False
    ) -> Problem:
        """Return a problem at a path of this document."""
        return Problem(message, self.file, self.line(path), dotted(path), hint=hint, notice=notice)


def dotted(path: tuple[str | int, ...]) -> str:
    """Write a path as documents are spoken of: `tiers.gold.requires[2]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def undotted(path: str) -> tuple[str | int, ...]:
    """Split a written path: the inverse of `dotted` for names without dots."""
    parts: list[str | int] = []
    for piece in path.replace("[", ".[").split("."):
        if piece.startswith("[") and piece.endswith("]") and piece[1:-1].isdigit():
            parts.append(int(piece[1:-1]))
        elif piece:
            parts.append(piece)
    return tuple(parts)


def read_document(source: Path | str, name: str = "") -> Document:
    """Read a file (`Path`) or a text (`str`), or raise ProgramError with all problems."""
    document, problems = scan_document(source, name)
    if problems:
        raise ProgramError(problems)
    return document


def scan_document(source: Path | str, name: str = "") -> tuple[Document, list[Problem]]:
    """Read a document and what is wrong with its form; raise where no content is left to read."""
    file = name or (str(source) if isinstance(source, Path) else "")
    text = _text_of(source, file)
    try:
        return _Reader(file).read(text)
    except MarkedYAMLError as error:
        if "\t" in text and _is_json(text):  # where tabs stand only between the parts
            return scan_document(text.replace("\t", " "), file)
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise ProgramError([Problem(_why(error), file, line, hint=_hint(error))]) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"the character U+{_code(error):04X} has no place in a document"
        raise ProgramError([Problem(message, file, line)]) from None
    except (YAMLError, ValueError, OverflowError) as error:
        message = f"not readable as YAML or JSON: {' '.join(str(error).split())[:200]}"
        raise ProgramError([Problem(message, file)]) from None
    except RecursionError:
        message = f"nests deeper than {MAX_DEPTH} levels"
        raise ProgramError([Problem(message, file)]) from None


def _text_of(source: Path | str, file: str) -> str:
    if isinstance(source, str):
        data = source.encode("utf-8", "surrogatepass")
        size = len(data)
    else:
        try:
            size = source.stat().st_size
            with source.open("rb") as stream:  # never more than is allowed, also of a pipe
                data = stream.read(MAX_BYTES + 1) if size <= MAX_BYTES else b""
        except OSError as error:
            message = f"can't be read: {error.strerror or error}"
            raise ProgramError([Problem(message, file)]) from None
    if max(size, len(data)) > MAX_BYTES:
        message = f"more than the {MAX_BYTES:,} bytes that a document may have"
        raise ProgramError([Problem(message, file)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"byte {error.start + 1} is not UTF-8"
        hint = "save the file as UTF-8"
        raise ProgramError([Problem(message, file, line, hint=hint)]) from None


def _code(error: ReaderError) -> int:
    found = error.character
    return found if isinstance(found, int) else ord(found)


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_int=str)
    except (ValueError, RecursionError):
        return False
    return True


def _joined(text: str) -> str | None:
    """Join the halves of characters that JSON writes as two escapes; None if one stands alone."""
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return None


class _Reader:
    """Turns the parser's events into content, so that nothing is built before it is checked."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.parts = 0
        self.lost = False

    def read(self, text: str) -> tuple[Document, list[Problem]]:
        events = self._events(text)
        content: Raw = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                content = self._value(next(events), events, ())
                break
        for event in events:
            if isinstance(event, DocumentStartEvent):
                self._refuse(event, (), "a second document begins here", "one document a file")
                self.lost = True
                break
        if self.lost:
            raise ProgramError(self.problems)
        return Document(self.file, content, self.lines), self.problems

    def _events(self, text: str) -> Iterator[Event]:
        for event in YAML(typ="safe", pure=True).parse(text):
            self.parts += 1
            if self.parts > MAX_PARTS:
                message = f"more than the {MAX_PARTS:,} parts that a document may have"
                line = event.start_mark.line + 1
                raise ProgramError([*self.problems, Problem(message, self.file, line)])
            yield event

    def _text(self, event: ScalarEvent, path: tuple[str | int, ...]) -> str:
        text = str(event.value)
        joined = text if text.isascii() else _joined(text)
        if joined is None:
            self._refuse(event, path, "half of a character (a lone surrogate)")
            return text.encode("ascii", "backslashreplace").decode()
        return joined

    def _refuse(
        self, event: Event, path: tuple[str | int, ...], message: str, hint: str = ""
    ) -> None:
        line = event.start_mark.line + 1
        self.problems.append(Problem(message, self.file, line, dotted(path), hint=hint))

    def _value(self, event: Event, events: Iterator[Event], path: tuple[str | int, ...]) -> Raw:
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, AliasEvent):
            self._refuse(
                event, path, f"an alias (*{event.anchor}) is not allowed", "write the part out"
            )
            self.lost = True
            return None
        if anchor := getattr(event, "anchor", None):
            self._refuse(
                event,
                path,
                f"an anchor (&{anchor}) is not allowed",
                "a text with & stands in quotes",
            )
        if tag := getattr(event, "tag", None):
            self._refuse(
                event, path, f"a tag ({tag}) is not allowed", "a text with ! stands in quotes"
            )
        if len(path) > MAX_DEPTH:
            raise ProgramError(
                [
                    *self.problems,
                    Problem(
                        f"nests deeper than {MAX_DEPTH} levels",
                        self.file,
                        event.start_mark.line + 1,
                    ),
                ]
            )
        if isinstance(event, SequenceStartEvent):
            return self._list(events, path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        assert isinstance(event, ScalarEvent)
        bare = event.style not in ("'", '"', "|", ">")
        return None if bare and event.value in _NULLS else self._text(event, path)

    def _list(self, events: Iterator[Event], path: tuple[str | int, ...]) -> Raw:
        items: list[Raw] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._value(event, events, (*path, len(items))))
        return items

    def _mapping(self, events: Iterator[Event], path: tuple[str | int, ...]) -> Raw:
        content: dict[str, Raw] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent):
                self._refuse(event, path, "a key is a text", "quote a text with { or [")
                self.lost = True
                self._value(event, events, (*path, "?"))
                self._value(next(events), events, (*path, "?"))
                continue
            key = self._text(event, path)
            if key == "<<" and event.style is None:
                self._refuse(event, path, "merge keys (<<) are not allowed", "write the part out")
            if event.tag or event.anchor:
                self._refuse(event, (*path, key), "a key has no tag or anchor")
            twice = key in content
            if twice:
                self._refuse(
                    event,
                    (*path, key),
                    f"the key {key[:60]!r} stands twice",
                    f"first in line {self.lines[(*path, key)]}",
                )
            self.lines.setdefault((*path, key), event.start_mark.line + 1)
            value_event = next(events)
            value = self._value(value_event, events, (*path, key))
            _check_comma(self, value_event, key, value, (*path, key))
            if not twice:
                content[key] = value
        return content


def _check_comma(
    reader: _Reader, event: Event, key: str, value: Raw, path: tuple[str | int, ...]
) -> None:
    """Inside {} a text with a comma falls apart into keys without values: say so."""
    if value is None and isinstance(event, ScalarEvent) and not event.value:
        one_line = event.start_mark.line == event.end_mark.line
        if one_line and " " in key and reader.lines.get(path[:-1]) == event.start_mark.line + 1:
            reader._refuse(
                event,
                path,
                f"the key {key[:60]!r} has no value",
                "inside {} quote any text with a comma",
            )


def _why(error: MarkedYAMLError) -> str:
    words = ", ".join(str(part) for part in (error.context, error.problem) if part)
    return f"not readable as YAML or JSON: {words[:200]}"


def _hint(error: MarkedYAMLError) -> str:
    problem = str(error.problem or "")
    if "mapping values are not allowed" in problem:
        return "quote a text that has a colon followed by a space"
    if "\\t" in problem or "'\t'" in problem:
        return "indent with spaces, not tabs"
    if "expected ',' or" in problem:
        return "inside {} quote any text with a comma, bracket or brace"
    return ""
