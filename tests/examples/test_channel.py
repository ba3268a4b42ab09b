"""The example channel: the data is what the generator writes, the engine answers as the witness.

Promised: the committed files are reproducible byte by byte, the expected results are those of a
second reading of the rules that doesn't import the engine, and `echelon level` gives the same.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

CHANNEL = Path(__file__).parents[2] / "examples" / "channel"
PROGRAMS = ("reseller", "services")
DATES = ("2025-12-31", "2026-06-30")
TABLES = sorted(path.name for path in CHANNEL.glob("*.csv"))
EXPECTED = sorted(path.name for path in (CHANNEL / "expected").glob("*.csv"))


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    done = run(CHANNEL / "generate.py", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def worked_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("expected")
    done = run(CHANNEL / "expected.py", folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_generator_writes_the_committed_files_and_no_other(generated: Path) -> None:
    assert sorted(path.name for path in generated.iterdir()) == TABLES
    assert len(TABLES) == 11


@pytest.mark.parametrize("name", TABLES)
def test_the_generator_gives_the_committed_bytes(generated: Path, name: str) -> None:
    same = (generated / name).read_bytes() == (CHANNEL / name).read_bytes()
    assert same, f"{name} differs: run examples/channel/generate.py and see what changed"


def test_the_witness_writes_the_committed_files_and_no_other(worked_out: Path) -> None:
    assert sorted(path.name for path in worked_out.iterdir()) == EXPECTED
    assert len(EXPECTED) == len(PROGRAMS) * len(DATES) + 2


@pytest.mark.parametrize("name", EXPECTED)
def test_the_witness_gives_the_committed_results(worked_out: Path, name: str) -> None:
    same = (worked_out / name).read_bytes() == (CHANNEL / "expected" / name).read_bytes()
    assert same, f"{name} differs: run examples/channel/expected.py and see what changed"


def test_the_witness_knows_nothing_of_the_engine() -> None:
    sources = [CHANNEL / "expected.py", *(CHANNEL / "witness").glob("*.py")]
    found = [path.name for path in sources if "import rulebook" in path.read_text("utf-8")]
    found += [path.name for path in sources if "from rulebook" in path.read_text("utf-8")]
    assert found == []


@pytest.mark.parametrize(
    ("program", "tiers"),
    [
        ("reseller", {"registered", "silver", "gold", "platinum"}),
        ("services", {"associate", "professional", "premier", "elite"}),
    ],
)
@pytest.mark.parametrize("as_of", DATES)
def test_every_tier_is_reached_and_held(program: str, tiers: set[str], as_of: str) -> None:
    with (CHANNEL / "expected" / f"{program}-{as_of}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 524
    assert {row["qualified"] for row in rows} == tiers | {""}
    assert {row["held"] for row in rows} == tiers | {""}


@pytest.mark.parametrize("as_of", DATES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_engine_answers_as_the_witness(program: str, as_of: str) -> None:
    done = run(
        *("-m", "echelon", "level", CHANNEL / f"{program}.yaml"),
        *("--data", CHANNEL, "--as-of", as_of, "--format", "csv"),
    )
    assert done.returncode == 0, done.stderr
    expected = (CHANNEL / "expected" / f"{program}-{as_of}.csv").read_text("utf-8")
    answered, wanted = done.stdout.splitlines(), expected.splitlines()
    assert answered[0] == wanted[0]
    differing = [pair for pair in zip(answered, wanted, strict=True) if pair[0] != pair[1]]
    assert differing == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_program_is_right_and_its_examples_hold(program: str) -> None:
    done = run("-m", "echelon", "check", CHANNEL / f"{program}.yaml", "--data", CHANNEL)
    assert done.returncode == 0, done.stdout + done.stderr
