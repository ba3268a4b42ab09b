"""What every kind of metric has: a label, and the unit in which its number is shown."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from rulebook.terms import Model, Text


class Kind(Model):
    """A metric of any kind."""

    KEY: ClassVar[str]

    label: Text | None = Field(None, description="what people read")
    unit: Text | None = Field(None, description="how it is shown: money, percent, days, …")
    description: Text | None = Field(None, description="what it means, for people")

    @classmethod
    def key(cls) -> str:
        """Return the key that marks this kind in a document."""
        return cls.KEY
