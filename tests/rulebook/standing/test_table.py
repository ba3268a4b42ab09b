"""Everybody's standing as columns: the same as each partner's own, decided once, or about some."""

from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pytest

from rulebook import Run, load_folder, read_program, run_on
from rulebook.dataset.data import Enrollment, Override
from rulebook.program.movement import Cadence, Movement, Newcomers, TimeSpan
from rulebook.standing.deciding import by_start, kinds_of
from rulebook.standing.decision import Reached, Standing
from rulebook.standing.movement import move
from rulebook.standing.written import cell_columns, header, partner_json
from rulebook.values.calendar import CIVIL
from tests.rulebook.standing.small import run_of

CHANNEL = Path(__file__).parents[3] / "examples" / "channel"
AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="module", params=["reseller", "services"])
def run(request: pytest.FixtureRequest) -> Run:
    program, document = read_program(CHANNEL / f"{request.param}.yaml")
    return run_on(program, document, load_folder(CHANNEL, program))


def test_a_table_says_what_each_partner_is_told(run: Run) -> None:
    table, standings = run.table(AS_OF), run.level(AS_OF).partners
    assert table.partners == [row.partner for row in standings]
    assert table.enrolled.tolist() == [row.enrolled for row in standings]
    for name, column in table.of("").items():
        assert list(column) == [row.metrics[name] for row in standings]
    for track, ladder in table.ladders.items():
        rows = [row.tracks[track].ladder if track else row.ladder for row in standings]
        assert ladder.names(ladder.qualified) == [row.qualified for row in rows]
        assert ladder.names(ladder.held) == [row.held for row in rows]
        assert ladder.names(ladder.following) == [row.next_tier for row in rows]
        for place, _ in enumerate(ladder.tiers):
            for lack in ladder.lacks(place):
                for index, row in enumerate(rows):
                    for gap in row.gaps if ladder.following[index] == place else ():
                        if gap.path == lack.criterion.path:
                            assert not lack.met[index]
                            assert gap.short == lack.short[index]


def test_decided_together_is_decided_one_by_one(run: Run) -> None:
    for track in run.meaning.ladders:
        wanted = [run.leveller.decide(track, p, AS_OF) for p in range(len(run.figures.partners))]
        assert run.leveller.decided(track, AS_OF).all() == wanted


def test_some_partners_are_levelled_as_among_all(run: Run) -> None:
    everybody = {row.partner: row for row in run.level(AS_OF).partners}
    fresh = Run(run.program, run.document, run.data, make=run.make)
    names = list(everybody)[1::3]
    found = fresh.level(AS_OF, names[::-1]).partners
    assert [row.partner for row in found] == names
    assert [partner_json(row) for row in found] == [partner_json(everybody[n]) for n in names]
    assert list(found) == [everybody[name] for name in names]


def test_only_those_named_are_measured() -> None:
    run = run_of()
    asked = []
    measure = run.backend.measure

    def told(asks):
        asked.extend(each.partners for ask in asks for each in ask.occasions)
        return measure(asks)

    run.figures.backend.measure = told
    run.level(AS_OF, ["c", "a"])
    assert asked
    assert all(list(partners) == ["a", "c"] for partners in asked)
    with pytest.raises(KeyError):
        run.level(AS_OF, ["nobody"])


def test_cells_are_by_column_what_they_are_by_partner(run: Run) -> None:
    rows = list(zip(*cell_columns(run.table(AS_OF)), strict=True))
    assert len(rows[0]) == len(header(run.program))
    assert [row[0] for row in rows] == run.figures.partners


@pytest.mark.parametrize("seed", range(20))
def test_places_of_a_kind_are_the_same_in_all_columns(seed: int) -> None:
    draw = np.random.default_rng(seed)
    length = int(draw.integers(1, 50))
    high = 2**40 if seed % 2 else 3
    columns = [draw.integers(-high, high, length) for _ in range(4)]
    which, at = kinds_of(columns, length)
    keys = list(zip(*(column.tolist() for column in columns), strict=True))
    assert [keys[place] for place in at[which].tolist()] == keys
    assert len(at) == len(set(keys))


@pytest.mark.parametrize("seed", range(6))
def test_only_by_start_does_the_day_of_enrollment_matter(seed: int) -> None:
    random = Random(seed)
    tiers, changed = ["bronze", "silver", "gold"], 0
    for _ in range(600):
        cadences = [Cadence("immediately"), Cadence("anniversary"), Cadence("period", "quarter")]
        policy = Movement.model_construct(
            promote=random.choice(cadences),
            demote=random.choice(cadences),
            grace=random.choice((None, TimeSpan(90, "day"))),
            down=random.choice(("one", "any")),
            up=random.choice(("one", "any")),
            hold=random.choice((None, "until_anniversary", TimeSpan(6, "month"))),
            newcomers=Newcomers.model_construct(hold=random.choice((None, TimeSpan(1, "year")))),
            effective=random.choice(("immediately", "next month")),
        )
        since = random.choice((None, date(2025, 3, 1), date(2026, 6, 1)))
        before = Standing(random.choice((None, *tiers)), since, random.choice((None, AS_OF)))
        met = frozenset(random.sample(tiers, random.randrange(4)))
        reached = Reached(max(met, key=tiers.index, default=None), met)
        lock = [Override("p", "floor", tier="bronze")] if random.random() < 0.2 else []
        decisions = [
            move(tiers, policy, CIVIL, before, reached, AS_OF,
                 enrollment=Enrollment("p", start=start), overrides=lock)
            for start in (None, date(2024, 2, 29), date(2025, 9, 9), date(2026, 6, 30))
        ]  # fmt: skip
        if by_start(policy):
            changed += len(set(decisions)) > 1
        else:
            assert len(set(decisions)) == 1, policy
    assert changed
