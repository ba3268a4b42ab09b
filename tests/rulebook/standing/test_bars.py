"""A document beside a run: where only bars differ it is opened sooner, and answers the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from rulebook import ProgramError
from rulebook.reading.programs import bind_program
from rulebook.standing.bars import QualifyingBeside, beside
from rulebook.standing.run import Run
from rulebook.standing.setting import changed
from rulebook.standing.simulate import simulate
from tests.frame.size import sample_size
from tests.rulebook.standing.small import PROGRAM, counting_run, run_of
from tests.rulebook.standing.test_simulate_properties import AS_OF, BARS

#: Silver asks for a tier of a track.
ON_A_TIER = (
    PROGRAM.replace(
        "silver: {requires: {revenue: 100, deals_won: 1}}",
        """silver:
    requires: [revenue >= 100, track(services) >= expert]""",
    )
    + """
tracks:
  services: {tiers: {entry: {}, expert: {requires: [deals_won >= 1]}}}
"""
)


def both(run: Run, *wanted: str) -> tuple[Run, Run]:
    document = changed(run.program, run.document, wanted)
    program = bind_program(document)
    return beside(run, program, document), run.beside(program, document)


def is_quick(run: Run) -> bool:
    return isinstance(run.figures.qualifying, QualifyingBeside)


@settings(max_examples=sample_size(ci=60, proof=1000), deadline=None)
@given(BARS)
def test_it_is_the_run_that_reads_the_whole_document(wanted: list[str]) -> None:
    run = run_of()
    try:
        quick, whole = both(run, *wanted)
    except ProgramError:  # tiers out of order
        return
    assert quick.meaning == whole.meaning
    assert quick.notices == whole.notices
    assert simulate(run, quick, AS_OF) == simulate(run, whole, AS_OF)
    assert quick.level(AS_OF) == Run(whole.program, whole.document, whole.data).level(AS_OF)


@pytest.mark.parametrize(
    ("setting", "quick"),
    [
        ("gold.csat=4.6", True),
        ("tiers.platinum.requires[1].at_least=1", True),
        ("gold.deals_won=", True),
        ("tiers.gold.keep=revenue >= 1", False),  # a parameter's type may follow from what goes
        ("tiers.gold.requires[0]=700", False),
        ("sequential=yes", False),
        ("metrics.revenue.window=last year", False),
        ("benefits.mdf.gold=700", False),
    ],
)
def test_only_what_tiers_ask_for_is_quick(setting: str, quick: bool) -> None:
    assert is_quick(both(run_of(), setting)[0]) is quick


def test_no_fact_is_read_again_and_an_unchanged_criterion_not_looked_at() -> None:
    run = counting_run()
    run.level(AS_OF)
    asked = type(run.backend).asked  # type: ignore[attr-defined]
    other = both(run, "gold.csat=4.6")[0]
    simulate(run, other, AS_OF)
    assert type(run.backend).asked == asked  # type: ignore[attr-defined]
    silver = run.meaning.ladders[""][1].requires
    assert other.figures.qualifying.met(silver, AS_OF) is run.figures.qualifying.met(silver, AS_OF)


def test_what_rests_on_a_tier_is_worked_out_again() -> None:
    run = run_of(ON_A_TIER)
    quick, whole = both(run, "expert.deals_won=2")
    assert not is_quick(quick)
    assert quick.level(AS_OF) == whole.level(AS_OF)
    assert [each.ladder.qualified for each in quick.level(AS_OF).partners][1] == "member"
    assert run.level(AS_OF).partners[1].ladder.qualified == "silver"
    assert is_quick(both(run, "gold.csat=4.7")[0])
