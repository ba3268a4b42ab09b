"""A tier: a rung of a ladder, with what it requires and what it takes to stay."""

from __future__ import annotations

from pydantic import Field

from rulebook.program.requirement import Requirement
from rulebook.terms import Model, Text


class Tier(Model):
    """A rung; with no requirement, everyone enrolled has it."""

    label: Text | None = Field(None, description="what people read")
    description: Text | None = None
    requires: Requirement | None = Field(None, description="what qualifies for it")
    keep: Requirement | None = Field(None, description="the lower bar to stay")
