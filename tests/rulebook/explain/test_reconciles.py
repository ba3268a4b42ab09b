"""Every figure is its evidence: over every partner and metric of two channels, three programs.

What is listed is enough to work the figure out again, to the cent; what is counted and what isn't
are together all rows that the file has for the partner; all partners together with what was set
aside are all rows of the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from rulebook import Run, open_run
from rulebook.explain import Evidence, Figure
from rulebook.metrics import Attested, Formula, Measured, OverTime, Percentile, Rank
from rulebook.program import Program
from tests.frame.figures import Figures
from tests.rulebook.explain import recompute

CHANNEL = Path(__file__).parents[3] / "examples" / "channel"
NAMES = ("adventureworks", "reseller", "services")


@dataclass
class Case:
    """A program over its data on a date."""

    run: Run
    evidence: Evidence
    data: Path
    day: date

    @property
    def program(self) -> Program:
        return self.run.program


@cache
def opened(name: str, shared: Path | None) -> Case:
    if shared is None:
        run, data, day = open_run(CHANNEL / f"{name}.yaml", CHANNEL), CHANNEL, date(2026, 6, 30)
    else:
        run = open_run(shared / "program" / "program.yaml", shared)
        data, day = shared, date(2019, 6, 30)
    return Case(run, Evidence(run), data, day)


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest, require: Callable[[str], Path]) -> Case:
    name = request.param
    return opened(name, require("shared") if name == "adventureworks" else None)


def again(case: Case, figure: Figure) -> object:
    """Work a figure out from what it opened to."""
    metric = case.run.meaning.metrics[figure.key].metric
    match metric:
        case Measured():
            having, each = (str(x) if x is not None else None for x in (metric.having, metric.each))
            return recompute.measured(figure, having, each)
        case Formula():
            return recompute.formula(figure)
        case OverTime():
            return recompute.over_time(figure, metric.take.text)
        case Rank() | Percentile():
            return recompute.place(figure, metric.key())
        case Attested():
            return next((row.value for row in figure.attested if row.counts), None)
    raise AssertionError(metric)


def test_every_figure_follows_from_what_it_opens_to(
    case: Case, sample: Callable[..., int], figures: Figures
) -> None:
    partners = case.run.figures.partners
    step = sample(ci=12, proof=1)
    kinds: Counter[str] = Counter()
    records = 0
    for key in case.run.meaning.metrics:
        levelled = case.run.figures.metric(key, case.day)
        for place in range(0, len(partners), step):
            figure = case.evidence.open(key, partners[place], case.day)
            assert figure.value == levelled[place]
            found = again(case, figure)
            assert recompute.at(found, 12) == recompute.at(levelled[place], 12), figure
            kinds[figure.kind] += 1
            if figure.records is not None:
                records += len(figure.records.counted) + len(figure.records.others)
    program = case.program.program
    for kind, count in sorted(kinds.items()):
        figures.record("Evidence", f"{program}: {kind} figures worked out again", count)
    figures.record("Evidence", f"{program}: records listed", records)


def test_counted_and_not_counted_are_all_rows_of_the_partner(
    case: Case, sample: Callable[..., int], figures: Figures
) -> None:
    run, step, compared = case.run, sample(ci=12, proof=1), 0
    for key, meaning in run.meaning.metrics.items():
        if not isinstance(metric := meaning.metric, Measured):
            continue
        table = run.data.spec.facts[metric.table]
        rows = _rows(case.data / str(_file(table.file)), table.partner)
        for partner in run.figures.partners[::step]:
            figure = case.evidence.open(key, partner, case.day)
            assert figure.records is not None
            members = [member for member, _ in run.families.members(partner)]
            owners = members if metric.family else [partner]
            expected = sorted(line for owner in owners for line in rows.get(owner, ()))
            listed = (*figure.records.counted, *figure.records.others)
            assert recompute.lines(listed) == expected, (key, partner)
            assert {record.partner for record in listed} <= set(owners)
            compared += 1
    figures.record("Evidence", f"{case.program.program}: lists with all rows of a file", compared)


def test_all_partners_and_what_was_set_aside_are_all_of_the_table(
    case: Case, figures: Figures
) -> None:
    run = case.run
    for name, table in run.data.spec.facts.items():
        rows = _rows(case.data / str(_file(table.file)), table.partner)
        key = next((k for k, m in run.meaning.metrics.items() if _own(m.metric, name)), None)
        if key is None:
            continue
        listed: list[int] = []
        for partner in run.figures.partners:
            found = case.evidence.open(key, partner, case.day).records
            assert found is not None
            listed += recompute.lines((*found.counted, *found.others))
        whole = [line for owner in rows for line in rows[owner]]
        nobody = {line for owner in rows.keys() - run.data.partners.keys() for line in rows[owner]}
        assert len(listed) == len(set(listed))
        assert sorted([*listed, *nobody]) == sorted(whole)
        aside = {reason: n for (of, reason), n in run.aside.items() if of == name and n}
        lost = sum(aside.get(reason, 0) for reason in ("no partner", "unknown partner"))
        facts = {fact.line: fact for fact in run.data.facts.rows(name, None)}
        twice = sum(facts[line].aside == "duplicate" for line in nobody)
        assert len(nobody) == lost + twice
        figures.record("Evidence", f"{case.program.program}: rows of {name}", len(whole))


@cache
def _rows(path: Path, partner: str) -> dict[str, list[int]]:
    return recompute.rows_of(path, partner)


def _file(file: object) -> object:
    return file[0] if isinstance(file, tuple) else file


def _own(metric: object, table: str) -> bool:
    return isinstance(metric, Measured) and metric.table == table and not metric.family
