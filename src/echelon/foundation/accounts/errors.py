"""Refusals that people read."""

from __future__ import annotations

from collections.abc import Iterable


class Refused(Exception):
    """What was asked for can't be done: every reason, each a sentence."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        """Keep the sentences."""
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__(" ".join(self.problems))
