"""All contestants give one answer, to the last cent; and a difference of one cent is seen."""

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from benchmarks import ours, w2_scenarios, w2_thresholds, w3_filter
from benchmarks.answers import GROWTH_ONE, Differ, compare
from benchmarks.contest import contest
from benchmarks.generator import make_resent
from benchmarks.peers import duckdb_by_hand, history, ingest, one_partner, thresholds, tiers
from benchmarks.sizes import read_size

SIZE = read_size("5k")
DATES = [date(2023, 6, 30), date(2025, 2, 28), date(2026, 6, 30)]


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECHELON_BENCH", str(tmp_path_factory.mktemp("bench")))
        patch.setattr("benchmarks.timing.RUNS", 0)  # the uncounted run gives the answer
        patch.setattr("benchmarks.peers.one_partner.AGAIN", 1)
        patch.setattr("benchmarks.w4_one_partner.RANDOM", 3)
        yield


@pytest.fixture(scope="module")
def sorted_answer():
    return duckdb_by_hand.level(SIZE).answer


def test_ours_and_duckdb_level_alike(sorted_answer):
    compare(("DuckDB", "Echelon"), sorted_answer, ours.level(SIZE).answer)
    compare(("sorted", "Parquet"), sorted_answer, duckdb_by_hand.level_parquet(SIZE).answer)
    assert set(sorted_answer["tier"]) >= {-1, 0, 1, 2}


@pytest.mark.parametrize(
    ("library", "module"), [("polars", "polars_scan"), ("pandas", "pandas_frames")]
)
def test_frames_level_alike(sorted_answer, library, module):
    pytest.importorskip(library)
    peer = __import__(f"benchmarks.peers.{module}", fromlist=["level"])
    compare(("DuckDB", library), sorted_answer, peer.level(SIZE).answer)
    filtered = duckdb_by_hand.refilter(SIZE, w3_filter.WHERE).answer
    compare(("DuckDB", library), filtered, peer.refilter(SIZE, ["won", "invoiced"]).answer)


def test_postgres_levels_alike(sorted_answer, require):
    url = require("postgres")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        from benchmarks.peers import postgres

        try:
            compare(("DuckDB", "PostgreSQL"), sorted_answer, postgres.level(SIZE).answer)
            changed = one_partner.duckdb_sorted(SIZE).answer
            compare(("DuckDB", "PostgreSQL"), changed, postgres.one_partner(SIZE).answer)
        finally:
            postgres.forget(SIZE)


def test_one_filter_changed():
    answer = ours.refilter(SIZE, w3_filter.WHERE).answer
    compare(("Echelon", "DuckDB"), answer, duckdb_by_hand.refilter(SIZE, w3_filter.WHERE).answer)


def test_one_threshold_changed():
    """A bar that moves some even in a small channel."""
    answer = ours.thresholds(SIZE, ["tiers.bronze.requires[0]=revenue >= 15000"]).answer
    theirs = thresholds.numpy_whatif(SIZE, (0, 0, 1_500_000)).answer
    compare(("Echelon", "numpy"), answer, theirs)
    assert answer["movers"] > 0


def test_scenarios_in_numpy_and_in_sql():
    some = w2_scenarios.scenarios()[:20]
    answer = thresholds.numpy_scenarios(SIZE, some).answer
    compare(("numpy", "DuckDB"), answer, thresholds.duckdb_scenarios(SIZE, some).answer)


def test_one_pass_over_many_dates_is_a_run_at_each():
    """2025-02-28 is a year after the day before a leap day: its window is not twelve months."""
    one_pass = history.one_pass(SIZE, DATES).answer
    compare(("one pass", "Echelon"), one_pass, ours.history(SIZE, DATES).answer)


def test_lines_sent_again_and_not_usable_are_told_apart():
    folder = make_resent(SIZE)
    expected = json.loads((folder / "expected.json").read_text())
    counts = {"counts": np.array([expected["accepted"], expected["rejected"]])}
    compare(("made", "Echelon"), counts, ours.ingest(SIZE).answer)
    compare(("made", "DuckDB"), counts, ingest.duckdb_ingest(SIZE).answer)
    pytest.importorskip("polars")
    compare(("made", "polars"), counts, ingest.polars_ingest(SIZE).answer)


def test_a_cent_of_difference_stops_a_contest(sorted_answer):
    other = {name: column.copy() for name, column in sorted_answer.items()}
    other["revenue"][7] += 1
    with pytest.raises(Differ) as error:
        compare(("DuckDB", "someone"), sorted_answer, other)
    values = f"{sorted_answer['revenue'][7]} and {other['revenue'][7]}"
    assert str(error.value) == (
        f"DuckDB and someone differ. revenue: 1 values, the first at 7: {values}"
    )


def test_contestants_run_in_processes_of_their_own():
    told = []
    others = w2_thresholds.CONTESTANTS.keys() - {"numpy", "DuckDB"}
    found = contest(w2_thresholds, SIZE, others, told.append)
    assert list(found) == ["numpy", "DuckDB"]
    assert all(len(outcome["times"]["run"]) == 5 for outcome in found.values())
    assert told == ["W2, 5k lines: numpy", "W2, 5k lines: DuckDB"]


def test_growth_in_two_divisions_is_growth_in_decimals():
    chance = np.random.Generator(np.random.PCG64(7))
    revenue = chance.integers(0, 10**11, 2_000)
    previous = chance.integers(1, 10**11, 2_000)
    revenue[:3], previous[:3] = (1, 3, 8193), (8192, 8192, 8192)  # thirteen decimals, a five last
    below = revenue < 6 * previous
    exact = [
        int(((Decimal(int(r)) / Decimal(int(p)) - 1) * GROWTH_ONE).to_integral(ROUND_HALF_UP))
        for r, p in zip(revenue[below], previous[below], strict=True)
    ]
    assert tiers.growth(revenue, previous)[below].tolist() == exact
