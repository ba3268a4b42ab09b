"""The source that the platform runs on: what the rooms below hold now."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from echelon.outcomes.standings.sources import Section
from echelon.records.enrollments import frames as enrollments
from echelon.records.facts import frames as facts
from echelon.records.partners import frames as partners


class Rooms:
    """Partners, facts and enrollments as their rooms have them."""

    def watermark(self) -> str:
        return facts.watermark()

    def beside_facts(self) -> str:
        return facts.watermark(facts=False)

    def partners(self) -> Section:
        return partners.partners()

    def facts(self, types: Iterable[str]) -> dict[str, tuple[dict[str, Any], list[Path]]]:
        return facts.facts(types)

    def references(self) -> dict[str, Section]:
        return facts.references()

    def rates(self) -> Section | None:
        return facts.rates()

    def attestations(self) -> Section | None:
        return facts.attestations()

    def enrollments(self, *slugs: str) -> Section:
        return enrollments.enrollments(*slugs)

    def owners(self, types: Iterable[str]) -> dict[str, str]:
        return facts.owners(types)

    def people(self) -> Section:
        return partners.people()
