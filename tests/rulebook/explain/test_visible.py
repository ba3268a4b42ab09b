"""Which facts count at all is said once, by the data: for every metric, and told as a reason.

The figures below were added up by hand.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rulebook import Run
from rulebook.explain import Evidence
from tests.rulebook.explain.made import on_folder

D, DAY = Decimal, date(2026, 6, 30)
VISIBLE = "owner is null or enrollment.user is null or owner.company = enrollment.partner"
DATASET = """
    partners: {{file: partners.csv, key: id, parent: parent}}
    references: {{people: {{file: people.csv, key: mail, columns: {{company: text}}}}}}
    facts:
      deals:
        file: deals.csv
        key: [number]
        partner: partner
        date: won
        columns: {{amount: number, owner: {{references: people}}, place: text}}
        {visible}
    enrollments: {{file: enrollments.csv}}
    """
FILES = {
    "partners.csv": """
        id,parent
        shop,top
        top,
        rival,
        """,
    "people.csv": """
        mail,company
        ann@top,top
        sue@shop,shop
        """,
    "deals.csv": """
        number,partner,won,amount,owner,place
        1,top,2026-02-01,1,ann@top,a
        2,top,2026-02-01,10,,b
        3,top,2026-02-01,100,sue@shop,b
        4,top,2026-02-01,1000,nobody@else,c
        5,shop,2026-02-01,10000,sue@shop,c
        6,shop,2026-02-01,100000,,d
        7,shop,2026-02-01,1000000,ann@top,e
        8,rival,2026-02-01,7,nobody@else,a
        9,top,2025-02-01,8,nobody@else,a
        """,
    "enrollments.csv": """
        partner,start,user
        top,2026-01-01,ann@top
        shop,2026-01-01,sue@shop
        rival,2026-01-01,
        """,
}
PROGRAM = """
metrics:
  own: {from: deals, value: sum(amount), window: "this year, enrolled"}
  both: {from: deals, value: sum(amount), window: "this year, enrolled", family: true}
  rows: {from: deals, value: count(), where: amount > 5, window: "this year, enrolled"}
  places: {from: deals, value: count(distinct place), window: "this year, enrolled", family: true}
  most: {from: deals, per: place, each: sum(amount), value: max(each), window: lifetime}
tiers:
  base: {}
"""


def run(folder: Path, visible: str = f'visible: "{VISIBLE}"') -> Run:
    dataset = DATASET.format(visible=visible)
    return on_folder(folder, PROGRAM, {"dataset.yaml": dataset, **FILES})


def metrics(run: Run) -> dict[str, list[Decimal]]:
    return {each.partner: list(each.metrics.values()) for each in run.standings(DAY)}


def test_every_metric_counts_what_is_visible_for_whoever_is_levelled(tmp_path: Path) -> None:
    assert metrics(run(tmp_path)) == {
        "rival": [7, 7, 1, 1, 7],
        "shop": [110_000, 110_000, 2, 2, 100_000],
        "top": [11, 1_100_011, 1, 4, 10],
    }


def test_without_the_condition_everything_counts(tmp_path: Path) -> None:
    assert metrics(run(tmp_path, "")) == {
        "rival": [7, 7, 1, 1, 7],
        "shop": [1_110_000, 1_110_000, 3, 3, 1_000_000],
        "top": [1111, 1_111_111, 3, 5, 1000],
    }


def test_some_partners_are_measured_as_all_are(tmp_path: Path) -> None:
    found = run(tmp_path)
    assert [list(each.metrics.values()) for each in found.standings(DAY, ["top"])] == [
        [11, 1_100_011, 1, 4, 10]
    ]


def test_evidence_says_what_was_not_visible_and_never_by_what(tmp_path: Path) -> None:
    found = run(tmp_path)
    evidence = Evidence(found)
    figure = evidence.open(evidence.key("rows"), "top", DAY)
    assert figure.value == 1 == figure.records.total
    assert [(r.key[0][1], r.reason) for r in figure.records.others] == [
        ("1", "filter"),
        ("3", "not visible"),
        ("4", "not visible"),
        ("9", "not enrolled"),
    ]
    assert figure.parts == ()
    looked_at = {name for record in figure.records.others for name, _ in record.columns}
    assert looked_at == {"amount"}


@pytest.mark.parametrize("name", ["own", "both", "rows", "places", "most"])
def test_what_is_walked_is_what_is_measured(tmp_path: Path, name: str) -> None:
    found = run(tmp_path)
    evidence = Evidence(found)
    for standing in found.standings(DAY):
        figure = evidence.open(evidence.key(name), standing.partner, DAY)
        assert figure.records.total == standing.metrics[name]


def test_the_digest_knows_the_condition(tmp_path: Path) -> None:
    with_it, without = (run(tmp_path, said) for said in (f'visible: "{VISIBLE}"', ""))
    assert with_it.level(DAY).digest != without.level(DAY).digest
