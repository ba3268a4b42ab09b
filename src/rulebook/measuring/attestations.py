"""Attested figures: of those valid on a day, the one with the latest `from` counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

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
        if problems:
            raise DataError(problems[:LIMIT], len(problems))

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


def _names(key: MetricKey) -> list[str]:
    track, name = key
    return [name, f"{track}.{name}"] if track else [name]


def _order(row: Attestation, value: Value) -> tuple[date, bool, str]:
    """Order by `from`, then by value, so that the order of rows is no matter."""
    return (row.start or date.min, value is not None, str(row.value))
