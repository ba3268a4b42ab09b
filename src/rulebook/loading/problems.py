"""Collects what is wrong: at most a hundred problems are listed, all are counted."""

from __future__ import annotations

from collections.abc import Iterable

from rulebook.errors import Problem

LIMIT = 100


class Problems:
    """What was found so far, table by table, in the order of the document."""

    def __init__(self) -> None:
        self.total = 0
        self.notices: list[Problem] = []
        self._listed: list[Problem] = []
        self._of_table: list[Problem] = []

    def add(self, problems: Iterable[Problem], total: int | None = None) -> None:
        """Add problems; `total` says how many there are where not all are given."""
        given = list(problems)
        self.total += len(given) if total is None else total
        self._of_table += given

    def notice(self, problem: Problem) -> None:
        """Keep what an author may want to know."""
        self.notices.append(problem)

    def close_table(self) -> None:
        """End a table: its problems are put in the order of its files and rows."""
        unique = dict.fromkeys(self._of_table)
        self.total -= len(self._of_table) - len(unique)
        ordered = sorted(unique, key=lambda problem: (problem.file, problem.line or 0))
        self._listed += ordered[: LIMIT - len(self._listed)]
        self._of_table = []

    def listed(self) -> list[Problem]:
        """Return the first hundred."""
        self.close_table()
        return list(self._listed)
