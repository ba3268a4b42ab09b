"""One answer, whoever holds the facts: PostgreSQL, DuckDB and the reference on random cases."""

from __future__ import annotations

from typing import Any

import hypothesis
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.frame.size import PROOF
from tests.reference.case import Case
from tests.reference.generate import cases
from tests.reference.postgres import Agreement
from tests.reference.reduce import reduced

PARTS = 2


@pytest.mark.parametrize("part", range(PARTS))
def test_postgres_duckdb_and_reference_agree(
    part: int, require: Any, sample: Any, figures: Any
) -> None:
    failed: list[Case] = []
    with psycopg.connect(require("postgres"), autocommit=True) as connection:
        agreement = Agreement(connection)

        @settings(
            max_examples=sample(ci=100, proof=2000) // PARTS,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(cases())
        def run(case: Case) -> None:
            if not failed and agreement.outcome(case):
                failed.append(case)

        (run if PROOF else hypothesis.seed(100 + part)(run))()
        if failed:
            small = reduced(failed[0], agreement.outcome)
            pytest.fail("\n".join([*agreement.outcome(small), str(small)]), pytrace=False)
    heading = "One answer, PostgreSQL"
    figures.record(heading, f"part {part + 1}: cases", agreement.cases)
    figures.record(heading, f"part {part + 1}: differences", 0)
    figures.record(heading, f"part {part + 1}: metrics measured", agreement.in_sql)
    figures.record(heading, f"part {part + 1}: of them walked", agreement.walked)
    assert agreement.covered.near >= 30
