"""What a caller carries from one levelling to the next: decided moves, and those that wait."""

from dataclasses import replace
from datetime import date

import pytest

from rulebook import load_folder, read_program, run_on
from rulebook.dataset.data import Enrollment
from rulebook.standing.decision import Direction, Pending, Proposal, Standing
from rulebook.standing.fitting import fitted
from rulebook.standing.proposing import approved

TEXT = """\
program: p
version: 2026-01-01
metrics: {deals: {from: deals, value: count()}}
tiers: {member: {}, gold: {requires: {deals: 1}}}
movement: {promote: monthly, effective: EFFECTIVE, approval: {promotion: required}}
"""


@pytest.fixture
def levelled(tmp_path):
    (tmp_path / "dataset.yaml").write_text(
        "partners: {file: p.csv, key: id}\n"
        "facts: {deals: {file: d.csv, key: n, partner: id, date: on}}\n"
    )
    (tmp_path / "p.csv").write_text("id\na\nb\n")
    (tmp_path / "d.csv").write_text("n,id,on\n1,a,2026-02-01\n2,b,2026-02-01\n")

    def level(*rows: Enrollment, day: date, effective: str = "immediately"):
        program, document = read_program(TEXT.replace("EFFECTIVE", effective))
        folder = load_folder(tmp_path, program)
        run = run_on(program, document, replace(folder, enrollments=list(rows)))
        return {row.partner: row.ladder.decision for row in run.level(day).partners}

    return level


def enrolled(partner: str, **more: object) -> Enrollment:
    given = {"tier": "member", "since": date(2026, 1, 31), "reviewed": date(2026, 2, 28)}
    return Enrollment(partner, "p", start=date(2026, 1, 1), **{**given, **more})


def test_what_waits_keeps_its_day_and_who_is_alike_but_for_it_is_decided_apart(levelled):
    waits = enrolled("a", proposal=("promotion", "gold", date(2026, 2, 28)))
    found = levelled(waits, enrolled("b"), day=date(2026, 3, 15))
    assert found["a"].proposal == Proposal(Direction.PROMOTION, "gold", date(2026, 2, 28))
    assert found["b"].proposal is None


def test_a_decided_move_lands_on_its_day(levelled):
    decided = enrolled("a", pending=("gold", date(2026, 3, 1)))
    before = levelled(decided, day=date(2026, 2, 28), effective="next month")["a"].standing
    assert (before.tier, before.pending) == ("member", Pending("gold", date(2026, 3, 1)))
    after = levelled(decided, day=date(2026, 3, 15), effective="next month")["a"].standing
    assert (after.tier, after.since, after.pending) == ("gold", date(2026, 3, 1), None)


def test_a_yes_counts_at_once_or_from_the_day_of_moves():
    waits = Standing(
        "member",
        date(2026, 1, 31),
        reviewed=date(2026, 2, 28),
        proposal=Proposal(Direction.PROMOTION, "gold", date(2026, 2, 28)),
    )
    day = date(2026, 3, 10)
    at_once = read_program(TEXT.replace("EFFECTIVE", "immediately"))[0]
    assert approved(waits, at_once.movement, at_once.calendar, day) == replace(
        waits, tier="gold", since=day, proposal=None
    )
    later = read_program(TEXT.replace("EFFECTIVE", "next quarter"))[0]
    assert approved(waits, later.movement, later.calendar, day) == replace(
        waits, pending=Pending("gold", date(2026, 4, 1)), proposal=None
    )
    first = replace(waits, tier=None, since=None)
    assert approved(first, later.movement, later.calendar, day).since == day
    with pytest.raises(ValueError, match="nothing is proposed"):
        approved(replace(waits, proposal=None), at_once.movement, at_once.calendar, day)


def test_moves_to_a_tier_that_is_no_more_are_forgotten_in_a_what_if(tmp_path):
    (tmp_path / "dataset.yaml").write_text("partners: {file: p.csv, key: id}\n")
    (tmp_path / "p.csv").write_text("id\na\n")
    program, _ = read_program("program: p\nversion: 2026-01-01\ntiers: {member: {}}\n")
    row = enrolled("a", pending=("gold", date(2026, 3, 1)))
    data = fitted(replace(load_folder(tmp_path), enrollments=[row]), program)
    assert data.enrollments == [Enrollment("a", "p", start=date(2026, 1, 1))]
