"""What-if, drawn at random: two levellings side by side, and settings of any text."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rulebook import ProgramError, RulebookError
from rulebook.meaning.model import asked_criteria
from rulebook.reading.programs import bind_program
from rulebook.standing.run import Run
from rulebook.standing.setting import changed
from rulebook.standing.simulate import Mover, simulate
from rulebook.standing.turned import Turned
from tests.frame.size import sample_size
from tests.rulebook.standing.small import run_of

AS_OF = date(2026, 6, 30)


def set_on(run: Run, *wanted: str) -> Run:
    document = changed(run.program, run.document, wanted)
    return run.beside(bind_program(document), document)


BARS = st.lists(
    st.sampled_from([
        *(f"silver.revenue={bar}" for bar in (0, 99, "99.99", 100, 101, "101.01", 600)),
        *(f"silver.deals_won={bar}" for bar in (0, 1, 2, 4)),
        *(f"tiers.gold.requires[0]={bar}" for bar in ("gold_bar", 600, "600.01", 5000)),
        *(f"gold.deals_won={bar}" for bar in (0, 1, 3, 4)),
        *(f"gold.csat={bar}" for bar in (4, "4.5", "4.6")),
        *(f"platinum.revenue={bar}" for bar in (1000, 5000, 5001)),
        *(f"tiers.platinum.requires[1].at_least={bar}" for bar in (1, 2, 3)),
        *(f"parameters.gold_bar={bar}" for bar in (100, 1099, 1100)),
        "metrics.revenue.window=last year", "metrics.revenue.where=amount > 100",
        "sequential=yes", "tiers.gold.keep=null",
    ]),
    max_size=4,
    unique_by=lambda setting: setting.partition("=")[0],
)  # fmt: skip


def flips(turned: Turned, before: Run, after: Run, place: int) -> bool:
    """Whether the criterion that is named has really turned, as the engine itself measures it."""
    seen = []
    for look, run in ((turned.before, before), (turned.after, after)):
        met = None
        for tiers in run.meaning.ladders.values():
            for criterion in (c for t in tiers for c in asked_criteria(t.requires)):
                if look is not None and criterion.path == look.path:
                    met = run.figures.qualifying.criterion(criterion, AS_OF)[place] is True
                    assert met == look.met
        seen.append(met)
    if None in seen:  # a group, or asked by one document alone
        return (
            turned.before is None or turned.after is None or turned.before.met != turned.after.met
        )
    return seen[0] != seen[1]


@settings(max_examples=sample_size(ci=60, proof=600), deadline=None)
@given(BARS)
def test_a_what_if_is_two_levellings_side_by_side(wanted: list[str]) -> None:
    run = run_of()
    try:
        after = set_on(run, *wanted)
    except ProgramError:  # tiers out of order
        return
    answer = simulate(run, after, AS_OF)
    alone = Run(after.program, after.document, after.data)  # shares nothing
    for ladder, tally in [(x, t) for x in answer.ladders for t in (x.qualified, x.held)]:
        margins: tuple[dict[Any, int], dict[Any, int]] = ({}, {})
        for (one, two), count in tally.matrix.items():
            margins[0][one] = margins[0].get(one, 0) + count
            margins[1][two] = margins[1].get(two, 0) + count
        assert margins == (dict(tally.before), dict(tally.after))
        for side, levelled in ((tally.before, run), (tally.after, alone)):
            rows = levelled.standings(AS_OF)
            tiers = [r.ladder.held if tally is ladder.held else r.ladder.qualified for r in rows]
            assert dict(side) == {tier: tiers.count(tier) for tier in set(tiers)}
    for mover in answer.movers:
        assert mover.qualified.why or mover.qualified.reason
        assert mover.qualified == _why_alone(run, alone, mover)
        place = run.figures.partners.index(mover.partner)
        assert all(flips(turned, run, alone, place) for turned in mover.qualified.why)
    if not wanted:
        assert not answer.movers
        assert answer.cost_before == answer.cost_after


def _why_alone(before: Run, after: Run, mover: Mover) -> object:
    found = simulate(before, after, AS_OF).movers
    return next(each for each in found if each.partner == mover.partner).qualified


PARTS = st.sampled_from(
    "tiers gold silver member requires keep all any of at_least [0] [1] [9] revenue csat metrics "
    "window parameters gold_bar values benefits rebate type movement grace tracks x version "
    "program currency reads examples sequential . .. [ ] = > null {} [] 5 0.5 yes EUR".split()
)
PATHS = st.lists(PARTS, min_size=1, max_size=6).map(
    lambda parts: ".".join(parts).replace(".[", "[")
)
VALUES = st.one_of(
    PARTS, st.text(max_size=8), st.sampled_from(["revenue >= 5", ">= 7", "[a, b]", "{all: 5}"])
)


@settings(max_examples=sample_size(ci=150, proof=5000), deadline=None)
@given(st.one_of(PATHS, st.text(max_size=12)), VALUES)
def test_any_setting_is_an_answer_or_an_error(path: str, value: str) -> None:
    run = run_of()
    try:
        simulate(run, set_on(run, f"{path}={value}"), AS_OF)
    except RulebookError:  # says what is wrong; anything else would be a traceback
        return
