"""Every figure of every partner, on any date, each worked out once.

A figure is a column: the values of all partners in their order. Measured metrics are run
by the backend, for all dates at once where a metric over time needs several; the rest
follows from columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, DecimalException
from functools import partial
from typing import Any

from rulebook.backends.backend import Backend, MissingRate, Occasion
from rulebook.dataset.data import Data, Value
from rulebook.errors import DataError, MeasureError, Problem, ProgramError
from rulebook.expressions.evaluate import getter
from rulebook.expressions.functions import Getter
from rulebook.expressions.typed import Ref, Type, Typed
from rulebook.meaning import Meaning
from rulebook.meaning.model import (
    AttestedMeaning,
    FormulaMeaning,
    MeasuredMeaning,
    MetricMeaning,
    OverTimeMeaning,
)
from rulebook.meaning.parameters import read_as, segment_keys
from rulebook.meaning.scopes import MetricKey
from rulebook.measuring.enrolled import Enrolled
from rulebook.measuring.over_time import calendar_bound, dates_of, taken
from rulebook.measuring.places import percentiles, ranks
from rulebook.measuring.qualify import Qualifying
from rulebook.plan import Plan, plan
from rulebook.values.numbers import TooLarge, bounded
from rulebook.values.windows import Span

Column = Sequence[Any]


class Figures:
    """The figures of one program over one set of data."""

    def __init__(
        self,
        meaning: Meaning,
        data: Data,
        backend: Backend,
        without_rate: Callable[[list[MissingRate]], None],
    ) -> None:
        """Nothing is measured before it is asked for; `without_rate` refuses or counts facts."""
        self.without_rate = without_rate
        self.meaning, self.data, self.backend = meaning, data, backend
        self.program = meaning.program
        self.partners = list(data.partners)
        self.enrolled = Enrolled(data, self.program.program)
        self.qualifying = Qualifying(self)
        self._metrics: dict[tuple[MetricKey, date], Column] = {}
        self._parameters: dict[tuple[str, date], Column] = {}
        self._constants: dict[tuple[Ref, date], Column] = {}
        self._plans: dict[MetricKey, Plan] = {}
        self._attested: dict[tuple[str, str], list[Any]] | None = None
        self._lender: Figures | None = None
        self._lent: frozenset[MetricKey] = frozenset()

    def borrow(self, lender: Figures, metrics: frozenset[MetricKey]) -> None:
        """Take these metrics from figures that measure them alike, so that it is done once."""
        self._lender, self._lent = lender, metrics

    # -- columns -----------------------------------------------------------------------

    def metric(self, key: MetricKey, day: date) -> Column:
        """Return a metric of every partner on a date."""
        if (key, day) not in self._metrics:
            self.metrics_on(key, [day])
        return self._metrics[key, day]

    def metrics_on(self, key: MetricKey, days: Sequence[date]) -> None:
        """Work out a metric on several dates, its facts in one go."""
        missing = [day for day in dict.fromkeys(days) if (key, day) not in self._metrics]
        if not missing:
            return
        if self._lender is not None and key in self._lent:
            self._lender.metrics_on(key, missing)
            self._metrics |= {(key, day): self._lender.metric(key, day) for day in missing}
            return
        meaning = self.meaning.metrics[key]
        try:
            columns = self._work_out(meaning, missing)
            for day, column in zip(missing, columns, strict=True):
                self._metrics[key, day] = self._bounded(column)
        except (TooLarge, DecimalException):
            raise MeasureError([self._too_large(key)]) from None

    def _bounded(self, column: Column) -> Column:
        for value in column:
            if isinstance(value, Decimal):
                bounded(value)
        return column

    def _too_large(self, key: MetricKey) -> Problem:
        track, name = key
        path = ("tracks", track, "metrics", name) if track else ("metrics", name)
        label = ".".join(part for part in key if part)
        return self.meaning.document.problem(
            path,
            f"the metric {label} comes to more than 26 digits before the point, "
            "or to a date beyond the calendar",
        )

    def _work_out(self, meaning: MetricMeaning, days: list[date]) -> list[Column]:
        match meaning:
            case MeasuredMeaning():
                steps = self.plan(meaning)
                occasions = [self.occasion(steps, day) for day in days]
                self.without_rate(self.backend.unconverted(steps, occasions))
                return list(self.backend.measure(steps, occasions))
            case FormulaMeaning():
                return [self.evaluate(meaning.formula, day) for day in days]
            case OverTimeMeaning():
                return self._over_time(meaning, days)
            case AttestedMeaning():
                return [self._attestations(meaning, day) for day in days]
        work = ranks if meaning.metric.key() == "rank" else percentiles
        return [
            work(
                self.metric(meaning.of, day),
                None if meaning.within is None else self.evaluate(meaning.within, day),
                self.enrolled_on(day),
            )
            for day in days
        ]

    def evaluate(self, tree: Typed, day: date) -> Column:
        """Return an expression about the partner levelled, for every partner on a date."""
        run = getter(tree, lambda ref: self._bind(ref, day))
        return [run(place) for place in range(len(self.partners))]

    def _bind(self, ref: Ref, day: date) -> Getter:
        column = self.column(ref, day)
        return column.__getitem__

    def column(self, ref: Ref, day: date) -> Column:
        """Return what a reference means for every partner on a date."""
        if ref.kind == "metric":
            return self.metric((ref.path[0], ref.path[1]), day)
        if ref.kind == "tier":
            return self.qualifying.tiers(ref.path[0], day)
        if (ref, day) not in self._constants:
            self._constants[ref, day] = self._constant(ref, day)
        return self._constants[ref, day]

    def _constant(self, ref: Ref, day: date) -> Column:
        match ref.kind:
            case "as_of":
                return [day] * len(self.partners)
            case "parameter":
                return self.parameter(ref.path[0], day)
            case "enrollment":
                field = ref.path[0]
                found = [self.enrolled.relevant(partner, day) for partner in self.partners]
                return [None if row is None else getattr(row, field) for row in found]
            case "program":
                return self._elsewhere(ref.path[0], ref.path[1:], day)
            case "partner":
                return [self._attribute(partner, ref.path) for partner in self.partners]
        raise TypeError(ref)

    def _attribute(self, partner: str, path: tuple[str, ...]) -> Value:
        value = self.data.partners[partner].get(path[0])
        entry = self.data.spec.partners.columns.get(path[0])
        for part in path[1:]:
            assert entry is not None
            assert entry.references is not None
            row = self.data.references[entry.references].get(value)
            value = None if row is None else row.get(part)
            entry = self.data.spec.references[entry.references].columns.get(part)
        return value

    def _elsewhere(self, program: str, order: tuple[str, ...], day: date) -> Column:
        held = [self.enrolled.tier_elsewhere(p, program, day) for p in self.partners]
        return [Decimal(order.index(tier)) if tier in order else None for tier in held]

    def enrolled_on(self, day: date) -> list[bool]:
        """Return for every partner whether an enrollment is in force on a date."""
        return [self.enrolled.in_force(p, day) is not None for p in self.partners]

    # -- parameters ---------------------------------------------------------------------

    def parameter(self, name: str, day: date) -> Column:
        """Return a parameter for every partner: the entry in force on the date."""
        if (name, day) not in self._parameters:
            self._parameters[name, day] = self._parameter(name, day)
        return self._parameters[name, day]

    def _parameter(self, name: str, day: date) -> Column:
        entries = self.meaning.parameters[name].entries
        entry = next((e for e in reversed(entries) if e.start is None or e.start <= day), None)
        if entry is None:
            return [None] * len(self.partners)
        if entry.by is None:
            return [entry.settings[None]] * len(self.partners)
        settings, missing = entry.settings, set()
        column: list[Any] = []
        for segment in self.evaluate(entry.by, day):
            keys = [] if segment is None else [k for k in segment_keys(segment) if k in settings]
            if keys:
                column.append(settings[keys[0]])
            elif "default" in settings or segment is None:
                column.append(settings.get("default"))
            else:
                missing.add(segment_keys(segment)[0])
                column.append(None)
        if missing:
            raise ProgramError(
                [
                    self.meaning.document.problem(
                        ("parameters", name),
                        f"no value for {', '.join(sorted(missing)[:10])}",
                        "add the segment, or a default",
                    )
                ]
            )
        return column

    # -- facts --------------------------------------------------------------------------

    def plan(self, meaning: MeasuredMeaning) -> Plan:
        """Return the plan of a measured metric."""
        if meaning.key not in self._plans:
            at_end = self.program.fx.use == "period_end"
            self._plans[meaning.key] = plan(meaning, at_window_end=at_end)
        return self._plans[meaning.key]

    def occasion(self, steps: Plan, day: date) -> Occasion:
        """Return what a plan needs to run on a date."""
        window, calendar = steps.during.window, self.program.calendar
        if window.by_enrollment:
            spans: list[Span | None] = [
                window.span(day, calendar, partial(self.enrolled.term, partner))
                for partner in self.partners
            ]
        else:
            spans = [window.span(day, calendar, lambda _: None)]
        return Occasion(day, spans, {ref: self.column(ref, day) for ref in steps.constants})

    # -- over time, attested ------------------------------------------------------------

    def _over_time(self, meaning: OverTimeMeaning, days: list[date]) -> list[Column]:
        snap = calendar_bound(self.meaning, meaning.of)
        all_dates = [dates_of(meaning.metric, day, self.program.calendar, snap) for day in days]
        self.metrics_on(meaning.of, [d for dates in all_dates for d in dates])
        answers: list[Column] = []
        for day, dates in zip(days, all_dates, strict=True):
            columns = [
                self.metric(meaning.of, d)
                if meaning.test is None
                else self.evaluate(meaning.test, d)
                for d in dates
            ]
            starts: list[date | None] = [None] * len(self.partners)
            if meaning.metric.newcomers is not None:
                found = [self.enrolled.relevant(partner, day) for partner in self.partners]
                starts = [None if row is None else row.start for row in found]
            answers.append(
                [
                    taken(
                        meaning.take,
                        [
                            column[place]
                            for column, d in zip(columns, dates, strict=True)
                            if start is None or d >= start
                        ],
                    )
                    for place, start in enumerate(starts)
                ]
            )
        return answers

    def _attestations(self, meaning: AttestedMeaning, day: date) -> Column:
        if self._attested is None:
            self._attested = self._read_attestations()
        names = {meaning.key[1], ".".join(part for part in meaning.key if part)}
        column: list[Value] = []
        for partner in self.partners:
            valid = [
                (start or date.min, value)
                for name in names
                for start, until, value in self._attested.get((partner, name), ())
                if (start is None or start <= day) and (until is None or day < until)
            ]
            latest = max((start for start, _ in valid), default=None)
            values = [value for start, value in valid if start == latest]
            column.append(max(values, key=lambda value: (value is not None, value), default=None))
        return column

    def _read_attestations(self) -> dict[tuple[str, str], list[Any]]:
        kinds: dict[str, Type] = {}
        for key, meaning in self.meaning.metrics.items():
            if isinstance(meaning, AttestedMeaning):
                kinds |= {key[1]: meaning.type, ".".join(p for p in key if p): meaning.type}
        found: dict[tuple[str, str], list[Any]] = {}
        problems: list[Problem] = []
        for row in self.data.attestations:
            if row.metric not in kinds:
                continue
            try:
                value = None if row.value is None else read_as(row.value, kinds[row.metric])
            except ValueError as error:
                problems.append(Problem(f"{row.partner}, {row.metric}: {error}", "attestations"))
                continue
            found.setdefault((row.partner, row.metric), []).append((row.start, row.until, value))
        if problems:
            raise DataError(problems[:100], len(problems))
        return found
