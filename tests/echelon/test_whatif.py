"""`echelon whatif` and `echelon history`: pages, files, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from echelon.cli import main

PROGRAM = """program: two-tier
name: Two Tiers
version: 2026-01-01
metrics:
  revenue: {from: sales, value: sum(amount), window: this year}
tiers:
  member: {}
  gold: {requires: {revenue: 1000}}
benefits:
  rebate: {type: percent, of: revenue, gold: 2.5}
  badge: {type: text, gold: Gold badge}
"""
DATASET = """partners: {file: partners.csv, key: id}
facts:
  sales:
    file: sales.csv
    key: number
    partner: partner
    date: day
    columns: {amount: {type: money, currency: USD}}
"""
SALES = """number,partner,day,amount
1,P1,2026-01-15,1000.50
2,P2,2026-01-20,900
3,P2,2026-03-01,1100
4,P3,2026-02-01,10
"""

Said = tuple[int, str, str]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Run a command in a folder with a small channel; the status, what it said and complained."""
    (tmp_path / "p.yaml").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "dataset.yaml").write_text(DATASET, encoding="utf-8")
    (tmp_path / "partners.csv").write_text("id\nP1\nP2\nP3\n", encoding="utf-8")
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Said:
        monkeypatch.setattr("sys.argv", ["echelon", *words])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return call


WHATIF = ("whatif", "p.yaml", "--data", ".", "--as-of", "2026-06-30")
HISTORY = ("history", "p.yaml", "--data", ".", "--from", "2026-01-31", "--to", "2026-03-31")


def test_the_page(run: Callable[..., Said]) -> None:
    status, page, complaints = run(*WHATIF, "--set", "gold.revenue=1000.51")
    assert (status, complaints) == (0, "")
    assert (
        page
        == """Two Tiers, 2026-06-30
what if: gold.revenue=1000.51

tier    qualified            held
gold            2  →  1  −1     2  →  1  −1
member          1  →  2  +1     1  →  2  +1

qualified, from ↓ to →  gold  member
gold                       1       1
member                     ·       1

partner  qualified      held           why
P1       gold → member  gold → member  revenue >= 1,000.51 (was 1,000): has 1,000.5

cost, USD  partners        before     after
rebate            2  →  1   75.01  →  50.00  −25.01
in all                      75.01  →  50.00  −25.01
"""
    )


def test_nobody_moves(run: Callable[..., Said]) -> None:
    status, page, _ = run(*WHATIF, "--set", "gold.revenue=999")
    assert status == 0
    assert "nobody moves" in page
    assert "in all" in page


def test_json_and_csv_and_a_file(run: Callable[..., Said], tmp_path: Path) -> None:
    words = (*WHATIF, "--set", "gold.revenue=1000.51", "--set", "benefits.rebate.gold=3")
    _, first, _ = run(*words, "--format", "json")
    status, nothing, _ = run(*words, "--format", "json", "--out", "answer.json")
    assert (status, nothing) == (0, "")
    assert (tmp_path / "answer.json").read_text(encoding="utf-8") == first
    answer = json.loads(first)
    assert answer["set"] == ["gold.revenue=1000.51", "benefits.rebate.gold=3"]
    assert answer["cost"] == {"before": "75.01", "after": "60", "change": "-15.01"}
    assert [mover["partner"] for mover in answer["movers"]] == ["P1"]
    _, text, _ = run(*words, "--format", "csv")
    assert [row["partner"] for row in csv.DictReader(io.StringIO(text))] == ["P1"]


def test_against_a_file_says_what_set_says(run: Callable[..., Said], tmp_path: Path) -> None:
    other = PROGRAM.replace("revenue: 1000}", "revenue: 1000.51}")
    (tmp_path / "other.yaml").write_text(
        other + "examples: [{name: wrong, as_of: 2026-01-01, expect: {tier: gold}}]\n",
        encoding="utf-8",
    )  # its examples aren't run
    _, by_set, _ = run(*WHATIF, "--set", "gold.revenue=1000.51", "--format", "csv")
    status, by_file, _ = run(*WHATIF, "--against", "other.yaml", "--format", "csv")
    assert status == 0
    assert by_file == by_set


def test_another_time_zone_reads_the_facts_again(run: Callable[..., Said], tmp_path: Path) -> None:
    sales = SALES.replace("2026-01-15,", "2025-12-31T23:30:00Z,")
    (tmp_path / "sales.csv").write_text(sales, encoding="utf-8")
    _, page, _ = run(*WHATIF, "--set", "time_zone=Europe/Berlin")
    assert "P1       member → gold" in page


def test_another_program_is_told_apart(run: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(PROGRAM.replace("two-tier", "third"), encoding="utf-8")
    status, _, complaints = run(*WHATIF, "--against", "other.yaml")
    assert status == 0
    assert (
        "notice: other.yaml:1: program: this is the program 'third', not 'two-tier'" in complaints
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--set", "gold.revenu=5"], "error: --set: gold.revenu: no criterion of gold is about "
         "'revenu' (did you mean gold.revenue?)"),
        (["--set", "tiers.gld.requires=5", "--set", "metric.x=1"], "2 errors"),
        (["--set", "gold.revenue=nosuch"], "p.yaml:8: tiers.gold.requires.revenue: unknown"),
        (["--set", "metrics.revenue.window=soon"], "p.yaml:5: metrics.revenue.window"),
        (["--set", "tiers.gold.requires={revenue: 1"], "tiers.gold.requires: not readable"),
        (["--against", "nosuch.yaml"], "nosuch.yaml: can't be read"),
        (["--against", "sales.csv"], "sales.csv"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_written(
    run: Callable[..., Said], tmp_path: Path, words: list[str], says: str
) -> None:
    status, page, complaints = run(*WHATIF, *words, "--out", "answer.txt")
    assert (status, page) == (1, "")
    assert says in complaints
    assert "Traceback" not in complaints
    assert not (tmp_path / "answer.txt").exists()


def test_both_documents_wrong_are_told_at_once(run: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PROGRAM.replace("window: this", "window: thus"))
    (tmp_path / "other.yaml").write_text(PROGRAM.replace("tiers:", "tires:"))
    status, _, complaints = run(*WHATIF, "--against", "other.yaml")
    assert status == 1
    assert "p.yaml:5: metrics.revenue.window" in complaints
    assert "other.yaml:6: tires" in complaints


@pytest.mark.parametrize(
    "words",
    [
        [*WHATIF],
        [*WHATIF, "--set", "gold.revenue=5", "--against", "p.yaml"],
        [*HISTORY, "--each", "fortnight"],
        [*HISTORY[:-2], "--to", "2026-01-30", "--each", "day"],
        [*HISTORY[:-2], "--to", "2026-02-30", "--each", "day"],
        [*HISTORY],
    ],
)
def test_wrong_usage(run: Callable[..., Said], words: list[str]) -> None:
    status, page, _ = run(*words)
    assert (status, page) == (2, "")


def test_history_page(run: Callable[..., Said]) -> None:
    status, page, _ = run(*HISTORY, "--each", "month")
    assert status == 0
    assert (
        page
        == """Two Tiers, 2026-01-31 to 2026-03-31, each month

qualified / held   gold  member
2026-01-31        1 / 1   2 / 2
2026-02-28        1 / 1   2 / 2
2026-03-31        2 / 2   1 / 1
"""
    )


def test_history_of_a_partner(run: Callable[..., Said]) -> None:
    status, page, _ = run(*HISTORY, "--each", "month", "--partner", "P2")
    assert status == 0
    assert (
        page
        == """Two Tiers, 2026-01-31 to 2026-03-31, each month

P2
date        ladder  qualified  held    since       why
2026-01-31          member     member  2026-01-31  first levelling
2026-02-28          member     member  2026-01-31  kept
2026-03-31          gold       gold    2026-03-31  promoted
"""
    )
    status, _, complaints = run(*HISTORY, "--each", "month", "--partner", "P9")
    assert status == 1
    assert "unknown partner 'P9'" in complaints


def test_history_as_json_and_csv(run: Callable[..., Said]) -> None:
    _, text, _ = run(*HISTORY, "--each", "quarter", "--format", "csv")
    assert text == (
        "as_of,partner,qualified,held\n"
        "2026-01-31,P1,gold,gold\n2026-01-31,P2,member,member\n2026-01-31,P3,member,member\n"
    )
    _, text, _ = run(*HISTORY, "--each", "month", "--format", "json")
    answer = json.loads(text)
    assert [day["as_of"] for day in answer["dates"]] == ["2026-01-31", "2026-02-28", "2026-03-31"]
