"""One walk through a program: what is understood so far, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable

from rulebook.errors import Problem
from rulebook.expressions.scope import Inferred, Scope
from rulebook.expressions.tokens import ExpressionError
from rulebook.expressions.tree import Expression
from rulebook.expressions.typed import Type, Typed
from rulebook.expressions.typer import type_expression
from rulebook.meaning.model import Meaning, MetricMeaning
from rulebook.meaning.scopes import MetricKey, Names
from rulebook.meaning.tables import Tables
from rulebook.metrics import Metric
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
    ) -> None:
        self.program, self.document, self.tables = program, document, tables
        self.problems: list[Problem] = []
        self.meaning = Meaning(program, document, tables)
        self._type_metric = type_metric
        self._typing: list[MetricKey] = []
        self._refused: set[MetricKey] = set()
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
        if key in self.meaning.metrics:
            return self.meaning.metrics[key]
        if key in self._typing or key in self._refused:
            return None
        self._typing.append(key)
        track, name = key
        ladder = self.program.tracks[track] if track else self.program
        path = f"tracks.{track}.metrics.{name}" if track else f"metrics.{name}"
        found = self._type_metric(self, key, ladder.metrics[name], path)
        self._typing.pop()
        if found is None:
            self._refused.add(key)
        else:
            self.meaning.metrics[key] = found
        return found
