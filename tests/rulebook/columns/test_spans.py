"""Windows of all partners at once are the windows of each."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from random import Random

import numpy as np
import pytest

from rulebook.columns.spans import spans_of, terms_of
from rulebook.dataset.data import Data, Enrollment
from rulebook.dataset.spec import Dataset
from rulebook.measuring.enrolled import Enrolled, begun, enrolled_in
from rulebook.values.calendar import Calendar
from rulebook.values.windows import Term, read_window

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


def own(data: Data, name: str, track: str | None = None) -> list[Enrollment]:
    rows = data.enrollments or ()
    return [r for r in rows if r.partner == name and r.program in (None, "p") and r.track == track]


def in_force_by_hand(
    data: Data, name: str, day: date, track: str | None = None
) -> Enrollment | None:
    """The latest begun of those that cover the day; of equal ones the first."""
    return max((r for r in own(data, name, track) if r.covers(day)), key=begun, default=None)


def relevant_by_hand(data: Data, name: str, day: date) -> Enrollment | None:
    ended = [row for row in own(data, name) if row.end is not None and row.end < day]
    last = max(ended, key=lambda r: (r.end or date.max, r.start or date.min), default=None)
    return in_force_by_hand(data, name, day) or last


@pytest.mark.parametrize("seed", range(20))
def test_all_at_once_is_each_by_itself(seed: int) -> None:
    random = Random(seed)
    data = drawn(random, few=seed == 0)
    enrolled = Enrolled(data, "p")
    calendar = Calendar(month=4)
    for _ in range(5):
        as_of = date(2024, 1, 1) + timedelta(days=random.randrange(900))
        in_force = [in_force_by_hand(data, name, as_of) for name in NAMES]
        rows = [relevant_by_hand(data, name, as_of) for name in NAMES]
        assert [enrolled.in_force(name, as_of) for name in NAMES] == in_force
        assert [enrolled.relevant(name, as_of) for name in NAMES] == rows
        assert enrolled.on(as_of).tolist() == [row is not None for row in in_force]
        wanted_terms = [None if row is None else Term(row.start, row.end) for row in rows]
        assert list(enrolled.terms(as_of)) == wanted_terms
        track = [in_force_by_hand(data, name, as_of, "t") for name in NAMES]
        assert [enrolled.standing_before(name, "t", as_of) for name in NAMES] == track
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


def test_what_was_sorted_is_not_sorted_again_unless_a_row_differs() -> None:
    data = drawn(Random(2))
    first = enrolled_in(data, "p")
    assert enrolled_in(data, "p") is first
    assert enrolled_in(data, "q") is not first
    assert data.enrollments is not None
    assert enrolled_in(replace(data, enrollments=list(data.enrollments)), "p") is first
    other = replace(data, enrollments=[*data.enrollments[:-1], Enrollment("P01")])
    assert enrolled_in(other, "p") is not first
    assert enrolled_in(replace(data, enrollments=None), "p") is not first
    assert enrolled_in(replace(data, partners={"P00": {}}), "p") is not first
