"""Enrollments with the standing before, overrides and attestations, from their typed tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rulebook.dataset.data import Attestation, Enrollment, Override
from rulebook.errors import Problem, nearest
from rulebook.loading.layout import Layout
from rulebook.loading.sql import fetch, quoted
from rulebook.loading.tables import Loading


def read_enrollments(loading: Loading, layout: Layout) -> list[Enrollment]:
    """Return the enrollments, in an order that no file decides."""
    return [Enrollment(**row) for row in _rows(loading, layout)]


def read_overrides(loading: Loading, layout: Layout) -> list[Override]:
    """Return the overrides, in an order that no file decides."""
    return [Override(**_started(row)) for row in _rows(loading, layout)]


def read_attestations(loading: Loading, layout: Layout) -> list[Attestation]:
    """Return the attestations, in an order that no file decides."""
    return [Attestation(**_started(row)) for row in _rows(loading, layout)]


def _rows(loading: Loading, layout: Layout) -> list[dict[str, Any]]:
    columns = ", ".join(quoted(name) for name in layout.words.values())
    query = f"SELECT DISTINCT {columns} FROM {quoted(layout.table)} ORDER BY ALL"
    rows = fetch(loading.connection, query)
    return [dict(zip(layout.words, row, strict=True)) for row in rows]


def _started(row: Mapping[str, Any]) -> dict[str, Any]:
    """A document says `from`, which Python keeps for itself."""
    return {"start" if word == "from" else word: value for word, value in row.items()}


def check_program(loading: Loading, enrollments: list[Enrollment], program: str) -> None:
    """Say when enrollments name programs, and never this one: a misspelling enrolls nobody."""
    named = sorted({entry.program for entry in enrollments if entry.program is not None})
    if named and program not in named:
        loading.problems.notice(
            Problem(
                f"no enrollment names the program {program!r}",
                loading.file("dataset.yaml"),
                loading.document.line(("enrollments",)),
                "enrollments",
                hint=nearest(program, named),
                notice=True,
            )
        )
