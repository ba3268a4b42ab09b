"""A program that counts only what its primary users may see: the same tables, with that condition.

Whom somebody may see is what `access` says: who works for a partner sees the people of its own
company and no others, whatever the role. So a record counts where its owner works for the company
that is levelled. What names no owner is nobody's to hide, and nobody's sight narrows anything where
an enrollment has no primary user, or one who has left.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa

from echelon.outcomes.standings import folders
from echelon.outcomes.standings.sources import Section, Source
from echelon.records.enrollments import selectors as enrollments

#: What the engine calls the table of people.
PEOPLE = "whose"
VISIBLE = "{owner} is null or enrollment.user is null or {owner}.company = enrollment.partner"


def narrowed(source: Source, program: UUID) -> Source:
    """Return what a program is levelled on: all of it, or what its primary users may see."""
    return Seen(source) if program in enrollments.narrowed() else source


class Seen:
    """Another source's tables, facts of others' people left out by a condition."""

    def __init__(self, source: Source) -> None:
        """Take the tables as the rooms hold them."""
        self.source = source

    @cached_property
    def seen(self) -> Section:
        """Who works where, read once."""
        return self.source.people()

    @cached_property
    def mark(self) -> str:
        """Another text after any change of who sees whom."""
        return f"seen={folders.hash_of(self.seen[1])}"

    def watermark(self) -> str:
        return f"{self.source.watermark()} {self.mark}"

    def beside_facts(self) -> str:
        return f"{self.source.beside_facts()} {self.mark}"

    def partners(self) -> Section:
        return self.source.partners()

    def facts(self, types: Iterable[str]) -> dict[str, tuple[dict[str, Any], list[Path]]]:
        wanted = list(types)
        owners, found = self.source.owners(wanted), {}
        for slug, (said, files) in self.source.facts(wanted).items():
            if owner := owners.get(slug):
                columns = {**said["columns"], owner: {"type": "text", "references": PEOPLE}}
                said = {**said, "columns": columns, "visible": VISIBLE.format(owner=owner)}
            found[slug] = (said, files)
        return found

    def references(self) -> dict[str, Section]:
        said, table = self.seen
        here = {"key": said["key"], "columns": {"company": "text"}}
        return {**self.source.references(), PEOPLE: (here, table.drop_columns(["here"]))}

    def rates(self) -> Section | None:
        return self.source.rates()

    def attestations(self) -> Section | None:
        return self.source.attestations()

    def enrollments(self, *slugs: str) -> Section:
        """Return enrollments, without primary users who no longer work for the company."""
        said, table = self.source.enrollments(*slugs)
        known = {row["mail"]: row["company"] for row in self.seen[1].to_pylist() if row["here"]}
        rows = table.select([said["partner"], said["user"]]).to_pylist()
        users = [
            user
            if (user := row[said["user"]]) and known.get(user) == row[said["partner"]]
            else None
            for row in rows
        ]
        place = table.schema.get_field_index(said["user"])
        return said, table.set_column(place, said["user"], pa.array(users, pa.string()))
