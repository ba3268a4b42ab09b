"""What-if and history on whole channels, beside levellings and a witness that adds up a CSV."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from rulebook import load_folder, open_run, run_on
from rulebook.meaning.model import asked_criteria
from rulebook.reading.document import read_document
from rulebook.reading.programs import bind_program
from rulebook.standing.history import dates_between, history
from rulebook.standing.result import LadderStanding, PartnerStanding
from rulebook.standing.run import Run
from rulebook.standing.setting import changed
from rulebook.standing.simulate import WhatIf, simulate
from rulebook.standing.turned import Look

CHANNEL = Path(__file__).parents[3] / "examples" / "channel"
AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="module", params=["reseller", "services"])
def run(request: pytest.FixtureRequest) -> Run:
    return open_run(CHANNEL / f"{request.param}.yaml", CHANNEL)


def set_on(run: Run, *wanted: str) -> Run:
    document = changed(run.program, run.document, wanted)
    return run.beside(bind_program(document), document)


def on(row: PartnerStanding, track: str) -> LadderStanding:
    return row.tracks[track].ladder if track else row.ladder


def equals_two_levellings(answer: WhatIf, before: Run, after: Run) -> None:
    """Counts, matrix and movers are those of two levellings that know nothing of each other."""
    rows = list(zip(before.standings(answer.as_of), after.standings(answer.as_of), strict=True))
    moved = {(m.partner, m.track) for m in answer.movers}
    for ladder in answer.ladders:
        for tally, word in ((ladder.qualified, "qualified"), (ladder.held, "held")):
            pairs = [
                (getattr(on(one, ladder.track), word), getattr(on(two, ladder.track), word))
                for one, two in rows
            ]
            assert dict(tally.matrix) == Counter(pairs)
            assert dict(tally.before) == Counter(one for one, _ in pairs)
            assert dict(tally.after) == Counter(two for _, two in pairs)
            differ = {one.partner for (one, _), pair in zip(rows, pairs, strict=True)
                      if pair[0] != pair[1]}  # fmt: skip
            assert all((partner, ladder.track) in moved for partner in differ)


def really_turned(answer: WhatIf, before: Run, after: Run) -> int:
    """Every criterion named is met on one side alone, as an independent levelling has it."""
    named = 0
    for mover in answer.movers:
        place = before.figures.partners.index(mover.partner)
        for turned in (*mover.qualified.why, *mover.held.why):
            sides = [met(turned.before, before, answer.as_of, place),
                     met(turned.after, after, answer.as_of, place)]  # fmt: skip
            assert None in sides or sides[0] != sides[1]
            named += 1
        if mover.qualified.moved:
            assert mover.qualified.why or mover.qualified.reason
    return named


def met(look: Look | None, run: Run, day: date, place: int) -> bool | None:
    if look is None:
        return None
    for tier in (tier for ladder in run.meaning.ladders.values() for tier in ladder):
        for criterion in (*asked_criteria(tier.requires), *asked_criteria(tier.keep)):
            if criterion.path == look.path:
                return run.figures.qualifying.criterion(criterion, day)[place] is True
    return look.met  # a group


SETTINGS = {
    "reseller": [
        ["parameters.gold_revenue.values.mature=150000", "tiers.gold.requires[3].at_least=3"],
        ["metrics.revenue.window=trailing 9 months", "movement.grace=null"],
        ["tiers.gold.requires[2]=growth >= 0.3", "tiers.silver.keep=null"],
        ["movement={promote: immediately}", "currency=EUR"],
    ],
    "services": [
        ["operations.expert.score=30", "storage.proficient.commissioned=2"],
        ["premier.total_points=450", "sequential=yes"],
        ["fx.rates[2].USD=2", "metrics.site_points.window=this year"],
    ],
}


def test_a_what_if_is_two_levellings(run: Run) -> None:
    for wanted in SETTINGS[run.program.program]:
        after = set_on(run, *wanted)
        answer = simulate(run, after, AS_OF)
        alone = Run(after.program, after.document, after.data, make=run.make)
        equals_two_levellings(answer, run, alone)
        assert really_turned(answer, run, alone) > 0
        assert simulate(run, alone, AS_OF) == answer


def test_set_to_what_stands_changes_nothing(run: Run) -> None:
    standing = {
        "reseller": ["gold.certified_people=3", "movement.promote=monthly",
                     "parameters.gold_revenue.values.emerging=110000", "currency=USD",
                     "metrics.revenue.window=trailing 12 months", "benefits.mdf.gold=5000"],
        "services": ["premier.steady_fee=1800", "movement.up=one", "operations.expert.score=45",
                     "tracks.storage.tiers.proficient.requires.storage_people=1"],
    }  # fmt: skip
    answer = simulate(run, set_on(run, *standing[run.program.program]), AS_OF)
    assert not answer.movers
    assert answer.cost_before == answer.cost_after
    assert answer.before == answer.after  # the digest of the document too


def test_the_first_date_of_a_history_is_a_levelling(run: Run) -> None:
    answer = history(run, dates_between(date(2026, 4, 30), AS_OF, "month"))
    for row in run.standings(answer.dates[0]):
        for track in answer.tiers:
            at, levelled = answer.standings[track][row.partner][0], on(row, track)
            assert (at.qualified, at.decision) == (levelled.qualified, levelled.decision)
    for index, day in enumerate(answer.dates):
        for row in run.standings(day):
            for track in answer.tiers:
                assert (
                    answer.standings[track][row.partner][index].qualified
                    == on(row, track).qualified
                )


def test_set_is_the_same_as_a_file_edited_by_hand(tmp_path: Path) -> None:
    text = (CHANNEL / "reseller.yaml").read_text(encoding="utf-8")
    edited = text.replace("- certified_people >= 3\n", "- certified_people >= 4\n")
    edited = edited.replace("grace: 90 days", "grace: 10 days").replace("gold: 5000", "gold: 4000")
    (tmp_path / "edited.yaml").write_text(edited, encoding="utf-8")
    run = open_run(CHANNEL / "reseller.yaml", CHANNEL)
    by_set = simulate(
        run,
        set_on(run, "gold.certified_people=4", "movement.grace=10 days", "benefits.mdf.gold=4000"),
        AS_OF,
    )
    document = read_document(tmp_path / "edited.yaml")
    by_hand = simulate(run, run.beside(bind_program(document), document), AS_OF)
    assert by_set == by_hand
    alone = run_on(bind_program(document), document, load_folder(CHANNEL, run.program))
    assert simulate(run, alone, AS_OF) == by_hand
    assert {m.partner for m in by_set.movers if m.qualified.moved}


# -- AdventureWorks: a witness that reads the expected figures --------------------------


def witness(folder: Path, gold_revenue: int) -> tuple[dict[str, str], Decimal, Decimal]:
    """Tiers by partner, rebate and market funds, from the expected figures and a bar for gold."""
    tiers, rebate, funds = {}, Decimal(0), Decimal(0)
    with (folder / "program" / "expected-2019-06-30.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            growth, share = (row[name] or "-99" for name in ("growth", "bike_share"))
            revenue, categories = Decimal(row["revenue"]), int(Decimal(row["categories"]))
            months = int(Decimal(row["active_months"]))
            tier, percent = "member", Decimal(0)
            if revenue >= 50000 and months >= 3:
                tier, percent = "silver", Decimal("0.01")
            any_way = Decimal(growth) >= Decimal("0.10") or revenue >= 400000
            if revenue >= gold_revenue and categories >= 3 and any_way:
                tier, percent = "gold", Decimal("0.025")
            if (
                revenue >= 500000
                and categories >= 4
                and months >= 4
                and Decimal(share) > Decimal("0.5")
            ):
                tier, percent = "platinum", Decimal("0.04")
            tiers[row["partner"]] = tier
            rebate += (revenue * percent).quantize(Decimal("0.01"), ROUND_HALF_UP)
            funds += {"gold": 5000, "platinum": 20000}.get(tier, 0)
    return tiers, rebate, funds


@pytest.mark.parametrize("bar", [200000, 250000, 120000])
def test_adventureworks_beside_a_witness(require: Callable[[str], Path], bar: int) -> None:
    folder = require("shared")
    day = date(2019, 6, 30)
    run = open_run(folder / "program" / "program.yaml", folder)
    answer = simulate(run, set_on(run, f"tiers.gold.requires[0]={bar}"), day)
    (before, rebate, funds), (after, rebate_after, funds_after) = (
        witness(folder, gold) for gold in (200000, bar)
    )
    moved = {m.partner: (m.qualified.before, m.qualified.after) for m in answer.movers}
    assert moved == {p: (before[p], after[p]) for p in before if before[p] != after[p]}
    assert dict(answer.ladders[0].qualified.after) == Counter(after.values())
    amounts = [
        (cost.before.amount, cost.after.amount)
        for cost in answer.costs
        if cost.before is not None and cost.after is not None
    ]
    assert amounts == [(rebate, rebate_after), (funds, funds_after)]
    for mover in answer.movers:
        assert [t.after.path for t in mover.qualified.why if t.after] == [
            "tiers.gold.requires.all[0]"
        ]
