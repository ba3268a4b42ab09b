"""What is taken of several dates for all at once is what is taken one by one."""

from decimal import Decimal
from random import Random

import pytest

from rulebook.columns import column_of
from rulebook.measuring.over_time import taken, taken_at_once

D = Decimal


@pytest.mark.parametrize("seed", range(60))
def test_all_at_once_is_one_by_one(seed: int) -> None:
    random = Random(seed)
    numbers = [D(1), D("1.0000000000001"), D("-2.5"), D("1e10"), None, None]
    size = random.choice((1, 12))
    dates = [[random.choice(numbers) for _ in range(size)] for _ in range(random.randrange(5))]
    if dates and seed % 4 == 0:
        dates[0] = [None] * size
    columns = [column_of(values) for values in dates]
    for take in ("sum", "avg", "min", "max"):
        wanted = [taken(take, [values[place] for values in dates]) for place in range(size)]
        assert list(taken_at_once(take, columns, size)) == wanted, take
    tests = [[random.choice((True, False, None)) for _ in range(size)] for _ in range(3)]
    wanted = [taken("count", [values[place] for values in tests]) for place in range(size)]
    assert list(taken_at_once("count", [column_of(each) for each in tests], size)) == wanted
