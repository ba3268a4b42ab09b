"""What a backend is asked, and what it is given: the occasion on which a plan is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

from rulebook.dataset.data import Value
from rulebook.expressions.typed import Ref
from rulebook.plan.steps import Exchanged, Plan
from rulebook.values.windows import Span, Term


@dataclass(frozen=True)
class Occasion:
    """One date for which a plan is run, for these partners in their order.

    `spans` has one span for all (length 1), or one per partner; None where the partner was
    never enrolled. `terms` are the enrollments that cut them, one per partner where the window
    says `enrolled`, else none. `constants` gives each partner's parameters and enrollment.
    """

    as_of: date
    partners: Sequence[str]
    spans: Sequence[Span | None]
    constants: Mapping[Ref, Sequence[Any]]
    terms: Sequence[Term | None] = ()

    def span(self, place: int) -> Span | None:
        """Return the span of the partner at a place."""
        return self.spans[0 if len(self.spans) == 1 else place]


#: One figure of every partner of an occasion, in order.
Figure = Sequence[Value]


class Ask(NamedTuple):
    """A metric that is wanted: its plan, and the occasions, all for the same partners."""

    plan: Plan
    occasions: Sequence[Occasion]


class MissingRate(NamedTuple):
    """An amount that a metric reads and that no rate converts."""

    table: str
    file: str
    line: int
    column: str
    currency: str
    day: date | None


class Backend(Protocol):
    """Runs plans over all partners."""

    def missing_rates(
        self, table: str, amounts: Sequence[Exchanged], day: str
    ) -> list[MissingRate]:
        """Return the facts of a table, not yet set aside, whose amounts have no rate."""

    def unconverted(self, ask: Ask) -> list[MissingRate]:
        """Return the facts in a plan's windows whose amounts have no rate on the last day.

        Only where rates are those of the window's last day; else there are none.
        """

    def measure(self, asks: Sequence[Ask]) -> list[list[Figure]]:
        """Return for each ask, for each of its occasions, the metric of every partner in order.

        What is asked for together may be worked out together. Raises MeasureError, with the
        name of the database that failed; then there is no answer at all.
        """
