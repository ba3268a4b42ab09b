"""What this room refuses, in sentences for whoever asked."""

from __future__ import annotations


class Refused(Exception):
    """Nothing was changed. `problems` says why; `fields` has the same by the field it is about."""

    def __init__(self, *said: str, **fields: str) -> None:
        """Keep the sentences: `said` are about the whole, `fields` about one value each."""
        self.fields = fields
        self.problems = [*said, *fields.values()]
        super().__init__("\n".join(self.problems))
