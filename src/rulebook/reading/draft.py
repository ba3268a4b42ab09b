"""A program as far as it can be read, so that one mistake doesn't hide the others.

A part that the model refuses is blanked, and the rest is read: a metric, parameter or tier keeps
its name, because others name it, but says nothing any more. Where a blank could make something
else look wrong (an unknown key at the top may be a misspelt `metrics`), nothing is read at all.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

from rulebook.errors import Problem, nearest
from rulebook.program import Program
from rulebook.reading.bind import Path as Place
from rulebook.reading.bind import bind_parts
from rulebook.reading.document import Document, Raw, scan_document

_NAMED = ("metrics", "parameters", "tiers", "benefits")
_MENDED = {"program": "draft", "version": "2000-01-01"}
_OWN = ("reads", "movement", "fx", "calendar", "examples", "currency", "time_zone", "name")


@dataclass(frozen=True)
class Draft:
    """A document, what is wrong with its form, and the program if enough of it can be read.

    `blank` are the metrics (track or "", name) that say nothing.
    """

    document: Document
    problems: tuple[Problem, ...]
    program: Program | None
    blank: frozenset[tuple[str, str]] = frozenset()


def read_draft(source: Path | str, name: str = "") -> Draft:
    """Read a program as far as possible; raise ProgramError where not even its form is readable."""
    document, problems = scan_document(source, name)
    program, refused = bind_parts(document, document.content, Program)
    blank: set[tuple[str, str]] = set()
    if program is None:
        content = copy.deepcopy(document.content)
        if all(_blank(content, path, blank) for path, _ in refused):
            program, _ = bind_parts(document, content, Program)
    found = dict.fromkeys([*problems, *(problem for _, problem in refused)])
    ordered = sorted(found, key=lambda problem: problem.line or 0)
    return Draft(document, tuple(ordered), program, frozenset(blank))


def _blank(content: Raw, path: Place, blank: set[tuple[str, str]]) -> bool:
    """Blank the part of a path; False where the rest could not be judged without it."""
    track, ladder = "", content
    if len(path) > 2 and path[0] == "tracks":
        track, ladder, path = str(path[1]), content["tracks"][path[1]], path[2:]
    if len(path) > 1 and path[0] in _NAMED and isinstance(ladder[path[0]], dict):
        kind, name = str(path[0]), str(path[1])
        if kind == "metrics":
            blank.add((track, name))
        _replace(ladder[kind], kind, name)
        return True
    if not path or isinstance(path[0], int):
        return False
    if not track and path[0] in _MENDED:
        content[path[0]] = _MENDED[path[0]]
        return True
    if path[0] in (*_NAMED, "tracks"):
        return False
    meant = "" if path[0] in _OWN else nearest(str(path[0]), (*_NAMED, "tracks", "reads"))
    if meant and not any(meant == f"did you mean {part}?" for part in ladder):
        return False
    ladder.pop(path[0], None)
    return True


def _replace(part: dict[str, Raw], kind: str, name: str) -> None:
    match kind:
        case "metrics":
            part[name] = {"formula": "null"}
        case "parameters":
            part[name] = [] if isinstance(part.get(name), list) else None
        case "tiers":
            part[name] = {}
        case _:
            part.pop(name, None)
