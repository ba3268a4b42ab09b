"""Files become facts: mapped, checked row by row, mended, committed as a whole, taken back."""

import io
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet
import pytest
import xlsxwriter
from django.db import connection
from python_calamine import CalamineWorkbook

from echelon.foundation.access import Hidden, Role
from echelon.foundation.jobs.services import run_due
from echelon.records.facts import selectors, sources
from echelon.records.facts.errors import Refused
from echelon.records.facts.models import BadRow, Batch, Fact, Staged
from echelon.records.facts.returned import refused_rows
from echelon.records.facts.services import batches, imports, rates, types
from echelon.records.partners.selectors import scope_of
from tests.factories.facts import BOSS, HEADER, NOW, committed, live, recorded, sale, uploaded
from tests.factories.partners import partner, person, staff, trail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings, tmp_path) -> None:
    settings.CACHE_FOLDER = tmp_path / "cache"
    settings.FILES_FOLDER = tmp_path / "files"


def line(number: str, who: str = "acme", amount: str = "100", day: str = "2026-05-01") -> str:
    return f"{number},1,{who},{day},,,{amount},EUR"


def brought(name: str, data: bytes, scope=BOSS) -> Batch:
    return imports.upload(scope, type="sales", name=name, stream=io.BytesIO(data), at=NOW)


def checked(batch: Batch, columns: dict | None = None) -> Batch:
    imports.map_columns(BOSS, batch=batch.pk, columns=columns or batch.mapping, at=NOW)
    imports.check(batch.pk, at=NOW)
    return Batch.objects.get(pk=batch.pk)


def problems(batch: Batch) -> list[tuple[int, str, str, str]]:
    return [
        (row.line, one["column"], one["value"], one["message"])
        for row in selectors.bad_rows(BOSS, batch.pk)
        for one in row.problems
    ]


def test_nothing_counts_before_the_commit_and_all_of_it_after():
    partner("Acme")
    batch = uploaded([line("S1"), line("S2")])
    assert (batch.state, batch.counts["new"], live()) == ("checked", 2, {})
    batches.commit(BOSS, batch=batch.pk, at=NOW)
    assert list(live()) == ["S1|1", "S2|1"]
    assert not Staged.objects.exists()


def test_the_same_file_twice_changes_nothing():
    partner("Acme")
    committed([line("S1"), line("S2")])
    again = committed([line("S1"), line("S2")])
    assert (again.counts["unchanged"], again.counts["new"]) == (2, 0)
    assert Fact.objects.count() == 2


def test_bad_rows_are_told_by_line_and_column_and_the_good_ones_can_be_taken():
    partner("Acme")
    batch = uploaded(
        [
            line("S1"),
            line("S2", who="acne"),
            line("S3", amount="1.000,50"),
            line("S4", day="31.12.2025"),
            line(""),
            line("S6").replace("EUR", "EURO"),
            "S7,1,acme",
            line("S8"),
        ]
    )
    assert problems(batch) == [
        (3, "partner_id", "acne", "there is no partner 'acne'"),
        (4, "", "", "9 cells, the header has 8"),
        (
            5,
            "order_date",
            "31.12.2025",
            "'31.12.2025' is not a date such as 2026-01-31 or a time such as 2026-01-31T14:30:00Z",
        ),
        (6, "order_number", "", "the key is empty"),
        (7, "currency", "EURO", "'EURO' is not a currency code of ISO 4217"),
        (8, "", "", "3 cells, the header has 8"),
    ]
    assert (batch.counts["rows"], batch.counts["bad"], batch.counts["new"]) == (8, 6, 2)
    batches.commit(BOSS, batch=batch.pk, at=NOW)
    assert list(live()) == ["S1|1", "S8|1"]


def test_a_currency_without_rates_is_told_once_there_are_rates():
    partner("Acme")
    assert uploaded([line("S1").replace("EUR", "SEK")]).counts["bad"] == 0
    rates.import_ecb(BOSS, data=b"Date, USD, \n2026-04-30, 1.1,\n", at=NOW)
    batch = uploaded([line("S1").replace("EUR", "SEK"), line("S2").replace("EUR", "USD")])
    assert problems(batch) == [(2, "currency", "SEK", "there are no exchange rates for SEK")]


def test_rows_of_one_key_count_once_or_are_told_of_each_other():
    partner("Acme")
    batch = uploaded([line("S1"), line("S1", amount="100.00"), line("S2"), line("S2", amount="7")])
    assert (batch.counts["repeated"], batch.counts["new"], batch.counts["bad"]) == (1, 1, 2)
    assert [(row, message) for row, _c, _v, message in problems(batch)] == [
        (4, "line 5 has the same key and says something else"),
        (5, "line 4 has the same key and says something else"),
    ]


def test_repeats_in_a_file_of_some_length_are_found_in_one_walk():
    """PostgreSQL has no counts of what was staged just now: joined with itself it took a minute."""
    partner("Acme")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '10s'")
    there = [line(f"S{number}") for number in range(600)]
    batch = uploaded([*there, line("S7"), line("S8", amount="7")])
    assert batch.counts | {"repeated": 1, "new": 599, "bad": 2} == batch.counts


def test_the_dry_run_says_what_would_be_new_corrected_and_unchanged():
    partner("Acme")
    recorded(sale("S1", "acme", "100"), sale("S2", "acme", "100"))
    batch = uploaded([line("S1"), line("S2", amount="5"), line("S3")])
    assert batch.counts == {
        "rows": 3,
        "bad": 0,
        "repeated": 0,
        "new": 1,
        "corrected": 1,
        "withdrawn": 0,
        "unchanged": 1,
    }
    assert live()["S2|1"]["amount"] == "100"


def test_a_row_is_mended_in_place_and_what_came_is_kept():
    partner("Acme")
    batch = uploaded([line("S1"), line("S2", who="acne", amount="x")])
    row = imports.mend(BOSS, batch=batch.pk, line=3, cells={"partner_id": "acme"}, at=NOW)
    assert [one["column"] for one in row.problems] == ["amount"]
    row = imports.mend(BOSS, batch=batch.pk, line=3, cells={"amount": "7"}, at=NOW)
    assert row.problems == []
    assert (row.cells["partner_id"], row.patch) == ("acne", {"partner_id": "acme", "amount": "7"})
    with pytest.raises(Hidden):
        imports.mend(BOSS, batch=batch.pk, line=3, cells={"amount": "8"}, at=NOW)
    done = batches.commit(BOSS, batch=batch.pk, at=NOW)
    assert (done.counts["bad"], done.counts["new"]) == (0, 2)
    assert live()["S2|1"]["amount"] == "7"


def test_a_mended_row_can_not_have_the_key_of_another():
    partner("Acme")
    batch = uploaded([line("S1"), line("S2", amount="x")])
    row = imports.mend(
        BOSS, batch=batch.pk, line=3, cells={"order_number": "S1", "amount": "7"}, at=NOW
    )
    assert row.problems[0]["message"] == "line 2 has the same key and says something else"
    assert batches.commit(BOSS, batch=batch.pk, at=NOW).counts["new"] == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_refused_rows_come_back_as_a_file_that_commits_exactly_them(kind):
    partner("Acme")
    bad = {7, 70, 71}
    rows = [line(f"S{n}", amount="x" if n in bad else "=1" if n == 5 else "1") for n in range(100)]
    first = committed(rows)
    assert (first.counts["new"], first.counts["bad"]) == (96, 4)
    data = refused_rows(BOSS, first.pk, kind)
    if kind == "csv":
        text = data.decode("utf-8-sig")
        assert text.splitlines()[:2] == [
            f"line,reason,{HEADER}",
            "7,\"amount: '=1' is not a number (digits and at most one point, no exponent, "
            "no thousands separator)\",S5,1,acme,2026-05-01,,,'=1,EUR",
        ]
        again = brought("again.csv", text.replace(",x,", ",1,").replace(",'=1,", ",1,").encode())
    else:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out)
        page = book.add_worksheet()
        for number, row in enumerate(sheet):
            mended = ["1" if cell in ("x", "=1") else cell for cell in row]
            page.write_row(number, 0, mended)
        book.close()
        again = brought("again.xlsx", out.getvalue())
    done = batches.commit(BOSS, batch=checked(again).pk, at=NOW)
    assert (done.counts["new"], done.counts["bad"], done.counts["unchanged"]) == (4, 0, 0)
    assert len(live()) == 100


def test_every_kind_of_file_says_the_same():
    partner("Acme")
    text = f"{HEADER}\n{line('S1', amount='12.50')}\n".encode()
    table = pa.table(
        {
            "order_number": ["S1"],
            "order_line": pa.array([1], pa.int32()),
            "partner_id": ["acme"],
            "order_date": pa.array([20574], pa.date32()),
            "amount": pa.array(["12.5000"]).cast(pa.decimal128(12, 4)),
            "currency": ["EUR"],
        }
    )
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink)
    book = io.BytesIO()
    made = xlsxwriter.Workbook(book)
    page = made.add_worksheet()
    page.write_row(0, 0, ["order_number", "order_line", "partner_id", "order_date"])
    page.write_row(0, 4, ["amount", "currency"])
    page.write_row(2, 0, ["S1", 1, "acme"])
    page.write_datetime(
        2, 3, NOW.replace(2026, 5, 1, 0, tzinfo=None), made.add_format({"num_format": "yyyy-mm-dd"})
    )
    page.write_row(2, 4, [12.5, "EUR"])
    made.close()
    semicolons = text.replace(b",", b";")
    assert batches.commit(BOSS, batch=checked(brought("a.csv", text)).pk, at=NOW)
    for name, data in (
        ("b.parquet", sink.getvalue()),
        ("c.xlsx", book.getvalue()),
        ("d.csv", semicolons),
        ("e.tsv", text.replace(b",", b"\t")),
    ):
        batch = checked(brought(name, data))
        assert problems(batch) == []
        assert (name, batch.counts["unchanged"], batch.counts["rows"]) == (name, 1, 1)


def test_lines_of_a_workbook_are_those_of_its_sheet():
    partner("Acme")
    book = io.BytesIO()
    made = xlsxwriter.Workbook(book)
    page = made.add_worksheet()
    page.write_row(0, 0, HEADER.split(","))
    page.write_row(3, 0, ["S1", "1", "acne", "2026-05-01", "", "", "1", "EUR"])
    made.close()
    batch = checked(brought("c.xlsx", book.getvalue()))
    assert problems(batch) == [(4, "partner_id", "acne", "there is no partner 'acne'")]


def test_a_mapping_is_remembered_by_the_header_and_constants_fill_columns():
    partner("Acme")
    text = b"Order no.,Reseller,Day,Net\nS1,acme,2026-05-01,5\n"
    batch = brought("a.csv", text)
    assert batch.mapping == {}
    columns = {
        "order_number": "Order no.",
        "order_line": {"value": "1"},
        "partner_id": "Reseller",
        "order_date": "Day",
        "amount": "Net",
        "currency": {"value": "EUR"},
    }
    assert checked(batch, columns).counts["new"] == 1
    assert brought("b.csv", text.replace(b"S1", b"S2")).mapping == columns
    assert brought("c.csv", b"Order no.,Other\n1,2\n").mapping == {}
    wider = text.replace(b"Net", b"Net,channel").replace(b",5", b",5,web")
    assert brought("d.csv", wider).mapping == {**columns, "channel": "channel"}


def test_a_mapping_that_lacks_or_misnames_columns_is_refused():
    partner("Acme")
    batch = brought("a.csv", b"Order no.,Reseller,Day,Net\nS1,acme,2026-05-01,5\n")
    with pytest.raises(Refused) as refused:
        imports.map_columns(
            BOSS,
            batch=batch.pk,
            columns={"order_number": "Order", "partnr": "Reseller", "order_date": "Day"},
            at=NOW,
        )
    assert refused.value.problems == [
        "the file has no column Order (did you mean Order no.?)",
        "there is no column partnr (did you mean partner_id?)",
        "order_line is needed: say which column it is",
        "partner_id is needed: say which column it is",
    ]
    assert Batch.objects.get(pk=batch.pk).state == "uploaded"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"a,a\n1,2\n", "twice"),
        ("a.csv", b"a,b\n1,\xff\n", "UTF-8"),
        ("a.parquet", b"PAR1 no PAR1", "table"),
        ("a.xlsx", b"PK\x03\x04 no workbook", "no file that can be used"),
    ],
)
def test_what_is_no_table_is_refused_and_leaves_nothing(name, data, why):
    with pytest.raises(Refused, match=why):
        brought(name, data)
    assert not Batch.objects.exists()


def test_a_file_that_breaks_off_later_goes_back_to_who_brought_it(monkeypatch):
    monkeypatch.setattr(sources, "_PIECE", 128)  # the header's block is fine
    partner("Acme")
    text = f"{HEADER}\n{line('S1')}\n" + f'{line("S2")}"\n"open,1\n'
    batch = brought("a.csv", text.encode())
    imports.map_columns(BOSS, batch=batch.pk, columns=batch.mapping, at=NOW)
    imports.check(batch.pk, at=NOW)
    found = Batch.objects.get(pk=batch.pk)
    assert found.state == "uploaded"
    assert "quote" in found.trouble
    assert not Staged.objects.exists()


def test_a_check_goes_on_where_it_was_killed(monkeypatch):
    partner("Acme")
    monkeypatch.setattr(
        "echelon.records.facts.services.imports.sources.blocks",
        lambda path, names: sources.read_csv(path, names, 4096),
    )
    rows = [line(f"S{n}", amount="x" if n % 50 == 0 else "1") for n in range(1000)]
    text = "\n".join([HEADER, *rows]).encode()
    batch = brought("a.csv", text)
    imports.map_columns(BOSS, batch=batch.pk, columns=batch.mapping, at=NOW)

    class Killed(BaseException):
        """The worker is gone."""

    stage, count = imports.staging.stage, []

    def dying(*given, **more):
        stage(*given, **more)
        count.append(1)
        if len(count) == 3:
            raise Killed

    monkeypatch.setattr(imports.staging, "stage", dying)
    with pytest.raises(Killed):
        imports.check(batch.pk, at=NOW)
    half = Batch.objects.get(pk=batch.pk)
    assert 0 < half.checkpoint < 1001
    staged = Staged.objects.filter(batch=batch.pk).count()
    assert staged + BadRow.objects.count() == half.counts["rows"]
    imports.check(batch.pk, at=NOW)
    done = batches.commit(BOSS, batch=batch.pk, at=NOW)
    assert (done.counts["rows"], done.counts["bad"], done.counts["new"]) == (1000, 20, 980)
    assert Fact.objects.count() == 980


def test_jobs_check_and_commit_what_is_asked_for():
    partner("Acme")
    batch = brought("a.csv", f"{HEADER}\n{line('S1')}\n".encode())
    imports.map_columns(BOSS, batch=batch.pk, columns=batch.mapping, at=NOW)
    run_due(lambda: NOW + timedelta(seconds=1))
    assert Batch.objects.get(pk=batch.pk).state == "checked"
    imports.commit_later(BOSS, batch=batch.pk, at=NOW)
    with pytest.raises(Refused, match="being committed"):
        imports.commit_later(BOSS, batch=batch.pk, at=NOW)
    run_due(lambda: NOW + timedelta(seconds=2))
    assert Batch.objects.get(pk=batch.pk).state == "committed"
    assert list(live()) == ["S1|1"]


def test_undoing_a_file_brings_back_what_it_superseded():
    partner("Acme")
    recorded(sale("S1", "acme", "100"))
    batch = committed([line("S1", amount="5"), line("S2")])
    assert {key: row["amount"] for key, row in live().items()} == {"S1|1": "5", "S2|1": "100"}
    batches.undo(BOSS, batch=batch.pk, at=NOW)
    assert {key: row["amount"] for key, row in live().items()} == {"S1|1": "100"}


def test_a_dropped_batch_leaves_no_rows():
    partner("Acme")
    batch = uploaded([line("S1"), line("S2", amount="x")])
    batches.drop(BOSS, batch=batch.pk, at=NOW)
    assert (Staged.objects.count(), BadRow.objects.count()) == (0, 0)
    with pytest.raises(Refused, match="dropped"):
        batches.commit(BOSS, batch=batch.pk, at=NOW)


def test_batches_are_seen_by_who_loads_for_their_partners():
    acme, bolt = partner("Acme"), partner("Bolt")
    ours, other = person(acme, Role.PARTNER_ADMIN), person(bolt, Role.PARTNER_ADMIN)
    batch = uploaded([line("S1"), line("S2", who="bolt")], scope=scope_of(ours))
    assert problems(batch) == [(3, "partner_id", "bolt", "there is no partner 'bolt'")]
    uploaded([line("S9")])
    manager = staff(Role.ACCOUNT_MANAGER)
    assert [len(selectors.batches(scope_of(who))) for who in (ours, other, manager)] == [1, 0, 0]
    assert len(selectors.batches(BOSS)) == 2
    for who in (other, manager, person(acme)):
        for ask in (
            lambda scope: selectors.batch(scope, batch.pk),
            lambda scope: refused_rows(scope, batch.pk, "csv"),
            lambda scope: batches.commit(scope, batch=batch.pk, at=NOW),
            lambda scope: imports.mend(scope, batch=batch.pk, line=3, cells={}, at=NOW),
        ):
            with pytest.raises(Hidden):
                ask(scope_of(who))
    batches.commit(scope_of(ours), batch=batch.pk, at=NOW)
    assert list(live()) == ["S1|1"]


def test_a_vendors_own_type_is_loaded_like_a_built_in_one():
    partner("Acme")
    spec = {"key": "id", "partner": "who", "date": "day", "columns": {"stars": "integer"}}
    types.define_type(BOSS, slug="reviews", label="Reviews", spec=spec, at=NOW)
    batch = imports.upload(
        BOSS,
        type="reviews",
        name="r.csv",
        stream=b"id,who,day,stars\n1,acme,2026-01-01,5\n",
        at=NOW,
    )
    assert checked(batch).counts["new"] == 1
    with pytest.raises(Refused, match="a money column names its currency"):
        types.define_type(
            BOSS, slug="fees", label="Fees", spec={**spec, "columns": {"fee": "money"}}, at=NOW
        )


def test_rows_are_mended_together_and_of_two_with_one_key_one_is_taken():
    partner("Acme")
    lines = [line("S1"), line("S2", who="x"), line("S3", amount="x"), line("S4", amount="y")]
    batch = uploaded(lines)
    rows = imports.mend_rows(
        BOSS,
        batch=batch.pk,
        rows={3: {"partner_id": "acme"}, 4: {"amount": "z"}, 5: {"amount": "7"}, 9: {}},
        at=NOW,
    )
    assert [(row.line, bool(row.problems)) for row in rows] == [(3, False), (4, True), (5, False)]
    found = Batch.objects.get(pk=batch.pk)
    assert (found.counts["bad"], found.counts["new"]) == (1, 3)
    assert trail("facts.mended")[0].after["rows"][1] == {
        "line": 4, "cells": {"amount": "z"}, "good": False,
    }  # fmt: skip
    assert imports.mend_rows(BOSS, batch=batch.pk, rows={3: {"amount": "1"}}, at=NOW) == []

    twins = uploaded([line("T1"), line("T1", amount="2"), line("T1", amount="3")])
    assert twins.counts["bad"] == 3
    rows = imports.mend_rows(BOSS, batch=twins.pk, rows={2: {}, 3: {}}, at=NOW)
    assert [bool(row.problems) for row in rows] == [True, False]
    batches.commit(BOSS, batch=twins.pk, at=NOW)
    assert live()["T1|1"]["amount"] == "2"


def test_what_taking_back_would_change_is_what_it_changes():
    partner("Acme")
    recorded(sale("S1", "acme", "100"), sale("S2", "acme", "100"))
    batch = committed([line(f"S{number}", amount="5") for number in range(1, 5)])
    recorded(sale("S2", "acme", "7"), sale("S4", "acme", "7"))
    would = selectors.would_undo(BOSS, batch.pk)
    assert (would.removed, would.restored, would.corrected_since) == (2, 1, 2)
    before = live()
    batches.undo(BOSS, batch=batch.pk, at=NOW)
    assert {key: row["amount"] for key, row in live().items()} == {
        "S1|1": "100", "S2|1": "7", "S4|1": "7",
    }  # fmt: skip
    assert len(before) == 4


def test_the_first_rows_of_a_file_are_shown_as_it_has_them():
    partner("Acme")
    batch = brought("a.csv", f"{HEADER}\n".encode() + "\n".join(map(line, "1234567")).encode())
    assert selectors.sample(BOSS, batch.pk, rows=2) == [
        ["1", "1", "acme", "2026-05-01", "", "", "100", "EUR"],
        ["2", "1", "acme", "2026-05-01", "", "", "100", "EUR"],
    ]
    table = pa.table({"n": [1, 2], "day": pa.array([20574, None], pa.date32())})
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink)
    other = brought("a.parquet", sink.getvalue())
    assert selectors.sample(BOSS, other.pk) == [["1", "2026-05-01"], ["2", ""]]
    assert selectors.sample(BOSS, brought("b.csv", f"{HEADER}\n".encode()).pk) == []


def test_batches_come_page_by_page():
    partner("Acme")
    made = [uploaded([line(f"S{number}")]).pk for number in range(3)]
    first = selectors.batches(BOSS, limit=2)
    rest = selectors.batches(BOSS, after=first[-1].pk, limit=2)
    assert sorted(one.pk for one in [*first, *rest]) == sorted(made)
    assert selectors.batches(BOSS, type="leads") == []
