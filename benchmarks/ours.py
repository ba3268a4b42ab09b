"""Our side of every workload, behind one function each: the only file here that knows `rulebook`.

Each opens what it needs untimed (the time it took is kept as "open"), runs, and brings the result
into the form in which answers are compared. What isn't there yet raises NotYet.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.answers import CRITERIA, GROWTH_ONE, MEASURED, MONEY, NO_VALUE, TIERS, Answer
from benchmarks.generator import make_folder, make_history, make_resent
from benchmarks.sizes import AS_OF, Size, cache
from benchmarks.timing import RUNS, Measured, NotYet, clocked, measured, repeated
from rulebook.measuring.ahead import measure_ahead
from rulebook.opening import load_folder, open_run, run_on
from rulebook.reading.programs import bind_program, read_program
from rulebook.standing.bars import beside
from rulebook.standing.run import Run
from rulebook.standing.scenarios import Scenarios
from rulebook.standing.setting import changed
from rulebook.standing.simulate import WhatIf, simulate

PROGRAM = Path(__file__).with_name("program.yaml")


def opened(folder: Path) -> tuple[Run, dict[str, list[float]]]:
    """Return a run over a folder whose facts are kept, and how long opening took.

    "build" is the first opening, which fills the store if it isn't there yet; "open" the second.
    """
    store = cache() / "store"
    build, first = clocked(lambda: open_run(PROGRAM, folder, cache=store))
    first.level(AS_OF)  # makes the arrays that scans read
    first.data.close()
    again, run = clocked(lambda: open_run(PROGRAM, folder, cache=store))
    return run, {"build": [build], "open": [again]}


def level(size: Size) -> Measured:
    """W1: metrics, tiers and gaps of all partners, as columns."""
    run, opening = opened(make_folder(size))
    times: dict[str, list[float]] = {"run": [], **opening}
    answer = None
    for number in range(RUNS + 1):
        # A run remembers what it has measured: each is asked on a new one over the same facts.
        new = fresh(run)
        seconds, answer = clocked(lambda new=new: columns(new))
        if number:
            times["run"].append(seconds)
    assert answer is not None
    return Measured(as_answer(*answer), times)


def columns(run: Run) -> tuple[Any, list[Any]]:
    """Return the table of a run, and what every tier's criteria are short by."""
    table = run.table(AS_OF)
    ladder = table.ladders[""]
    return table, [ladder.lacks(place) for place in range(len(ladder.tiers))]


def thresholds(size: Size, settings: Sequence[str]) -> Measured:
    """W2: tiers after a change of thresholds, on metrics that are there."""
    return _simulated(size, settings, lambda _: None)


def thresholds_in_full(size: Size, settings: Sequence[str]) -> Measured:
    """W2: also the requirement that moved each partner, and what benefits cost before and after."""

    def look(answer: WhatIf) -> None:
        assert len(answer.movers) == sum(ladder.qualified.moved for ladder in answer.ladders)
        assert bool(answer.movers) == (answer.cost_before != answer.cost_after)

    return _simulated(size, settings, look)


def _simulated(size: Size, settings: Sequence[str], look: Callable[[WhatIf], None]) -> Measured:
    seconds, run = clocked(lambda: open_run(PROGRAM, make_folder(size)))
    run.level(AS_OF)

    def again() -> WhatIf:
        document = changed(run.program, run.document, settings)
        found = simulate(run, beside(run, bind_program(document), document), AS_OF)
        look(found)
        return found

    times, answer = repeated(again)
    qualified = answer.ladders[0].qualified
    tiers = np.array([qualified.after.get(tier, 0) for tier in (None, *TIERS)])
    moved = np.array([qualified.moved])
    return Measured({"tiers": tiers, "movers": moved}, {"run": times, "open": [seconds]})


def scenarios(size: Size, bars: np.ndarray) -> Measured:
    """W2: counts for a thousand scenarios, each with all its thresholds."""
    seconds, run = clocked(lambda: open_run(PROGRAM, make_folder(size)))
    run.level(AS_OF)
    wanted = {
        f"tiers.{tier}.requires[{place}]": _decimals(name, bars[:, number, place])
        for number, tier in enumerate(TIERS)
        for place, name in enumerate(CRITERIA)
    }
    times, answer = repeated(lambda: Scenarios(run, AS_OF).counts(wanted)[""])
    found = {"tiers": answer.partners, "movers": answer.movers}
    return Measured(found, {"run": times, "open": [seconds]})


def _decimals(criterion: str, units: np.ndarray) -> list[Decimal]:
    """Return bars, in the units of answers, as documents write them."""
    places = 12 if criterion == "growth" else 2 if criterion in MONEY else 0
    return [Decimal(unit).scaleb(-places) for unit in units.tolist()]


def refilter(size: Size, where: str) -> Measured:
    """W3: one metric measured again under another filter, beside a run that stays."""
    run, times = opened(make_folder(size))
    run.table(AS_OF)

    def again() -> Any:
        document = changed(run.program, run.document, [f"metrics.revenue.where={where}"])
        side = run.beside(bind_program(document), document)
        return side.figures.metric(("", "revenue"), AS_OF)

    done = measured(again, lambda column: {"revenue": minor(column, 2)})
    done.times |= times
    return done


def one_partner(size: Size) -> Measured:
    """W4: one partner's facts changed, it and its ancestors levelled again."""
    from benchmarks.peers.one_partner import each_change

    folder = make_folder(size)
    program = read_program(PROGRAM)[0]
    kept = cache() / "store"
    with TemporaryDirectory(dir=cache()) as place:  # of its own: lines are added to it
        store = Path(place) / "store"
        if kept.exists():
            shutil.copytree(kept, store)
        build, data = clocked(lambda: load_folder(folder, program, cache=store))
        if data.keeping is None:
            raise NotYet("so few facts are not kept")
        run = run_on(*read_program(PROGRAM), data)
        run.table(AS_OF)
        done = each_change(
            size, lambda change: _changed(run, data, change), lambda change: _again(run, change)
        )
        done.times["open"] = [build]
        data.close()
    return done


def _changed(run: Run, data: Any, change: Any) -> None:
    """Add the lines, and level once: what was added is mapped then."""
    _append(run, data, change)
    _again(run, change)


def _append(run: Run, data: Any, change: Any) -> None:
    count = len(change.line)
    kinds = ("product_line", "L00"), ("deal_type", "new"), ("status", "won"), ("currency", "USD")
    rows = pa.table(
        {
            "line_id": pa.array(map(Decimal, change.line), pa.decimal128(10, 0)),
            "partner_id": [run.figures.partners[change.partner]] * count,
            "order_date": pa.array(change.day, pa.int32()).cast(pa.date32()),
            "customer_id": [f"C{number:07d}" for number in change.customer],
            **{name: [word] * count for name, word in kinds},
            "amount": pa.array([Decimal(c).scaleb(-2) for c in change.cents], pa.decimal128(9, 2)),
        }
    )
    data.add_facts("sales", f"change-{change.line[0]}", rows)
    run.facts_changed()


def _again(run: Run, change: Any) -> Answer:
    names = [run.figures.partners[change.partner]]
    while names[-1] in run.data.parents:
        names.append(run.data.parents[names[-1]])
    return levelled(list(run.level(AS_OF, names).partners))


def history(size: Size, dates: Sequence[date]) -> Measured:
    """W5: tiers at many dates."""
    run, times = opened(make_history(size))

    def again() -> list[np.ndarray]:
        new = fresh(run)
        measure_ahead(new.figures, dates)
        return [new.table(day).ladders[""].qualified for day in dates]

    done = measured(
        again,
        lambda tiers: {
            f"tier {day}": column.astype(np.int64) for day, column in zip(dates, tiers, strict=True)
        },
    )
    done.times |= times
    return done


def ingest(size: Size) -> Measured:
    """W6: a CSV file validated, its re-sent lines recognised, its rows in the folder's database.

    Beyond what peers do, the place of every fault and the digest of all rows are worked out.
    """
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

    note = "rows stay in its database, with a digest; peers write Parquet"
    return measured(again, lambda counts: {"counts": np.array(counts)}, (note,))


def fresh(run: Run, program: Any = None, document: Any = None) -> Run:
    """Return a run on the same facts that has measured nothing."""
    return Run(
        program or run.program, document or run.document, run.data,
        allow_bad_rows=run.allow_bad_rows, make=run.make,
    )  # fmt: skip


def as_answer(table: Any, lacks: Sequence[Sequence[Any]]) -> Answer:
    """Return columns in the form that is compared."""
    answer: Answer = {}
    metrics, ladder = table.of(""), table.ladders[""]
    for name in (*MEASURED, "previous_revenue"):
        answer[name] = minor(metrics[name], 2 if name in MONEY else 0)
    answer["tier"] = ladder.qualified.astype(np.int64)
    for name in CRITERIA:
        answer[f"short_{name}"] = np.zeros(len(table.partners), dtype=np.int64)
    for place, criteria in enumerate(lacks):
        asked = ladder.following == place
        for lack in criteria:
            name = lack.criterion.left_text
            here = np.flatnonzero(asked & ~lack.met)
            answer[f"short_{name}"][here] = [_short(name, lack.short[int(n)]) for n in here]
    return answer


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
