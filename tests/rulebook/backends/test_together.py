"""Metrics measured together, and on many dates in one reading, are what they are one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from sqlglot import exp

from rulebook import load_folder, read_program, run_on
from rulebook.backends.backend import Ask
from rulebook.backends.sql.bulk import Bulk
from rulebook.backends.sql.series import windows_of
from rulebook.meaning.model import MeasuredMeaning
from rulebook.standing.history import dates_between
from rulebook.standing.run import Run

CHANNEL = Path(__file__).parents[3] / "examples" / "channel"
MONTH_ENDS = dates_between(date(2024, 1, 31), date(2026, 6, 30), "month")
DAYS = (MONTH_ENDS[-1:], dates_between(date(2025, 8, 20), date(2026, 6, 30), "quarter"))


@pytest.fixture(scope="module", params=["reseller", "services"])
def run(request: pytest.FixtureRequest) -> Run:
    """Return a program of the example channel over its data."""
    program, document = read_program(CHANNEL / f"{request.param}.yaml")
    return run_on(program, document, load_folder(CHANNEL, program))


def asks_on(run: Run, days: Sequence[date]) -> list[Ask]:
    """Return every measured metric as a backend is asked for it on these days."""
    found = []
    for meaning in run.meaning.metrics.values():
        if isinstance(meaning, MeasuredMeaning):
            steps = run.figures.plan(meaning)
            found.append(Ask(steps, [run.figures.occasion(steps, day) for day in days]))
    return found


class Counting:
    """Stands before an engine and counts the queries over facts."""

    def __init__(self, engine: object) -> None:
        self.engine, self.queries = engine, []

    def __getattr__(self, word: str) -> object:
        return getattr(self.engine, word)

    def answer(self, query: exp.Expression) -> object:
        """Answer as the engine does."""
        self.queries.append(query.sql(dialect="duckdb"))
        return self.engine.answer(query)


@pytest.mark.parametrize("days", DAYS)
def test_together_is_as_one_by_one(run: Run, days: Sequence[date]):
    """As fact by fact, too: for every partner, to the last digit."""
    asks = asks_on(run, days)
    together = run.backend.measure(asks)
    for ask, found in zip(asks, together, strict=True):
        walked = run.by_record.measure([ask])[0]
        for day, one, two in zip(days, found, walked, strict=True):
            assert (ask.plan.metric, day, list(one)) == (ask.plan.metric, day, list(two))


def test_many_dates_are_as_each_alone(run: Run):
    """Thirty month-ends in one reading give what thirty readings give."""
    asks = asks_on(run, MONTH_ENDS)
    for ask, found in zip(asks, run.backend.measure(asks), strict=True):
        for day, one in zip(ask.occasions, found, strict=True):
            alone = run.backend.measure([Ask(ask.plan, [day])])[0][0]
            assert (ask.plan.metric, day.as_of, list(one)) == (
                ask.plan.metric,
                day.as_of,
                list(alone),
            )


def test_many_dates_are_one_reading(run: Run):
    """Thirty dates ask as many queries as three, where windows are alike for all partners."""
    backend = run.backend
    assert isinstance(backend, Bulk)
    counts = []
    for days in (MONTH_ENDS[-3:], MONTH_ENDS):
        engine = Counting(backend.tables.engine)
        backend.tables.engine = engine
        backend.measure([ask for ask in asks_on(run, days) if windows_of(ask) is not None])
        backend.tables.engine = engine.engine
        counts.append(len(engine.queries))
    assert counts[0] == counts[1] > 0


def test_some_partners_alone_have_the_same_figures(run: Run):
    """A few partners are measured without the others, families included."""
    from dataclasses import replace

    day = MONTH_ENDS[-1]
    for ask in asks_on(run, [day]):
        occasion = ask.occasions[0]
        every = list(run.backend.measure([ask])[0][0])
        places = [3, 70, 200, 523]
        some = replace(
            occasion,
            partners=[occasion.partners[place] for place in places],
            spans=occasion.spans
            if len(occasion.spans) == 1
            else [occasion.spans[place] for place in places],
            terms=[occasion.terms[place] for place in places] if occasion.terms else (),
            constants={
                ref: [column[place] for place in places]
                for ref, column in occasion.constants.items()
            },
        )
        found = run.backend.measure([Ask(ask.plan, [some])])[0][0]
        assert list(found) == [every[place] for place in places]
