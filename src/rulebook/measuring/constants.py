"""What a reference means for each partner on a date: parameters, enrollment, attributes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, DecimalException
from typing import Any, Protocol

import numpy as np

from rulebook.columns import Column, column_of, constant
from rulebook.columns.column import Flags, Places
from rulebook.columns.grouping import grouped
from rulebook.dataset.data import Data, Value
from rulebook.errors import MeasureError, ProgramError
from rulebook.expressions.typed import Ref, Typed
from rulebook.meaning import Meaning
from rulebook.meaning.parameters import segment_keys
from rulebook.measuring.enrolled import Enrolled
from rulebook.values.numbers import BEYOND, TooLarge

#: The place of no tier: below every tier.
NO_TIER = Decimal(-1)


class About(Protocol):
    """Whose constants are asked for, and what segments are worked out from."""

    meaning: Meaning
    data: Data
    partners: list[str]
    enrolled: Enrolled
    places: Places | None

    def evaluate(self, tree: Typed, day: date) -> Column:
        """Return an expression for every partner on a date."""


class Constants:
    """One value for each partner and date, each worked out once."""

    def __init__(self, figures: About) -> None:
        """Nothing is worked out before it is asked for."""
        self.figures = figures
        self._columns: dict[tuple[Ref, date | None], Column] = {}
        self._parameters: dict[tuple[str, date], Column] = {}

    def column(self, ref: Ref, day: date) -> Column:
        """Return what a reference that isn't measured means for every partner."""
        if ref.kind == "parameter":
            return self.parameter(ref.path[0], day)
        key = (ref, None if ref.kind == "partner" else day)
        if key not in self._columns:
            self._columns[key] = self._column(ref, day)
        return self._columns[key]

    def _column(self, ref: Ref, day: date) -> Column:
        figures = self.figures
        match ref.kind:
            case "as_of":
                return constant(day, len(figures.partners))
            case "enrollment":
                return figures.enrolled.column(ref.path[0], day, figures.places)
            case "program":
                return column_of(self._elsewhere(ref.path[0], ref.path[1:], day))
            case "partner":
                return column_of([self._attribute(p, ref.path) for p in figures.partners])
        raise TypeError(ref)

    def of_all(self, column: Column) -> Column:
        """Return a column of everybody for those whom the figures are about."""
        return column if self.figures.places is None else column.take(self.figures.places)

    def enrolled_on(self, day: date) -> Flags:
        """Return for every partner whether an enrollment is in force on a date."""
        return self.figures.enrolled.on(day, self.figures.places)

    def _attribute(self, partner: str, path: tuple[str, ...]) -> Value:
        data = self.figures.data
        value = data.partners[partner].get(path[0])
        entry = data.spec.partners.columns.get(path[0])
        for part in path[1:]:
            assert entry is not None
            assert entry.references is not None
            row = data.references[entry.references].get(value)
            value = None if row is None else row.get(part)
            entry = data.spec.references[entry.references].columns.get(part)
        return value

    def _elsewhere(self, program: str, order: tuple[str, ...], day: date) -> Sequence[Any]:
        enrolled = self.figures.enrolled
        held = [enrolled.tier_elsewhere(p, program, day) for p in self.figures.partners]
        return [
            NO_TIER if tier is None else Decimal(order.index(tier)) if tier in order else None
            for tier in held
        ]

    # -- parameters ---------------------------------------------------------------------

    def parameter(self, name: str, day: date) -> Column:
        """Return a parameter for every partner: the entry in force on the date."""
        if (name, day) not in self._parameters:
            try:
                self._parameters[name, day] = self._parameter(name, day)
            except (TooLarge, DecimalException):
                message = f"what {name} goes by comes to {BEYOND}"
                problem = self.figures.meaning.document.problem(("parameters", name), message)
                raise MeasureError([problem]) from None
        return self._parameters[name, day]

    def _parameter(self, name: str, day: date) -> Column:
        entries = self.figures.meaning.parameters[name].entries
        length = len(self.figures.partners)
        entry = next((e for e in reversed(entries) if e.start is None or e.start <= day), None)
        if entry is None:
            return constant(None, length)
        if entry.by is None:
            return constant(entry.settings[None], length)
        settings, missing = entry.settings, set()
        codes, segments = grouped(self.figures.evaluate(entry.by, day))
        used = set(np.unique(codes).tolist())
        found: list[Any] = []
        for code, segment in enumerate(segments):
            keys = [key for key in segment_keys(segment) if key in settings]
            if not keys and "default" not in settings and code in used:
                missing.add(segment_keys(segment)[0])
            found.append(settings[keys[0]] if keys else settings.get("default"))
        if missing:
            raise ProgramError(
                [
                    self.figures.meaning.document.problem(
                        ("parameters", name),
                        f"no value for {', '.join(sorted(missing)[:10])}",
                        "add the segment, or a default",
                    )
                ]
            )
        found.append(settings.get("default"))  # where there is no segment: the last
        return column_of(found).take(np.where(codes < 0, len(found) - 1, codes))
