"""The tables of cases: what a channel manager expects, row by row.

A cell `meets` that is empty means the tier qualified for and all below it; override dates are
`from..until`. What isn't written (no benefits cell, no risk) must not be there.
"""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rulebook.dataset.data import Enrollment, Override
from rulebook.program.movement import Movement
from rulebook.reading import read_document
from rulebook.standing.decision import (
    Decision,
    Direction,
    Pending,
    Proposal,
    Reached,
    Reason,
    Standing,
)
from rulebook.standing.movement import move
from rulebook.values.calendar import CIVIL, Calendar

TIERS = ("registered", "silver", "gold", "platinum")
ROOM = Path(__file__).parent
KEYS = ("promote", "demote", "grace", "down", "up", "hold", "newcomers", "effective", "approval")


def rows(name: str) -> list[dict[str, str]]:
    with (ROOM / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CASES = [*rows("movement-cases.csv"), *rows("movement-corners.csv")]


def day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def policy(cell: str) -> tuple[Movement | None, Calendar]:
    if cell == "none":
        return None, CIVIL
    content = read_document("{" + cell + "}").content
    assert isinstance(content, dict)
    starts = content.pop("year_starts", None)
    calendar = Calendar(*map(int, str(starts).split("-"))) if starts else CIVIL
    return Movement.model_validate(content), calendar


def enrollment(cell: str) -> Enrollment | None:
    if cell in ("no", "always"):
        return Enrollment("P1") if cell == "always" else None
    start, end = cell.split("..")
    return Enrollment("P1", start=day(start), end=day(end))


def overrides(cell: str) -> Iterator[Override]:
    for part in filter(None, cell.split("; ")):
        kind, *tier, dates = part.split(" ")
        start, until = dates.split("..")
        yield Override(
            "P1", kind, tier=tier[0] if tier else None, start=day(start), until=day(until)
        )


def waiting(cell: str) -> tuple[Pending | None, Proposal | None]:
    match cell.split(" "):
        case [tier, "on", effective]:
            return Pending(tier, date.fromisoformat(effective)), None
        case [direction, "to", tier, "since", since]:
            return None, Proposal(Direction(direction), tier, date.fromisoformat(since))
        case _:
            assert not cell
            return None, None


def standing(row: dict[str, str], then: str = "") -> Standing:
    held, since, below, reviewed, waits = (
        row[then + key] for key in ("held", "since", "below since", "reviewed", "waiting")
    )
    return Standing(held or None, day(since), day(below), day(reviewed), *waiting(waits))


def reached(row: dict[str, str]) -> Reached:
    qualified = row["qualifies"] or None
    below = TIERS[: TIERS.index(qualified) + 1] if qualified else ()
    return Reached(qualified, frozenset(row["meets"].split() or below))


def decide(row: dict[str, str], before: Standing) -> Decision:
    movement, calendar = policy(row["policy"])
    return move(
        TIERS, movement, calendar, before, reached(row), date.fromisoformat(row["as of"]),
        enrollment=enrollment(row["enrolled"]), overrides=list(overrides(row["override"])),
    )  # fmt: skip


each_case = pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])


@each_case
def test_case(row: dict[str, str]) -> None:
    decision = decide(row, standing(row))
    assert decision.standing == standing(row, "then ")
    assert decision.reason == Reason(row["why"])
    assert decision.at_risk_from == day(row["at risk from"])
    assert decision.suspended is (row["benefits"] == "stopped")


@each_case
def test_asked_again_nothing_changes(row: dict[str, str]) -> None:
    once = decide(row, standing(row)).standing
    assert decide(row, once).standing == once


def test_each_key_meets_each_override() -> None:
    found = {(row["policy"].partition(":")[0], kind) for row in CASES for kind in kinds(row)}
    named = {
        (key, kind)
        for row in CASES
        for key in KEYS
        if row["policy"] != "none" and key in policy(row["policy"])[0].model_fields_set  # type: ignore[union-attr]
        for kind in kinds(row)
    }
    assert found <= named | {("none", kind) for kind in ("", "lock", "floor", "suspend")}
    for key in KEYS:
        for kind in ("", "lock", "floor", "suspend"):
            assert (key, kind) in named, (key, kind)


def kinds(row: dict[str, str]) -> set[str]:
    return {each.kind for each in overrides(row["override"])} or {""}


def test_reasons_are_all_shown() -> None:
    assert {row["why"] for row in CASES} == {reason.value for reason in Reason}


@pytest.mark.parametrize(
    ("before", "what", "floor"),
    [
        (Standing("brass", date(2026, 1, 1)), Reached("gold"), "silver"),
        (Standing("gold", date(2026, 1, 1)), Reached("brass"), "silver"),
        (Standing("gold", date(2026, 1, 1)), Reached("gold", frozenset({"brass"})), "silver"),
        (Standing("gold", date(2026, 1, 1)), Reached("gold"), "brass"),
        (Standing("gold", pending=Pending("brass", date(2026, 1, 1))), Reached("gold"), "silver"),
    ],
)
def test_an_unknown_tier_is_refused(before: Standing, what: Reached, floor: str) -> None:
    with pytest.raises(ValueError, match="there is no tier 'brass' in this ladder"):
        move(
            TIERS, None, CIVIL, before, what, date(2026, 6, 30),
            enrollment=Enrollment("P1"), overrides=[Override("P1", "floor", tier=floor)],
        )  # fmt: skip
