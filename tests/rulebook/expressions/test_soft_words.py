"""Words of `case` and of aggregates are names where they can't mean anything else."""

from __future__ import annotations

import pytest

from rulebook.expressions import ExpressionError, parse, show
from rulebook.expressions.tree import Name, names


@pytest.mark.parametrize(
    "text", ["end >= date '2026-01-01'", "max(end)", "count(distinct end) filter (where where = 1)"]
)
def test_a_column_may_be_called_end_or_where(text: str):
    tree = parse(text).tree
    assert names(tree)[0] in (Name(("end",)), Name(("where",)))
    assert parse(show(tree)).tree == tree


def test_inside_case_end_ends_it():
    with pytest.raises(ExpressionError, match="a value expected, found 'end'"):
        parse("case when end > 1 then 2 end")
