"""What tiers ask for, worked out for all partners of a levelling at once.

A ladder's criteria are numbered. The run keeps the ladder with its tiers as trees of these numbers,
and all words; a partner keeps only four values a criterion. `ladders` puts both together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import DecimalException
from typing import Any

from echelon.outcomes.standings.ladders import Values
from rulebook.columns import Column, Numbers
from rulebook.explain import Requirements
from rulebook.explain.labels import ladder_of, metric_label, tier_label, track_label
from rulebook.explain.units import Unit, unit_of
from rulebook.expressions.typed import Const, Type
from rulebook.meaning.model import Asked, Criterion, TierMeaning, asked_criteria
from rulebook.standing.run import Run
from rulebook.standing.table import Table
from rulebook.standing.written import cells, value_text
from rulebook.values.numbers import TooLarge


class Asking:
    """The ladders of a levelling as they read, and what each partner has of their criteria."""

    def __init__(self, run: Run, table: Table) -> None:
        """Take the run and the columns of the partners that were levelled."""
        self.run, self.table, self.day = run, table, table.as_of
        self.requirements = Requirements(table.figures, table.as_of)
        self.read: dict[str, dict[str, Any]] = {}
        self._values: dict[str, list[list[Values]]] = {}
        if table.partners:
            for track, ladder in table.ladders.items():
                found = list(_criteria(ladder.meanings))
                self.read[track] = self._read(track, ladder.meanings, found)
                self._values[track] = [self._column(each) for each in found]

    def of(self, track: str, place: int) -> list[Values]:
        """Return what the partner at a place has of each criterion, by their numbers."""
        return [column[place] for column in self._values.get(track, [])]

    # -- how it reads -----------------------------------------------------------------------

    def _read(
        self, track: str, tiers: Sequence[TierMeaning], found: Sequence[Criterion]
    ) -> dict[str, Any]:
        program, numbers = self.run.program, {each.path: n for n, each in enumerate(found)}
        keys = [key for key in self.run.meaning.metrics if key[0] in ("", track)]
        return {
            "label": track_label(program, track),
            "currency": program.currency,
            "sequential": ladder_of(program, track).sequential,
            "criteria": [self._criterion(each) for each in found],
            "metrics": {
                ".".join(part for part in key if part): {
                    "label": metric_label(program, key),
                    "unit": _unit(unit_of(self.run.meaning, key)),
                }
                for key in keys
            },
            "tiers": [
                {
                    "tier": tier.name,
                    "label": tier_label(program, track, tier.name),
                    "requires": _tree(tier.requires, numbers),
                    "keep": _tree(tier.keep, numbers),
                }
                for tier in tiers
            ],
        }

    def _criterion(self, criterion: Criterion) -> dict[str, Any]:
        shown = self.requirements.tested(criterion, 0)
        unit = _unit(shown.unit)
        if criterion.left is not None and criterion.left.type is Type.TIER:
            unit = "tier"
        constant = criterion.right.value if isinstance(criterion.right, Const) else None
        return {
            "label": shown.label,
            "op": shown.op,
            "unit": unit,
            "need": None if unit == "tier" else value_text(constant),
            "metrics": [part.name for part in shown.parts if part.kind == "metric"],
        }

    # -- what partners have -----------------------------------------------------------------

    def _column(self, criterion: Criterion) -> list[Values]:
        met = self.requirements.figures.qualifying.met(criterion, self.day)
        sides = self._sides(criterion)
        if sides is None:
            return [self._alone(criterion, place, bool(met[place])) for place in range(len(met))]
        have, need = (_texts(side) for side in sides)
        short = _texts(self.requirements.shorts(criterion))
        return [
            [bool(ok), *row, None if ok else missing]
            for ok, *row, missing in zip(met, have, need, short, strict=True)
        ]

    def _sides(self, criterion: Criterion) -> tuple[Column, Column] | None:
        """Return both sides for all at once; None where each must be looked at by itself."""
        left = criterion.left
        if criterion.op is None or left is None:
            return None
        if left.type in (Type.TIER, Type.MONTH, Type.QUARTER):
            return None
        try:
            return self.requirements.figures.qualifying.sides(criterion, self.day)
        except (TooLarge, DecimalException):
            return None

    def _alone(self, criterion: Criterion, place: int, met: bool) -> Values:
        gap = self.requirements.gap(criterion, place)
        have, need = gap.have, gap.need
        if criterion.left is not None and criterion.left.type is Type.TIER:
            of = self.requirements.tested(criterion, place).track
            have, need = (self._tier(of, value) for value in (have, need))
        short = None if met else value_text(gap.short)
        return [met, value_text(have), value_text(need), short]

    def _tier(self, track: str | None, tier: Any) -> str | None:
        if tier is None:
            return None
        program = self.run.program
        return tier_label(program, track if track in program.tracks else "", str(tier))


def _criteria(tiers: Sequence[TierMeaning]) -> Iterator[Criterion]:
    for tier in tiers:
        for asked in (tier.requires, tier.keep):
            yield from asked_criteria(asked)


def _tree(asked: Asked | None, numbers: Mapping[str, int]) -> Any:
    if asked is None:
        return None
    if isinstance(asked, Criterion):
        return numbers[asked.path]
    parts = [_tree(part, numbers) for part in asked.parts]
    return {"kind": asked.kind, "need": asked.need, "of": parts}


def _unit(unit: Unit) -> str:
    """Return a unit in one word; a ratio is shown times a hundred."""
    return "ratio" if unit.hundredfold else unit.kind


def _texts(column: Column) -> list[Any]:
    if column.same and (column.valid is None or len(column.valid) == 1):
        return [value_text(column[0])] * column.length if column.length else []
    if isinstance(column, Numbers):
        return [text or None for text in cells(column)]
    return [value_text(column[place]) for place in range(column.length)]
