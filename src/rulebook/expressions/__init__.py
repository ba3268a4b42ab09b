"""The one expression language: parsed, typed, printed back, evaluated.

Criteria, formulas, incentive eligibility, approval routes and segments all use it. It is
a small safe part of the SQL that people know; an expression is data and never reaches a
database as text that someone typed.
"""

from rulebook.expressions.parse import ExpressionError, parse
from rulebook.expressions.show import show
from rulebook.expressions.tree import Expression

__all__ = ["Expression", "ExpressionError", "parse", "show"]
