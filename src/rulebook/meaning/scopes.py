"""The places where expressions stand, and what each may name.

`FactScope`: the rows of a fact table. `TotalScope`: aggregates over such rows (or over
groups). `PartnerScope`: formulas, tiers and parameters, about the partner levelled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rulebook.dataset.spec import Facts
from rulebook.errors import nearest
from rulebook.expressions.scope import Inferred, Scope, unknown
from rulebook.expressions.tokens import ExpressionError
from rulebook.expressions.tree import Name, Node, Test
from rulebook.expressions.typed import Const, Op, Ref, Type, Typed
from rulebook.meaning.tables import ENROLLMENT, Tables
from rulebook.program import Program

MetricKey = tuple[str, str]  # the track's name, "" for the program's own; the metric's name


@dataclass
class Names:
    """What is common to all places of one program: its tables, parameters, metrics, tracks."""

    program: Program
    tables: Tables
    inferred: Inferred
    metric_type: Callable[[MetricKey], Type]
    lists: frozenset[str] = frozenset()

    def parameter(self, name: str) -> Ref | None:
        """Return a parameter by its name."""
        if name not in self.program.parameters:
            return None
        if name in self.lists:
            return Ref("parameter", (name,), Type.LIST)
        return Ref("parameter", (name,), self.inferred.types.get(name, Type.UNKNOWN))

    def constant(self, name: Name) -> Ref | None:
        """Return what a name means for one partner at one date, wherever it stands."""
        if name.parts == ("as_of",):
            return Ref("as_of", (), Type.DATE)
        if name.parts[0] == "enrollment" and len(name.parts) == 2:
            return self.tables.enrollment(name)
        if len(name.parts) == 1:
            return self.parameter(name.parts[0])
        return None

    def parameters(self) -> list[str]:
        """Return the names of all parameters."""
        return list(self.program.parameters)


class OverFacts:
    """What places over facts have in common: tiers and tracks mean nothing there."""

    def call(self, function: str, _arguments: tuple[Node, ...], at: int, /) -> Typed | None:
        """Refuse what only formulas know."""
        if function in ("track", "count_tracks", "program"):
            raise ExpressionError(f"{function}() belongs in formulas and tiers", at)
        return None

    def tier(self, _ref: Ref, name: Name, /) -> tuple[Ref, Const]:
        """Refuse: facts hold no tiers."""
        raise ExpressionError("tiers belong in formulas and requirements", name.at)


@dataclass
class FactScope(OverFacts):
    """The rows of a fact table: its columns, the fact's own partner, constants."""

    names: Names
    table: str
    facts: Facts | None
    family: bool
    inner: Scope | None = None

    @property
    def inferred(self) -> Inferred:
        """Return the parameters' types."""
        return self.names.inferred

    def name(self, name: Name, /) -> Ref:
        """Return what a name means for a fact."""
        if name.parts[0] == "partner" and len(name.parts) > 1:
            return self.names.tables.partner(name)
        constant = self.names.constant(name)
        if name.parts == ("branch",):
            constant = Ref("branch", (), Type.TEXT)
        if self.facts is None:
            return constant or Ref("column", name.parts, Type.UNKNOWN)
        column = self.names.tables.column(self.facts, name)
        if column is not None and constant is not None:
            raise ExpressionError(
                f"{name.text!r} is a column of {self.table} and means something else here",
                name.at,
                "a name means one thing; rename one",
            )
        found = column or constant
        if found is None:
            raise unknown(name, self._known(), "column", f" of {self.table}")
        return found

    def _known(self) -> list[str]:
        assert self.facts is not None
        known = [*self.facts.names(), *self.names.parameters(), "as_of", "branch"]
        spec = self.names.tables.spec
        for entry in self.facts.columns.values():
            if spec is not None and entry.references in spec.references:
                columns = spec.references[entry.references].columns
                known += [f"{entry.references}.{column}" for column in columns]
        return known


@dataclass
class TotalScope(OverFacts):
    """Aggregates over rows: outside them only constants and group keys have a place."""

    names: Names
    inner: Scope | None
    keys: Mapping[str, Ref] = field(default_factory=dict)

    @property
    def inferred(self) -> Inferred:
        """Return the parameters' types."""
        return self.names.inferred

    def name(self, name: Name, /) -> Ref:
        """Return a group key or a constant."""
        found = self.keys.get(name.text) or self.names.constant(name)
        if found is None:
            raise ExpressionError(
                f"{name.text!r} stands outside an aggregate",
                name.at,
                f"write sum({name.text}), count(distinct {name.text}) or another aggregate",
            )
        return found


@dataclass
class GroupScope(TotalScope):
    """The groups that a metric's `value` goes over: `each`, and what they are grouped by."""

    def name(self, name: Name, /) -> Ref:
        """Return `each`, a group key or a constant."""
        found = self.keys.get(name.text) or self.names.constant(name)
        if found is None:
            raise unknown(name, [*self.keys, *self.names.parameters()])
        return found


@dataclass
class PartnerScope:
    """Formulas, tiers and parameters: metrics, tracks, the partner and its enrollment."""

    names: Names
    track: str
    inner: Scope | None = None

    @property
    def inferred(self) -> Inferred:
        """Return the parameters' types."""
        return self.names.inferred

    def metric(self, name: str, at: int = 0) -> MetricKey | None:
        """Return the metric that a name means here: of the own track, else of the program."""
        program = self.names.program
        if "." in name:
            track, metric = name.split(".", 1)
            known = track in program.tracks and metric in program.tracks[track].metrics
            return (track, metric) if known else None
        if self.track and name in program.tracks[self.track].metrics:
            if name in program.metrics:
                raise ExpressionError(
                    f"{name!r} is a metric of the track and of the program", at, "rename one"
                )
            return (self.track, name)
        return ("", name) if name in program.metrics else None

    def name(self, name: Name, /) -> Ref:
        """Return a metric, a parameter, an attribute of the partner or its enrollment."""
        if name.parts[0] == "partner" and len(name.parts) > 1:
            return self.names.tables.partner(name)
        key, constant = self.metric(name.text, name.at), self.names.constant(name)
        if key is not None and constant is not None:
            raise ExpressionError(
                f"{name.text!r} is a metric and a parameter", name.at, "rename one"
            )
        if key is not None:
            return Ref("metric", key, self.names.metric_type(key))
        if constant is not None:
            return constant
        raise unknown(name, self.known(), "metric or parameter")

    def known(self) -> list[str]:
        """Return every name that has a meaning here."""
        program = self.names.program
        own = [] if not self.track else list(program.tracks[self.track].metrics)
        others = [f"{name}.{m}" for name, track in program.tracks.items() for m in track.metrics]
        spec = self.names.tables.spec
        columns = [] if spec is None else [f"partner.{c}" for c in spec.partners.columns]
        fields = [f"enrollment.{name}" for name in ENROLLMENT]
        return [
            *program.metrics,
            *own,
            *others,
            *self.names.parameters(),
            *columns,
            *fields,
            "as_of",
        ]

    def call(self, function: str, arguments: tuple[Node, ...], at: int, /) -> Typed | None:
        """Return the meaning of `track(x)`, `program(x)` and `count_tracks(>= tier)`."""
        if function == "count_tracks":
            return self._count_tracks(arguments, at)
        if function not in ("track", "program"):
            return None
        if len(arguments) != 1 or not isinstance(arguments[0], Name):
            raise ExpressionError(f"{function}(name) names one {function}", at)
        name = arguments[0].text
        if function == "track":
            if name not in self.names.program.tracks:
                raise unknown(arguments[0], list(self.names.program.tracks), "track")
            return Ref("tier", (name,), Type.TIER)
        return Ref("program", (name, *self._order_of(name)), Type.TIER)

    def _count_tracks(self, arguments: tuple[Node, ...], at: int) -> Typed:
        usage = "count_tracks(>= tier) counts the tracks that reach a tier of that name"
        if len(arguments) != 1 or not isinstance(arguments[0], Test):
            raise ExpressionError(usage, at)
        test = arguments[0]
        if not isinstance(test.right, Name):
            raise ExpressionError(usage, test.at)
        tests: list[Typed] = []
        for name, track in self.names.program.tracks.items():
            if test.right.text in track.tiers and name != self.track:
                index = Const(Decimal(list(track.tiers).index(test.right.text)), Type.TIER)
                tests.append(Op(test.op, (Ref("tier", (name,), Type.TIER), index), Type.BOOLEAN))
        if not tests:
            known = [tier for track in self.names.program.tracks.values() for tier in track.tiers]
            raise ExpressionError(
                f"no track has a tier {test.right.text!r}",
                test.right.at,
                nearest(test.right.text, known),
            )
        return Op("count_true", tuple(tests), Type.NUMBER)

    def _order_of(self, program: str) -> tuple[str, ...]:
        """Return the tiers of another program, lowest first, where they are known."""
        for spec in (self.names.tables.spec, self.names.program.reads):
            if spec is not None and program in spec.programs:
                return spec.programs[program]
        return ()

    def tier(self, ref: Ref, name: Name, /) -> tuple[Ref, Const]:
        """Return the place of a tier in its ladder, beside the reference that is compared."""
        if ref.kind == "tier":
            order = tuple(self.names.program.tracks[ref.path[0]].tiers)
        else:
            order = ref.path[1:] or self._likely_order(name.text)
            ref = Ref("program", (ref.path[0], *order), Type.TIER)
        if name.text not in order:
            hint = nearest(name.text, order) or f"tiers there: {', '.join(order)}"
            raise ExpressionError(f"unknown tier {name.text!r}", name.at, hint)
        return ref, Const(Decimal(order.index(name.text)), Type.TIER)

    def _likely_order(self, tier: str) -> tuple[str, ...]:
        """Return the order of another program's tiers where no table says it.

        A ladder of this document that has the tier is taken for the same; failing that,
        only the tier itself is known, and another one has no value.
        """
        orders = [tuple(ladder.tiers) for _, ladder in self.names.program.ladders()]
        return next((order for order in orders if tier in order), (tier,))
