"""Every refusal of the engine, each able to say where it is, what is wrong and what to do.

A reader collects `Problem`s and raises them all at once, so that an author mends a
document in one round. Nothing here knows how a problem is printed in colour; `str()`
gives the plain form.
"""

from __future__ import annotations

import bisect
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, with its place.

    `path` is the place in a document (`tiers.gold.requires[2]`), `line` the line in the
    file (1 is the first), `column` the name of a table's column for data errors, `hint`
    what to do about it.
    """

    message: str
    file: str = ""
    line: int | None = None
    path: str = ""
    column: str = ""
    hint: str = ""
    notice: bool = False

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f":{self.line}" if place else f"line {self.line}"
        parts = [place] if place else []
        if self.path:
            parts.append(self.path)
        if self.column:
            parts.append(f"column {self.column}")
        text = ": ".join([*parts, self.message])
        return visible(f"{text} ({self.hint})" if self.hint else text)


class RulebookError(Exception):
    """Something that the engine refuses, with every problem found.

    `total` counts all problems, also those that a reader left out above its limit.
    """

    def __init__(self, problems: Iterable[Problem], total: int | None = None) -> None:
        """Keep the problems in the order found."""
        self.problems = tuple(problems)
        self.total = len(self.problems) if total is None else total
        super().__init__("\n".join(map(str, self.problems)))


class ProgramError(RulebookError):
    """The program document is wrong."""


class DataError(RulebookError):
    """The data folder or a table in it is wrong."""


class MeasureError(RulebookError):
    """A figure can't be worked out, such as one beyond 26 digits."""


#: Above so many choices only a word's neighbours in the dictionary are looked at.
MANY = 60


def _neighbours(word: str, choices: list[str]) -> list[str]:
    """Return the choices that share most with a word at its beginning, or at its end."""
    found = []
    for turn in (slice(None), slice(None, None, -1)):
        ordered = sorted(choice[turn] for choice in choices)
        place = bisect.bisect(ordered, word[turn])
        found += [choice[turn] for choice in ordered[max(place - 4, 0) : place + 4]]
    return found


def visible(text: str) -> str:
    """Return a text on one line, what a terminal would obey or not show written as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return a hint that names the choice spelled most like `word`, or "" if none is near."""
    choices = list(choices)
    candidates = choices if len(choices) <= MANY else _neighbours(word, choices)
    near = difflib.get_close_matches(word, candidates, n=1)
    if not near:
        folded = {choice.lower(): choice for choice in choices}
        near = [folded[word.lower()]] if word.lower() in folded else []
    return f"did you mean {near[0]}?" if near else ""


def listed(words: Sequence[str]) -> str:
    """Return words as a person lists them: "a, b or c"."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " or " + words[-1]
