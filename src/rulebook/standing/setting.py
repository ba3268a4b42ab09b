"""Changes to a document for a what-if: `PATH=VALUE`, or `TIER.METRIC=VALUE` for a bar.

A path is written as errors write it, `tiers.gold.requires[0]`. Only the plain content is
changed here; whether the changed document still makes sense is asked again of the same
reader and the same checks that every document passes.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any

from rulebook.errors import Problem, ProgramError, nearest
from rulebook.expressions import ExpressionError, parse, show
from rulebook.expressions.tree import Between, Binary, In, IsNull, Name, Node, Not
from rulebook.program import Program
from rulebook.reading.document import Document, Raw, dotted, read_document
from rulebook.standing.named_criterion import SETTING, Refused, criterion_named
from rulebook.terms import YES_NO

_COMPARED = re.compile(r"\s*(>=|<=|<>|=|>|<)")
_PIECE = re.compile(r"[^.\[\]]+|\[\d+\]")
_FORMS = ("all", "any", "at_least", "of")
#: Sections whose keys are names that an author chose: what isn't there is misspelt, not new.
_NAMED = ("metrics", "tiers", "tracks", "parameters", "benefits")

_NOTHING = ("", "~", "null")

Path = tuple[str | int, ...]


class _Gone:
    """Stands where a criterion was until all settings are made, so that no place moves."""


def changed(program: Program, document: Document, settings: Sequence[str]) -> Document:
    """Return the document with all settings made, or raise ProgramError with all that can't be.

    Short forms (`gold.revenue`) are looked up in the program as it was.
    """
    content = copy.deepcopy(document.content)
    problems: list[Problem] = []
    for setting in settings:
        try:
            _make(content, program, setting)
        except Refused as refused:
            problems.append(refused.problem)
    if problems:
        raise ProgramError(problems)
    return Document(document.file, _without_gone(content), document.lines)


def _without_gone(node: Any) -> Raw:
    if isinstance(node, dict):
        return {k: _without_gone(value) for k, value in node.items() if value is not _Gone}
    if isinstance(node, list):
        return [_without_gone(item) for item in node if item is not _Gone]
    return node


def _make(content: Raw, program: Program, setting: str) -> None:
    written, sign, value = setting.partition("=")
    written = written.strip()
    if not sign or not written:
        raise Refused(setting, "a setting is PATH=VALUE", "such as gold.revenue=250000")
    path = _resolved(content, program, written)
    *above, last = path
    holder = content
    for part in above:
        holder = _below(holder, part)
    if not _is_criterion(content, path):
        holder[last] = _plain(value, dotted(path))
    elif value.strip() in _NOTHING:
        holder[last] = _Gone
    else:
        holder[last] = _criterion(holder, last, value, dotted(path))


# -- where ------------------------------------------------------------------------------


def _resolved(content: Raw, program: Program, written: str) -> Path:
    """Return the place that a setting names: a path of the document, else a tier's criterion."""
    first = _PIECE.match(written)
    if first is None:
        raise Refused(written, "this is no path of a document", "such as tiers.gold.requires[0]")
    if first[0] in Program.model_fields:
        return _path(content, written)
    return _path(content, criterion_named(program, written))


def _path(content: Raw, written: str) -> Path:
    """Follow a written path through the content, which may lack its last mapping or two."""
    path: list[str | int] = []
    node, rest = content, written
    while rest:
        rest = rest.removeprefix(".") if path else rest
        if isinstance(node, dict) and "all" in node and rest.startswith("["):
            path.append("all")
            node = node["all"]
        part, rest = _part(node, path, rest)
        if part == "all" and isinstance(node, list):
            continue  # a list under requires is all of it: the word may stand or be left out
        path.append(part)
        node = _value(node, part)
    return tuple(path)


def _part(node: Raw, path: Sequence[str | int], rest: str) -> tuple[str | int, str]:
    """Take the next part off a written path; keys with dots in them are found whole."""
    here = dotted(tuple(path))
    found = _PIECE.match(rest)
    if found is None:
        raise Refused(here, f"{rest!r} is no path of a document", "such as tiers.gold.requires[0]")
    piece, after = found[0], rest[found.end() :]
    if isinstance(node, list):
        if piece == "all":
            return piece, after
        return _index(node, piece, here), after
    if isinstance(node, dict):
        whole = [
            key for key in node if rest.startswith(key) and rest[len(key) :][:1] in ("", ".", "[")
        ]
        if whole:
            key = max(whole, key=len)
            return key, rest[len(key) :]
    elif node is not None:
        raise Refused(here, f"there is nothing below {here}: it is {_shown(node)}")
    if piece.startswith("["):
        raise Refused(here, f"{here} is not a list", f"there is no {piece} in it")
    if path and path[-1] in _NAMED and _is_section(path):
        raise Refused(
            f"{here}.{piece}", f"there is no {piece!r} in {here}", nearest(piece, node or {})
        )
    return piece, after


def _is_section(path: Sequence[str | int]) -> bool:
    """Whether a path is that of a section of the program or of a track, not a thing so named."""
    return len(path) == 1 or (len(path) == 3 and path[0] == "tracks")


def _index(node: list[Raw], piece: str, here: str) -> int:
    if not piece.startswith("["):
        raise Refused(here, f"{here} is a list: {piece!r} is not in it", _indexes(node, here))
    index = int(piece[1:-1])
    if index >= len(node):
        raise Refused(f"{here}{piece}", f"{here} has no {piece}", _indexes(node, here))
    return index


def _indexes(node: list[Raw], here: str) -> str:
    return f"{here}[0] to [{len(node) - 1}] are there" if node else "it is empty"


def _value(node: Raw, part: str | int) -> Raw:
    if isinstance(node, dict):
        return node.get(str(part))
    return node[part] if isinstance(node, list) and isinstance(part, int) else None


def _below(holder: Any, part: str | int) -> Any:
    """Return the part of a mapping or list, an empty mapping made where there is nothing."""
    if isinstance(holder, dict) and holder.get(part) is None:
        holder[part] = {}
    return holder[part]


# -- what -------------------------------------------------------------------------------


def _is_criterion(content: Raw, path: Path) -> bool:
    """Whether a path leads to a leaf under a tier's `requires` or `keep`."""
    start = 2 if path[0] == "tracks" else 0
    if (
        len(path) < start + 3
        or path[start] != "tiers"
        or path[start + 2] not in ("requires", "keep")
    ):
        return False
    node = holder = content
    for part in path:
        holder, node = node, _value(node, part)
    if isinstance(holder, list) or len(path) == start + 3:
        return isinstance(node, str) or node is _Gone
    return path[-1] not in _FORMS


def _criterion(holder: Any, last: str | int, value: str, here: str) -> Raw:
    """Return what stands in a criterion's place: a bar replaces its right side, a test it all."""
    if value.lstrip().startswith(("[", "{")):
        return _plain(value, here)
    operator = _COMPARED.match(value)
    compares = operator is not None or _is_test(value)
    if isinstance(holder, dict) and last not in ("requires", "keep"):
        if compares:
            raise Refused(
                here,
                f"{last}: BAR is at least BAR; {value.strip()!r} compares",
                f"write {last} >= … and the others as a list, in {here.rpartition('.')[0]}=[…]",
            )
        return value.strip()
    standing = holder[last]
    if standing is _Gone:
        return value.strip()
    try:
        tree = parse(standing).tree
    except ExpressionError:
        return value.strip()
    if compares and operator is None:
        return value.strip()
    if value.strip().lower() in YES_NO and isinstance(bare := _without_not(tree), Name):
        return show(bare if YES_NO[value.strip().lower()] else Not(bare))
    if not isinstance(tree, Binary) or tree.op in ("and", "or"):
        return f"{standing.strip()} {value.strip()}" if operator else value.strip()
    left = standing[: tree.at].strip()
    return f"{left} {value.strip()}" if operator else f"{left} {tree.op} {value.strip()}"


def _is_test(value: str) -> bool:
    """Whether a value is a test by itself, which replaces a criterion whole."""
    try:
        tree = parse(value).tree
    except ExpressionError:
        return False
    tree = _without_not(tree)
    if isinstance(tree, Binary):
        return tree.op not in ("+", "-", "*", "/")
    return isinstance(tree, In | Between | IsNull)


def _without_not(tree: Node) -> Node:
    while isinstance(tree, Not):
        tree = tree.operand
    return tree


def _plain(value: str, here: str) -> Raw:
    """Read a value as a document has it: a list or mapping in brackets, null, else the text."""
    text = value.strip()
    if text in _NOTHING:
        return None
    if text[0] not in "[{":
        return text
    try:
        return read_document(text, SETTING).content
    except ProgramError as error:
        raise Refused(here, error.problems[0].message, error.problems[0].hint) from None


def _shown(node: Raw) -> str:
    return f"{str(node)[:40]!r}" if isinstance(node, str) else "a value"
