"""What people are told when something can't be taken."""

from __future__ import annotations

from collections.abc import Iterable


class Refused(Exception):
    """Nothing was changed; `problems` say what was wrong, where, and what to do."""

    def __init__(self, problems: Iterable[str] | str) -> None:
        """Keep the problems, each a sentence."""
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))
