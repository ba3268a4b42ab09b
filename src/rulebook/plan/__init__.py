"""The logical plan of a measured metric: what is to be done with facts, for any engine.

A plan is a chain of small frozen steps. Backends turn it into SQL or walk it fact by
fact; none of them reads the program.
"""

from rulebook.plan.build import plan
from rulebook.plan.steps import Plan

__all__ = ["Plan", "plan"]
