"""Types metrics, kind by kind."""

from __future__ import annotations

from rulebook.dataset.spec import Facts
from rulebook.errors import nearest
from rulebook.expressions.scope import Scope
from rulebook.expressions.tokens import ExpressionError
from rulebook.expressions.tree import Binary, Call, Expression, Name, Test
from rulebook.expressions.typed import Ref, Type, Typed
from rulebook.meaning.model import (
    AttestedMeaning,
    FormulaMeaning,
    MeasuredMeaning,
    MetricMeaning,
    OverTimeMeaning,
    PlaceMeaning,
    bare,
)
from rulebook.meaning.scopes import FactScope, GroupScope, MetricKey, PartnerScope, TotalScope
from rulebook.meaning.understanding import Understanding
from rulebook.metrics import Formula, Measured, Metric, OverTime, Percentile, Rank

TAKES = "sum, avg, min, max or count(>= 90)"


def type_metric(
    work: Understanding, key: MetricKey, metric: Metric, path: str
) -> MetricMeaning | None:
    """Return a metric typed, or None with the problems noted."""
    match metric:
        case Measured():
            return _measured(work, key, metric, path)
        case Formula():
            scope = PartnerScope(work.names, key[0])
            formula = work.typed(f"{path}.formula", metric.formula, scope)
            if formula is None:
                return None
            return FormulaMeaning(key, metric, bare(formula), bare(formula).type)
        case OverTime():
            return _over_time(work, key, metric, path)
        case Rank() | Percentile():
            return _place(work, key, metric, path)
    kind = Type.NUMBER if metric.attested == "number" else Type.BOOLEAN
    return AttestedMeaning(key, metric, kind)


def _measured(
    work: Understanding, key: MetricKey, metric: Measured, path: str
) -> MeasuredMeaning | None:
    facts, spec = work.tables.facts(metric.table), work.tables.spec
    if facts is None and spec is not None:
        hint = nearest(metric.table, spec.facts) or f"tables: {', '.join(spec.facts)}"
        work.refuse(f"{path}.from", f"unknown table {metric.table!r}", hint)
        return None
    if facts is not None and not _dated(work, metric, facts, path):
        return None
    before = len(work.problems)
    rows = FactScope(work.names, metric.table, facts, metric.family)
    where = work.typed(f"{path}.where", metric.where, rows, Type.BOOLEAN)
    said = None if facts is None else facts.visible
    visible = work.typed(f"{path}.from", said, rows, Type.BOOLEAN)
    per, having, each, totals = _grouped(work, metric, path, rows)
    value = work.typed(f"{path}.value", metric.value, totals)
    if value is None or len(work.problems) > before:
        return None
    value = bare(value)
    return MeasuredMeaning(key, metric, facts, where, per, having, each, value, value.type, visible)


def _grouped(
    work: Understanding, metric: Measured, path: str, rows: Scope
) -> tuple[tuple[Typed, ...], Typed | None, Typed | None, Scope]:
    """Return keys, having and each, typed, and the scope in which the value stands."""
    if metric.per is None:
        for word in ("having", "each"):
            if getattr(metric, word) is not None:
                work.refuse(
                    f"{path}.{word}", f"{word} needs groups", "say per what, such as per: person"
                )
        return (), None, None, TotalScope(work.names, rows)
    per = tuple(work.typed(f"{path}.per", expression, rows) for expression in metric.per)
    keys = {
        expression.text: Ref("key", (str(index),), typed.type)
        for index, (expression, typed) in enumerate(zip(metric.per, per, strict=True))
        if isinstance(expression.tree, Name) and typed is not None
    }
    groups = TotalScope(work.names, rows, keys)
    having = work.typed(f"{path}.having", metric.having, groups, Type.BOOLEAN)
    each = work.typed(f"{path}.each", metric.each, groups)
    each = None if each is None else bare(each)
    if metric.each is not None:
        keys = {**keys, "each": Ref("each", (), Type.UNKNOWN if each is None else each.type)}
    over_groups = TotalScope(work.names, GroupScope(work.names, None, keys))
    return tuple(key for key in per if key is not None), having, each, over_groups


def _dated(work: Understanding, metric: Measured, facts: Facts, path: str) -> bool:
    """Refuse what the table's dates can't carry."""
    if metric.window.holding and facts.valid is None:
        work.refuse(
            f"{path}.window",
            f"{metric.table} has no valid: {{from, until}}",
            "window: valid counts facts that hold for a time",
        )
        return False
    if metric.date is None:
        return True
    entry = facts.type_of(metric.date)
    if entry is not None and entry.type == "date":
        return True
    what = "unknown column" if entry is None else "not a date:"
    dates = [name for name in facts.names() if (e := facts.type_of(name)) and e.type == "date"]
    hint = nearest(metric.date, dates) or f"dates: {', '.join(dates)}"
    work.refuse(f"{path}.date", f"{what} {metric.date!r}", hint)
    return False


def _other(work: Understanding, key: MetricKey, name: str, path: str) -> MetricKey | None:
    """Return the metric that another is made of."""
    scope = PartnerScope(work.names, key[0])
    try:
        found = scope.metric(name)
    except ExpressionError as error:
        work.refuse_expression(path, error)
        return None
    if found is None:
        metrics = [m for m in scope.known() if not m.startswith(("partner.", "enrollment."))]
        work.refuse(path, f"unknown metric {name!r}", nearest(name, metrics))
    return found


def _over_time(
    work: Understanding, key: MetricKey, metric: OverTime, path: str
) -> OverTimeMeaning | None:
    of = _other(work, key, metric.of, f"{path}.of")
    if of is None:
        return None
    kind = work.metric_type(of)
    tree = metric.take.tree
    where = f"{path}.take"
    if isinstance(tree, Name) and tree.text in ("sum", "avg", "min", "max"):
        if kind is Type.BOOLEAN:
            work.refuse(where, f"{metric.of} is yes or no", "take: count(= true)")
            return None
        if tree.text in ("sum", "avg") and kind not in (Type.NUMBER, Type.UNKNOWN):
            work.refuse(where, f"{tree.text} of {kind.value} can't be taken")
            return None
        result = kind if tree.text in ("min", "max") else Type.NUMBER
        return OverTimeMeaning(key, metric, of, tree.text, None, result)
    condition = _condition(tree)
    if condition is None:
        work.refuse(where, f"{metric.take.text!r} can't be taken", TAKES)
        return None
    name = Name(tuple(metric.of.split(".")))
    whole = Binary(condition.op, name, condition.right, at=condition.at)
    scope = PartnerScope(work.names, key[0])
    test = work.typed(where, Expression(metric.take.text, whole), scope, Type.BOOLEAN)
    if test is None:
        return None
    return OverTimeMeaning(key, metric, of, "count", test, Type.NUMBER)


def _condition(tree: object) -> Test | None:
    """Return the condition of `count(>= 90)`."""
    if isinstance(tree, Call) and tree.function == "count" and len(tree.arguments) == 1:
        found = tree.arguments[0]
        return found if isinstance(found, Test) else None
    return None


def _place(
    work: Understanding, key: MetricKey, metric: Rank | Percentile, path: str
) -> PlaceMeaning | None:
    name = metric.rank if isinstance(metric, Rank) else metric.percentile
    where = f"{path}.{metric.key()}"
    of = _other(work, key, name, where)
    within = work.typed(f"{path}.within", metric.within, PartnerScope(work.names, key[0]))
    if of is None or (metric.within is not None and within is None):
        return None
    if work.metric_type(of) not in (Type.NUMBER, Type.UNKNOWN):
        work.refuse(where, f"{name} is not a number")
        return None
    return PlaceMeaning(key, metric, of, None if within is None else bare(within))
