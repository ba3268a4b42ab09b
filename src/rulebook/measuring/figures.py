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

from rulebook.backends.backend import Ask, Backend, MissingRate, Occasion
from rulebook.dataset.data import Data, Value
from rulebook.errors import MeasureError, Problem, ProgramError
from rulebook.expressions.evaluate import getter
from rulebook.expressions.functions import Getter
from rulebook.expressions.typed import Ref, Typed
from rulebook.meaning import Meaning
from rulebook.meaning.model import (
    AttestedMeaning,
    FormulaMeaning,
    MeasuredMeaning,
    MetricMeaning,
    OverTimeMeaning,
)
from rulebook.meaning.parameters import segment_keys
from rulebook.meaning.scopes import MetricKey
from rulebook.measuring.attestations import Attestations
from rulebook.measuring.enrolled import Enrolled
from rulebook.measuring.over_time import calendar_bound, dates_of, taken
from rulebook.measuring.places import percentiles, ranks
from rulebook.measuring.qualify import Qualifying
from rulebook.plan import Plan, plan
from rulebook.values.numbers import BEYOND, TooLarge, bounded

Column = Sequence[Any]

#: The place of no tier: below every tier.
NO_TIER = Decimal(-1)


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
        self.attestations = Attestations(meaning, data)
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
            f"the metric {label} comes to {BEYOND}",
        )

    def _work_out(self, meaning: MetricMeaning, days: list[date]) -> list[Column]:
        match meaning:
            case MeasuredMeaning():
                steps = self.plan(meaning)
                ask = Ask(steps, [self.occasion(steps, day) for day in days])
                self.without_rate(self.backend.unconverted(ask))
                return list(self.backend.measure([ask])[0])
            case FormulaMeaning():
                return [self.evaluate(meaning.formula, day) for day in days]
            case OverTimeMeaning():
                return self._over_time(meaning, days)
            case AttestedMeaning():
                return [self._attested(meaning.key, day) for day in days]
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
            case "tier":
                tiers = self.qualifying.tiers(ref.path[0], day)
                return [NO_TIER if place is None else place for place in tiers]
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
        return [
            NO_TIER if tier is None else Decimal(order.index(tier)) if tier in order else None
            for tier in held
        ]

    def enrolled_on(self, day: date) -> list[bool]:
        """Return for every partner whether an enrollment is in force on a date."""
        return [self.enrolled.in_force(p, day) is not None for p in self.partners]

    # -- parameters ---------------------------------------------------------------------

    def parameter(self, name: str, day: date) -> Column:
        """Return a parameter for every partner: the entry in force on the date."""
        if (name, day) not in self._parameters:
            try:
                self._parameters[name, day] = self._parameter(name, day)
            except (TooLarge, DecimalException):
                message = f"what {name} goes by comes to {BEYOND}"
                problem = self.meaning.document.problem(("parameters", name), message)
                raise MeasureError([problem]) from None
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
        constants = {ref: self.column(ref, day) for ref in steps.constants}
        if not window.by_enrollment:
            return Occasion(
                day, self.partners, [window.span(day, calendar, lambda _: None)], constants
            )
        lookups = [partial(self.enrolled.term, partner) for partner in self.partners]
        spans = [window.span(day, calendar, term_at) for term_at in lookups]
        terms = [window.term(day, term_at) for term_at in lookups]
        return Occasion(day, self.partners, spans, constants, terms)

    # -- over time, attested ------------------------------------------------------------

    def over_time_dates(self, meaning: OverTimeMeaning, day: date) -> list[list[date]]:
        """Return the dates of a metric over time: one list for all partners, or one for each."""
        over = meaning.metric.over
        alike = over is None or not over.by_enrollment
        snap = calendar_bound(self.meaning, meaning.of)
        return [
            dates_of(
                meaning.metric,
                day,
                self.program.calendar,
                snap,
                partial(self.enrolled.term, partner),
            )
            for partner in (self.partners[:1] if alike else self.partners)
        ]

    def _over_time(self, meaning: OverTimeMeaning, days: list[date]) -> list[Column]:
        """Measure all dates of all days first, then take what each partner has there."""
        of_day = [self.over_time_dates(meaning, day) for day in days]
        every = sorted({d for lists in of_day for dates in lists for d in dates})
        self.metrics_on(meaning.of, every)
        columns = {
            d: self.metric(meaning.of, d)
            if meaning.test is None
            else self.evaluate(meaning.test, d)
            for d in every
        }
        answers: list[Column] = []
        for day, lists in zip(days, of_day, strict=True):
            starts = self._starts(day) if meaning.metric.newcomers else [None] * len(self.partners)
            answers.append(
                [
                    taken(
                        meaning.take, [columns[d][place] for d in dates if not start or d >= start]
                    )
                    for place, start in enumerate(starts)
                    for dates in (lists[place if len(lists) > 1 else 0],)
                ]
            )
        return answers

    def _attested(self, key: MetricKey, day: date) -> Column:
        found = [self.attestations.counting(key, partner, day) for partner in self.partners]
        return [None if pair is None else pair[1] for pair in found]

    def _starts(self, day: date) -> list[date | None]:
        """Return when the enrollment of each partner began; None where nothing says it."""
        found = [self.enrolled.relevant(partner, day) for partner in self.partners]
        return [None if row is None else row.start for row in found]
