"""Types requirements: the tree of all, any and at-least-n over criteria."""

from __future__ import annotations

from rulebook.expressions.tree import Binary, Name, Not
from rulebook.expressions.typed import Op, Type
from rulebook.meaning.model import Asked, Criterion, Group
from rulebook.meaning.scopes import PartnerScope
from rulebook.meaning.understanding import Understanding
from rulebook.program import AllOf, AnyOf, AtLeast, Leaf, Requirement
from rulebook.program.requirement import part_path, parts
from rulebook.reading.document import undotted


def type_requirement(
    work: Understanding, requirement: Requirement | None, path: str, track: str
) -> Asked | None:
    """Return a requirement typed; criteria that don't fit are left out, with a problem noted."""
    if requirement is None:
        return None
    if isinstance(requirement, Leaf):
        return _criterion(work, requirement, path, track)
    if isinstance(requirement, AllOf) and (*undotted(path), "all") in work.document.lines:
        path = f"{path}.all"
    below = [
        type_requirement(work, part, part_path(requirement, index, path), track)
        for index, part in enumerate(parts(requirement))
    ]
    kept = tuple(part for part in below if part is not None)
    if isinstance(requirement, AllOf):
        return Group("all", len(kept), kept)
    if not below:
        work.refuse(path, "a list without criteria can't be met", "add one, or leave it out")
    if isinstance(requirement, AnyOf):
        return Group("any", 1, kept)
    assert isinstance(requirement, AtLeast)
    if not 1 <= requirement.at_least <= len(below):
        work.refuse(
            path, f"at_least {requirement.at_least} of {len(below)}", f"between 1 and {len(below)}"
        )
    return Group("at_least", requirement.at_least, kept)


def _criterion(work: Understanding, leaf: Leaf, path: str, track: str) -> Criterion | None:
    text, tree = leaf.test.text, leaf.test.tree
    typed = work.typed(path, leaf.test, PartnerScope(work.names, track))
    if typed is None:
        return None
    if typed.type not in (Type.BOOLEAN, Type.UNKNOWN):
        hint = f"compare it, such as {text} >= 1"
        work.refuse(path, f"{text!r} is {typed.type.value}, not yes or no", hint)
        return None
    comparison = isinstance(tree, Binary) and tree.op not in ("and", "or")
    if comparison and isinstance(tree, Binary) and isinstance(typed, Op) and typed.name == tree.op:
        left = text[: tree.at].strip()
        while left.startswith("(") and left.count("(") > left.count(")"):
            left = left[1:].strip()  # a bracket around the whole criterion
        return Criterion(path, text, typed, tree.op, typed.args[0], left, typed.args[1])
    if isinstance(tree, Not) and isinstance(tree.operand, Name):
        return Criterion(path, text, typed, left_text=tree.operand.text, negated=True)
    return Criterion(
        path, text, typed, left_text=tree.text if isinstance(tree, Name) else text.strip()
    )
