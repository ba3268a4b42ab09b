"""Requirements as the sentences of many partners need them: what none says isn't worked out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rulebook.explain.requirements import Checked, Needed, Node, Requirements, TierView
from rulebook.explain.units import Unit
from rulebook.expressions.typed import Typed
from rulebook.meaning.model import Asked, Criterion
from rulebook.measuring import Figures


class Unmet(Requirements):
    """Requirements as sentences say them: what is met has no figures, and nothing its parts.

    How a criterion reads is the same for everybody and looked up once. Only those who were
    levelled are measured; asked for is a place among all.
    """

    def __init__(self, figures: Figures, day: date) -> None:
        """Take the figures of those who were levelled."""
        super().__init__(figures, day)
        self._read: dict[str, tuple[str, Unit]] = {}
        places = None if figures.places is None else figures.places.tolist()
        self._here = None if places is None else {at: here for here, at in enumerate(places)}

    def tier(self, track: str, name: str, place: int, *, keep: bool = False) -> TierView:
        """Return what a tier asks of a partner."""
        here = place if self._here is None else self._here[place]
        return super().tier(track, name, here, keep=keep)

    def node(self, asked: Asked, place: int) -> Node:
        """Return a requirement; which way is nearest is asked only where there is a choice."""
        if isinstance(asked, Criterion) or asked.kind != "all":
            return super().node(asked, place)
        parts = tuple(self.node(part, place) for part in asked.parts)
        return Needed(asked.kind, asked.need, self.met(asked, place), parts)

    def tested(self, criterion: Criterion, place: int) -> Checked:
        """Return one criterion, with both sides where it isn't met."""
        path = criterion.path
        if path not in self._read:
            self._read[path] = (self.label(criterion), self.unit(criterion))
        label, unit = self._read[path]
        if self.met(criterion, place):
            nothing = (None, None, None, None)
            return Checked(criterion, path, criterion.text, label, *nothing, unit, True, ())
        gap = self.gap(criterion, place)
        return Checked(
            criterion, path, criterion.text, label, gap.op, gap.have, gap.need, gap.short, unit,
            False, (),
        )  # fmt: skip

    def _gain(self, _left: Typed, _place: int) -> dict[str, Decimal]:
        return {}
