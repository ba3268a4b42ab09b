"""History: which dates, what is carried from one to the next, and what is measured at once."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rulebook.dataset.data import Enrollment
from rulebook.standing.history import dates_between, history, history_csv, history_json
from rulebook.standing.run import Run
from tests.rulebook.standing.one_by_one import replay
from tests.rulebook.standing.small import GIVEN, PROGRAM, Counting, counting_run, run_of, sale


def days(first: str, last: str, each: str) -> list[str]:
    between = dates_between(date.fromisoformat(first), date.fromisoformat(last), each)
    return [day.isoformat() for day in between]


@pytest.mark.parametrize(
    ("first", "last", "each", "expected"),
    [
        ("2026-01-31", "2026-04-30", "month", "2026-01-31 2026-02-28 2026-03-31 2026-04-30"),
        ("2026-01-31", "2026-04-29", "month", "2026-01-31 2026-02-28 2026-03-31"),
        ("2024-02-29", "2026-03-01", "year", "2024-02-29 2025-02-28 2026-02-28"),
        ("2025-08-31", "2026-08-31", "half", "2025-08-31 2026-02-28 2026-08-31"),
        ("2025-11-30", "2026-06-01", "quarter", "2025-11-30 2026-02-28 2026-05-30"),
        ("2026-06-30", "2026-06-30", "year", "2026-06-30"),
        ("2026-02-27", "2026-03-01", "day", "2026-02-27 2026-02-28 2026-03-01"),
        ("2026-02-27", "2026-03-12", "week", "2026-02-27 2026-03-06"),
        ("9999-11-30", "9999-12-31", "month", "9999-11-30 9999-12-30"),
    ],
)
def test_dates_are_counted_from_the_first(first: str, last: str, each: str, expected: str) -> None:
    assert days(first, last, each) == expected.split()


@pytest.mark.parametrize(
    ("first", "last", "each", "says"),
    [
        ("2026-02-01", "2026-01-31", "day", "2026-02-01 comes after 2026-01-31"),
        ("0001-01-01", "9999-12-31", "day", "more than 4,000 dates"),
        ("2026-01-01", "2026-02-01", "fortnight", "'fortnight' is none of day, week, month"),
    ],
)
def test_dates_that_are_refused(first: str, last: str, each: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        days(first, last, each)


def way(run: Run, partner: str, dates: str, track: str = "") -> list[str]:
    """A partner's way: qualified, held, movement's word, for each date."""
    answer = history(run, [date.fromisoformat(day) for day in dates.split()])
    return [
        f"{at.qualified} {at.held} {at.decision.reason}" for at in answer.standings[track][partner]
    ]


MOVES = """
movement: {promote: monthly, up: one, demote: monthly, grace: 30 days, down: one}
"""
SALES = {
    "sales": [sale("p", "1000", "2026-01-15"), sale("p", "-950", "2026-03-20")],
    "deals": [{"partner": "p", "date": "2026-01-10"} for _ in range(3)],
    "partners": [{"id": "p", "country": "DE"}],
}


def test_each_date_goes_on_from_the_one_before() -> None:
    # revenue this year: 1000 from January, 50 from March. One tier up or down a month's end;
    # below the bar first on 03-31, so grace ends on 04-30. Gold also needs 800 to stay.
    ends = "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31 2026-06-30"
    enrolled: dict[str, Any] = {
        **SALES,
        "enrollments": [{"partner": "p", "tier": "member", "since": "2025-06-30",
                         "reviewed": "2025-12-31"}],
    }  # fmt: skip
    assert way(run_of(PROGRAM + MOVES, enrolled), "p", ends) == [
        "gold silver promoted",
        "gold gold promoted",
        "member gold grace",
        "member silver demoted",
        "member member demoted",
        "member member kept",
    ]
    # Asked only from March on, the standing before is the data's: member, and stays so.
    assert way(run_of(PROGRAM + MOVES, enrolled), "p", "2026-03-31 2026-04-30") == [
        "member member kept",
        "member member kept",
    ]
    # A first levelling goes straight to what is qualified.
    assert way(run_of(PROGRAM + MOVES, SALES), "p", ends)[:2] == [
        "gold gold first levelling",
        "gold gold kept",
    ]


def test_decided_moves_and_proposals_are_carried() -> None:
    enrolled: dict[str, Any] = {
        **SALES,
        "enrollments": [{"partner": "p", "tier": "silver", "since": "2025-06-30",
                         "reviewed": "2025-12-31"}],
    }  # fmt: skip
    policy = "movement: {promote: monthly, effective: next month, approval: {demotion: required}}\n"
    run = run_of(PROGRAM + policy, enrolled)
    ends = "2026-01-31 2026-02-01 2026-03-31 2026-04-02"
    assert way(run, "p", ends) == [
        "gold silver decided",
        "gold gold promoted",
        "member gold proposed",
        "member gold proposed",
    ]
    answer = history(run, [date.fromisoformat(day) for day in ends.split()])
    standing = answer.standings[""]["p"][-1].decision.standing
    assert standing.proposal is not None
    assert (standing.since, standing.proposal.since) == (date(2026, 2, 1), date(2026, 3, 31))


def test_an_enrollment_that_ends_and_begins_again_starts_anew() -> None:
    again: dict[str, Any] = {
        **SALES,
        "enrollments": [
            {
                "partner": "p",
                "end": "2026-02-10",
                "tier": "platinum",
                "since": "2025-01-01",
                "reviewed": "2025-12-31",
            },
            {"partner": "p", "start": "2026-04-01", "tier": "gold", "since": "2026-04-01"},
        ],
    }
    policy = "movement: {demote: yearly}\n"
    ends = "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31"
    assert way(run_of(PROGRAM + policy, again), "p", ends) == [
        "gold platinum not due",
        "None None not enrolled",
        "None None not enrolled",
        "member gold not due",
        "member gold not due",
    ]


def test_a_track_goes_on_from_its_own_row() -> None:
    tracks = "tracks: {t: {tiers: {low: {}, top: {requires: {deals_won: 9}}}, movement: {}}}\n"
    text = PROGRAM + tracks.replace("movement: {}", "movement: {demote: never}")
    row = {"partner": "p", "track": "t"}
    tracked: dict[str, Any] = {
        **SALES,
        "enrollments": [
            {"partner": "p", "tier": "gold", "since": "2025-01-01"},
            {**row, "end": "2026-02-10", "tier": "low", "since": "2025-01-01"},
            {**row, "start": "2026-03-01", "tier": "top", "since": "2026-03-01"},
        ],
    }
    ends = "2026-01-31 2026-02-28 2026-03-31"
    assert way(run_of(text, tracked), "p", ends, "t") == [
        "low low kept",
        "low low kept",
        "low top not due",
    ]


def test_without_movement_each_date_is_a_levelling() -> None:
    run = run_of(PROGRAM, GIVEN)
    dates = dates_between(date(2026, 1, 31), date(2026, 6, 30), "month")
    answer = history(run, dates)
    for index, day in enumerate(dates):
        for row in run_of(PROGRAM, GIVEN).standings(day):
            at = answer.standings[""][row.partner][index]
            assert (at.qualified, at.held) == (row.ladder.qualified, row.ladder.held)


POLICIES = (
    "",
    "movement: {promote: monthly, up: one, demote: quarterly, grace: 40 days, down: one}\n",
    "movement: {promote: immediately, demote: anniversary, newcomers: {hold: 60 days}}\n",
    "movement: {promote: monthly, effective: next month, approval: {demotion: required}}\n",
)
TRACK = """
tracks: {t: {tiers: {low: {}, top: {requires: {deals_won: 2}}}, movement: {demote: yearly}}}
"""


def random_channel(draw: random.Random) -> dict[str, Any]:
    """Return twelve partners: some alike, some who come back, some with a lock or a floor."""

    def day(year: int) -> str:
        return f"{year}-{draw.randrange(1, 13):02}-{draw.choice((1, 15, 28)):02}"

    names = [f"p{number}" for number in range(12)]
    rows: list[dict[str, str]] = []
    for name in names:
        for year in draw.choice(((), (2025,), (2025, 2026), (2026, 2026))):
            ends = {"end": day(year + draw.choice((0, 1)))} if draw.random() < 0.5 else {}
            tier = {"tier": draw.choice(("silver", "gold")), "since": "2024-12-31"}
            own = tier if draw.random() < 0.5 else {}
            rows.append(
                {"partner": name, "start": f"{year}-01-{draw.choice((1, 20)):02}"} | ends | own
            )
        if draw.random() < 0.4:
            rows.append({"partner": name, "track": "t", "tier": "top", "start": day(2026)})
    rows = [row for row in rows if row.get("end", "9") >= row["start"]]
    kept = {"kind": "lock", "from": day(2026), "reason": "asked", "approver": "someone"}
    return {
        "partners": [{"id": name} for name in names],
        "enrollments": rows,
        "overrides": [{"partner": name} | kept for name in names[:2]],
        "sales": [sale(n, draw.choice(("150", "1200", "-900")), day(2026)) for n in names * 3],
        "deals": [{"partner": draw.choice(names), "date": day(2026)} for _ in range(30)],
    }


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", range(3))
def test_all_together_go_the_ways_that_each_goes_alone(policy: str, seed: int) -> None:
    text = PROGRAM + policy + TRACK
    run = run_of(text, random_channel(random.Random(seed)))
    dates = dates_between(date(2025, 11, 30), date(2026, 12, 31), "month")
    answer = history(run, dates)
    figures, enrolled = run.figures, run.figures.enrolled
    for track in ("", "t"):
        ladder = run.program.tracks[track] if track else run.program
        for place, name in enumerate(figures.partners):
            reached = [run.leveller.reached(track, place, each) for each in dates]
            alone = replay(
                [tier.name for tier in run.meaning.ladders[track]],
                ladder.movement,
                run.program.calendar,
                zip(dates, reached, strict=True),
                enrollments=[Enrollment(name)] if enrolled.open else enrolled.own.get(name, []),
                carriers=enrolled.tracks.get((name, track), []) if track else None,
                overrides=run.leveller.overrides.get((name, track), ()),
            )
            way = [(at.qualified, at.decision) for at in answer.standings[track][name]]
            assert way == [
                (what.qualified, decision)
                for what, (_, decision) in zip(reached, alone, strict=True)
            ]
        for index in range(len(dates)):
            ats = [answer.standings[track][name][index] for name in figures.partners]
            counted = Counter(at.qualified for at in ats), Counter(at.held for at in ats)
            assert answer.counts(track, index) == counted


def test_facts_are_measured_once_for_all_dates() -> None:
    text = PROGRAM.replace(
        "  csat:",
        "  steady: {of: ratio, each: month, last: 3, take: max}\n"
        "  ratio: {formula: revenue / deals_won}\n"
        "  place: {rank: steady}\n"
        "  csat:",
    ).replace("revenue >= 5000", "place <= 1")
    run = counting_run(text, GIVEN)
    history(run, dates_between(date(2026, 1, 31), date(2026, 12, 31), "month"))
    assert Counting.asked == 2  # revenue and deals_won, each on fourteen dates
    assert run.figures.metric(("", "steady"), date(2026, 3, 31))[2] == Decimal("366.5")


def test_some_partners_json_and_csv() -> None:
    run = run_of(PROGRAM, GIVEN)
    dates = [date(2026, 1, 31), date(2026, 6, 30)]
    answer = history(run, dates, ["e", "c"])
    assert history_csv(answer) == (
        "as_of,partner,qualified,held\n"
        "2026-01-31,c,member,member\n"
        "2026-01-31,e,member,member\n"
        "2026-06-30,c,gold,gold\n"
        "2026-06-30,e,platinum,platinum\n"
    )
    written = history_json(answer)
    assert written["dates"][1]["partners"][0] == {
        "partner": "c", "qualified": "gold", "held": "gold", "since": "2026-06-30",
        "reason": "promoted",
        "proposal": None, "tracks": {},
    }  # fmt: skip
    assert written["dates"][1]["counts"][0]["tiers"][:2] == [
        {"tier": "platinum", "qualified": 1, "held": 1},
        {"tier": "gold", "qualified": 1, "held": 1},
    ]
    assert written["dates"][1]["digest"] == run.level(dates[1]).digest
    assert history_json(history(run, dates, ["e", "c"])) == written
