"""Writes other content into a document's text: what stays the same stays as it was typed.

The parser tells where each part begins and ends, so only parts that differ are replaced: comments,
order, quotes and blank lines of all others are left alone, whether a part is written in lines or
in brackets. What comes out is read again; where it says something else, nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from rulebook import ProgramError
from rulebook.reading import read_document

Raw = Any
Path = tuple[str | int, ...]


class Unwritable(Exception):
    """Content that can't be written into a text by itself: somebody must write it there."""


def rewritten(text: str, wanted: Raw) -> str:
    """Return the text with the content wanted; raise ProgramError where the text can't be read."""
    before = read_document(text).content
    if _same(before, wanted):
        return text
    root = _composed(text)
    if root is None or not isinstance(before, dict) or not isinstance(wanted, dict) or not wanted:
        raise Unwritable(_("this text can't be changed by a form; change it as text"))
    writer = _Writer(text)
    start, end = writer.start(root), writer.end(root)
    found = text[:start] + writer.value(root, before, wanted) + text[end:]
    return _proved(found, wanted)


def rekeyed(text: str, names: Mapping[Path, str]) -> str:
    """Return the text with other keys at some places, such as `("tiers", "gold")`."""
    root = _composed(text)
    places = [] if root is None else list(_keys(root, ()))
    cuts = sorted(
        ((node.start_mark.index, node.end_mark.index, names[path]) for path, node in places
         if path in names),
        reverse=True,
    )  # fmt: skip
    for start, end, name in cuts:
        text = text[:start] + _scalar(name) + text[end:]
    return text


def _keys(node: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    if isinstance(node, ScalarNode):
        return
    for number, item in enumerate(node.value):
        if isinstance(node, MappingNode):
            below = (*path, str(item[0].value))
            yield below, item[0]
            yield from _keys(item[1], below)
        else:
            yield from _keys(item, (*path, number))


def _composed(text: str) -> Node | None:
    root = YAML(typ="safe", pure=True).compose(text)
    if root is not None:
        _place_nothings(text, root)
    return root


def _place_nothings(text: str, node: Node) -> None:
    """Put values that aren't written right behind their key: the parser says where the next is."""
    if isinstance(node, ScalarNode):
        return
    for item in node.value:
        key, value = item if isinstance(node, MappingNode) else (None, item)
        if key is not None and isinstance(value, ScalarNode) and not _written(value):
            mark = copy(key.end_mark)
            mark.index = text.find(":", mark.index) + 1 or mark.index
            value.start_mark = value.end_mark = mark
        _place_nothings(text, value)


def _written(node: ScalarNode) -> bool:
    return bool(node.end_mark.index > node.start_mark.index)


def _proved(text: str, wanted: Raw) -> str:
    try:
        if _same(read_document(text).content, wanted):
            return text
    except ProgramError:
        pass
    raise Unwritable(_("this text can't be changed by a form; change it as text"))


def _same(one: Raw, other: Raw) -> bool:
    """Whether two contents are the same, the order of their keys too."""
    return json.dumps(one) == json.dumps(other)


@dataclass(frozen=True)
class _Part:
    """One entry of a mapping or list in the text: with its comments, and the gap before it."""

    start: int
    value: Node
    end: int
    gap: str


class _Writer:
    """Writes one text anew, node by node. `start` to `end` of a node is what `value` replaces."""

    def __init__(self, text: str) -> None:
        self.text = text

    def start(self, node: Node) -> int:
        """Return where a node begins, with the comments right above its first entry."""
        at: int = node.start_mark.index
        return at if self._bracketed(node) else self._with_comments(at, 0)

    def end(self, node: Node) -> int:
        """Return where what is written of a node ends: before comments and lines that follow."""
        if self._bracketed(node):
            at: int = node.end_mark.index
            folded = isinstance(node, ScalarNode) and node.style in ("|", ">")
            return node.start_mark.index + len(self._cut(node).rstrip()) if folded else at
        last = node.value[-1]
        inner = self.end(last[1] if isinstance(node, MappingNode) else last)
        line_end = self.text.find("\n", inner)
        return len(self.text) if line_end < 0 else line_end

    def value(self, node: Node, before: Raw, after: Raw) -> str:
        """Return a node's text with other content."""
        if _same(before, after):
            return self.text[self.start(node) : self.end(node)]
        parts = self._parts(node)
        if isinstance(node, MappingNode) and isinstance(after, dict) and after and parts:
            found = dict(zip(map(str, before), parts, strict=True))
            wanted = [(found.get(key), before.get(key), key, after[key]) for key in after]
        elif isinstance(before, list) and isinstance(after, list) and after and parts:
            wanted = [
                (None if at is None else parts[at], None if at is None else before[at], None, item)
                for at, item in _aligned(before, after)
            ]
        else:
            return _bracketed(after)
        return self._joined(node, parts, wanted)

    # -- parts ------------------------------------------------------------------------------

    def _bracketed(self, node: Node) -> bool:
        return isinstance(node, ScalarNode) or bool(node.flow_style)

    def _cut(self, node: Node) -> str:
        return self.text[node.start_mark.index : node.end_mark.index]

    def _parts(self, node: Node) -> list[_Part]:
        if isinstance(node, ScalarNode):
            return []
        found: list[_Part] = []
        for item in node.value:
            key, value = item if isinstance(node, MappingNode) else (None, item)
            floor = found[-1].end if found else 0
            start = (key or value).start_mark.index
            end = self.end(value)
            if not self._bracketed(node):
                if key is None:
                    start = self.text.rfind("-", floor, start + 1)
                start = self._with_comments(start, floor)
                line_end = self.text.find("\n", end)
                end = len(self.text) if line_end < 0 else line_end
            found.append(_Part(start, value, end, self.text[floor:start] if found else ""))
        return found

    def _with_comments(self, at: int, floor: int) -> int:
        """Return where the comments right above a line begin that stand at its own indent."""
        line = self.text.rfind("\n", 0, at) + 1
        indent = self.text[line:at]
        if indent.strip():
            return at
        while line > floor:
            above = self.text.rfind("\n", 0, line - 1) + 1
            said = self.text[above : line - 1]
            if above < floor or not said.startswith(f"{indent}#"):
                break
            at, line = above + len(indent), above
        return at

    def _joined(self, node: Node, parts: list[_Part], wanted: list[Any]) -> str:
        bracketed = self._bracketed(node)
        column = self.text.rfind("\n", 0, parts[0].start) + 1
        between = ", " if bracketed else "\n" + " " * (parts[0].start - column)
        top = not bracketed and parts[0].start == column
        gone = [part for part in parts if not any(part is each[0] for each in wanted)]
        out = ""
        for part, had, key, has in wanted:
            if out:
                section = top and part is None and isinstance(has, dict)
                out += part.gap if part and part.gap else "\n\n" if section else between
            out += self._part(part, had, has) if part else _new(key, has, bracketed, top)
        if not bracketed:
            return out + "".join(part.gap.rstrip() for part in gone if "#" in part.gap)
        opening = self.text[node.start_mark.index : parts[0].start]
        return opening + out + self.text[parts[-1].end : node.end_mark.index]

    def _part(self, part: _Part, before: Raw, after: Raw) -> str:
        """Return an entry's text with another value; its comments stay."""
        start, end = self.start(part.value), self.end(part.value)
        head, tail = self.text[part.start : start], self.text[end : part.end]
        value = self.value(part.value, before, after)
        if _same(before, after):
            return head + value + tail
        if "\n" in head and not value.startswith(("|", ">")) and self._turned(part.value, after):
            above, _newline, last = head.rstrip().rpartition("\n")
            lead, _sign, comment = last.partition(" #")
            head = f"{above}{_newline}{lead.rstrip()}"
            tail = f"  #{comment}{tail}" if comment else tail
        if head.endswith((":", "-")) and value:
            head += " "
        return head + value + tail

    def _turned(self, node: Node, after: Raw) -> bool:
        """Whether what stood in lines is written in brackets or as a scalar now."""
        if self._bracketed(node):
            return False
        kind = dict if isinstance(node, MappingNode) else list
        return not isinstance(after, kind) or not after


def _aligned(before: list[Raw], after: list[Raw]) -> Iterator[tuple[int | None, Raw]]:
    """Yield what a list is to hold, each with the place of what it was made from."""
    old, new = [json.dumps(each) for each in before], [json.dumps(each) for each in after]
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for step in range(d - c):
            at = a + step if kind in ("equal", "replace") and a + step < b else None
            yield at, after[c + step]


def _new(key: str | None, value: Raw, bracketed: bool, top: bool) -> str:
    """Write an entry that wasn't there: a section in lines, anything else on one."""
    written = _bracketed(value)
    if key is None:
        return written if bracketed else f"- {written}"
    if top and isinstance(value, dict) and value:
        lines = (f"  {_new(name, each, True, False)}" for name, each in value.items())
        return "\n".join([f"{_scalar(key)}:", *lines])
    return f"{_scalar(key)}: {written or 'null'}" if bracketed else f"{_scalar(key)}: {written}"


def _bracketed(value: Raw) -> str:
    """Write content on one line."""
    if isinstance(value, dict):
        parts = (f"{_scalar(key)}: {_bracketed(each) or 'null'}" for key, each in value.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_bracketed(each) or "null" for each in value) + "]"
    return "" if value is None else _scalar(value)


def _scalar(value: str) -> str:
    """Write a text as it is read back, in brackets too: plain where that will do."""
    quoted = "'" + value.replace("'", "''") + "'"
    for written in (value, quoted):
        try:
            if read_document(f"{{{written}: [{written}]}}").content == {value: [value]}:
                return written
        except ProgramError:
            continue
    return json.dumps(value, ensure_ascii=False)
