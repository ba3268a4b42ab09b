"""Scenarios: each has the counts that `simulate` gives for the document with its bars set."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulebook import ProgramError
from rulebook.reading.programs import bind_program
from rulebook.standing import scenarios
from rulebook.standing.run import Run
from rulebook.standing.scenarios import Scenarios
from rulebook.standing.setting import changed
from rulebook.standing.simulate import simulate
from tests.frame.size import sample_size
from tests.rulebook.standing.small import GIVEN, READS, deals, run_of, sale
from tests.rulebook.standing.test_simulate_properties import AS_OF

#: Strict bars, equality, quotients, nulls, at-least, any, a formula and a parameter on the right.
PROGRAM = (
    """program: small
version: 2026-01-01
currency: USD
"""
    + READS
    + """
parameters:
  gold_bar: {by: partner.country, values: {IN: 500, default: 1000}}
metrics:
  revenue: {from: sales, value: sum(amount), window: this year}
  before: {from: sales, value: sum(amount), window: last year}
  growth: {formula: revenue / before - 1}
  deals_won: {from: deals, value: count(), window: this year}
  csat: {attested: number}
  audited: {attested: yes_no}
SEQUENTIAL
tiers:
  member: {}
  silver:
    requires:
      all: [revenue > 99.99, "growth >= -0.5"]
  gold:
    requires:
      - revenue >= gold_bar
      - any: [deals_won >= 3, csat > 4.5, growth = 0.25]
    keep: {revenue: 0.8 * gold_bar}
  platinum:
    requires:
      at_least: 2
      of:
        - deals_won <> 3
        - csat < 4
        - audited
        - revenue / deals_won <= 500
        - all: [revenue >= 2 * csat]
TRACKS
"""
)
ONE_TRACK = (
    "tracks: {services: {tiers: {entry: {requires: {deals_won: 1}}, top: {requires: [BAR]}}}}"
)
BARS = {
    "tiers.silver.requires.all[0]": ("0", "99.99", "99.990000000001", "100", "-3"),
    "tiers.silver.requires.all[1]": ("-0.5", "0", "0.333333333333", "0.333333333334", "-1"),
    "tiers.gold.requires[0]": ("500", "600", "1099.5", "5000"),
    "tiers.gold.requires[1].any[0]": ("0", "1", "3"),
    "tiers.gold.requires[1].any[1]": ("4.5", "4.6", "3"),
    "tiers.gold.requires[1].any[2]": ("0.25", "-0.5", "1"),
    "tiers.platinum.requires.of[0]": ("1", "3", "4"),
    "tiers.platinum.requires.of[1]": ("4.6", "5", "99999999999999999999999999.5"),
    "tiers.platinum.requires.of[3]": ("333.333333333333", "1250", "600"),
    "tiers.platinum.requires.of[4].all[0]": ("0", "9.2", "600"),
    "tracks.services.tiers.entry.requires.deals_won": ("1", "2", "5"),
}
ROWS = {
    **GIVEN,
    "sales": [
        *GIVEN["sales"],
        sale("b", "80.80", "2025-04-01"),
        sale("c", "879.60", "2025-04-01"),
        sale("d", "450", "2025-04-01"),
        sale("e", "0.000000000003", "2025-04-01"),
    ],
    "deals": [*GIVEN["deals"], *deals("d", 2)],
}


def run_with(sequential: bool, track: str) -> Run:
    """Return a run; `track` is what the top tier of services asks for, "" for no tracks."""
    tracks = ONE_TRACK.replace("BAR", track) if track else ""
    order = "sequential: yes" if sequential else ""
    return run_of(PROGRAM.replace("SEQUENTIAL", order).replace("TRACKS", tracks), ROWS)


def alone(run: Run, bars: dict[str, str]) -> Any:
    """Return what a document of its own says; None where it is refused."""
    document = changed(run.program, run.document, [f"{path}={bar}" for path, bar in bars.items()])
    try:
        other = run.beside(bind_program(document), document)
    except ProgramError:
        return None
    found = {}
    for ladder in simulate(run, other, AS_OF).ladders:
        after = ladder.qualified.after
        counts = [after.get(tier, 0) for tier in (None, *ladder.tiers_after)]
        found[ladder.track] = (counts, ladder.qualified.moved)
    return found


SETS = st.lists(
    st.fixed_dictionaries({path: st.sampled_from(values) for path, values in BARS.items()}),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize(("partners", "rows"), [(scenarios.PARTNERS, scenarios.ROWS), (64, 2)])
@settings(max_examples=sample_size(ci=30, proof=1000), deadline=None)
@given(
    st.booleans(),
    st.sampled_from(["", "deals_won >= 3", "csat >= 4"]),
    st.sets(st.sampled_from(list(BARS)), min_size=1, max_size=6),
    SETS,
)
def test_each_scenario_is_its_own_what_if(
    partners: int,
    rows: int,
    sequential: bool,
    track: str,
    chosen: set[str],
    drawn: list[dict[str, str]],
) -> None:
    run = run_with(sequential, track)
    paths = [path for path in BARS if path in chosen and (track or "tracks" not in path)]
    wanted = [{path: each[path] for path in paths} for each in drawn]
    answers = [alone(run, each) for each in wanted]
    good = [each for each, answer in zip(wanted, answers, strict=True) if answer is not None]
    asked = Scenarios(run, AS_OF)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scenarios, "PARTNERS", partners)
        patch.setattr(scenarios, "ROWS", rows)
        found = asked.counts({path: [each[path] for each in good] for path in paths})
    for number, answer in enumerate(answer for answer in answers if answer is not None):
        for ladder, (counts, movers) in answer.items():
            if paths:
                assert found[ladder].partners[number].tolist() == counts
                assert found[ladder].movers[number] == movers
    if None in answers and paths:
        with pytest.raises(ProgramError, match=f"scenario {answers.index(None)}: no one can reach"):
            asked.counts({path: [each[path] for each in wanted] for path in paths})


def test_who_has_which_tier() -> None:
    """a: 99.99 in one deal. b: 101 in one. c: 1,099.50 in three. d: 600 in three. e: 5,000 in four.

    All but c have two of what platinum asks for; a bar of 1 deal leaves a and b with one of them.
    """
    run = run_with(sequential=False, track="")
    found = Scenarios(run, AS_OF).qualified({"platinum.deals_won": [3, Decimal("1.0"), "4"]})
    assert found[""].tolist() == [
        [3, 3, 2, 3, 3],
        [0, 1, 3, 3, 3],
        [3, 3, 3, 3, 2],
    ]


def test_a_tier_that_rests_on_a_tier() -> None:
    text = PROGRAM.replace("SEQUENTIAL", "").replace("- audited\n", "- track(services) >= top\n")
    run = run_of(text.replace("TRACKS", ONE_TRACK.replace("BAR", "deals_won >= 3")), ROWS)
    found = Scenarios(run, AS_OF).counts({"top.deals_won": [2, 4, 5]})
    assert found["services"].partners.tolist() == [[0, 2, 3], [0, 4, 1], [0, 5, 0]]
    assert found["services"].movers.tolist() == [0, 2, 3]
    assert found[""].tiers == ("member", "silver", "gold", "platinum")
    assert found[""].partners.tolist() == [[0, 0, 0, 0, 5], [0, 0, 0, 1, 4], [0, 0, 0, 2, 3]]
    assert found[""].movers.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("bars", "message"),
    [
        ({"gold.revenu": [1]}, "no criterion of gold is about 'revenu'"),
        ({"tiers.gold.requires[7]": [1]}, "no criterion that compares with a number"),
        ({"tiers.gold.keep.revenue": [1]}, "no criterion that compares with a number"),
        ({"platinum.audited": [1]}, "doesn't compare with a number"),
        ({"gold.revenue": ["1,000"]}, "is not a number"),
        ({"gold.revenue": [1], "tiers.gold.requires[0]": [2]}, "set twice"),
    ],
)
def test_what_is_no_bar_is_refused(bars: dict[str, Any], message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        Scenarios(run_with(sequential=False, track=""), AS_OF).counts(bars)
