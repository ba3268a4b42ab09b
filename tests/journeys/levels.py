"""Imports and levelling by processes that are killed or race: companies, and what they sell.

A round reports sales of a third of the companies, so that each of them gets to another tier: as a
file that is loaded, or by a call. The news levels them; a run of everybody can be asked for.
"""

from __future__ import annotations

import csv
import io
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.journeys.told import tell

COMPANIES, LINES = 12, 60
#: How much of a file is a transaction of its check: some forty rows.
CHUNK = 2048
#: When all this begins: the machine's clock goes on from there, by so many seconds of `shift`.
AT = datetime(2026, 6, 30, 13, tzinfo=UTC)
TEXT = """\
program: levels
name: Levels
version: 2026-01-01
currency: EUR
reads:
  partners: {}
  facts:
    sales: {date: order_date, columns: {amount: {type: money, currency: currency}}}
metrics:
  revenue: {from: sales, value: sum(amount), window: trailing 12 months, unit: money}
tiers:
  registered: {}
  silver: {requires: {revenue: 1000}}
  gold: {requires: {revenue: 2000}}
movement: {demote: immediately}
tracks:
  asked:
    tiers: {one: {requires: {revenue: 1000}}, two: {requires: {revenue: 2000}}}
    movement: {demote: immediately, approval: {promotion: required, demotion: required}}
  lines:
    metrics: {sold: {from: sales, value: count(), window: trailing 12 months}}
    tiers: {some: {requires: {sold: 1}}, many: {requires: {sold: 50}}}
"""


def now(shift: float) -> datetime:
    """Return what the clock says that all processes of a test share."""
    return datetime.now(UTC) + timedelta(seconds=shift)


def prepare(shift: float, seed: int = 0) -> None:
    """Make companies with keys and ids that are always the same, enroll and level them.

    A `seed` has them made in another order.
    """
    from uuid import UUID

    from echelon.foundation.jobs.services import run_due
    from tests.factories.enrollments import enrollment, open_program
    from tests.factories.partners import partner

    scheme = open_program(slug="levels", text=TEXT)
    for number in _shuffled(range(COMPANIES), seed):
        enrollment(partner(f"Company {number:02}", id=UUID(int=number + 1)), scheme)
    run_due(lambda: now(shift))


def _shuffled(what: Any, seed: int) -> list[Any]:
    found = list(what)
    if seed:
        random.Random(seed).shuffle(found)
    return found


def sales(number: int, lines: int) -> list[dict[str, str]]:
    """Return a round's rows: of each company so many lines, which correct those before."""
    amount = (500 + 1000 * ((number // 3 + number) % 3)) / lines
    return [
        {
            "order_number": f"S{company:02}", "order_line": str(line),
            "partner_id": f"company-{company:02}", "order_date": "2026-05-01",
            "amount": f"{amount:.2f}", "currency": "EUR",
        }
        for company in range(number % 3, COMPANIES, 3)
        for line in range(1, lines + 1)
    ]  # fmt: skip


def sell(number: int, shift: float) -> None:
    """Report a round by a call."""
    from echelon.foundation.access import system
    from echelon.records.facts.services import recording

    rows = sales(number, 1)
    recording.record(system("test"), type="sales", rows=rows, at=now(shift), source="test")


def load(number: int, shift: float, seed: int = 0, parts: int = 1) -> None:
    """Load a round as a file, in which some rows can't be read and some say the same twice.

    A `seed` puts its rows into another order, `parts` spreads them over files.
    """
    from echelon.foundation.access import system
    from echelon.records.facts.services import imports

    rows = sales(number, LINES)
    bad = [{**row, "amount": "much"} for row in rows[::40]]
    rows = _shuffled([*rows, *rows[::LINES], *bad], seed)
    for part in range(parts):
        text = io.StringIO()
        writer = csv.DictWriter(text, rows[0])
        writer.writeheader()
        writer.writerows(rows[part::parts])
        batch = imports.upload(
            system("test"), type="sales", name=f"round-{number:02}-{part}.csv",
            stream=io.BytesIO(text.getvalue().encode()), at=now(shift),
        )  # fmt: skip
        imports.map_columns(system("test"), batch=batch.pk, columns=batch.mapping, at=now(shift))


def commit(shift: float) -> None:
    """Ask for what was checked to count."""
    from echelon.foundation.access import system
    from echelon.records.facts.models import Batch
    from echelon.records.facts.services import imports

    for batch in Batch.objects.filter(state="checked").order_by("source"):
        imports.commit_later(system("test"), batch=batch.pk, at=now(shift))


def ask(shift: float) -> None:
    """Ask for a run of everybody, which a worker does."""
    from echelon.foundation.access import system
    from echelon.outcomes.standings.services import asking

    asking.ask(system("test"), program=_program(), at=now(shift))


def level(shift: float) -> None:
    """Level everybody, here and now."""
    from echelon.foundation.access import system
    from echelon.outcomes.standings.services import levelling

    levelling.run(system("test"), program=_program(), at=now(shift))


def _program() -> Any:
    from echelon.records.programs.models import Program

    return Program.objects.get(slug="levels").pk


def race(folder: str, shift: float, fault: str = "") -> None:
    """Level twice at once: one is slow to write, the other reports a round meanwhile and is quick.

    `careless` is the usual mistake: what was concluded is written, whoever wrote meanwhile.
    """
    from echelon.outcomes.standings.models import Pace
    from echelon.outcomes.standings.services import levelling

    place = Path(folder)
    try:
        (place / "slow").mkdir()
    except FileExistsError:
        _until(place / "concluded")
        sell(1, shift)
        level(shift)
        (place / "written").touch()
        return
    told, found = levelling._told, Pace.objects.get_or_create

    def slow(*given: Any) -> Any:
        rows = told(*given)
        (place / "concluded").touch()
        _until(place / "written")
        return rows

    def careless(**given: Any) -> tuple[Pace, bool]:
        pace, made = found(**given)
        pace.turn = _Whichever(pace.turn)
        return pace, made

    levelling._told = slow  # type: ignore[assignment]
    if fault == "careless":
        Pace.objects.get_or_create = careless  # type: ignore[method-assign]
    sell(0, shift)
    level(shift)


class _Whichever(int):
    """A turn that is never another one."""

    def __ne__(self, other: object) -> bool:
        return False

    __eq__ = int.__eq__
    __hash__ = int.__hash__


def _until(file: Path) -> None:
    while not file.exists():
        time.sleep(0.01)


ACTS = {each.__name__: each for each in (prepare, sell, load, commit, ask, level, race, tell)}
