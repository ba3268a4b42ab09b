"""Attested figures: of those valid on a day, the one with the latest `from` counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from rulebook.columns import Column, column_of
from rulebook.columns.spans import NO_END, day_number
from rulebook.dataset.data import Attestation, Data, Value
from rulebook.errors import DataError, Problem
from rulebook.expressions.typed import Type
from rulebook.meaning import Meaning
from rulebook.meaning.model import AttestedMeaning
from rulebook.meaning.parameters import read_as
from rulebook.meaning.scopes import MetricKey

LIMIT = 100


class Attestations:
    """What people confirmed of partners, read by the types of a program's metrics.

    A track's metric is named `track.metric` or by its bare name. Rows for metrics that the
    program doesn't have belong to others. Raises DataError for values that can't be read.
    """

    def __init__(self, meaning: Meaning, data: Data) -> None:
        kinds: dict[str, Type] = {}
        for key, metric in meaning.metrics.items():
            if isinstance(metric, AttestedMeaning):
                kinds |= dict.fromkeys(_names(key), metric.type)
        self.rows: dict[tuple[str, str], list[tuple[Attestation, Value]]] = {}
        problems = []
        for row in data.attestations if kinds else ():
            if row.metric not in kinds:
                continue
            try:
                value = None if row.value is None else read_as(row.value, kinds[row.metric])
            except ValueError as error:
                message = f"{row.partner}, {row.metric}: {error}"
                problems.append(Problem(message, "attestations", column="value"))
                continue
            self.rows.setdefault((row.partner, row.metric), []).append((row, value))
        self._sorted: dict[MetricKey, Sorted] = {}
        if problems:
            raise DataError(problems[:LIMIT], len(problems))

    def column(self, key: MetricKey, partners: Sequence[str], day: date) -> Column:
        """Return the value that counts on a day, for partners in their order."""
        if key not in self._sorted:
            self._sorted[key] = Sorted(self._rows_of(key), partners)
        return self._sorted[key].column(day)

    def _rows_of(self, key: MetricKey) -> list[tuple[Attestation, Value]]:
        names = _names(key)
        return [pair for (_, name), rows in self.rows.items() if name in names for pair in rows]

    def counting(self, key: MetricKey, partner: str, day: date) -> tuple[Attestation, Value] | None:
        """Return the attestation that counts on a day with its value, or None."""
        valid = list(self._valid(key, partner, day))
        return max(valid, key=lambda pair: _order(*pair), default=None)

    def _valid(
        self, key: MetricKey, partner: str, day: date
    ) -> Iterator[tuple[Attestation, Value]]:
        for name in _names(key):
            for row, value in self.rows.get((partner, name), ()):
                begun = row.start is None or row.start <= day
                if begun and (row.until is None or day < row.until):
                    yield row, value


class Sorted:
    """The attestations of one metric in arrays: of a partner's, the one that counts most last."""

    def __init__(self, rows: Sequence[tuple[Attestation, Value]], partners: Sequence[str]) -> None:
        """Sort by partner, then as `_order` does; equal ones have the same value."""
        places = {partner: place for place, partner in enumerate(partners)}
        here = [pair for pair in rows if pair[0].partner in places]
        here.sort(key=lambda pair: (places[pair[0].partner], *_order(*pair)))
        self.length = len(partners)
        self.place = np.array([places[row.partner] for row, _ in here], np.int64)
        starts = [date.min if row.start is None else row.start for row, _ in here]
        self.start = np.array([day_number(day) for day in starts], np.int32)
        untils = [NO_END if row.until is None else day_number(row.until) for row, _ in here]
        self.until = np.array(untils, np.int32)
        self.values = column_of([*(value for _, value in here), None])  # the last for nobody

    def column(self, day: date) -> Column:
        """Return the value that counts on a day, for every partner."""
        number = day_number(day)
        rows = np.flatnonzero((self.start <= number) & (number < self.until))
        found = np.full(self.length, len(self.place), np.int64)
        found[self.place[rows]] = rows  # where a place comes again, the last stays
        return self.values.take(found)


def _names(key: MetricKey) -> list[str]:
    track, name = key
    return [name, f"{track}.{name}"] if track else [name]


def _order(row: Attestation, value: Value) -> tuple[date, bool, str]:
    """Order by `from`, then by value, so that the order of rows is no matter."""
    return (row.start or date.min, value is not None, str(row.value))
