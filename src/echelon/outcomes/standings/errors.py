"""What the room refuses, in sentences for whoever asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Refused(Exception):
    """Something that can't be done as asked."""

    def __init__(
        self, problems: str | Iterable[str], fields: Mapping[str, str] | None = None
    ) -> None:
        """Keep each problem as a sentence; `fields` says which value some of them are about."""
        self.fields = dict(fields or {})
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class Overtaken(Exception):
    """Somebody else wrote standings of the program meanwhile: what was worked out is old."""
