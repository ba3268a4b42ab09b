"""Random tiers whose bars lie at, or just beside, figures that occur."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from rulebook.expressions import parse
from tests.reference.evaluator import World
from tests.reference.evaluator.calculate import settled, value_of
from tests.reference.evaluator.numbers import LIMIT, shown
from tests.reference.random_metrics import Metrics
from tests.reference.source import Source

TIERS = ["bronze", "silver", "gold", "platinum"]
PARAMETERS = 6


class Tiers:
    """The tiers of one ladder; `world` knows what every formula comes to for every partner."""

    def __init__(
        self, source: Source, metrics: Metrics, world: World, track: str | None, as_of: date
    ) -> None:
        self.source = source
        self.metrics = metrics
        self.world = world
        self.track = track
        self.as_of = as_of
        self.ladders: dict[str, list[str]] = {}

    def ladder(self) -> dict[str, Any]:
        """From one to four tiers, the lowest sometimes for everyone."""
        s = self.source
        names = TIERS[: s.whole(1, 4)]
        tiers: dict[str, Any] = {}
        for index, name in enumerate(names):
            if index == 0 and len(names) > 1 and s.chance(50):
                tiers[name] = {}
            else:
                tiers[name] = {"requires": self.requirement(2, top=True)}
        return tiers

    def requirement(self, depth: int, top: bool = False) -> Any:
        s = self.source
        kinds = ["leaf", "list", "all", "any", "at_least", "short"] if top else ["leaf"]
        if not top and depth > 0:
            kinds = ["leaf"] * 4 + ["all", "any", "at_least", "short"]
        kind = s.pick(kinds)
        if kind == "leaf":
            return self.leaf()
        if kind == "short":
            return self.short()
        parts = [self.requirement(depth - 1) for _ in range(s.whole(1, 3))]
        if kind == "list":
            return parts
        if kind == "at_least":
            return {"at_least": str(s.whole(1, len(parts))), "of": parts}
        return {kind: parts}

    def short(self) -> dict[str, str]:
        """Each at least: a number, a parameter or a formula; or the answer of a yes/no metric."""
        s = self.source
        bars: dict[str, str] = {}
        for name in s.some(self.numbers(), 1, 2):
            bars[name] = self.bar(name, whole=True)
        for name in self.metrics.yes_no[:1] if s.chance(30) else ():
            bars[name] = s.pick(["yes", "no"])
        return bars

    def numbers(self) -> list[str]:
        """The metrics that a leaf may speak of."""
        return self.metrics.number or ["partner.size"]

    def leaf(self) -> str:
        s = self.source
        if s.chance(35 if self.ladders else 15):
            return self.other_leaf()
        a, b = s.pick(self.numbers()), s.pick(self.numbers())
        left = s.pick([a, a, a, a, f"{a} - {b}", f"{a} / {b}", f"coalesce({a}, 0) * 2",
                       f"round({a}, 1)", f"greatest({a}, {b})", f"abs({a})"])  # fmt: skip
        op = s.pick([">=", ">=", ">=", ">", "<=", "<", "=", "<>"])
        return f"{left} {op} {self.bar(left)}"

    def other_leaf(self) -> str:
        """A leaf without a number: a yes/no metric, a text, a date, a tier elsewhere."""
        s = self.source
        words = self.metrics.formulas()
        condition = words.condition(1)
        forms = [f"({condition})" if s.chance(10) else condition, "partner.country = 'DE'",
                 f"{words.day()} <= as_of", *self.metrics.yes_no,
                 *(f"not {name}" for name in self.metrics.yes_no)]  # fmt: skip
        for name, tiers in self.ladders.items():
            forms += [f"track({name}) >= {s.pick(tiers)}"] * 3
            forms.append(f"track({name}) {s.pick(['<', '='])} {s.pick(tiers)}")
            forms += [f"count_tracks(>= {s.pick(tiers)}) >= {s.whole(1, 2)}"] * 2
        if self.metrics.shape.base:
            forms += ["program(base) >= green"] * 2
        return s.pick(forms)

    def figures(self, text: str) -> dict[str, Decimal]:
        """What a formula comes to for each enrolled partner that has a value."""
        found = {}
        for partner in self.world.tables.partners:
            if self.world.enrolled(partner, self.as_of):
                scope = self.world.scope(self.track, partner, self.as_of)
                value = settled(value_of(parse(text).tree, scope))
                if isinstance(value, Decimal) and abs(value) < LIMIT / 10:
                    found[partner] = shown(value)
        return found

    def bar(self, left: str, whole: bool = False) -> str:
        """A threshold at or beside what occurs: one for all, or each partner's own."""
        s = self.source
        figures = self.figures(left)
        if not figures or s.chance(5):
            return s.pick(["0", "1", "10", *self.metrics.kinds.get("number", [])])
        own = [name for name in self.metrics.parameters if name.startswith("own_")]
        if s.chance(45) and len(own) < PARAMETERS:
            name = f"own_{len(own) + 1}"
            values = {key: self.beside(value) for key, value in figures.items()}
            self.metrics.parameters[name] = {
                "by": "partner.id",
                "values": {**values, "default": "1"},
            }
            return name
        if s.chance(10) and not whole:
            return s.pick(self.numbers())
        return self.beside(figures[s.pick(sorted(figures))])

    def beside(self, figure: Decimal) -> str:
        """The figure itself, or a step from it: one, a cent, or the last decimal that counts."""
        s = self.source
        steps = ["0", "0", "1", "-1"] if figure == int(figure) else ["0", "0", "0.01", "-0.01"]
        step = s.pick([*steps, "0.000000000001"])
        return plain(shown(figure + Decimal(step)))


def plain(number: Decimal) -> str:
    """Without exponent or trailing zeros."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
