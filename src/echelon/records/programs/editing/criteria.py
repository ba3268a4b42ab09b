"""One tier's criteria as its requirement writes them: read part by part, and written back.

A criterion stands alone, in a list, under `all`, or in the short form `{revenue: 50000}`; whatever
form it has it keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from echelon.records.programs.editing.rewriting import Path, Raw
from rulebook.expressions import ExpressionError, parse, show
from rulebook.expressions.tree import Binary, Name, Not

#: How a criterion compares; `is` is a yes-or-no metric.
OPERATORS = (">=", ">", "<=", "<", "=", "<>", "is")
BARS = ("requires", "keep")
YES, NO = ("yes", "true"), ("no", "false")
_FORMS = ("all", "any", "at_least", "of")


def criteria(node: Raw, path: Path) -> Iterator[tuple[Path, Raw]]:
    """Yield what a tier asks for, part by part, with its place."""
    if node is None:
        return
    if isinstance(node, dict) and set(node) == {"all"} and isinstance(node["all"], list):
        yield from criteria(node["all"], (*path, "all"))
    elif isinstance(node, list):
        yield from (((*path, number), each) for number, each in enumerate(node))
    elif isinstance(node, dict) and not any(form in node for form in _FORMS):
        yield from (((*path, key), each) for key, each in node.items())
    else:
        yield path, node


def read(place: Path, found: Raw) -> tuple[str, str, str] | None:
    """Return what is compared, how, and with what; None for what the grid can't hold."""
    last = place[-1]
    if not isinstance(found, str):
        return None
    try:
        if isinstance(last, str) and last not in BARS:  # the short form
            left = show(parse(last).tree)
            return (left, "is", word(found)) if word(found) else (left, ">=", found)
        tree = parse(found).tree
    except ExpressionError:
        return None
    if isinstance(tree, Binary) and tree.op in OPERATORS:
        return show(tree.left), tree.op, found[tree.at + len(tree.op) :].strip()
    if isinstance(tree, Name):
        return show(tree), "is", "yes"
    if isinstance(tree, Not) and isinstance(tree.operand, Name):
        return show(tree.operand), "is", "no"
    return None


def word(value: str) -> str:
    """Return yes or no where a value says so in any of its spellings, else nothing."""
    lower = value.lower()
    return "yes" if lower in YES else "no" if lower in NO else ""


def words(node: Raw) -> str:
    """Say a part of a requirement in words."""
    if isinstance(node, list):
        return _(" and ").join(map(words, node))
    if not isinstance(node, dict):
        return str(node)
    if "any" in node:
        return _("any of: {parts}").format(parts="; ".join(map(words, _parts(node["any"]))))
    if "at_least" in node:
        parts = "; ".join(map(words, _parts(node.get("of"))))
        return _("at least {count} of: {parts}").format(count=node["at_least"], parts=parts)
    if "all" in node:
        return _("all of: {parts}").format(parts="; ".join(map(words, _parts(node["all"]))))
    return _(" and ").join(f"{key}: {words(each)}" for key, each in node.items())


def _parts(node: Raw) -> list[Raw]:
    return node if isinstance(node, list) else [node]


def _leaf(left: str, op: str, value: str) -> str:
    if op == "is":
        return left if word(value) == "yes" else f"not {left}"
    return f"{left} {op} {value}"


def _holder(content: Raw, place: Path) -> Any:
    for part in place[:-1]:
        content = content[part]
    return content


def put(content: Raw, place: Path, left: str, op: str, value: str) -> None:
    """Write another bar where one stands, in the form that it has there."""
    holder, last = _holder(content, place), place[-1]
    if isinstance(last, str) and last not in BARS:
        holder[last] = value
        return
    standing = str(holder[last])
    tree = parse(standing).tree
    if isinstance(tree, Binary) and op != "is":
        holder[last] = f"{standing[: tree.at].rstrip()} {op} {value}"
    else:
        holder[last] = _leaf(left, op, value)


def add(tiers: dict[str, Any], tier: str, bar: str, left: str, op: str, value: str) -> None:
    """Ask for one more thing, in the form that the tier's others have."""
    if not value or tier not in tiers:
        return
    if not isinstance(tiers[tier], dict):
        tiers[tier] = {}
    holder, node = tiers[tier], tiers[tier].get(bar)
    short = op in (">=", "is") and re.fullmatch(r"\w+", left) is not None
    if isinstance(node, dict) and set(node) == {"all"}:
        holder, bar, node = node, "all", node["all"]
    if node is None or node == {}:
        holder[bar] = {left: value} if short else [_leaf(left, op, value)]
    elif isinstance(node, list):
        node.append(_leaf(left, op, value))
    elif isinstance(node, dict) and not any(form in node for form in _FORMS):
        if short and left not in node:
            node[left] = value
        else:
            holder[bar] = [*map(_long, node, node.values()), _leaf(left, op, value)]
    else:
        holder[bar] = [node, _leaf(left, op, value)]


def _long(key: str, value: Any) -> str:
    """Write a criterion of the short form as one by itself."""
    said = {"yes": key, "no": f"not {key}"}
    return said.get(word(str(value)), f"{key} >= {value}")


def remove(content: Raw, place: Path) -> None:
    """Ask for a criterion no more."""
    del _holder(content, place)[place[-1]]


def drop_empty(tiers: dict[str, Any], bar: str) -> None:
    """Take away requirements that ask for nothing any more."""
    for tier in tiers.values():
        node = tier.get(bar) if isinstance(tier, dict) else None
        if node in ({}, [], {"all": []}):
            del tier[bar]
