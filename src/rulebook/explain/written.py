"""An explanation as JSON: the words, the trees and the records, for files, programs and pages."""

from __future__ import annotations

from typing import Any

from rulebook.explain.benefits import BenefitLine
from rulebook.explain.figure import Aggregate, Figure, Named, Part, Record, Records
from rulebook.explain.requirements import Checked, Node, TierView
from rulebook.standing.written import value_text


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [value_text(item) for item in value]
    return value_text(value)


def part_json(part: Part) -> dict[str, Any]:
    """Return what a figure or a requirement names, with its value."""
    written: dict[str, Any] = {
        "kind": part.kind,
        "name": part.name,
        "label": part.label,
        "value": _value(part.value),
    }
    if part.how:
        written["how"] = part.how
    if part.kind == "date":
        written |= {"day": part.day.isoformat(), "counts": part.counts}
    if part.passes is not None:
        written["passes"] = part.passes
    return written


def node_json(node: Node) -> dict[str, Any]:
    """Return a requirement with everything under it."""
    if isinstance(node, Checked):
        return {
            "met": node.met,
            "path": node.path,
            "test": node.text,
            "label": node.label,
            "op": node.op,
            "have": _value(node.have),
            "need": _value(node.need),
            "short": _value(node.short),
            "unit": node.unit.kind or None,
            "parts": [part_json(part) for part in node.parts],
        }
    return {
        "met": node.met,
        "kind": node.kind,
        "need": node.need,
        "have": node.have,
        "nearest": list(node.nearest),
        "of": [node_json(part) for part in node.parts],
    }


def tier_json(view: TierView) -> dict[str, Any]:
    """Return what a tier asks for."""
    written: dict[str, Any] = {
        "tier": view.tier,
        "label": view.label,
        "bar": view.bar,
        "met": view.met,
        "tree": None if view.tree is None else node_json(view.tree),
    }
    if view.below:
        written["below"] = list(view.below)
    return written


def benefit_json(line: BenefitLine) -> dict[str, Any]:
    """Return a benefit now and at another tier."""
    return {
        "name": line.name,
        "label": line.label,
        "type": line.benefit.type,
        "of": line.benefit.of,
        "cap": _value(line.benefit.cap),
        "now": _value(line.at_held),
        "then": _value(line.at_other),
    }


def figure_json(figure: Figure, limit: int = 0) -> dict[str, Any]:
    """Return an opened figure; `limit` cuts the records listed (0: all), never their counts."""
    written: dict[str, Any] = {
        "metric": figure.name,
        "label": figure.label,
        "kind": figure.kind,
        "unit": figure.unit.kind or None,
        "day": figure.day.isoformat(),
        "value": _value(figure.value),
        "how": figure.how,
        "parts": [part_json(part) for part in figure.parts],
    }
    if figure.peers is not None:
        peers = figure.peers
        written["peers"] = {
            "within": peers.within or None,
            "segment": _value(peers.segment),
            "others": peers.others,
            "higher": peers.higher,
            "equal": peers.equal,
            "lower": peers.lower,
        }
    if figure.kind == "attested":
        written["attested"] = [
            {
                "value": _value(row.value),
                "from": _value(row.start),
                "until": _value(row.until),
                "state": row.state,
            }
            for row in figure.attested
        ]
    if figure.records is not None:
        written["records"] = records_json(figure.records, limit)
    return written


def records_json(records: Records, limit: int = 0) -> dict[str, Any]:
    """Return the facts behind a figure."""
    most = limit or None
    written: dict[str, Any] = {
        "table": records.table,
        "window": records.window,
        "from": _value(records.low),
        "to": _value(records.high),
        "holds": _value(records.holds),
        "family": records.family,
        "total": _value(records.total),
        "aggregates": [_aggregate_json(each) for each in records.aggregates],
    }
    if records.per:
        written["per"] = list(records.per)
        written["over"] = [_aggregate_json(each) for each in records.over]
        written["groups"] = [
            {
                "keys": _value(group.keys),
                "totals": _value(group.totals),
                "each": _value(group.each),
                "inputs": _value(group.inputs),
            }
            for group in records.groups
        ]
    return {
        **written,
        "counted": {
            "count": len(records.counted),
            "facts": [record_json(record) for record in records.counted[:most]],
        },
        "others": {
            "count": len(records.others),
            "reasons": dict(records.reasons),
            "facts": [record_json(record) for record in records.others[:most]],
        },
    }


def _aggregate_json(aggregate: Aggregate) -> dict[str, Any]:
    return {"text": aggregate.text, "value": _value(aggregate.value)}


def _named(pairs: Named) -> dict[str, Any]:
    return {name: _value(value) for name, value in pairs}


def record_json(record: Record) -> dict[str, Any]:
    """Return one fact; what it doesn't have is left out."""
    written: dict[str, Any] = {
        "file": record.file,
        "line": record.line,
        "key": _named(record.key),
        "partner": record.partner,
        "branch": record.branch,
        "day": _value(record.day),
        "valid": None
        if record.valid_from is None and record.valid_until is None
        else [_value(record.valid_from), _value(record.valid_until)],
        "amounts": [
            {
                "column": amount.column,
                "amount": _value(amount.amount),
                "currency": amount.currency,
                "rate": _value(amount.rate),
                "rate_day": _value(amount.rate_day),
                "converted": _value(amount.converted),
            }
            for amount in record.amounts
        ],
        "columns": _named(record.columns),
        "inputs": _value(record.inputs),
        "group": None if record.group is None else _value(record.group),
        "recorded": _value(record.recorded),
        "late": record.late or None,
        "reason": record.reason,
    }
    return {name: value for name, value in written.items() if value not in (None, {}, [])}
