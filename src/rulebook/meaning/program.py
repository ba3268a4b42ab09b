"""Understands a whole program: every metric, tier and parameter typed on given tables.

Types of parameters follow from their uses, so the program is walked twice: once to learn
them, once to type for good. Problems are those of the second walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rulebook.dataset.spec import Dataset, Facts
from rulebook.errors import Problem, nearest
from rulebook.expressions.scope import Inferred
from rulebook.expressions.tokens import ExpressionError
from rulebook.expressions.tree import Binary, Call, Expression, Name, Not, Test
from rulebook.expressions.typed import Op, Ref, Type, Typed
from rulebook.expressions.typer import type_expression
from rulebook.meaning.parameters import ParameterMeaning, guess, parameter_meaning
from rulebook.meaning.scopes import (
    FactScope,
    GroupScope,
    MetricKey,
    Names,
    PartnerScope,
    TotalScope,
)
from rulebook.meaning.tables import Tables
from rulebook.metrics import Attested, Formula, Measured, Metric, OverTime, Percentile, Rank
from rulebook.program import AllOf, AnyOf, AtLeast, Leaf, Program, Requirement
from rulebook.program.requirement import part_path, parts
from rulebook.reading.document import Document, undotted


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
    """One leaf: the test, and its two sides where it is a comparison."""

    path: str
    text: str
    test: Typed
    op: str | None = None
    left: Typed | None = None
    left_text: str = ""
    right: Typed | None = None


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
    """A program understood on given tables."""

    program: Program
    document: Document
    tables: Tables
    metrics: dict[MetricKey, MetricMeaning] = field(default_factory=dict)
    parameters: dict[str, ParameterMeaning] = field(default_factory=dict)
    ladders: dict[str, tuple[TierMeaning, ...]] = field(default_factory=dict)


def understand(
    program: Program, document: Document, spec: Dataset | None
) -> tuple[Meaning, list[Problem]]:
    """Return the program's meaning on the tables of `spec` (else of `reads`), and what is wrong.

    Where there are problems, the meaning is incomplete and must not be run.
    """
    tables = Tables(spec if spec is not None else program.reads)
    inferred = Inferred(dict.fromkeys(program.parameters, Type.UNKNOWN))
    inferred.types |= {f"{name}[]": Type.UNKNOWN for name in program.parameters}
    first = _Understanding(program, document, tables, inferred)
    first.all()
    if not first.problems:
        guess(program, inferred)
    second = _Understanding(program, document, tables, inferred)
    return second.all(), second.problems


class _Understanding:
    """One walk through a program."""

    def __init__(
        self, program: Program, document: Document, tables: Tables, inferred: Inferred
    ) -> None:
        self.program, self.document, self.tables = program, document, tables
        self.problems: list[Problem] = []
        self.meaning = Meaning(program, document, tables)
        self.typing: list[MetricKey] = []
        self.refused: set[MetricKey] = set()
        lists = frozenset(
            name for name, parameter in program.parameters.items() if parameter.has_list
        )
        self.names = Names(program, tables, inferred, self.metric_type, lists)

    def all(self) -> Meaning:
        for track, ladder in self.program.ladders():
            for name in ladder.metrics:
                self.metric((track or "", name))
        for name in self.program.parameters:
            scope = PartnerScope(self.names, "")
            found = parameter_meaning(self.program, self.document, name, scope)
            self.problems += found.problems
            self.meaning.parameters[name] = found
        for track, ladder in self.program.ladders():
            self.meaning.ladders[track or ""] = tuple(
                TierMeaning(
                    name,
                    self.asked(tier.requires, f"{_at(track)}tiers.{name}.requires", track or ""),
                    self.asked(tier.keep, f"{_at(track)}tiers.{name}.keep", track or ""),
                )
                for name, tier in ladder.tiers.items()
            )
        return self.meaning

    def refuse(self, path: str, error: ExpressionError, text: str = "") -> None:
        message = error.message + (
            f" (in {text[:60]!r}, at character {error.at + 1})" if text else ""
        )
        self.problems.append(self.document.problem(undotted(path), message, error.hint))

    def typed(
        self,
        path: str,
        expression: Expression,
        scope: FactScope | TotalScope | PartnerScope,
        wanted: Type | None = None,
    ) -> Typed | None:
        try:
            return type_expression(expression.tree, scope, wanted)
        except ExpressionError as error:
            self.refuse(path, error, expression.text)
            return None

    def metric_type(self, key: MetricKey) -> Type:
        found = self.metric(key)
        return Type.UNKNOWN if found is None else found.type

    def metric(self, key: MetricKey) -> MetricMeaning | None:
        if key in self.meaning.metrics:
            return self.meaning.metrics[key]
        if key in self.typing or key in self.refused:  # a circle, which a check reports; or told
            return None
        self.typing.append(key)
        track, name = key
        ladder = self.program.tracks[track] if track else self.program
        path = f"{_at(track)}metrics.{name}"
        meaning = self._metric(key, ladder.metrics[name], path)
        self.typing.pop()
        if meaning is None:
            self.refused.add(key)
        else:
            self.meaning.metrics[key] = meaning
        return meaning

    def _metric(self, key: MetricKey, metric: Metric, path: str) -> MetricMeaning | None:
        match metric:
            case Measured():
                return self.measured(key, metric, path)
            case Formula():
                formula = self.typed(
                    f"{path}.formula", metric.formula, PartnerScope(self.names, key[0])
                )
                if formula is None:
                    return None
                return FormulaMeaning(key, metric, bare(formula), _shown(formula.type))
            case OverTime():
                return self.over_time(key, metric, path)
            case Rank() | Percentile():
                return self.place(key, metric, path)
        kind = Type.NUMBER if metric.attested == "number" else Type.BOOLEAN
        return AttestedMeaning(key, metric, kind)

    def measured(self, key: MetricKey, metric: Measured, path: str) -> MeasuredMeaning | None:
        facts = self.tables.facts(metric.table)
        spec = self.tables.spec
        if facts is None and spec is not None:
            hint = nearest(metric.table, spec.facts) or f"tables: {', '.join(spec.facts)}"
            self.problems.append(
                self.document.problem(
                    undotted(f"{path}.from"), f"unknown table {metric.table!r}", hint
                )
            )
            return None
        if facts is not None and not self._dated(metric, facts, path):
            return None
        rows = FactScope(self.names, metric.table, facts, metric.family)
        before = len(self.problems)
        where = metric.where and self.typed(f"{path}.where", metric.where, rows, Type.BOOLEAN)
        if metric.per is None:
            value = self.typed(f"{path}.value", metric.value, TotalScope(self.names, rows))
            return self._measured(key, metric, facts, where, (), None, None, value, before)
        per = [self.typed(f"{path}.per", expression, rows) for expression in metric.per]
        if None in per:
            return None
        keys = {
            expression.text: Ref("key", (str(index),), typed.type)
            for index, (expression, typed) in enumerate(zip(metric.per, per, strict=True))
            if isinstance(expression.tree, Name) and typed is not None
        }
        groups = TotalScope(self.names, rows, keys)
        having = metric.having and self.typed(f"{path}.having", metric.having, groups, Type.BOOLEAN)
        each = metric.each and self.typed(f"{path}.each", metric.each, groups)
        inner_keys = dict(keys)
        if metric.each is not None:
            kind = Type.UNKNOWN if each is None else _shown(each.type)
            inner_keys["each"] = Ref("each", (), kind)
        over_groups = TotalScope(self.names, GroupScope(self.names, None, inner_keys))
        value = self.typed(f"{path}.value", metric.value, over_groups)
        typed_per = tuple(item for item in per if item is not None)
        return self._measured(
            key, metric, facts, where, typed_per, having, each and bare(each), value, before
        )

    def _measured(
        self,
        key: MetricKey,
        metric: Measured,
        facts: Facts | None,
        where: Typed | None,
        per: tuple[Typed, ...],
        having: Typed | None,
        each: Typed | None,
        value: Typed | None,
        before: int,
    ) -> MeasuredMeaning | None:
        if value is None or len(self.problems) > before:
            return None
        return MeasuredMeaning(
            key, metric, facts, where, per, having, each, bare(value), _shown(value.type)
        )

    def _dated(self, metric: Measured, facts: Facts, path: str) -> bool:
        """Refuse what the table's dates can't carry."""
        if metric.window.holding and (facts.valid is None):
            self.problems.append(
                self.document.problem(
                    undotted(f"{path}.window"),
                    f"{metric.table} has no valid: {{from, until}}",
                    "window: valid counts facts that hold for a time",
                )
            )
            return False
        if metric.date is not None:
            entry = facts.type_of(metric.date)
            if entry is None or entry.type != "date":
                what = "unknown column" if entry is None else "not a date:"
                dates = [c for c in facts.names() if (e := facts.type_of(c)) and e.type == "date"]
                self.problems.append(
                    self.document.problem(
                        undotted(f"{path}.date"),
                        f"{what} {metric.date!r}",
                        nearest(metric.date, dates) or f"dates: {', '.join(dates)}",
                    )
                )
                return False
        return True

    def _other(self, key: MetricKey, name: str, path: str) -> MetricKey | None:
        scope = PartnerScope(self.names, key[0])
        try:
            found = scope.metric(name)
        except ExpressionError as error:
            self.refuse(path, error)
            return None
        if found is None:
            metrics = [m for m in scope.known() if not m.startswith(("partner.", "enrollment."))]
            self.problems.append(
                self.document.problem(
                    undotted(path), f"unknown metric {name!r}", nearest(name, metrics)
                )
            )
        return found

    def over_time(self, key: MetricKey, metric: OverTime, path: str) -> OverTimeMeaning | None:
        of = self._other(key, metric.of, f"{path}.of")
        if of is None:
            return None
        kind = self.metric_type(of)
        tree, test = metric.take.tree, None
        if isinstance(tree, Name) and tree.text in ("sum", "avg", "min", "max"):
            take = tree.text
        elif (
            isinstance(tree, Call)
            and tree.function == "count"
            and len(tree.arguments) == 1
            and isinstance(condition := tree.arguments[0], Test)
        ):
            take = "count"
            whole = Binary(
                condition.op, Name((*metric.of.split("."),)), condition.right, at=condition.at
            )
            test = self.typed(
                f"{path}.take",
                Expression(metric.take.text, whole),
                PartnerScope(self.names, key[0]),
                Type.BOOLEAN,
            )
            if test is None:
                return None
        else:
            self.problems.append(
                self.document.problem(
                    undotted(f"{path}.take"),
                    f"{metric.take.text!r} can't be taken",
                    "sum, avg, min, max or count(>= 90)",
                )
            )
            return None
        if take != "count" and kind is Type.BOOLEAN:
            return self._yes_no_over_time(key, metric, of, path)
        if take in ("sum", "avg") and kind not in (Type.NUMBER, Type.UNKNOWN):
            self.problems.append(
                self.document.problem(
                    undotted(f"{path}.take"), f"{take} of {kind.value} can't be taken"
                )
            )
            return None
        result = kind if take in ("min", "max") else Type.NUMBER
        return OverTimeMeaning(key, metric, of, take, test, result)

    def _yes_no_over_time(self, key: MetricKey, metric: OverTime, of: MetricKey, path: str) -> None:
        self.problems.append(
            self.document.problem(
                undotted(f"{path}.take"), f"{metric.of} is yes or no", "take: count(= true)"
            )
        )

    def place(self, key: MetricKey, metric: Rank | Percentile, path: str) -> PlaceMeaning | None:
        word = metric.key()
        name = metric.rank if isinstance(metric, Rank) else metric.percentile
        of = self._other(key, name, f"{path}.{word}")
        within = metric.within and self.typed(
            f"{path}.within", metric.within, PartnerScope(self.names, key[0])
        )
        if of is None or (metric.within is not None and within is None):
            return None
        if self.metric_type(of) not in (Type.NUMBER, Type.UNKNOWN):
            self.problems.append(
                self.document.problem(undotted(f"{path}.{word}"), f"{name} is not a number")
            )
            return None
        return PlaceMeaning(key, metric, of, within and bare(within))

    def asked(self, requirement: Requirement | None, path: str, track: str) -> Asked | None:
        """Return a requirement typed; leaves that don't fit are left out, with a problem."""
        if requirement is None:
            return None
        match requirement:
            case Leaf():
                return self.criterion(requirement, path, track)
            case AllOf() if not requirement.keys and f"{path}.all[0]" != path:
                path = f"{path}.all" if self._wrapped(path, "all") else path
        below = [
            self.asked(part, part_path(requirement, index, path), track)
            for index, part in enumerate(parts(requirement))
        ]
        kept = tuple(part for part in below if part is not None)
        match requirement:
            case AnyOf():
                return Group("any", 1, kept)
            case AtLeast():
                if not 1 <= requirement.at_least <= len(below):
                    self.problems.append(
                        self.document.problem(
                            undotted(path),
                            f"at_least {requirement.at_least} of {len(below)}",
                            f"between 1 and {len(below)}",
                        )
                    )
                return Group("at_least", requirement.at_least, kept)
        return Group("all", len(kept), kept)

    def _wrapped(self, path: str, key: str) -> bool:
        return (*undotted(path), key) in self.document.lines

    def criterion(self, leaf: Leaf, path: str, track: str) -> Criterion | None:
        scope = PartnerScope(self.names, track)
        tree = leaf.test.tree
        typed = self.typed(path, leaf.test, scope)
        if typed is None:
            return None
        if typed.type not in (Type.BOOLEAN, Type.UNKNOWN):
            name = leaf.test.text
            self.problems.append(
                self.document.problem(
                    undotted(path),
                    f"{name!r} is {typed.type.value}, not yes or no",
                    f"compare it, such as {name} >= 1",
                )
            )
            return None
        if (
            isinstance(typed, Op)
            and isinstance(tree, Binary)
            and tree.op == typed.name
            and tree.op not in ("and", "or")
        ):
            return Criterion(
                path,
                leaf.test.text,
                typed,
                tree.op,
                typed.args[0],
                _written(leaf.test, tree),
                typed.args[1],
            )
        shown = tree.operand if isinstance(tree, Not) else tree
        return Criterion(path, leaf.test.text, typed, left_text=_whole(leaf.test.text, shown))


def _whole(text: str, tree: object) -> str:
    return tree.text if isinstance(tree, Name) else text.strip()


def _written(expression: Expression, tree: Binary) -> str:
    """Return the left side as written."""
    return expression.text[: tree.at].strip()


def bare(typed: Typed) -> Typed:
    """Return a figure as it is shown: a month or quarter by its bare number."""
    match typed.type:
        case Type.MONTH:
            return Op("bare_month", (typed,), Type.NUMBER)
        case Type.QUARTER:
            return Op("bare_quarter", (typed,), Type.NUMBER)
    return typed


def _shown(kind: Type) -> Type:
    return Type.NUMBER if kind in (Type.MONTH, Type.QUARTER) else kind


def _at(track: str | None) -> str:
    return f"tracks.{track}." if track else ""


def asked_criteria(asked: Asked | None) -> Iterator[Criterion]:
    """Yield every criterion of a requirement, in the document's order."""
    if isinstance(asked, Criterion):
        yield asked
    elif asked is not None:
        for part in asked.parts:
            yield from asked_criteria(part)
