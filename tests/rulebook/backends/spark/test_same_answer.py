"""Spark gives the bytes that DuckDB gives: the channels, the rows of examples, random cases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from rulebook import RulebookError, Run, load_folder, open_run, read_program, run_on
from rulebook.backends.duckdb import BulkOver
from rulebook.standing.written import levelling_json
from tests.frame.size import PROOF, sample_size
from tests.reference.generate import seeded_case
from tests.rulebook.backends.spark.given import examples, in_duckdb, tables_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EXAMPLES = Path(__file__).parents[4] / "examples"
PROGRAMS = sorted(path for path in EXAMPLES.glob("*/*.yaml") if path.name != "dataset.yaml")
#: What a build runs of the programs' own examples; a proof runs each.
QUICK = ("lenovo/program", "fragments/constructs")
HEADING = "Spark and DuckDB"


def written(run: Run, as_of: date) -> str:
    """What a level run says, to the byte, or all that it refuses."""
    try:
        return json.dumps(levelling_json(run.level(as_of)))
    except RulebookError as error:
        return str(error)


def over_spark(spark: SparkSession, program: Path, folder: Path, *days: date) -> list[str]:
    """What Spark says of a folder on each day; that it is DuckDB's answer is asserted."""
    from rulebook.backends.spark import SparkOver, folder_views

    read = read_program(program)
    loaded = load_folder(folder, read[0])
    bulk = run_on(*read, loaded)
    wanted = [written(bulk, day) for day in days]
    with folder_views(spark, loaded) as tables, SparkOver(spark, tables) as make:
        run = Run(*read, loaded, make=make)
        assert [written(run, day) for day in days] == wanted
    return wanted


@pytest.mark.parametrize("name", ["services", "reseller"])
def test_the_example_channel(spark: SparkSession, name: str, figures: Any) -> None:
    if name != "services" and not PROOF:
        pytest.skip("in the proof: one of the two is enough for a change")
    days = (date(2026, 6, 30), date(2025, 12, 31))[: sample_size(ci=1, proof=2)]
    folder = EXAMPLES / "channel"
    answers = over_spark(spark, folder / f"{name}.yaml", folder, *days)
    assert all(len(json.loads(answer)["partners"]) == 524 for answer in answers)
    figures.record(HEADING, f"channel, {name}: dates with the same bytes", len(days))


@pytest.mark.skipif(not PROOF, reason="in the proof: it takes minutes")
def test_a_real_channel(spark: SparkSession, require: Callable[[str], Path], figures: Any) -> None:
    folder = require("shared")
    answer = over_spark(spark, folder / "program" / "program.yaml", folder, date(2019, 6, 30))[0]
    assert len(json.loads(answer)["partners"]) == 701
    figures.record(HEADING, "AdventureWorks, 2019-06-30: partners with the same bytes", 701)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_rows_of_examples(spark: SparkSession, path: Path, figures: Any) -> None:
    """An example's rows are walked fact by fact; as tables they give the same bytes."""
    from rulebook.backends.spark import SparkOver, table_views

    name = f"{path.parent.name}/{path.stem}"
    if not PROOF and name not in QUICK:
        pytest.skip("in the proof: each of its examples is a dozen queries")
    count = 0
    for program, document, example, data, rates in examples(path):
        if count == sample_size(ci=1, proof=1000):
            break
        tables, day = tables_of(data), example.as_of
        wanted = written(Run(program, document, data, pinned=rates), day)
        bulk = BulkOver(in_duckdb(tables))
        assert written(Run(program, document, data, pinned=rates, make=bulk), day) == wanted
        with table_views(spark, tables) as views, SparkOver(spark, views) as make:
            run = Run(program, document, data, pinned=rates, make=make)
            assert written(run, day) == wanted, example.name
        count += 1
    assert count > 0
    figures.record(HEADING, f"{name}: examples with the same bytes", count)


def test_random_cases(spark: SparkSession, figures: Any) -> None:
    from rulebook.backends.spark import SparkOver, folder_views

    count, seeds = 0, iter(range(1000, 2000))
    while count < sample_size(ci=2, proof=40):
        case = seeded_case(next(seeds))
        with TemporaryDirectory() as name:
            folder = case.write(Path(name))
            try:
                bulk = open_run(folder / "program.yaml", folder)
            except RulebookError:  # random tiers may stand in the wrong order
                continue
            read = read_program(folder / "program.yaml")
            with folder_views(spark, bulk.data) as tables, SparkOver(spark, tables) as make:
                run = Run(*read, bulk.data, make=make)
                assert written(run, case.as_of) == written(bulk, case.as_of), str(case)
                count += 1
    figures.record(HEADING, "random cases with the same bytes", count)
