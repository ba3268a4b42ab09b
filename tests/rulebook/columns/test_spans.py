"""Windows of all partners at once are the windows of each."""

from datetime import date, timedelta
from functools import partial
from random import Random

import numpy as np
import pytest

from rulebook.columns.spans import spans_of, terms_of
from rulebook.dataset.data import Data, Enrollment
from rulebook.dataset.spec import Dataset
from rulebook.measuring.enrolled import Enrolled
from rulebook.values.calendar import Calendar
from rulebook.values.windows import read_window

WINDOWS = (
    "trailing 12 months, enrolled",
    "this year, enrolled",
    "last 2 quarters, enrolled, 1 year ago",
    "lifetime, enrolled",
    "valid, enrolled",
    "since 2024-06-01, enrolled",
    "trailing 3 months, enrolled, 6 months ago, enrolled",
    "trailing 12 months, 9999 years ago, enrolled",
    "lifetime, enrolled, 9999 years ago",
    "trailing 9999 years, enrolled",
    "this fiscal quarter and 2 before, enrolled",
)
NAMES = [f"P{number:02}" for number in range(40)]


def drawn(random: Random, *, few: bool = False) -> Data:
    def day() -> date | None:
        if random.random() < 0.2:
            return None
        return date(2024, 1, 1) + timedelta(days=random.randrange(0, 900, 30))

    rows = []
    for name in NAMES[: 1 if few else None]:
        for _ in range(random.choice((0, 1, 1, 2, 3))):
            tier = random.choice((None, "silver", "gold"))
            program = random.choice((None, "p", "p", "q"))
            track = random.choice((None, None, "t"))
            user = random.choice((None, "u", "v"))
            rows.append(Enrollment(name, program, track, day(), day(), user, tier, day()))
    partners = {name: {} for name in NAMES}
    return Data(Dataset.model_construct(), partners, {}, {}, None, rows)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(20))
def test_all_at_once_is_each_by_itself(seed: int) -> None:
    random = Random(seed)
    enrolled = Enrolled(drawn(random, few=seed == 0), "p")
    calendar = Calendar(month=4)
    for _ in range(5):
        as_of = date(2024, 1, 1) + timedelta(days=random.randrange(900))
        in_force = [enrolled.in_force(name, as_of) for name in NAMES]
        assert enrolled.on(as_of).tolist() == [row is not None for row in in_force]
        assert list(enrolled.terms(as_of)) == [enrolled.term(name, as_of) for name in NAMES]
        rows = [enrolled.relevant(name, as_of) for name in NAMES]
        for word in ("start", "end", "tier", "user", "since"):
            wanted = [None if row is None else getattr(row, word) for row in rows]
            assert list(enrolled.column(word, as_of)) == wanted
        for text in WINDOWS:
            window, length = read_window(text), len(NAMES)
            spans = spans_of(window, as_of, calendar, enrolled.terms, length)
            lookups = [partial(enrolled.term, name) for name in NAMES]
            wanted_spans = [window.span(as_of, calendar, each) for each in lookups]
            assert list(spans) == wanted_spans, text
            inside = [span is not None and not span.empty for span in wanted_spans]
            assert spans.counting.tolist() == inside
            assert list(spans.take(np.array([3, 1]))) == [wanted_spans[3], wanted_spans[1]]
            terms = terms_of(window, as_of, enrolled.terms, length)
            assert list(terms) == [window.term(as_of, each) for each in lookups], text


def test_without_a_table_everybody_is_enrolled_without_limits() -> None:
    data = drawn(Random(1))
    data.enrollments = None
    enrolled, day = Enrolled(data, "p"), date(2024, 5, 5)
    assert enrolled.on(day).all()
    assert list(enrolled.terms(day)) == [enrolled.term(name, day) for name in NAMES]
    assert list(enrolled.column("tier", day)) == [None] * len(NAMES)
