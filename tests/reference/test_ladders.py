"""Tiers, gaps and tracks of the reference evaluator, against answers worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.reference.evaluator import Overflow
from tests.reference.small import answers, measured

LADDER = """metrics:
  revenue: {from: sales, value: sum(points)}
  people: {from: certs, value: count(distinct person)}
  csat: {attested: number}
tiers:
  silver: {requires: {revenue: 50, people: 1}}
  gold:
    requires:
      - revenue > 400
      - any: [people >= 4, csat >= 4.5, "revenue >= 440"]
      - at_least: 2
        of: [people >= 10, revenue >= 800, "csat <= 5"]
"""


def test_tiers_and_gaps(tmp_path: Path) -> None:
    tables = {
        "sales": "1,A,2020-01-01,,,400,,,",
        "certs": "1,A,2020-01-01,2020-01-01,,ann,x",
        "attestations": "A,csat,4,,",
    }
    found = answers(tmp_path, LADDER, **tables)["A"]
    assert found["qualified"] == "silver"
    assert [(gap["metric"], gap["op"], gap["have"], gap["need"], gap["short"])
            for gap in found["gaps"]] == [
        ("revenue", ">", 400, 400, 0),
        ("revenue", ">=", 400, 440, 40),      # 40 / 440 is nearest, before 0.5 / 4.5 and 3 / 4
        ("revenue", ">=", 400, 800, 400),     # 400 / 800 is nearer than 9 / 10
    ]  # fmt: skip
    others = [gap.get("or") for gap in found["gaps"]]
    assert [[way[0]["metric"] for way in ways or []] for ways in others] == [
        [], ["people", "csat"], ["people"],
    ]  # fmt: skip
    lower = answers(tmp_path, LADDER, **{**tables, "sales": ""})["A"]
    assert lower["qualified"] is None
    assert [gap["short"] for gap in lower["gaps"]] == [50]
    ended = answers(tmp_path, LADDER, enrollments="A,p,2020-01-01,2020-05-30,", **tables)["A"]
    assert (ended["qualified"], ended["gaps"]) == (None, [])
    assert ended["metrics"]["revenue"] == 400


def test_a_null_is_not_met_and_has_no_short(tmp_path: Path) -> None:
    body = """metrics: {csat: {attested: number}, ok: {attested: yes_no}}
tiers:
  base: {}
  best: {requires: [csat >= 4, "ok", "csat <> 3"]}
"""
    found = answers(tmp_path, body)["A"]
    assert found["qualified"] == "base"
    assert [(gap["metric"], gap["have"], gap["short"]) for gap in found["gaps"]] == [
        ("csat", None, None), ("ok", None, None), ("csat", None, None),
    ]  # fmt: skip


def test_sequential_tiers_need_all_below(tmp_path: Path) -> None:
    tiers = "tiers:\n  one: {requires: '5 > 6'}\n  two: {requires: '6 > 5'}\n"
    assert answers(tmp_path, tiers)["A"]["qualified"] == "two"
    assert answers(tmp_path, tiers + "sequential: true\n")["A"]["qualified"] is None


def test_tracks_and_tiers_of_tiers(tmp_path: Path) -> None:
    body = """metrics:
  points: {from: sales, value: sum(points)}
  both: {formula: "greatest(one.total, two.total)"}
tracks:
  one:
    metrics: {total: {formula: points * 2}}
    tiers: {low: {}, high: {requires: {total: 100}}}
  two:
    metrics: {total: {formula: points * 3}}
    tiers: {high: {requires: {total: 100}}}
tiers:
  bronze: {requires: [track(one) >= low, program(base) >= green]}
  silver: {requires: ["count_tracks(>= high) >= 1"]}
  gold: {requires: [track(one) >= high, "count_tracks(>= high) >= 2"]}
"""
    found = answers(
        tmp_path, body, sales="1,A,2020-01-01,,,40,,,",
        enrollments="A,p,,,\nA,base,,,red",
    )["A"]  # fmt: skip
    assert found["metrics"] == {"points": 40, "both": 120}
    assert {name: track["qualified"] for name, track in found["tracks"].items()} == {
        "one": "low", "two": "high",
    }  # fmt: skip
    assert found["qualified"] == "silver"
    assert [(gap["metric"], gap["have"], gap["need"], gap["short"]) for gap in found["gaps"]] == [
        ("track(one)", "low", "high", None), ("count_tracks(>= high)", 1, 2, 1),
    ]  # fmt: skip
    assert found["tracks"]["one"]["gaps"][0]["short"] == 20


def test_a_figure_beyond_26_digits_names_its_metric(tmp_path: Path) -> None:
    nines = "9" * 26
    assert measured(tmp_path, f"big: {{formula: {nines}}}") == {"big": Decimal(nines)}
    with pytest.raises(Overflow) as error:
        measured(tmp_path, f"big: {{formula: {nines} + 1}}")
    assert error.value.metric == "big"
