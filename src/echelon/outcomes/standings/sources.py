"""What the engine is given: the tables of the rooms below, as their `frames` have them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

Section = tuple[dict[str, Any], pa.Table]


class Source(Protocol):
    """Tables with their sections of a dataset document, as the rooms hold them now."""

    def watermark(self) -> str:
        """Return a text that is another one after any change of facts and what they point to."""

    def beside_facts(self) -> str:
        """Return a text that is another one after any change of what is here beside facts."""

    def partners(self) -> Section:
        """Return all companies."""

    def facts(self, types: Iterable[str]) -> dict[str, tuple[dict[str, Any], list[Path]]]:
        """Return the Parquet files of some fact types; their bytes never change."""

    def references(self) -> dict[str, Section]:
        """Return what facts point to."""

    def rates(self) -> Section | None:
        """Return exchange rates."""

    def attestations(self) -> Section | None:
        """Return what people confirmed."""

    def enrollments(self, *slugs: str) -> Section:
        """Return who is in these programs from when to when, and the tier each begins with."""

    def owners(self, types: Iterable[str]) -> dict[str, str]:
        """Return, of the fact types that have one, the column that says whose record it is."""

    def people(self) -> Section:
        """Return who works where, by mail address: the company's key, and if still."""
