"""A metric that a person confirms, with evidence and an expiry."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from rulebook.metrics.kind import Kind


class Attested(Kind):
    """The attestation with the latest `from` that is valid at the date measured."""

    KEY: ClassVar[str] = "attested"

    attested: Literal["number", "yes_no"] = Field(description="what is confirmed")
