"""What is wrong with a program beyond its types, one rule a file; `RULES` lists them once.

Each rule yields problems; what is merely odd (something unused) is a notice.
"""

from __future__ import annotations

from rulebook.checks import benefits, circles, depth, names, reads, tier_order, unused
from rulebook.errors import Problem
from rulebook.meaning import Meaning

RULES = (names, circles, depth, benefits, tier_order, reads, unused)

#: What can be said only of a program that is understood as a whole.
OF_THE_WHOLE = (tier_order, unused)


def check(meaning: Meaning) -> list[Problem]:
    """Return everything that is wrong or odd, in the document's order."""
    rules = [rule for rule in RULES if meaning.complete or rule not in OF_THE_WHOLE]
    found = [problem for rule in rules for problem in rule.check(meaning)]
    return sorted(dict.fromkeys(found), key=lambda problem: problem.line or 0)
