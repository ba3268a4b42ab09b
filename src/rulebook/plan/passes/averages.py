"""An average is a sum and a count: both are exact everywhere, and the division is made here."""

from __future__ import annotations

from dataclasses import replace as changed

from rulebook.expressions.typed import Agg, Op, Ref, Type, Typed, replace
from rulebook.expressions.typer import aggregates
from rulebook.plan.steps import Plan, Total


def averaged(plan: Plan) -> Plan:
    """Return a plan whose total has no average; the plan itself where it has none."""
    found = plan.total.aggregates
    if not any(agg.name == "avg" for agg in found):
        return plan

    def spelled(node: Typed) -> Typed | None:
        if not isinstance(node, Ref) or node.kind != "aggregate":
            return None
        agg = found[int(node.path[0])]
        if agg.name != "avg":
            return agg
        halves = tuple(
            Agg(name, agg.arg, False, agg.where, Type.NUMBER) for name in ("sum", "count")
        )
        return Op("/", halves, Type.NUMBER)

    value = replace(plan.total.value, spelled)
    totals = tuple(dict.fromkeys(aggregates(value)))

    def by_place(node: Typed) -> Typed | None:
        if isinstance(node, Agg):
            return Ref("aggregate", (str(totals.index(node)),), node.type)
        return None

    return changed(plan, total=Total(totals, replace(value, by_place), plan.total.type))
