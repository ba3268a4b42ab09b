"""What-if on a channel worked out by hand: counts, movers, what turned, what it costs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rulebook import ProgramError
from rulebook.reading.programs import bind_program
from rulebook.standing.run import Run
from rulebook.standing.setting import changed
from rulebook.standing.side import side_of
from rulebook.standing.simulate import Tally, WhatIf, compare, simulate
from rulebook.standing.whatif_words import mover_words
from rulebook.standing.whatif_written import whatif_csv, whatif_json
from tests.rulebook.standing.small import GIVEN, PROGRAM, Counting, counting_run, run_of

AS_OF = date(2026, 6, 30)


def set_on(run: Run, *wanted: str) -> Run:
    document = changed(run.program, run.document, wanted)
    return run.beside(bind_program(document), document)


def what_if(*wanted: str, text: str = PROGRAM, rows: Mapping[str, Any] = GIVEN) -> WhatIf:
    run = run_of(text, dict(rows))
    return simulate(run, set_on(run, *wanted), AS_OF)


def counts(tally: Tally) -> tuple[dict[str | None, int], dict[str | None, int]]:
    return dict(tally.before), dict(tally.after)


def told(answer: WhatIf) -> list[str]:
    """Movers in a line each: who, qualified, held, why."""
    return [
        f"{m.partner}: {m.qualified.before}>{m.qualified.after} "
        f"{m.held.before}>{m.held.after} {mover_words(m)}"
        for m in answer.movers
    ]


def spent(answer: WhatIf) -> dict[str, tuple[str, int, str, int]]:
    return {
        c.benefit: (str(c.before.amount), c.before.partners, str(c.after.amount), c.after.partners)
        for c in answer.costs
        if c.before is not None and c.after is not None
    }


def test_one_bar_raised() -> None:
    answer = what_if("gold.csat=4.6")
    (ladder,) = answer.ladders
    before = {"member": 1, "silver": 1, "gold": 2, "platinum": 1}
    after = {"member": 1, "silver": 2, "gold": 1, "platinum": 1}
    assert counts(ladder.qualified) == counts(ladder.held) == (before, after)
    assert dict(ladder.qualified.matrix) == {
        ("member", "member"): 1, ("silver", "silver"): 1, ("gold", "gold"): 1,
        ("gold", "silver"): 1, ("platinum", "platinum"): 1,
    }  # fmt: skip
    (mover,) = answer.movers
    (turned,) = mover.qualified.why
    assert turned == mover.held.why[0]
    assert turned.before is not None
    assert turned.after is not None
    assert not turned.met
    assert turned.after.path == "tiers.gold.requires.all[1].any[1]"
    assert (turned.before.text, turned.after.text) == ("csat > 4.5", "csat > 4.6")
    assert (turned.after.have, turned.after.need) == (Decimal("4.6"), Decimal("4.6"))
    assert told(answer) == ["d: gold>silver gold>silver csat > 4.6 (was 4.5): has 4.6"]
    # b 1.5 % of 101, c 3 % of 1099.50, d 3 % of 600 (after: 1.5 %), e 10 % of 5000 but 200 at most
    assert spent(answer) == {
        "rebate": ("252.51", 4, "243.51", 4),
        "mdf": ("3000", 3, "2500", 2),
        "welcome": ("5", 5, "5", 5),
    }
    assert (answer.cost_before, answer.cost_after) == (Decimal("3257.51"), Decimal("2748.51"))


@pytest.mark.parametrize(
    ("wanted", "movers"),
    [
        (["silver.revenue=99.99"], ["a: member>silver member>silver revenue >= 99.99 (was 100): "
                                    "has 99.99"]),
        (["silver.revenue=101.01"], ["b: silver>member silver>member revenue >= 101.01 (was 100): "
                                     "has 101"]),
        (["tiers.platinum.requires[1].at_least=3"],
         ["e: platinum>gold platinum>gold 3 of 3 (was 2 of 3): has 2"]),
        (["platinum.audited=no"],
         ["e: platinum>gold platinum>gold not audited (was audited): not met, was met"]),
        (["parameters.gold_bar.values.IN=700", "parameters.gold_bar.values.default=1099.51"],
         ["c: gold>silver gold>silver revenue >= 1,099.51 (was 1,000): has 1,099.5",
          "d: gold>silver gold>silver revenue >= 700 (was 500): has 600"]),
        (["metrics.revenue.where=amount > 100"],
         []),
        (["metrics.revenue.window=this month"],
         ["b: silver>member silver>member revenue >= 100: has 0 (had 101)",
          "c: gold>member gold>member revenue >= 1,000: has 0 (had 1,099.5)",
          "d: gold>member gold>member revenue >= 500: has 0 (had 600)",
          "e: platinum>member platinum>member revenue >= 5,000: has 0 (had 5,000)"]),
        (["tiers.silver.requires=[revenue >= 100, csat >= 1]"],
         ["b: silver>member silver>member new: csat >= 1: has no value yet"]),
        (["tiers.silver.requires=[deals_won >= 1]"],
         ["a: member>silver member>silver no longer asked: revenue >= 100: has 99.99"]),
        (["tiers.gold.requires={any: [revenue >= gold_bar, deals_won >= 3]}"], []),
        (["tiers.gold.requires={any: [csat > 4.5, deals_won >= 1]}"],
         ["a: member>gold member>gold no longer asked: revenue >= 1,000: has 99.99; "
          "deals_won >= 1 (was 3): has 1",
          "b: silver>gold silver>gold no longer asked: revenue >= 1,000: has 101; "
          "deals_won >= 1 (was 3): has 1"]),
        (["platinum.audited=null"],
         ["e: platinum>gold platinum>gold 2 of 2 (was 2 of 3): has 1"]),
        (["gold.csat=null"], ["d: gold>silver gold>silver any of 1 (was any of 2): has 0"]),
        (["sequential=yes", "silver.deals_won=2"],
         ["b: silver>member silver>member deals_won >= 2 (was 1): has 1",
          "d: gold>member gold>member deals_won >= 2 (was 1): has 1"]),
        (["tiers.gold.keep=null", "benefits.rebate.gold=9"], []),
    ],
)  # fmt: skip
def test_who_moves_and_what_moved_them(wanted: list[str], movers: list[str]) -> None:
    assert told(what_if(*wanted)) == movers


def test_both_sides_of_any_that_failed_are_named_once_each() -> None:
    rows = {**GIVEN, "attested": [{"partner": "c", "csat": "4.6"}]}
    answer = what_if("tiers.gold.requires[1].any[0]=4", "gold.csat=4.9", rows=rows)
    assert told(answer) == [
        "c: gold>silver gold>silver deals_won >= 4 (was 3): has 3; csat > 4.9 (was 4.5): has 4.6"
    ]


KEEPS = PROGRAM + "movement: {demote: immediately, grace: 30 days}\n"
ENROLLED = {
    **GIVEN,
    "enrollments": [
        {"partner": "b", "start": "2025-01-01", "tier": "gold", "since": "2026-01-01",
         "below_since": "2026-06-20", "reviewed": "2026-06-29"},
        {"partner": "c", "start": "2025-01-01", "tier": "gold", "since": "2026-01-01",
         "reviewed": "2026-06-29"},
        {"partner": "a", "start": "2025-01-01", "end": "2026-06-29"},
    ],
}  # fmt: skip


def test_held_follows_movement_and_says_so() -> None:
    answer = what_if("movement.grace=5 days", text=KEEPS, rows=ENROLLED)
    assert told(answer) == ["b: silver>silver gold>silver movement: demoted (was: grace)"]
    (ladder,) = answer.ladders
    assert counts(ladder.held) == (
        {None: 1, "gold": 3, "platinum": 1},
        {None: 1, "silver": 1, "gold": 2, "platinum": 1},
    )
    assert counts(ladder.qualified)[0] == {None: 1, "silver": 1, "gold": 2, "platinum": 1}


def test_the_lower_bar_is_named_where_it_decides() -> None:
    answer = what_if(
        "tiers.gold.keep.revenue=1200", "tiers.gold.requires[0]=1200", "movement.grace=null",
        text=KEEPS, rows=ENROLLED,
    )  # fmt: skip
    lines = told(answer)
    assert "b: silver>silver gold>silver movement: demoted (was: grace)" in lines
    assert "c: gold>silver gold>silver revenue >= 1,200 (was 1,000): has 1,099.5" in lines


def test_what_is_qualified_moves_and_what_is_held_stays_in_grace() -> None:
    answer = what_if(
        "gold.deals_won=4", "tiers.gold.keep=[deals_won >= 4]", text=KEEPS, rows=ENROLLED
    )
    (mover,) = answer.movers
    assert (mover.partner, mover.qualified.after, mover.held.after) == ("c", "silver", "gold")
    assert mover.held.reason == "grace"
    assert spent(answer)["mdf"] == ("3500", 4, "3500", 4)  # it costs what is held


def test_a_suspended_partner_costs_nothing() -> None:
    rows = {**GIVEN, "overrides": [{"partner": "e", "kind": "suspend", "from": "2026-01-01"}]}
    answer = what_if("gold.csat=4.6", rows=rows)
    assert spent(answer) == {
        "rebate": ("52.51", 3, "43.51", 3),
        "mdf": ("1000", 2, "500", 1),
        "welcome": ("4", 4, "4", 4),
    }


def test_of_less_than_nothing_no_rebate_is_paid() -> None:
    rows = {**GIVEN, "sales": [{"partner": "a", "date": "2026-02-01", "amount": "-500"}]}
    answer = what_if("benefits.rebate={type: percent, of: revenue, all: 10}", rows=rows)
    assert spent(answer)["rebate"] == ("0", 0, "0.00", 0)


def test_two_currencies_are_not_summed() -> None:
    text = PROGRAM + "fx: {use: fixed, rates: [{USD: 100}]}\n"
    answer = what_if("currency=JPY", text=text.replace("[{USD: 100}]", "[{USD: 100, EUR: 1}]"))
    assert (answer.before.currency, answer.after.currency) == ("USD", "JPY")
    written = whatif_json(answer)
    assert written["cost"]["change"] is None
    assert all(cost["change"] is None for cost in written["costs"])
    # a is silver now: 1.5 % of ¥9,999 is 150; b 1.5 % of 10,100 is 151.50; c, d, e reach the cap
    assert spent(answer)["rebate"] == ("252.51", 4, "902", 5)


def test_nothing_is_measured_again_when_only_bars_change() -> None:
    run = counting_run()
    side = side_of(run, AS_OF)
    first = compare(side, side_of(set_on(run, "gold.csat=4.6"), AS_OF, side))
    asked = Counting.asked
    assert asked == 2  # revenue and deals_won
    bars = ("silver.revenue=50", "parameters.gold_bar=5", "tiers.gold.keep=null", "movement.up=one")
    for bar in bars:
        compare(side, side_of(set_on(run, bar), AS_OF, side))
    assert Counting.asked == asked
    simulate(run, set_on(run, "metrics.revenue.window=last year"), AS_OF)
    assert Counting.asked == asked + 1  # deals_won is still the same
    simulate(run, set_on(run, "calendar={year_starts: 02-01}"), AS_OF)
    assert Counting.asked == asked + 3
    assert [mover.partner for mover in first.movers] == ["d"]


def test_a_parameter_in_a_metric_is_measured_again() -> None:
    text = PROGRAM.replace(
        "window: this year}\n  deals", "where: amount > cut, window: this year}\n  deals"
    )
    text = text.replace("parameters:\n", "parameters:\n  cut: 0\n")
    answer = what_if("parameters.cut=600", text=text)
    assert told(answer) == [
        "b: silver>member silver>member revenue >= 100: has 0 (had 101)",
        "d: gold>member gold>member revenue >= 500: has 0 (had 600)",
    ]


OTHER = (
    PROGRAM.replace("  platinum:\n", "  elite:\n")
    .replace("platinum: 10", "elite: 10")
    .replace(", platinum: 2000", "")
    .replace("csat > 4.5]", "csat > 4.6]")
)


def test_against_a_document_with_other_tiers() -> None:
    rows = {**GIVEN, "enrollments": [{"partner": "e", "tier": "platinum", "since": "2026-01-01"}]}
    run = run_of(PROGRAM, rows)
    other = run_of(OTHER, GIVEN)
    answer = simulate(run, run.beside(other.program, other.document), AS_OF)
    assert told(answer) == [
        "d: gold>silver gold>silver csat > 4.6 (was 4.5): has 4.6",
        "e: platinum>elite platinum>elite platinum is no more",
    ]
    assert spent(answer)["rebate"] == ("252.51", 4, "243.51", 4)
    assert run.data.enrollments is not None
    assert run.data.enrollments[0].tier == "platinum"  # the data itself is not touched


def test_against_a_document_without_a_benefit_or_with_a_new_track() -> None:
    lean = PROGRAM.replace("  mdf: {type: amount, gold: 500, platinum: 2000}\n", "")
    lean += "tracks: {service: {tiers: {pro: {requires: [csat >= 4]}}}}\n"
    run, other = run_of(), run_of(lean)
    answer = simulate(run, run.beside(other.program, other.document), AS_OF)
    (mdf,) = [cost for cost in answer.costs if cost.benefit == "mdf"]
    assert mdf.after is None
    assert mdf.before is not None
    assert answer.cost_after == answer.cost_before - mdf.before.amount
    assert [ladder.track for ladder in answer.ladders] == ["", "service"]
    assert told(answer) == ["d: None>pro None>pro pro is new"]


def test_a_changed_document_is_checked_like_any_other() -> None:
    run = run_of()
    for setting, says in [
        ("gold.csat=revenu", "tiers.gold.requires.all[1].any[1]: unknown"),
        ("movement.grce=5 days", "movement.grce: unknown key 'grce'"),
        ("benefits.rebate.goldd=5", "benefits.rebate.goldd: unknown tier 'goldd'"),
        ("metrics.revenue.window=trailing 12", "metrics.revenue.window"),
        ("tiers.platinum.requires[1].at_least=4", "at_least 4 of 3"),
    ]:
        with pytest.raises(ProgramError) as refused:
            set_on(run, setting)
        assert says in str(refused.value)


def test_json_and_csv() -> None:
    answer = what_if("gold.csat=4.6")
    written = whatif_json(answer, ["gold.csat=4.6"])
    assert json.dumps(written) == json.dumps(
        whatif_json(what_if("gold.csat=4.6"), ["gold.csat=4.6"])
    )
    assert list(written) == [
        "as_of", "before", "after", "set", "ladders", "movers", "costs", "cost",
    ]  # fmt: skip
    assert written["before"]["digest"] != written["after"]["digest"]
    assert written["ladders"][0]["qualified"]["counts"][1] == {
        "tier": "gold", "before": 2, "after": 1, "change": -1,
    }  # fmt: skip
    assert written["cost"] == {"before": "3257.51", "after": "2748.51", "change": "-509"}
    assert whatif_csv(answer) == (
        "partner,track,qualified_before,qualified_after,held_before,held_after,why\n"
        "d,,gold,silver,gold,silver,csat > 4.6 (was 4.5): has 4.6\n"
    )
