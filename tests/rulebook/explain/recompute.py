"""Works figures out once more from what evidence lists: plain Python, nothing of the engine.

Whatever isn't listed can't be used here, so a figure that comes out right was explained in full.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path
from typing import Any

from rulebook.explain import Figure, Record, Records

CONTEXT = Context(prec=80, rounding=ROUND_HALF_UP)
Value = Any

#: What documents ask of groups, by the text of `having` and `each`: from a group's totals.
OF_GROUPS: dict[str, Callable[[list[Value]], Value]] = {
    "sum(amount)": lambda totals: totals[0],
    "least(sum(points), 100)": lambda totals: min(totals[0], Decimal(100)),
    "sum(amount) >= 20000": lambda totals: totals[0] >= 20000,
    "count(distinct exam) >= 2": lambda totals: totals[0] >= 2,
}


def at(value: Value, places: int) -> Value:
    """A number rounded half away from zero; anything else as it is."""
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1).scaleb(-places), context=CONTEXT)


def aggregate(name: str, distinct: bool, inputs: Iterable[Value]) -> Value:
    """An aggregate over values, of which nulls play no part."""
    values = [value for value in inputs if value is not None]
    if distinct:
        values = list({at(value, 12) for value in values})
    if name == "count":
        return Decimal(len(values))
    if name == "sum":
        return sum(values, Decimal(0))
    if not values:
        return None
    if name in ("min", "max"):
        return min(values) if name == "min" else max(values)
    if name == "avg":
        return CONTEXT.divide(sum(values, Decimal(0)), Decimal(len(values)))
    assert name == "median"
    ordered, middle = sorted(values), len(values) // 2
    if len(values) % 2:
        return ordered[middle]
    return CONTEXT.divide(ordered[middle - 1] + ordered[middle], Decimal(2))


def measured(figure: Figure, having: str | None, each: str | None) -> Value:
    """A measured figure from the records listed."""
    records = figure.records
    assert records is not None
    _check_amounts(records, 2)
    if not records.per:
        totals = [
            aggregate(each.name, each.distinct, (record.inputs[i] for record in records.counted))
            for i, each in enumerate(records.aggregates)
        ]
        assert [at(t, 12) for t in totals] == [at(each.value, 12) for each in records.aggregates]
        assert len(totals) == 1
        return totals[0]
    members = defaultdict(list)
    for record in records.counted:
        members[record.group].append(record)
    assert {group.keys for group in records.groups} == set(members)
    brought = []
    for group in records.groups:
        totals = [
            aggregate(a.name, a.distinct, (record.inputs[i] for record in members[group.keys]))
            for i, a in enumerate(records.aggregates)
        ]
        assert totals == list(group.totals)
        assert having is None or OF_GROUPS[having](totals)
        one = Decimal(1) if each is None else OF_GROUPS[each](totals)
        assert each is None or one == group.each
        brought.append(one)
    (over,) = records.over
    return aggregate(over.name, over.distinct, brought)


def _check_amounts(records: Records, places: int) -> None:
    """Each converted amount is amount times rate, rounded; a sum of amounts takes just that."""
    for record in (*records.counted, *records.others):
        for amount in record.amounts:
            if amount.amount is not None and amount.rate is not None:
                assert amount.converted == at(CONTEXT.multiply(amount.amount, amount.rate), places)
            else:
                assert amount.converted is None
    for record in records.counted:
        for index, each in enumerate(records.aggregates):
            for amount in record.amounts:
                if each.text == f"sum({amount.column})":
                    assert record.inputs[index] == amount.converted


class Nothing(Exception):
    """An operand without a value, or a division by zero."""


class _Number:
    """A decimal that divides as the language does."""

    def __init__(self, value: Decimal) -> None:
        self.value = value

    def _with(self, other: Any, work: Callable[[Decimal, Decimal], Decimal]) -> _Number:
        right = other.value if isinstance(other, _Number) else Decimal(other)
        return _Number(work(self.value, right))

    def __add__(self, other: Any) -> _Number:
        return self._with(other, CONTEXT.add)

    def __sub__(self, other: Any) -> _Number:
        return self._with(other, CONTEXT.subtract)

    def __mul__(self, other: Any) -> _Number:
        return self._with(other, CONTEXT.multiply)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> _Number:
        if not other.value:
            raise Nothing
        return self._with(other, CONTEXT.divide)

    def __ge__(self, other: Any) -> bool:
        return self.value >= (other.value if isinstance(other, _Number) else other)

    def __lt__(self, other: Any) -> bool:
        return not self >= other


class _Operands(dict[str, Any]):
    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if value is None:
            raise Nothing
        return value


def _least(first: Any, second: Any) -> _Number:
    one, two = (
        side if isinstance(side, _Number) else _Number(Decimal(side)) for side in (first, second)
    )
    return two if one >= two else one


def formula(figure: Figure) -> Value:
    """A formula from its listed operands; Python reads the language's arithmetic as it is."""
    names = {}
    for part in figure.parts:
        number = None if part.value is None else _Number(part.value)
        names |= {part.name.replace(".", "_"): number, part.name.rpartition(".")[2]: number}
    text = re.sub(r"\b([a-z]\w*)\.([a-z]\w*)\b", r"\1_\2", figure.how)
    text = re.sub(r"\bif\(", "choose(", text)
    known = _Operands(names | {"least": _least, "choose": lambda a, b, c: b if a else c})
    try:
        found = eval(text, {"__builtins__": {}}, known)
    except Nothing:
        return None
    return found.value if isinstance(found, _Number) else Decimal(found)


def over_time(figure: Figure, take: str) -> Value:
    """A metric over time from the dates listed."""
    if take.startswith("count("):
        return Decimal(sum(part.passes is True for part in figure.parts if part.counts))
    return aggregate(take, False, (part.value for part in figure.parts if part.counts))


def place(figure: Figure, kind: str) -> Value:
    """A rank or percentile from how many of the others are higher and lower."""
    peers, (own, *_) = figure.peers, figure.parts
    assert peers is not None
    assert peers.others == peers.higher + peers.equal + peers.lower or figure.value is None
    if figure.value is None:
        return None
    assert own.value is not None
    if kind == "rank":
        return Decimal(peers.higher + 1)
    return CONTEXT.divide(Decimal(100 * peers.lower), Decimal(peers.others))


def rows_of(path: Path, partner: str) -> dict[str, list[int]]:
    """The lines of a CSV file by partner, as the file has them; the header is line 1."""
    found: dict[str, list[int]] = defaultdict(list)
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        before = reader.line_num or 1
        assert reader.fieldnames
        before = reader.line_num
        for row in reader:
            found[row[partner]].append(before + 1)
            before = reader.line_num
    return found


def lines(records: Iterable[Record]) -> list[int]:
    """The lines of records, sorted."""
    return sorted(record.line for record in records)
