"""The relations beside the tables: whose facts count, on which days, at which rates.

They are put into the database for an occasion; a query joins them and never works out a date.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute
from numpy.typing import NDArray
from sqlglot import exp

from rulebook.backends.backend import Occasion
from rulebook.backends.families import Families, Places
from rulebook.backends.sql.engine import Engine
from rulebook.backends.sql.expressions import NotInSql, Part
from rulebook.columns.spans import DayNumbers, Spans, day_number
from rulebook.expressions.typed import Ref, Type
from rulebook.values.money import RATE_DECIMALS, Exchange
from rulebook.values.windows import Span

EARLIEST = date.min


class Relations:
    """Puts relations into one database, each again only when it differs."""

    def __init__(
        self,
        engine: Engine,
        families: Families,
        exchange: Exchange,
        codes: pa.Array | None = None,
    ) -> None:
        """Put nothing yet. `codes` has the partner of each code, where facts have codes."""
        self.engine, self.families, self.exchange = engine, families, exchange
        self.codes = codes
        self._members: tuple[bool, Sequence[str], Mapping[str, pa.Array]] | None = None
        self._put_members: tuple[bool, Sequence[str]] | None = None
        self._put_scope: tuple[bool, Sequence[str], Sequence[Sequence[Span | None]]] | None = None
        self._rates: tuple[frozenset[tuple[str, date]], tuple[int, int]] | None = None

    def recode(self, codes: pa.Array | None) -> None:
        """Take other codes: partners get theirs with their first fact."""
        self.codes = codes
        self.__dict__.pop("_code_by_place", None)
        self._members = self._put_members = self._put_scope = None

    def put_members(self, family: bool, partners: Sequence[str]) -> None:
        """Put `member`: for the partner at a place, whose facts count, and through which branch."""
        if self._put_members != (family, partners):
            self.engine.put("member", self._of_members(family, partners))
            self._put_members = (family, partners)

    def code_of(self, partner: str) -> int | None:
        """Return a partner's code; None where it has no facts, or facts have no codes."""
        if self.codes is None:
            return None
        found = compute.index(self.codes, partner).as_py()
        return None if found < 0 else int(found)

    def coded(self, family: bool, partners: Sequence[str]) -> tuple[Places, NDArray[np.int32]]:
        """Return members by place and code, -1 without facts; only where facts have codes."""
        tops, members, _ = self._pairs(family, partners)
        return tops, self._code_by_place[members]

    @cached_property
    def _names(self) -> pa.Array:
        return pa.array(self.families.partners, pa.string())

    @cached_property
    def _code_by_place(self) -> NDArray[np.int32]:
        found = compute.index_in(self._names, self.codes)
        codes: NDArray[np.int32] = compute.fill_null(found, -1).to_numpy()
        return codes

    def members(self, family: bool, partners: Sequence[str]) -> Sequence[str]:
        """Return all whose facts count for these partners; one may stand there repeatedly."""
        found: list[str] = self._of_members(family, partners)["partner"].to_pylist()
        return found

    def _of_members(self, family: bool, partners: Sequence[str]) -> Mapping[str, pa.Array]:
        if self._members is None or self._members[:2] != (family, partners):
            tops, members, branches = self._pairs(family, partners)
            names = self._names
            columns = {
                "place": pa.array(tops.astype(np.int32)),
                "partner": names.take(pa.array(members)),
                "branch": names.take(pa.array(branches)),
            }
            if self.codes is not None:
                coded = self._code_by_place[members]
                columns["code"] = pa.array(coded, mask=coded < 0)
            self._members = (family, partners, columns)
        return self._members[2]

    def _pairs(self, family: bool, partners: Sequence[str]) -> tuple[Places, Places, Places]:
        """Return whose facts count for whom, by places: of these partners, among all, among all."""
        every = self.families.partners
        if partners is every or partners == every:
            if family:
                return self.families.closure
            own = np.arange(len(every))
            return own, own, own
        order = self.families.order
        mine = np.array([order[partner] for partner in partners], np.int64)
        if not family:
            return np.arange(len(mine)), mine, mine
        found = [
            (place, order[member], order[branch])
            for place, partner in enumerate(partners)
            for member, branch in self.families.members(partner)
        ]
        tops, members, branches = np.array(found, np.int64).reshape(-1, 3).T
        return tops, members, branches

    def put_spans(self, occasions: Sequence[Occasion], by_partner: bool) -> None:
        """Put `span`: the days that count on an occasion `o`, for each place or for all (0)."""
        rows = [
            (index, place, span.low or EARLIEST, span.high, span.holds)
            for index, occasion in enumerate(occasions)
            for place in (range(len(occasion.partners)) if by_partner else (0,))
            if (span := occasion.span(place)) is not None and not span.empty
        ]
        kinds = (
            ("o", pa.int32()),
            ("place", pa.int32()),
            ("low", pa.date32()),
            ("high", pa.date32()),
            ("holds", pa.date32()),
        )
        columns = {
            word: pa.array([row[index] for row in rows], kind)
            for index, (word, kind) in enumerate(kinds)
        }
        self.engine.put("span", columns)

    def put_scope(
        self, family: bool, partners: Sequence[str], spans: Sequence[Sequence[Span | None]]
    ) -> None:
        """Put `scope`: members, and for the n-th spans the days of each place as `low<n>`, …

        A partner without days has a last day before the first.
        """
        if self._put_scope is not None:
            reach, of, before = self._put_scope
            same = len(before) == len(spans) and all(map(operator.is_, before, spans))
            if same and (reach, of) == (family, partners):
                return
        members = self._of_members(family, partners)
        columns = dict(members)
        places = members["place"]
        for number, each in enumerate(spans):
            for word, days in zip(("low", "high"), days_by_place(each), strict=True):
                columns[f"{word}{number}"] = pa.array(days).view(pa.date32()).take(places)
        self.engine.put("scope", columns)
        self._put_scope = (family, partners, spans)

    def put_constants(
        self, constants: Sequence[Ref], occasions: Sequence[Occasion]
    ) -> dict[Ref, tuple[str, Part]]:
        """Put `constant`: parameters and enrollment by place; return the column of each."""
        if not constants:
            return {}
        places = range(len(occasions[0].partners))
        columns = {
            "o": pa.array([o for o, _ in enumerate(occasions) for _ in places], pa.int32()),
            "place": pa.array([place for _ in occasions for place in places], pa.int32()),
        }
        shapes: dict[Ref, tuple[str, Part]] = {}
        for index, ref in enumerate(constants):
            values = [occasion.constants[ref][place] for occasion in occasions for place in places]
            array, shape = _shaped(values, ref.type)
            columns[f"v{index}"] = array
            shapes[ref] = (f"v{index}", shape)
        self.engine.put("constant", columns)
        return shapes

    def put_rates(self, pairs: frozenset[tuple[str, date]]) -> tuple[int, int]:
        """Put `rate` for these currencies and days; return the rates' digits and scale."""
        if self._rates is not None and self._rates[0] == pairs:
            return self._rates[1]
        columns, shape = rate_columns(self.exchange, pairs)
        self.engine.put("rate", columns)
        self._rates = (pairs, shape)
        return shape


def rate_columns(
    exchange: Exchange, pairs: Iterable[tuple[str, date]]
) -> tuple[dict[str, pa.Array], tuple[int, int]]:
    """Return the columns of `rate` for currencies and days, and the rates' digits and scale."""
    rates = [(code, day, exchange.rate(code, day)) for code, day in sorted(pairs)]
    known = [(code, day, rate) for code, day, rate in rates if rate is not None]
    whole = max((len(str(int(rate))) for _, _, rate in known), default=1)
    shape = (whole + RATE_DECIMALS, RATE_DECIMALS)
    columns = {
        "currency": pa.array([code for code, _, _ in known], pa.string()),
        "day": pa.array([day for _, day, _ in known], pa.date32()),
        "rate": pa.array([rate for _, _, rate in known], pa.decimal128(*shape)),
    }
    return columns, shape


def last_days_of(occasions: Iterable[Occasion]) -> set[date]:
    """Return the last days of all windows: where rates are theirs, those that are needed."""
    return {span.high for each in occasions for span in each.spans if span is not None}


def days_by_place(spans: Sequence[Span | None]) -> tuple[DayNumbers, DayNumbers]:
    """Return the first and last day of each; the last before the first where there is none."""
    if not isinstance(spans, Spans):
        found = [(EARLIEST, date.max) if s is None else (s.low or EARLIEST, s.high) for s in spans]
        low, high = (np.array([day_number(pair[i]) for pair in found], np.int32) for i in (0, 1))
        counting = np.array([span is not None and not span.empty for span in spans])
    else:
        low, high, counting = spans.low, spans.high, spans.counting
        low = np.maximum(low, np.int32(day_number(EARLIEST)))
    first, last = (np.int32(day_number(day)) for day in (EARLIEST, date.max))
    return np.where(counting, low, last), np.where(counting, high, first)


def _shaped(values: Sequence[Any], type_: Type) -> tuple[pa.Array, Part]:
    """Return constants as a column, with the digits that they have."""
    here = exp.null()
    kinds = {type(value) for value in values if value is not None}
    if tuple in kinds or type_ is Type.LIST:
        raise NotInSql
    if Decimal in kinds or type_ is Type.NUMBER:
        numbers = [value for value in values if value is not None]
        scale = max((-min(int(v.as_tuple().exponent), 0) for v in numbers), default=0)
        whole = max((len(str(abs(int(v)))) for v in numbers), default=1)
        if whole + scale > 38:
            raise NotInSql
        return pa.array(values, pa.decimal128(whole + scale, scale)), Part(here, whole, scale)
    by_type = {Type.BOOLEAN: pa.bool_(), Type.DATE: pa.date32()}
    return pa.array(values, by_type.get(type_, pa.string())), Part(here)
