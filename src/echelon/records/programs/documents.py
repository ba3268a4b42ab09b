"""A version's text as the engine understands it: read, checked against tables, its day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from echelon.records.programs.models import Version
from rulebook import ProgramError, check_text, read_program
from rulebook.dataset.spec import Dataset
from rulebook.errors import Problem
from rulebook.program import Program as Rules
from rulebook.reading import Document


@dataclass(frozen=True)
class Checked:
    """What can be said of a text: everything wrong or odd in it, and how many examples ran."""

    problems: tuple[Problem, ...]
    examples: int

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What must be mended before it can be published."""
        return tuple(problem for problem in self.problems if not problem.notice)


def sha_of(text: str) -> str:
    """Return the name of a text: its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=64)
def read(text: str) -> tuple[Rules, Document]:
    """Return the program that a text says; raise ProgramError with all that is wrong with it."""
    return read_program(text)


def dated(text: str) -> date | None:
    """Return a text's `version`; None where it can't be read."""
    try:
        return read(text)[0].version
    except ProgramError:
        return None


def check(text: str, slug: str, spec: Dataset | None = None) -> Checked:
    """Check a text against the tables that there are, and run its examples.

    `slug` is the program that it must be of; without a `spec` the text's own `reads` counts.
    """
    problems, examples = check_text(text, spec)
    try:
        rules, document = read(text)
    except ProgramError:
        return Checked(tuple(problems), examples)
    if rules.program != slug:
        said = _("this is the program {name}, not {slug}").format(name=rules.program, slug=slug)
        problems = [*problems, document.problem(("program",), said, slug)]
    return Checked(tuple(sorted(problems, key=lambda problem: problem.line or 0)), examples)


def day_of(version: Version, at: datetime) -> date:
    """Return which day a moment is, where the program counts its days."""
    return at.astimezone(ZoneInfo(read(version.text)[0].time_zone)).date()


def has_begun(version: Version, at: datetime) -> bool:
    """Return whether a version's first day has come, where its program counts its days."""
    return version.effective is not None and version.effective <= day_of(version, at)
