"""One answer: engine and reference agree on every metric, tier and gap of random cases."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from rulebook.reading import read_program
from tests.frame.size import PROOF
from tests.reference.agree import outcome
from tests.reference.case import Case
from tests.reference.covered import Covered
from tests.reference.evaluator import Overflow, answer, open_world
from tests.reference.generate import cases, seeded_case
from tests.reference.reduce import reduced

PARTS = 4
HEADING = "One answer"


@pytest.mark.parametrize("part", range(PARTS))
def test_engine_and_reference_agree(part: int, sample: Any, figures: Any) -> None:
    covered = Covered()
    failed: list[Case] = []

    @settings(
        max_examples=sample(ci=200, proof=2000) // PARTS,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(cases())
    def run(case: Case) -> None:
        if not failed and outcome(case, covered):
            failed.append(case)

    (run if PROOF else hypothesis.seed(part)(run))()
    if failed:
        small = reduced(failed[0], outcome)
        pytest.fail("\n".join([*outcome(small), str(small)]), pytrace=False)
    figures.record(HEADING, f"part {part + 1}: cases", covered.others["cases"])
    figures.record(HEADING, f"part {part + 1}: differences", 0)
    for name, value in covered.figures():
        figures.record(HEADING, f"part {part + 1}: {name}", value)
    assert covered.near >= 30


def test_cases_lie_near_the_bars_and_have_everything_in_them(figures: Any) -> None:
    """What the generator makes, whatever the engine says to it."""
    covered = Covered()
    for seed in range(100):
        case = seeded_case(seed)
        with TemporaryDirectory() as name:
            world = open_world(read_program(case.program)[0], case.write(Path(name)))
            try:
                found = {key: answer(world, key, case.as_of) for key in world.tables.partners}
            except Overflow:
                continue
            covered.add(world, case.as_of, found)
    figures.record("One answer, the generator", "100 cases", dict(covered.figures())["leaves"])
    assert covered.near >= 30
    kinds = {"Attested", "Formula", "Measured", "Measured in groups", "OverTime", "Percentile",
             "Rank"}  # fmt: skip
    assert kinds == set(covered.kinds)
    windows = {"ago", "enrolled", "last", "last fiscal", "lifetime", "since", "this",
               "this fiscal", "trailing", "valid"}  # fmt: skip
    assert windows == set(covered.windows)
    functions = {"abs", "clamp", "coalesce", "count_tracks", "date_add", "day", "days_between",
                 "greatest", "if", "least", "lower", "month", "program", "quarter", "round",
                 "track", "year", "case", "in", "between", "isnull", "not", "negative", "and",
                 "or", "+", "-", "*", "/", "=", "<>", "<", "<=", ">", ">="}  # fmt: skip
    assert functions <= set(covered.functions)
    aggregates = {"avg", "count", "count distinct", "max", "median", "min", "sum", "… filter"}
    assert aggregates == set(covered.aggregates)
    assert {"AllOf", "AnyOf", "AtLeast", "Leaf"} == set(covered.requirements)
