"""What the room refuses, in sentences for whoever asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rulebook.errors import Problem


class Refused(Exception):
    """Something that can't be done as asked; `found` are the places in a document, if any."""

    def __init__(self, problems: str | Iterable[str], found: Sequence[Problem] = ()) -> None:
        """Keep each problem as a sentence."""
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        self.found = tuple(found)
        super().__init__("\n".join(self.problems))


class Outdated(Refused):
    """Somebody else has edited the draft meanwhile; both texts are here, so nothing is lost."""

    def __init__(self, problem: str, mine: str, theirs: str, sha: str) -> None:
        """`sha` is that of their text: with it, an edit after a look at both is taken."""
        super().__init__(problem)
        self.mine, self.theirs, self.sha = mine, theirs, sha
