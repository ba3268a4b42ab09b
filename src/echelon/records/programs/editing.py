"""Changes to a document's text that leave the rest as its author wrote it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from ruamel.yaml import YAML

from rulebook import ProgramError, read_program
from rulebook.reading import read_document
from rulebook.reading.document import scan_document
from rulebook.standing.setting import changed as set_in

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WIDE = 100_000

_BEGUN = """\
# {name}: what is written here decides which tier a partner holds, and why.
program: {slug}
name: {quoted}
version: {day}              # in force from this day
currency: EUR

tiers:                          # lowest first; each says what it requires
  registered: {{}}

movement:
  promote: immediately
  demote: quarterly
  approval: {{promotion: required, demotion: required}}
"""


def begun(slug: str, name: str, day: date) -> str:
    """Return a text to begin with: one tier, and both directions wait for approval."""
    quoted = "'" + name.replace("'", "''") + "'"
    return _BEGUN.format(slug=slug, name=name, quoted=quoted, day=day)


def redated(text: str, day: date) -> str:
    """Return a text with another `version`; what can't be read is left as it is."""
    try:
        document, _problems = scan_document(text)
    except ProgramError:
        return text
    line = document.lines.get(("version",))
    if line is None:
        return text
    lines = text.splitlines(keepends=True)
    old = re.escape(str(document.content["version"]))
    lines[line - 1] = re.sub(rf"{old}(?![\w-])", day.isoformat(), lines[line - 1], count=1)
    return "".join(lines)


def changed(text: str, settings: Sequence[str]) -> str:
    """Return a text with settings made (`gold.revenue=250000`), comments and order kept.

    Raises ProgramError with every setting that can't be made.
    """
    program, document = read_program(text)
    wanted = set_in(program, document, settings).content
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, _WIDE
    yaml.indent(mapping=2, sequence=4, offset=2)
    tree = yaml.load(text)
    _follow(tree, read_document(text).content, wanted)
    out = io.StringIO()
    yaml.dump(tree, out)
    return out.getvalue()


def _follow(tree: Any, before: Any, after: Any) -> None:
    """Change a tree where `after` differs from `before`, as deep down as possible."""
    if isinstance(before, dict):
        for key in [key for key in before if key not in after]:
            del tree[key]
        places = list(after)
    else:
        places = list(range(len(after)))
    for place in places:
        had = before[place] if not isinstance(before, dict) or place in before else None
        has = after[place]
        if had == has:
            continue
        if _same_shape(had, has):
            _follow(tree[place], had, has)
        else:
            tree[place] = _written(has)


def _same_shape(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return isinstance(other, dict)
    return isinstance(one, list) and isinstance(other, list) and len(one) == len(other)


def _written(value: Any) -> Any:
    """Return plain content as YAML writes it: the text 250000 is a number there."""
    if isinstance(value, dict):
        return {key: _written(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_written(each) for each in value]
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d+\.\d+|yes|no|true|false", value):
        return YAML().load(value)
    return value
