"""One walk through a program: what is understood so far, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rulebook.errors import Problem
from rulebook.expressions.scope import Inferred, Scope
from rulebook.expressions.tokens import ExpressionError
from rulebook.expressions.tree import Expression, names
from rulebook.expressions.typed import Type, Typed
from rulebook.expressions.typer import type_expression
from rulebook.meaning.model import Meaning, MetricMeaning
from rulebook.meaning.scopes import MetricKey, Names, PartnerScope
from rulebook.meaning.tables import Tables
from rulebook.metrics import Formula, Metric, OverTime, Percentile, Rank
from rulebook.program import Program
from rulebook.reading.document import Document, undotted

#: Types one metric, at a path of the document; None where it is refused.
TypeMetric = Callable[["Understanding", MetricKey, Metric, str], MetricMeaning | None]


class Understanding:
    """The state of a walk. Metrics are typed when they are first asked for."""

    def __init__(
        self,
        program: Program,
        document: Document,
        tables: Tables,
        inferred: Inferred,
        type_metric: TypeMetric,
        blank: frozenset[MetricKey] = frozenset(),
    ) -> None:
        self.program, self.document, self.tables = program, document, tables
        self.problems: list[Problem] = []
        self.meaning = Meaning(program, document, tables)
        self._type_metric = type_metric
        self._asked: set[MetricKey] = set(blank)
        lists = frozenset(name for name, each in program.parameters.items() if each.has_list)
        self.names = Names(program, tables, inferred, self.metric_type, lists)

    def refuse(self, path: str, message: str, hint: str = "") -> None:
        """Note a problem at a path of the document."""
        self.problems.append(self.document.problem(undotted(path), message, hint))

    def refuse_expression(self, path: str, error: ExpressionError, text: str = "") -> None:
        """Note what is wrong with an expression, and where in it."""
        place = f" (in {text[:60]!r}, at character {error.at + 1})" if text else ""
        self.refuse(path, error.message + place, error.hint)

    def typed(
        self, path: str, expression: Expression | None, scope: Scope, wanted: Type | None = None
    ) -> Typed | None:
        """Return an expression typed in a scope; None where there is none or it is refused."""
        if expression is None:
            return None
        try:
            return type_expression(expression.tree, scope, wanted)
        except ExpressionError as error:
            self.refuse_expression(path, error, expression.text)
            return None

    def metric_type(self, key: MetricKey) -> Type:
        """Return a metric's type; UNKNOWN where it is refused."""
        found = self.metric(key)
        return Type.UNKNOWN if found is None else found.type

    def metric(self, key: MetricKey) -> MetricMeaning | None:
        """Return a metric's meaning; None in a circle (a check tells) and where it is refused."""
        if key not in self._asked:
            for each in self._in_order(key):
                track, name = each
                path = f"tracks.{track}.metrics.{name}" if track else f"metrics.{name}"
                found = self._type_metric(self, each, self._written(each), path)
                if found is not None:
                    self.meaning.metrics[each] = found
        return self.meaning.metrics.get(key)

    def _written(self, key: MetricKey) -> Metric:
        track, name = key
        return (self.program.tracks[track] if track else self.program).metrics[name]

    def _in_order(self, key: MetricKey) -> Iterator[MetricKey]:
        """Yield what a metric is made of, one after the other, then itself.

        No metric is typed inside the typing of another, so a chain may be of any length.
        """
        self._asked.add(key)
        waiting = [(key, iter(self._made_of(key)))]
        while waiting:
            current, others = waiting[-1]
            following = next((each for each in others if each not in self._asked), None)
            if following is None:
                waiting.pop()
                yield current
            else:
                self._asked.add(following)
                waiting.append((following, iter(self._made_of(following))))

    def _made_of(self, key: MetricKey) -> list[MetricKey]:
        metric, expression, words = self._written(key), None, []
        match metric:
            case Formula():
                expression = metric.formula
            case OverTime():
                expression, words = metric.take, [metric.of]
            case Rank():
                expression, words = metric.within, [metric.rank]
            case Percentile():
                expression, words = metric.within, [metric.percentile]
        if expression is not None:
            words += [name.text for name in names(expression.tree)]
        scope, found = PartnerScope(self.names, key[0]), []
        for word in words:
            try:
                found.append(scope.metric(word))
            except ExpressionError:  # told where the name is typed
                continue
        return [each for each in found if each is not None]
