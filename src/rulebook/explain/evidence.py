"""Evidence: opens one metric of one partner on one date, whatever kind of metric it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from rulebook.dataset.data import Attestation
from rulebook.errors import DataError, Problem, nearest
from rulebook.explain.figure import Confirmation, Figure, Part, Peers
from rulebook.explain.labels import metric_label
from rulebook.explain.parts import parts_of, value_of
from rulebook.explain.records import Witness
from rulebook.explain.units import unit_of
from rulebook.expressions.functions.comparison import seen
from rulebook.expressions.typed import Ref, Typed
from rulebook.meaning.model import (
    AttestedMeaning,
    FormulaMeaning,
    MeasuredMeaning,
    OverTimeMeaning,
    PlaceMeaning,
)
from rulebook.meaning.scopes import MetricKey
from rulebook.measuring.over_time import calendar_bound, dates_of
from rulebook.measuring.places import ranks
from rulebook.standing.run import Run


class Evidence:
    """Opens figures of one run; facts and walks are kept, so that many can be opened."""

    def __init__(self, run: Run) -> None:
        """Take the run by which partners are levelled."""
        self.run, self.figures = run, run.figures
        self._places = {partner: place for place, partner in enumerate(run.figures.partners)}
        self._walks: dict[tuple[MetricKey, date], Witness] = {}
        self._ranks: dict[tuple[MetricKey, date], tuple[Sequence[Any], Sequence[Any]]] = {}

    def key(self, name: str) -> MetricKey:
        """Return the metric that a name means (`revenue`, `storage.score`), or refuse it."""
        known = {".".join(part for part in key if part): key for key in self.run.meaning.metrics}
        if name not in known:
            bare = [key for key in known.values() if key[1] == name]
            if len(bare) == 1:
                return bare[0]
            hint = nearest(name, known) or f"metrics: {', '.join(known)}"
            raise DataError([Problem(f"there is no metric {name!r}", hint=hint)])
        return known[name]

    def open(self, key: MetricKey, partner: str, day: date) -> Figure:
        """Return what a metric of a partner is made of on a date."""
        place = self._places[partner]
        meaning = self.run.meaning.metrics[key]
        value = self.figures.metric(key, day)[place]
        opened: dict[str, Any]
        match meaning:
            case MeasuredMeaning():
                opened = self._measured(meaning, place, day)
            case FormulaMeaning():
                parts = parts_of(self.figures, [meaning.formula], place, day)
                opened = {"how": meaning.metric.formula.text, "parts": parts}
            case OverTimeMeaning():
                opened = self._over_time(meaning, place, day)
            case PlaceMeaning():
                opened = self._place(meaning, place, day)
            case AttestedMeaning():
                opened = {"how": "attested", "attested": self._attested(meaning, partner, day)}
        return Figure(
            key,
            partner,
            day,
            _KINDS[type(meaning)],
            metric_label(self.run.program, key),
            unit_of(self.run.meaning, key),
            value,
            **opened,
        )

    def _measured(self, meaning: MeasuredMeaning, place: int, day: date) -> dict[str, Any]:
        if (meaning.key, day) not in self._walks:
            plan = self.figures.plan(meaning)
            self._walks[meaning.key, day] = Witness(
                self.run.by_record.facts, plan, self.figures.occasion(plan, day), meaning
            )
        walk = self._walks[meaning.key, day]
        told: list[Typed] = [ref for ref in walk.plan.told if ref in walk.plan.constants]
        constants = parts_of(self.figures, told, place, day)
        metric = meaning.metric
        how = [f"{metric.value.text} from {metric.table}"]
        how += [f"where {metric.where.text}"] if metric.where is not None else []
        how += [f"per {', '.join(key.text for key in metric.per)}"] if metric.per else []
        how += [f"having {metric.having.text}"] if metric.having is not None else []
        how += [f"each {metric.each.text}"] if metric.each is not None else []
        return {"how": " ".join(how), "parts": constants, "records": walk.records(place)}

    def _over_time(self, meaning: OverTimeMeaning, place: int, day: date) -> dict[str, Any]:
        metric, program = meaning.metric, self.run.program
        snap = calendar_bound(self.run.meaning, meaning.of)
        partner = self.figures.partners[place]
        term_at = partial(self.figures.enrolled.term, partner)
        dates = dates_of(metric, day, program.calendar, snap, term_at)
        self.figures.metrics_on(meaning.of, dates)
        begun = None
        if metric.newcomers is not None:
            found = self.figures.enrolled.relevant(partner, day)
            begun = None if found is None else found.start
        label, unit = metric_label(program, meaning.of), unit_of(self.run.meaning, meaning.of)
        parts = []
        for each in dates:
            early = begun is not None and each < begun
            passes = None
            if meaning.test is not None and not early:
                passes = value_of(self.figures, meaning.test, place, each) is True
            how = "before the enrollment" if early else ""
            value = self.figures.metric(meaning.of, each)[place]
            parts.append(
                Part(
                    "date", metric.of, label, value, each, how, unit, meaning.of, not early, passes
                )
            )
        extent = f"last {metric.last}" if metric.over is None else f"over {metric.over}"
        how = f"{metric.take.text} of {metric.of}, each {metric.each}, {extent}"
        return {"how": how, "parts": tuple(parts)}

    def _place(self, meaning: PlaceMeaning, place: int, day: date) -> dict[str, Any]:
        """Count the others by the ranks that the engine gives: who has one is in the group."""
        placed, segments = self._placed(meaning, day)
        mine, segment = placed[place], seen(segments[place])
        group = [
            rank
            for rank, other in zip(placed, segments, strict=True)
            if rank is not None and seen(other) == segment
        ]
        counts = mine is not None
        by = "" if meaning.metric.within is None else meaning.metric.within.text
        peers = Peers(
            by,
            segments[place],
            len(group) - counts,
            sum(rank < mine for rank in group) if counts else 0,
            group.count(mine) - 1 if counts else 0,
            sum(rank > mine for rank in group) if counts else 0,
        )
        of = Ref("metric", meaning.of, meaning.type)
        how = f"{meaning.metric.key()} of {'.'.join(part for part in meaning.of if part)}"
        how += f" within {by}" if by else ""
        parts = parts_of(self.figures, [of], place, day)
        return {"how": how, "parts": parts, "peers": peers}

    def _placed(self, meaning: PlaceMeaning, day: date) -> tuple[Sequence[Any], Sequence[Any]]:
        """Return every partner's rank, and what it is ranked within."""
        if (meaning.key, day) not in self._ranks:
            values = self.figures.metric(meaning.of, day)
            within = None if meaning.within is None else self.figures.evaluate(meaning.within, day)
            placed = ranks(values, within, self.figures.enrolled_on(day))
            self._ranks[meaning.key, day] = (placed, within or [None] * len(placed))
        return self._ranks[meaning.key, day]

    def _attested(
        self, meaning: AttestedMeaning, partner: str, day: date
    ) -> tuple[Confirmation, ...]:
        """Return what was attested of the metric, the latest first; one of them counts."""
        attestations = self.figures.attestations
        names = {meaning.key[1], ".".join(part for part in meaning.key if part)}
        rows = [pair for name in names for pair in attestations.rows.get((partner, name), ())]
        counting = attestations.counting(meaning.key, partner, day)
        found = []
        for row, value in sorted(rows, key=lambda pair: pair[0].start or date.min, reverse=True):
            counts = counting is not None and row is counting[0]
            state = "counts" if counts else _why_not(row, day)
            found.append(Confirmation(value, row.start, row.until, state))
        return tuple(found)


_KINDS = {
    MeasuredMeaning: "measured",
    FormulaMeaning: "formula",
    OverTimeMeaning: "over time",
    PlaceMeaning: "place",
    AttestedMeaning: "attested",
}


def _why_not(row: Attestation, day: date) -> str:
    """Return why an attestation isn't the one that counts on a day."""
    if row.start is not None and day < row.start:
        return "not yet"
    return "expired" if row.until is not None and row.until <= day else "replaced"
