"""A document's text as somebody begins it, dates it, or changes it setting by setting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from echelon.records.programs.editing.rewriting import rewritten
from rulebook import ProgramError, read_program
from rulebook.reading.document import scan_document
from rulebook.standing.setting import changed as set_in

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

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
    return rewritten(text, set_in(program, document, settings).content)
