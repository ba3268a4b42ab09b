"""A program understood: each metric, parameter and tier with its expressions typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rulebook.dataset.spec import Facts
from rulebook.expressions.typed import Op, Type, Typed
from rulebook.meaning.parameters import ParameterMeaning
from rulebook.meaning.scopes import MetricKey
from rulebook.meaning.tables import Tables
from rulebook.metrics import Attested, Formula, Measured, OverTime, Percentile, Rank
from rulebook.program import Program
from rulebook.reading.document import Document


@dataclass(frozen=True)
class MeasuredMeaning:
    """A metric measured from facts, typed. Without a description of its table, `facts` is None."""

    key: MetricKey
    metric: Measured
    facts: Facts | None
    where: Typed | None
    per: tuple[Typed, ...]
    having: Typed | None
    each: Typed | None
    value: Typed
    type: Type
    #: What the data says of the table: which facts count at all for whoever is levelled.
    visible: Typed | None = None

    @property
    def trees(self) -> tuple[Typed, ...]:
        """Every expression of it, in the order in which facts meet them."""
        found = (self.where, self.visible, *self.per, self.having, self.each, self.value)
        return tuple(tree for tree in found if tree is not None)


@dataclass(frozen=True)
class FormulaMeaning:
    """A formula, typed."""

    key: MetricKey
    metric: Formula
    formula: Typed
    type: Type


@dataclass(frozen=True)
class OverTimeMeaning:
    """A metric over time: `test` is the condition of count, about the metric at each date."""

    key: MetricKey
    metric: OverTime
    of: MetricKey
    take: str
    test: Typed | None
    type: Type


@dataclass(frozen=True)
class PlaceMeaning:
    """A rank or percentile of another metric."""

    key: MetricKey
    metric: Rank | Percentile
    of: MetricKey
    within: Typed | None
    type: Type = Type.NUMBER


@dataclass(frozen=True)
class AttestedMeaning:
    """A metric that a person confirms."""

    key: MetricKey
    metric: Attested
    type: Type


MetricMeaning = MeasuredMeaning | FormulaMeaning | OverTimeMeaning | PlaceMeaning | AttestedMeaning


@dataclass(frozen=True)
class Criterion:
    """One leaf: the test, and its two sides where it is a comparison.

    `left_text` is the left side as written, or the whole; `negated` marks `not x` of a name.
    """

    path: str
    text: str
    test: Typed
    op: str | None = None
    left: Typed | None = None
    left_text: str = ""
    right: Typed | None = None
    negated: bool = False


@dataclass(frozen=True)
class Group:
    """`need` of the parts must hold; `kind` is all, any or at_least."""

    kind: str
    need: int
    parts: tuple[Group | Criterion, ...]


Asked = Group | Criterion


@dataclass(frozen=True)
class TierMeaning:
    """A tier with its requirements typed."""

    name: str
    requires: Asked | None
    keep: Asked | None


@dataclass
class Meaning:
    """A program understood on given tables; not `complete` where something was refused."""

    program: Program
    document: Document
    tables: Tables
    metrics: dict[MetricKey, MetricMeaning] = field(default_factory=dict)
    parameters: dict[str, ParameterMeaning] = field(default_factory=dict)
    ladders: dict[str, tuple[TierMeaning, ...]] = field(default_factory=dict)
    complete: bool = True


def asked_criteria(asked: Asked | None) -> Iterator[Criterion]:
    """Yield every criterion of a requirement, in the document's order."""
    if isinstance(asked, Criterion):
        yield asked
    elif asked is not None:
        for part in asked.parts:
            yield from asked_criteria(part)


def bare(typed: Typed) -> Typed:
    """Return a figure as it is shown: a month or quarter by its bare number."""
    match typed.type:
        case Type.MONTH:
            return Op("bare_month", (typed,), Type.NUMBER)
        case Type.QUARTER:
            return Op("bare_quarter", (typed,), Type.NUMBER)
    return typed
