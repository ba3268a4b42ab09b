"""Why a file isn't taken, in words for who brought it."""

from __future__ import annotations


class Refused(Exception):
    """`problems` says what is wrong with the file and what to do, a sentence each."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)
