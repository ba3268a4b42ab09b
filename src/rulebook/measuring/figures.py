"""Every figure of every partner, on any date, each worked out once.

A figure is a column: the values of all partners in their order. Measured metrics are run
by the backend, for all dates at once where a metric over time needs several; the rest
follows from columns. Figures can be about some partners only; what compares a partner with
everybody then comes from the figures of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import DecimalException
from functools import cached_property, partial
from typing import Any

import numpy as np

from rulebook.backends.backend import Ask, Backend, MissingRate, Occasion
from rulebook.columns import Column, Nulls, column_of
from rulebook.columns import evaluate as evaluate_columns
from rulebook.columns.choosing import chosen
from rulebook.columns.column import Flags, Places
from rulebook.columns.numbers import Beyond, beyond_limit
from rulebook.columns.spans import Spans, Terms, day_number, spans_of, terms_of
from rulebook.dataset.data import Data
from rulebook.errors import MeasureError, Problem
from rulebook.expressions.typed import Ref, Typed
from rulebook.meaning import Meaning
from rulebook.meaning.model import (
    AttestedMeaning,
    FormulaMeaning,
    MeasuredMeaning,
    MetricMeaning,
    OverTimeMeaning,
    PlaceMeaning,
)
from rulebook.meaning.scopes import MetricKey
from rulebook.measuring.attestations import Attestations
from rulebook.measuring.constants import Constants
from rulebook.measuring.enrolled import enrolled_in
from rulebook.measuring.over_time import Dates, calendar_bound, dates_of, taken, taken_at_once
from rulebook.measuring.places import percentiles, ranks
from rulebook.measuring.qualify import Qualifying
from rulebook.plan import Plan, plan
from rulebook.values.numbers import BEYOND, TooLarge
from rulebook.values.windows import Window

WithoutRate = Callable[[list[MissingRate]], None]


class Figures:
    """The figures of one program over one set of data."""

    def __init__(
        self, meaning: Meaning, data: Data, backend: Backend, without_rate: WithoutRate
    ) -> None:
        """Nothing is measured before it is asked for; `without_rate` refuses or counts facts."""
        self.without_rate = without_rate
        self.meaning, self.data, self.backend = meaning, data, backend
        self.program = meaning.program
        self.partners = list(data.partners)
        self.enrolled = enrolled_in(data, self.program.program)
        self.attestations = Attestations(meaning, data)
        self._plans: dict[MetricKey, Plan] = {}
        self._refs: dict[str, tuple[Ref, ...]] = {}
        self.whole: Figures | None = None
        self.places: Places | None = None
        self._lender: Figures | None = None
        self._lent: frozenset[MetricKey] = frozenset()
        self._begin()

    def _begin(self) -> None:
        self.qualifying = Qualifying(self)
        self.constants = Constants(self)
        self._metrics: dict[tuple[MetricKey, date], Column] = {}
        self._spans: dict[tuple[Window, date], tuple[Spans, Terms]] = {}

    def borrow(self, lender: Figures, metrics: frozenset[MetricKey]) -> None:
        """Take these metrics from figures that measure them alike, so that it is done once."""
        self._lender, self._lent = lender, metrics

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each partner."""
        return {partner: place for place, partner in enumerate(self.partners)}

    def about(self, partners: Sequence[str]) -> Figures:
        """Return figures of some partners, in the order given; nothing else is measured.

        What was measured for everybody before is taken from there; ranks and percentiles
        always are. Raises KeyError for a partner that isn't in the data.
        """
        found = self._alike()
        found.partners = list(partners)
        found.places = np.array([self.order[partner] for partner in partners], np.int64)
        found.whole = self
        found._begin()
        return found

    def again(self) -> Figures:
        """Return figures of everybody of which none is measured: facts changed, and they alone."""
        found = self._alike()
        found.partners, found.places, found.whole = self.partners, None, None
        found.__dict__["order"] = self.order
        found._begin()
        return found

    def _alike(self) -> Figures:
        """Return figures that know of the program and the partners what these do."""
        found = Figures.__new__(Figures)
        for word in ("without_rate", "meaning", "data", "backend", "program", "enrolled"):
            setattr(found, word, getattr(self, word))
        found.attestations, found._plans, found._refs = self.attestations, self._plans, self._refs
        found._lender, found._lent = None, frozenset()
        return found

    # -- columns -----------------------------------------------------------------------

    def metric(self, key: MetricKey, day: date) -> Column:
        """Return a metric of every partner on a date."""
        if (key, day) not in self._metrics:
            self.metrics_on(key, [day])
        return self._metrics[key, day]

    def knows(self, key: MetricKey, day: date) -> bool:
        """Whether a metric was worked out before."""
        if (key, day) in self._metrics:
            return True
        return self._lender is not None and key in self._lent and self._lender.knows(key, day)

    def metrics_on(self, key: MetricKey, days: Sequence[date]) -> None:
        """Work out a metric on several dates, its facts in one go."""
        missing = self._missing(key, days)
        if not missing:
            return
        meaning = self.meaning.metrics[key]
        try:
            self._keep(key, missing, self._work_out(meaning, missing))
        except (TooLarge, DecimalException):
            raise MeasureError([self._too_large(key)]) from None

    def measure(self, wanted: Mapping[MetricKey, Sequence[date]]) -> None:
        """Work out measured metrics together: the backend may read their facts in one pass.

        Other metrics follow from columns and are left until they are asked for.
        """
        keys: dict[MetricKey, list[date]] = {}
        for key, days in wanted.items():
            if isinstance(self.meaning.metrics[key], MeasuredMeaning):
                keys[key] = list(days)
        if self._lender is not None:
            self._lender.measure({key: keys[key] for key in keys if key in self._lent})
        keys = {key: self._missing(key, days) for key, days in keys.items()}
        keys = {key: days for key, days in keys.items() if days}
        try:
            asks = [self._ask(key, days) for key, days in keys.items()]
            answers = self.backend.measure(asks) if asks else []
            for (key, days), columns in zip(keys.items(), answers, strict=True):
                self._keep(key, days, [column_of(each) for each in columns])
        except (TooLarge, DecimalException):  # by itself each can say that it is the one
            for key, days in keys.items():
                self.metrics_on(key, days)

    def _missing(self, key: MetricKey, days: Sequence[date]) -> list[date]:
        """Return the days on which a metric is still to be worked out here."""
        missing = [day for day in dict.fromkeys(days) if (key, day) not in self._metrics]
        lender = self._lender if key in self._lent else None
        if lender is not None and missing:
            lender.metrics_on(key, missing)
            self._metrics |= {(key, day): lender.metric(key, day) for day in missing}
            return []
        if self.whole is not None and missing:
            placed = isinstance(self.meaning.metrics[key], PlaceMeaning)
            for day in missing:
                if placed or self.whole.knows(key, day):
                    found = self.constants.of_all(self.whole.metric(key, day))
                    self._metrics[key, day] = found
            return [day for day in missing if (key, day) not in self._metrics]
        return missing

    def _keep(self, key: MetricKey, days: Sequence[date], columns: Sequence[Column]) -> None:
        for day, column in zip(days, columns, strict=True):
            if beyond_limit(column):
                raise MeasureError([self._too_large(key)])
            self._metrics[key, day] = column

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
                found = self.backend.measure([self._ask(meaning.key, days)])[0]
                return [column_of(figure) for figure in found]
            case FormulaMeaning():
                return [self.evaluate(meaning.formula, day) for day in days]
            case OverTimeMeaning():
                return self._over_time(meaning, days)
            case AttestedMeaning():
                return [self._attested(meaning.key, day) for day in days]
        work = ranks if meaning.metric.key() == "rank" else percentiles
        return [
            column_of(
                work(
                    self.metric(meaning.of, day),
                    None if meaning.within is None else self.evaluate(meaning.within, day),
                    self.enrolled_on(day),
                )
            )
            for day in days
        ]

    def evaluate(self, tree: Typed, day: date) -> Column:
        """Return an expression about the partner levelled, for every partner on a date."""
        return evaluate_columns(tree, lambda ref: self.column(ref, day), len(self.partners))

    def column(self, ref: Ref, day: date) -> Column:
        """Return what a reference means for every partner on a date."""
        if ref.kind == "metric":
            return self.metric((ref.path[0], ref.path[1]), day)
        if ref.kind == "tier":
            return self.qualifying.tier_places(ref.path[0], day)
        return self.constants.column(ref, day)

    def parameter(self, name: str, day: date) -> Column:
        """Return a parameter for every partner: the entry in force on the date."""
        return self.constants.parameter(name, day)

    def enrolled_on(self, day: date) -> Flags:
        """Return for every partner whether an enrollment is in force on a date."""
        return self.constants.enrolled_on(day)

    # -- facts --------------------------------------------------------------------------

    def plan(self, meaning: MeasuredMeaning) -> Plan:
        """Return the plan of a measured metric."""
        if meaning.key not in self._plans:
            at_end = self.program.fx.use == "period_end"
            self._plans[meaning.key] = plan(meaning, at_window_end=at_end)
        return self._plans[meaning.key]

    def _ask(self, key: MetricKey, days: Sequence[date]) -> Ask:
        """Return what to ask the backend, once facts without a rate are refused or counted."""
        meaning = self.meaning.metrics[key]
        assert isinstance(meaning, MeasuredMeaning)
        steps = self.plan(meaning)
        ask = Ask(steps, [self.occasion(steps, day) for day in days])
        self.without_rate(self.backend.unconverted(ask))
        return ask

    def occasion(self, steps: Plan, day: date) -> Occasion:
        """Return what a plan needs to run on a date."""
        window, calendar = steps.during.window, self.program.calendar
        if steps.metric not in self._refs:
            self._refs[steps.metric] = steps.constants
        constants = {ref: self.column(ref, day) for ref in self._refs[steps.metric]}
        if not window.by_enrollment:
            span = window.span(day, calendar, lambda _: None)
            return Occasion(day, self.partners, [span], constants)
        if (window, day) not in self._spans:
            length = len(self.partners)
            self._spans[window, day] = (
                spans_of(window, day, calendar, self._terms, length),
                terms_of(window, day, self._terms, length),
            )
        spans, terms = self._spans[window, day]
        return Occasion(day, self.partners, spans, constants, terms)

    def _terms(self, day: date) -> Terms:
        return self.enrolled.terms(day, self.places)

    # -- over time, attested ------------------------------------------------------------

    def over_time_dates(self, meaning: OverTimeMeaning, day: date) -> Dates:
        """Return the dates of a metric over time: of all partners, or the lists that there are."""
        over, calendar = meaning.metric.over, self.program.calendar
        snap = calendar_bound(self.meaning, meaning.of)
        if over is None or not over.by_enrollment:
            return Dates([dates_of(meaning.metric, day, calendar, snap, lambda _: None)], None)
        spans = spans_of(over, day, calendar, self._terms, len(self.partners))
        _, first, which = np.unique(spans.keys, return_index=True, return_inverse=True)
        lookups = [partial(self.enrolled.term, self.partners[place]) for place in first.tolist()]
        return Dates([dates_of(meaning.metric, day, calendar, snap, at) for at in lookups], which)

    def _over_time(self, meaning: OverTimeMeaning, days: list[date]) -> list[Column]:
        """Measure all dates of all days first, then take what each partner has there."""
        of_day = [self.over_time_dates(meaning, day) for day in days]
        self.metrics_on(meaning.of, sorted({d for dates in of_day for d in dates.every}))
        return [self._taken(meaning, day, dates) for day, dates in zip(days, of_day, strict=True)]

    def _taken(self, meaning: OverTimeMeaning, day: date, dates: Dates) -> Column:
        columns: list[Column] = []
        starts = self._starts(day) if meaning.metric.newcomers else None
        for each in dates.every:
            column = (
                self.metric(meaning.of, each)
                if meaning.test is None
                else self.evaluate(meaning.test, each)
            )
            counts = dates.counts(each)
            if starts is not None:
                begun = starts <= day_number(each)
                counts = begun if counts is None else counts & begun
            if counts is not None:
                column = chosen(counts, column, Nulls(len(column), None))
            columns.append(column)
        try:
            return taken_at_once(meaning.take, columns, len(self.partners))
        except Beyond:
            values: list[Sequence[Any]] = [list(column) for column in columns]
            places = range(len(self.partners))
            return column_of(
                [taken(meaning.take, [column[place] for column in values]) for place in places]
            )

    def _attested(self, key: MetricKey, day: date) -> Column:
        everybody = self.partners if self.whole is None else self.whole.partners
        return self.constants.of_all(self.attestations.column(key, everybody, day))

    def _starts(self, day: date) -> Any:
        """Return the day number from which each partner is enrolled; without one, before all."""
        terms = self._terms(day)
        return np.where(terms.there, terms.start, np.iinfo(np.int32).min)
