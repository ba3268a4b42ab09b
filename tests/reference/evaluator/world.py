"""A program beside its data: enrollments, parameters, and every metric of every partner."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from rulebook.expressions import tree
from rulebook.metrics import Attested, Formula, Measured, OverTime, Percentile, Rank
from rulebook.program import Segmented
from tests.reference.evaluator import numbers
from tests.reference.evaluator.calculate import (
    Part,
    Scope,
    Written,
    identity,
    settled,
    value_of,
    yes_no,
)
from tests.reference.evaluator.days import Term, days_of
from tests.reference.evaluator.facts import measure
from tests.reference.evaluator.over_time import over_time
from tests.reference.evaluator.tables import Tables


class World:
    """Answers for one partner and one day at a time; `track` None is the program's own ladder."""

    def __init__(self, program: Any, tables: Tables) -> None:
        self.program = program
        self.tables = tables
        self.year_starts = (program.calendar.month, program.calendar.day)
        self.memo: dict[tuple[Any, ...], Any] = {}

    # Enrollment

    def enrollments(self, partner: str, program: str) -> list[dict[str, Any]]:
        rows = self.tables.enrollments or []
        return [
            row for row in rows if row["partner"] == partner and row["program"] in (program, None)
        ]

    def enrollment(self, partner: str, day: date, program: str = "") -> dict[str, Any] | None:
        """The one in force, else the last that ended."""
        rows = self.enrollments(partner, program or self.program.program)
        force = [row for row in rows if in_force(row, day)]
        if force:
            return max(force, key=lambda row: row["start"] or date.min)
        ended = [row for row in rows if row["end"] is not None and row["end"] < day]
        if ended:
            return max(ended, key=lambda row: (row["end"], row["start"] or date.min))
        return None

    def enrolled(self, partner: str, day: date) -> bool:
        if self.tables.enrollments is None:
            return True
        rows = self.enrollments(partner, self.program.program)
        return any(in_force(row, day) for row in rows)

    def term(self, partner: str, day: date) -> Term | None:
        if self.tables.enrollments is None:
            return Term(None, None)
        row = self.enrollment(partner, day)
        return None if row is None else Term(row["start"], row["end"])

    def days(self, window: Any, partner: str, day: date) -> Any:
        return days_of(window, day, self.year_starts, lambda at: self.term(partner, at))

    # Parameters

    def parameter(self, name: str, partner: str, day: date) -> Any:
        """The entry in force on the day; before the first, null."""
        begun = [
            entry
            for entry in self.program.parameters[name].entries
            if entry.start is None or entry.start <= day
        ]
        if not begun:
            return None
        setting = max(begun, key=lambda entry: entry.start or date.min).setting
        if isinstance(setting, Segmented):
            segment = value_of(setting.by.tree, self.scope(None, partner, day))
            text = segment_text(segment)
            value = setting.values[text if text in setting.values else "default"]
        else:
            value = setting
        if isinstance(value, tuple):
            return [None if item is None else Written(item) for item in value]
        return None if value is None else Written(value)

    # Metrics

    def owner(self, track: str | None, name: str) -> str | None:
        """Whose metric a name is: the track's, else the program's."""
        if track is not None and name in self.program.tracks[track].metrics:
            return track
        return None

    def definition(self, track: str | None, name: str) -> Any:
        ladder = self.program if track is None else self.program.tracks[track]
        return ladder.metrics[name]

    def metric(self, track: str | None, name: str, partner: str, day: date) -> Any:
        if "." in name:
            track, name = name.split(".")
        track = self.owner(track, name)
        key = (track, name, partner, day)
        if key not in self.memo:
            value = self._metric(track, name, partner, day)
            if isinstance(value, Decimal) and abs(value) >= numbers.LIMIT:
                raise numbers.Overflow(name)
            self.memo[key] = value
        return self.memo[key]

    def _metric(self, track: str | None, name: str, partner: str, day: date) -> Any:
        metric = self.definition(track, name)
        match metric:
            case Measured():
                return settled(measure(self, metric, partner, day))
            case Formula():
                return settled(value_of(metric.formula.tree, self.scope(track, partner, day)))
            case OverTime():
                return over_time(self, track, metric, partner, day)
            case Rank():
                return self._place(track, metric, metric.rank, partner, day)
            case Percentile():
                return self._place(track, metric, metric.percentile, partner, day)
            case Attested():
                return self._attested(metric, track, name, partner, day)
        raise AssertionError(metric)

    def _attested(self, metric: Any, track: str | None, name: str, partner: str, day: date) -> Any:
        names = (name, f"{track}.{name}")
        held = [
            row
            for row in self.tables.attestations
            if row["partner"] == partner
            and row["metric"] in names
            and (row["from"] is None or row["from"] <= day)
            and (row["until"] is None or day < row["until"])
        ]
        if not held:
            return None
        value = max(held, key=lambda row: row["from"] or date.min)["value"]
        if value is None:
            return None
        return yes_no(value) if metric.attested == "yes_no" else Decimal(value)

    def _place(self, track: str | None, metric: Any, name: str, partner: str, day: date) -> Any:
        """The rank or percentile among enrolled partners with a value, inside the same group."""

        def stands(other: str) -> tuple[Any, Decimal] | None:
            if not self.enrolled(other, day):
                return None
            group: Any = None
            if metric.within is not None:
                found = value_of(metric.within.tree, self.scope(track, other, day))
                if found is None:
                    return None
                group = identity(found)
            value = self.metric(track, name, other, day)
            return None if value is None else (group, numbers.shown(value))

        own = stands(partner)
        if own is None:
            return None
        others = [stands(other) for other in self.tables.partners if other != partner]
        figures = [other[1] for other in others if other is not None and other[0] == own[0]]
        if isinstance(metric, Rank):
            return Decimal(1 + sum(figure > own[1] for figure in figures))
        lower = sum(figure < own[1] for figure in figures)
        return numbers.quotient(Decimal(100 * lower), Decimal(len(figures)))

    # Names of formulas, tiers and parameters

    def scope(self, track: str | None, partner: str, day: date) -> Scope:
        def name(parts: tuple[str, ...]) -> Any:
            found = self.common(parts, partner, partner, day)
            if found is not MISSING:
                return found
            return self.metric(track, ".".join(parts), partner, day)

        def call(node: tree.Call) -> Any:
            from tests.reference.evaluator.ladders import counted_tracks, tier_held

            if node.function == "count_tracks":
                return counted_tracks(self, node, partner, day)
            return tier_held(self, node, partner, day)

        return Scope(name, call)

    def common(self, parts: tuple[str, ...], levelled: str, own: str, day: date) -> Any:
        """What a name means anywhere: as-of, the partner, its enrollment, a parameter."""
        if parts == ("as_of",):
            return day
        if parts[0] == "partner" and len(parts) == 2:
            return self.tables.partners[own].get(parts[1])
        if parts[0] == "enrollment" and len(parts) == 2:
            row = self.enrollment(levelled, day)
            return None if row is None else row[parts[1]]
        if len(parts) == 1 and parts[0] in self.program.parameters:
            return self.parameter(parts[0], levelled, day)
        return MISSING


MISSING = object()


def in_force(row: dict[str, Any], day: date) -> bool:
    """`end` is inclusive; without a day there is no limit."""
    begun = row["start"] is None or row["start"] <= day
    return begun and (row["end"] is None or day <= row["end"])


def segment_text(value: Any) -> str:
    """The text by which a segment is found; a null one takes the default."""
    if value is None:
        return "default"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | Part):
        text = format(settled(value), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.text if isinstance(value, Written) else str(value)


__all__ = ["World", "in_force"]
