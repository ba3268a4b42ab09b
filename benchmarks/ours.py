"""Our side of every workload, behind one function each: the only file here that knows `rulebook`.

Each opens what it needs untimed (the time it took is kept as "open"), runs, and brings the result
into the form in which answers are compared. What isn't there yet raises NotYet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.answers import CRITERIA, GROWTH_ONE, MEASURED, MONEY, NO_VALUE, TIERS, Answer
from benchmarks.generator import make_folder, make_history, make_resent
from benchmarks.sizes import AS_OF, Size
from benchmarks.timing import Measured, NotYet, clocked, measured, repeated
from rulebook.opening import load_folder, open_run
from rulebook.reading.programs import bind_program, read_program
from rulebook.standing.history import history as replay
from rulebook.standing.run import Run
from rulebook.standing.setting import changed
from rulebook.standing.simulate import simulate

PROGRAM = Path(__file__).with_name("program.yaml")


def level(size: Size) -> Measured:
    """W1: metrics, tiers and gaps of all partners."""
    seconds, run = clocked(lambda: open_run(PROGRAM, make_folder(size)))

    def again() -> Any:
        # A run remembers what it has measured: each is asked through a new one on the same facts.
        return fresh(run).level(AS_OF)

    done = measured(again, lambda levelling: levelled(levelling.partners))
    done.times["open"] = [seconds]
    return done


def thresholds(size: Size, settings: Sequence[str]) -> Measured:
    """W2: tiers after a change of thresholds, on metrics that are there."""
    seconds, run = clocked(lambda: open_run(PROGRAM, make_folder(size)))
    run.level(AS_OF)

    def again() -> Any:
        document = changed(run.program, run.document, settings)
        return simulate(run, run.beside(bind_program(document), document), AS_OF)

    times, answer = repeated(again)
    counts = answer.ladders[0].qualified.after
    tiers = np.array([counts[tier] for tier in (None, *TIERS)])
    moved = np.array([sum(mover.qualified.moved for mover in answer.movers)])
    return Measured({"tiers": tiers, "movers": moved}, {"run": times, "open": [seconds]})


def scenarios(size: Size, bars: np.ndarray) -> Measured:  # noqa: ARG001
    """W2: counts for a thousand scenarios, each with all its thresholds."""
    raise NotYet("a thousand scenarios in one call")


def refilter(size: Size, where: str) -> Measured:
    """W3: one metric measured again under another filter."""
    seconds, run = clocked(lambda: open_run(PROGRAM, make_folder(size)))

    def again() -> Any:
        document = changed(run.program, run.document, [f"metrics.revenue.where={where}"])
        side = fresh(run, bind_program(document), document)
        return side.figures.metric(("", "revenue"), AS_OF)

    done = measured(again, lambda column: {"revenue": minor(column, 2)})
    done.times["open"] = [seconds]
    return done


def one_partner(size: Size) -> Measured:  # noqa: ARG001
    """W4: one partner's facts changed, it and its ancestors levelled again.

    `benchmarks.peers.one_partner.each_change` takes the times, given how to append and to level.
    """
    raise NotYet("facts that change under an open run")


def history(size: Size, dates: Sequence[date]) -> Measured:
    """W5: tiers at many dates."""
    seconds, run = clocked(lambda: open_run(PROGRAM, make_history(size)))
    times, answer = repeated(lambda: replay(fresh(run), dates))
    paths = answer.standings[""].values()
    tiers = np.array([[_place(at.qualified) for at in path] for path in paths])
    named = {f"tier {day}": column for day, column in zip(dates, tiers.T, strict=True)}
    return Measured(named, {"run": times, "open": [seconds]})


def ingest(size: Size) -> Measured:
    """W6: a CSV file validated, its re-sent lines recognised."""
    folder = make_resent(size)
    program = read_program(PROGRAM)[0]

    def again() -> Any:
        loaded = load_folder(folder, program, allow_bad_rows=True)
        try:
            accepted = loaded.connection.sql(
                "SELECT count(*) FROM fact_sales WHERE _aside IS NULL"
            ).fetchall()[0][0]
            return accepted, sum(n for (table, _), n in loaded.aside.items() if table == "sales")
        finally:
            loaded.connection.close()

    return measured(again, lambda counts: {"counts": np.array(counts)})


def fresh(run: Run, program: Any = None, document: Any = None) -> Run:
    """Return a run on the same facts that has measured nothing."""
    return Run(
        program or run.program, document or run.document, run.data,
        allow_bad_rows=run.allow_bad_rows, make=run.make,
    )  # fmt: skip


def levelled(partners: Sequence[Any]) -> Answer:
    """Return partners' standings in the form that is compared."""
    answer: Answer = {}
    for name in (*MEASURED, "previous_revenue"):
        places = 2 if name in MONEY else 0
        answer[name] = minor([partner.metrics[name] for partner in partners], places)
    answer["tier"] = np.array([_place(partner.ladder.qualified) for partner in partners])
    for name in CRITERIA:
        answer[f"short_{name}"] = np.zeros(len(partners), dtype=np.int64)
    for place, partner in enumerate(partners):
        for gap in partner.ladder.gaps:
            answer[f"short_{gap.metric}"][place] = _short(gap.metric, gap.short)
    return answer


def minor(values: Sequence[Decimal], places: int) -> np.ndarray:
    """Return decimals as whole numbers of their last place, refusing what has more places."""
    scaled = [value.scaleb(places) for value in values]
    if any(value != int(value) for value in scaled):
        raise ValueError(f"a figure has more than {places} decimals")
    return np.array([int(value) for value in scaled], dtype=np.int64)


def _short(metric: str, short: Decimal | None) -> int:
    if short is None:
        return NO_VALUE
    if metric == "growth":
        return int(short * GROWTH_ONE)
    return int(short.scaleb(2 if metric in MONEY else 0))


def _place(tier: str | None) -> int:
    return -1 if tier is None else TIERS.index(tier)
