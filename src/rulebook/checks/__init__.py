"""What is wrong with a program beyond its types, one rule a file; `CHECKS` lists them once.

Each rule yields problems; what is merely odd (something unused) is a notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rulebook.checks import benefits, circles, names, reads, tier_order, unused
from rulebook.errors import Problem
from rulebook.meaning import Meaning

RULES = (names, circles, benefits, tier_order, reads, unused)

CHECKS: tuple[Callable[[Meaning], Iterator[Problem]], ...] = tuple(rule.check for rule in RULES)


def check(meaning: Meaning) -> list[Problem]:
    """Return everything that is wrong or odd, in the document's order."""
    found = [problem for rule in CHECKS for problem in rule(meaning)]
    return sorted(dict.fromkeys(found), key=lambda problem: problem.line or 0)
