"""Large facts are read as arrays: the figures are those of the database and of the walk.

The example channel is kept here as if it were large; so every shared scan of it goes through
arrays.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from sqlglot import exp

from rulebook import DataError, load_folder, read_program, run_on
from rulebook.backends.backend import Ask
from rulebook.backends.sql.tables import Tables
from rulebook.loading import Folder, keeping
from rulebook.meaning.model import MeasuredMeaning
from rulebook.standing.run import Run

CHANNEL = Path(__file__).parents[3] / "examples" / "channel"
DAYS = (date(2026, 6, 30), date(2025, 2, 28), date(2019, 1, 1))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Return the example channel, its facts in a store."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "SMALLEST", 0)
        folder = load_folder(CHANNEL, cache=cache)
    assert folder.keeping is not None
    assert folder.keeping.tables == {f"fact_{name}" for name in folder.spec.facts}
    return folder


def run_of(name: str, folder: Folder) -> Run:
    """Return a program over the folder."""
    program, document = read_program(CHANNEL / f"{name}.yaml")
    return run_on(program, document, folder)


def asks_of(run: Run, day: date) -> list[Ask]:
    """Return every measured metric as a backend is asked for it."""
    plans = [run.figures.plan(m) for m in run.meaning.metrics.values() if _measured(m)]
    return [Ask(plan, [run.figures.occasion(plan, day)]) for plan in plans]


def _measured(meaning: object) -> bool:
    return isinstance(meaning, MeasuredMeaning)


@pytest.mark.parametrize("name", ["reseller", "services"])
@pytest.mark.parametrize("day", DAYS)
def test_arrays_answer_as_the_walk_does(kept: Folder, name: str, day: date):
    """For every partner and metric, to the last digit; and as the database does."""
    run = run_of(name, kept)
    asks = asks_of(run, day)
    answers = run.backend.measure(asks)
    run.backend.shared.arrays = None
    queried = run.backend.measure(asks)
    walked = run.by_record.measure(asks)
    for ask, one, two, three in zip(asks, answers, queried, walked, strict=True):
        assert (ask.plan.metric, list(one[0])) == (ask.plan.metric, list(three[0]))
        assert list(two[0]) == list(three[0])


def test_arrays_are_what_answers(kept: Folder):
    """Scans without parameters or branches: else the test above would hold of nothing."""
    run = run_of("reseller", kept)
    arrays, found = run.backend.shared.arrays, []
    totals = arrays.totals
    arrays.totals = lambda *given: found.append(totals(*given)) or found[-1]
    run.backend.measure(asks_of(run, DAYS[0]))
    assert sum(answer is not None for answer in found) >= 5


def test_kept_and_loaded_answer_the_same(kept: Folder):
    """Standings, digests and what is set aside: with a store and without."""
    plain = load_folder(CHANNEL)
    for name in ("reseller", "services"):
        one, two = run_of(name, kept).level(DAYS[0]), run_of(name, plain).level(DAYS[0])
        assert (one.digest, one.set_aside) == (two.digest, two.set_aside)
        assert list(one.partners) == list(two.partners)


def test_some_partners_alone(kept: Folder):
    """A few partners, whose rows alone are looked at, have the figures that all have."""
    run = run_of("reseller", kept)
    names = [run.figures.partners[place] for place in (3, 70, 200, 523)]
    alone = list(run.level(DAYS[0], names).partners)
    every = {each.partner: each for each in run_of("reseller", kept).level(DAYS[0]).partners}
    assert alone == [every[name] for name in names]


def test_added_facts_count_at_once(tmp_path: Path):
    """Facts added to an open run: for their partners by arrays, for all by the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "SMALLEST", 0)
        folder = load_folder(CHANNEL, cache=tmp_path)
    run = run_of("reseller", folder)
    day = DAYS[0]
    before = {each.partner: each.metrics["revenue"] for each in run.level(day).partners}
    digest = run.level(day).digest
    rows = folder.connection.sql(
        "SELECT * EXCLUDE (_file, _line, _aside, _batch) REPLACE ('new-' || order_number AS "
        "order_number) FROM fact_sales WHERE _aside IS NULL AND order_date > '2026-01-01' LIMIT 50"
    ).to_arrow_table()
    names = sorted(set(rows.column(folder.spec.facts["sales"].partner).to_pylist()))
    folder.add_facts("sales", "later", rows)
    run.facts_changed()
    some = list(run.level(day, names).partners)
    assert any(each.metrics["revenue"] > before[each.partner] for each in some)
    assert run.level(day).digest != digest
    every = {each.partner: each for each in run_of("reseller", folder).level(day).partners}
    assert some == [every[name] for name in names]
    walked = run.by_record.measure(asks_of(run, day))
    asks = asks_of(run, day)
    for ask, one, two in zip(asks, run.backend.measure(asks), walked, strict=True):
        assert (ask.plan.metric, list(one[0])) == (ask.plan.metric, list(two[0]))


def test_first_facts_of_a_partner_count(tmp_path: Path):
    """A partner gets its code with its first fact: also in a run that is open already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "SMALLEST", 0)
        folder = load_folder(CHANNEL, cache=tmp_path)
    run, day = run_of("reseller", folder), DAYS[0]
    of = folder.spec.facts["sales"].partner
    known = folder.connection.sql(f'SELECT DISTINCT "{of}" FROM fact_sales').fetchall()
    without = sorted(set(run.figures.partners) - {name for (name,) in known})
    before = {each.partner: each for each in run.level(day).partners}
    name = next(each for each in without if before[each].metrics["revenue"] == 0)
    rows = folder.connection.sql(
        "SELECT * EXCLUDE (_file, _line, _aside, _batch) REPLACE ('first-' || order_number AS "
        f"order_number, '{name}' AS \"{of}\") FROM fact_sales WHERE _aside IS NULL AND order_date "
        "BETWEEN '2026-01-01' AND '2026-06-01' LIMIT 50"
    ).to_arrow_table()
    folder.add_facts("sales", "later", rows)
    run.facts_changed()
    (alone,) = run.level(day, [name]).partners
    every = {each.partner: each for each in run.level(day).partners}
    fresh = {each.partner: each for each in run_of("reseller", folder).level(day).partners}
    assert alone.metrics["revenue"] > 0
    assert every == fresh
    assert alone == every[name]


def added_sale(folder: Folder, day: date, currency: str) -> pa.Table:
    """Return a sale of another day and currency than any before."""
    rows = folder.connection.sql(
        "SELECT * EXCLUDE (_file, _line, _aside, _batch) REPLACE ('new' AS order_number, "
        f"DATE '{day}' AS order_date, '{currency}' AS currency) "
        "FROM fact_sales WHERE _aside IS NULL ORDER BY amount DESC LIMIT 1"
    )
    return rows.to_arrow_table()


def test_only_added_facts_are_looked_at_for_rates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """And a currency or day that no fact had before is converted as a new run would."""
    monkeypatch.setattr(keeping, "SMALLEST", 0)
    folder = load_folder(CHANNEL, cache=tmp_path)
    run = run_of("reseller", folder)
    known = run.backend.tables.pairs("sales", run.amounts["sales"][0], "order_date")
    looked: list[str] = []
    look = Tables._look

    def noted(self: Tables, table: str, rows: exp.Table, *given: object) -> object:
        looked.append(rows.name)
        return look(self, table, rows, *given)

    monkeypatch.setattr(Tables, "_look", noted)
    days = [DAYS[0] - timedelta(number) for number in range(365)]
    currency, day = next((c, d) for d in days for c in ("GBP", "USD") if (c, d) not in known)
    folder.add_facts("sales", "later", added_sale(folder, day, currency))
    run.facts_changed()
    assert looked == ["native_fact_sales since"]
    found = list(run.level(DAYS[0]).partners)
    fresh = run_of("reseller", folder)
    assert found == list(fresh.level(DAYS[0]).partners)
    now = run.backend.tables.pairs("sales", run.amounts["sales"][0], "order_date")
    assert now == fresh.backend.tables.pairs("sales", run.amounts["sales"][0], "order_date")
    assert now - known == {(currency, day)}


def test_an_added_fact_without_a_rate_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As it is by a run that is opened on the same facts."""
    monkeypatch.setattr(keeping, "SMALLEST", 0)
    folder = load_folder(CHANNEL, cache=tmp_path)
    run = run_of("reseller", folder)
    folder.add_facts("sales", "later", added_sale(folder, date(2026, 6, 28), "JPY"))
    with pytest.raises(DataError, match="no rate for JPY on 2026-06-28 or before") as one:
        run.facts_changed()
    with pytest.raises(DataError) as other:
        run_of("reseller", folder)
    assert one.value.problems == other.value.problems


@pytest.mark.parametrize("how", ["flipped", "shortened", "said otherwise", "taken away", "text"])
def test_spoilt_arrays_are_made_again(tmp_path: Path, how: str):
    """Array files not as they were written are never read: the figures stay the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "SMALLEST", 0)
        folder = load_folder(CHANNEL, cache=tmp_path)
        expected = list(run_of("reseller", folder).level(DAYS[0]).partners)
        spoilt = spoil(folder.keeping.store.places.arrays, how)
        assert spoilt >= 3
        again = run_of("reseller", load_folder(CHANNEL, cache=tmp_path))
        assert list(again.level(DAYS[0]).partners) == expected
        assert again.backend.shared.arrays is not None


def spoil(arrays: Path, how: str) -> int:
    """Spoil every array; return how many there are."""
    columns = sorted(arrays.glob("*/*/said.json"))
    for said in columns:
        numbers = said.with_name("numbers.npy")
        match how:
            case "flipped":
                body = bytearray(numbers.read_bytes())
                body[-1] ^= 1
                numbers.write_bytes(body)
            case "shortened":
                numbers.write_bytes(numbers.read_bytes()[:-8])
            case "said otherwise":
                said.write_text(
                    said.read_text("utf-8").replace('"scale": 2', '"scale": 1'), "utf-8"
                )
            case "taken away":
                numbers.unlink()
            case "text":
                said.write_bytes(b"\xff{")
    return len(columns)


def test_arrays_of_derived_files_that_are_gone_are_cleared(kept: Folder):
    """No more is kept than what a derived file still stands for."""
    store = kept.keeping.store
    stray = store.places.arrays / "0123456789abcdef"
    stray.mkdir(parents=True)
    mine = {
        form.identity[:16]
        for form, _ in run_of("reseller", kept).backend.shared.arrays.forms.values()
    }
    assert not stray.exists()
    assert mine


def test_many_dates_by_arrays(kept: Folder):
    """Four days of a year, enrolled windows among them, is what each date is by itself."""
    days = [date(2025, month, 28) for month in range(1, 13, 3)]
    run, other = run_of("reseller", kept), run_of("reseller", kept).backend
    other.shared.arrays = None
    asks = [
        Ask(ask.plan, [run.figures.occasion(ask.plan, day) for day in days])
        for ask in asks_of(run, days[0])
    ]
    for ask, found in zip(asks, run.backend.measure(asks), strict=True):
        for occasion, one in zip(ask.occasions, found, strict=True):
            alone = other.measure([Ask(ask.plan, [occasion])])[0][0]
            assert (ask.plan.metric, occasion.as_of, list(one)) == (
                ask.plan.metric,
                occasion.as_of,
                list(alone),
            )
