"""A folder becomes data, through the door that others use."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rulebook.dataset.data import Fact
from rulebook.errors import DataError
from rulebook.loading import check_folder, load_folder
from tests.rulebook.loading.folders import FILES, SPEC, asides, errors, refused, values, write

D = Decimal
NOT_WHOLE = "is not a whole number (digits only, at most 26, no point)"
HEADER = "order,line,partner,day,product,amount,currency,quantity\n"


def test_a_folder_becomes_data(tmp_path: Path) -> None:
    folder = load_folder(write(tmp_path))
    assert folder.partners == {
        "P1": {"id": "P1", "parent": None, "country": "DE", "staff": D(12), "listed": True},
        "P2": {"id": "P2", "parent": "P1", "country": "FR", "staff": None, "listed": False},
    }
    assert folder.parents == {"P2": "P1"}
    assert folder.references == {
        "product": {
            D(9): {"id": D(9), "category": None, "launched": None},
            D(10): {"id": D(10), "category": "Bikes", "launched": date(2019, 5, 31)},
        }
    }
    assert folder.facts.columns("sales") == (
        "partner", "day", "product", "amount", "quantity", "currency", "order", "line",
    )  # fmt: skip
    assert folder.facts.rows("sales", None) == [
        Fact("sales.csv", 2, None,
             ("P1", date(2026, 1, 31), D(10), D("1200.5"), D(2), "USD", "A", "1")),
        Fact("sales.csv", 3, None,
             ("P1", date(2026, 2, 1), D(9), D(-3), D("0.5"), "EUR", "A", "2")),
        Fact("sales.csv", 4, None, ("P2", date(2026, 2, 28), None, None, None, None, "B", "1")),
    ]  # fmt: skip
    assert (folder.enrollments, folder.overrides, folder.attestations) == (None, (), ())
    assert (folder.aside, folder.notices) == ({}, [])
    assert check_folder(tmp_path) == ([], 0)


def test_facts_are_fetched_by_partner(tmp_path: Path) -> None:
    folder = load_folder(write(tmp_path, sales=str(FILES["sales.csv"]) + "C,1,P9,,,,,\n"))
    assert [fact.line for fact in folder.facts.rows("sales", ["P2"])] == [4]
    assert [fact.line for fact in folder.facts.rows("sales", {"P1", "P2"})] == [2, 3, 4]
    assert folder.facts.rows("sales", []) == []
    assert folder.facts.rows("sales", ["P9"]) == []  # set aside: there is no such partner
    assert [fact.line for fact in folder.facts.rows("sales", None)] == [2, 3, 4, 5]


def test_each_fact_is_set_aside_for_its_first_reason(tmp_path: Path) -> None:
    rows = [
        "A,1,P1,2026-01-31,,,,",
        "A,1,P1,2026-01-31,,,,",  # the same again
        "B,1,,,,,,",  # no partner, no date either
        "C,1,P9,,,,,",  # a partner that isn't there, no date either
        "D,1,P1,,,,,",
        "D,1,P1,,,,,",  # the same again, before it would have no date
    ]
    folder = load_folder(write(tmp_path, sales=HEADER + "\n".join(rows)))
    assert asides(folder) == [
        (2, None), (3, "duplicate"), (4, "no partner"), (5, "unknown partner"), (6, "no date"),
        (7, "duplicate"),
    ]  # fmt: skip
    assert folder.aside == {
        ("sales", "no date"): 1, ("sales", "no partner"): 1, ("sales", "unknown partner"): 1,
    }  # fmt: skip


def test_validity_alone_attains_at_its_start(tmp_path: Path) -> None:
    spec = SPEC.replace(
        "    date: day\n", "    valid: {from: day, until: ends}\n    recorded: seen\n"
    )
    rows = HEADER.replace("\n", ",ends,seen\n") + "A,1,P1,,,,,,2026-05-01,2026-01-09T10:00Z\n"
    folder = load_folder(write(tmp_path, dataset=spec, sales=rows))
    assert asides(folder) == [(2, "no date")]
    row = dict(zip(folder.facts.columns("sales"), values(folder)[0], strict=True))
    assert (row["day"], row["ends"], row["seen"]) == (None, date(2026, 5, 1), date(2026, 1, 9))


def test_bad_rows_are_set_aside_where_that_is_allowed(tmp_path: Path) -> None:
    rows = [
        "A,1,P1,2026-01-31,x,,,",  # not a number
        "A,1,P1,2026-01-31,x,,,",  # the same bad row again changes nothing
        "B,1,P1",  # ragged
        "B,1,P1",  # and the same again
        "C,1,P1,2026-01-31,,5,,",  # an amount without a currency
        "D,1,P1,2026-01-31,,5,usd,",
        "E,,P1,2026-01-31,,,,",  # no key
        "F,1,P1,2026-01-31,,1,USD,",  # two rows under one key
        "F,1,P1,2026-01-31,,2,USD,",
        "F,1,P1,2026-01-31,,1,USD,",
        "G,1,P1,2026-01-31,,2,USD,",
    ]
    write(tmp_path, sales=HEADER + "\n".join(rows))
    folder = load_folder(tmp_path, allow_bad_rows=True)
    assert asides(folder) == [
        (2, "bad row"), (3, "duplicate"), (4, "bad row"), (5, "duplicate"), (6, "bad row"),
        (7, "bad row"), (8, "bad row"), (9, "bad row"), (10, "bad row"), (11, "duplicate"),
        (12, None),
    ]  # fmt: skip
    assert folder.aside == {("sales", "bad row"): 7}
    names = folder.facts.columns("sales")
    first = dict(zip(names, values(folder)[0], strict=True))
    assert (first["order"], first["partner"], first["product"]) == ("A", "P1", None)
    assert errors(tmp_path) == [
        f"sales.csv:2: column product: 'x' {NOT_WHOLE}",
        f"sales.csv:3: column product: 'x' {NOT_WHOLE}",
        "sales.csv:4: 3 cells, the header has 8",
        "sales.csv:5: 3 cells, the header has 8",
        "sales.csv:6: column currency: the amount in column amount has no currency",
        "sales.csv:7: column currency: 'usd' is not a currency code of ISO 4217 "
        "(did you mean USD?)",
        "sales.csv:8: column line: the key is empty",
        "sales.csv:10: the key 'F', '1' stands in line 9 too, with another amount "
        "(a key names one row)",
    ]


def test_bad_rows_of_partners_and_references_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, partners=str(FILES["partners.csv"]) + "P3,P2,,many,\nP4,P3,,,\n",
          products="id,category,launched\n10,Bikes,2019-02-29\n9,,\n")  # fmt: skip
    assert errors(tmp_path) == [
        f"partners.csv:4: column staff: 'many' {NOT_WHOLE}",
        "products.csv:2: column launched: '2019-02-29' is not a day of the calendar",
    ]
    folder = load_folder(tmp_path, allow_bad_rows=True)
    assert list(folder.partners) == ["P1", "P2", "P4"]
    assert folder.parents == {"P2": "P1"}  # P4 stays, without the parent that isn't there
    assert [str(notice).rpartition("/")[2] for notice in folder.notices] == [
        "partners.csv:5: column parent: there is no partner 'P3': read as a partner without a "
        "parent"
    ]
    assert list(folder.references["product"]) == [D(9)]
    assert folder.aside == {("partners", "bad row"): 1, ("product", "bad row"): 1}


def test_everything_that_is_wrong_at_once_and_in_order(tmp_path: Path) -> None:
    """A missing column of one table doesn't hide the cells of it and of others."""
    write(tmp_path, partners="id,parent,country,staff,listd\nP1,,DE,many,yes\n",
          products="id,category,launched\n10,Bikes,soon\n",
          sales=HEADER.replace("amount", "amounts") + "A,1,P1,never,10,5,USD,2\n")  # fmt: skip
    assert errors(tmp_path) == [
        "dataset.yaml:4: partners.columns.listed: partners.csv has no column 'listed' "
        "(did you mean listd?)",
        f"partners.csv:2: column staff: 'many' {NOT_WHOLE}",
        "products.csv:2: column launched: 'soon' is not a date such as 2026-01-31 or a time such "
        "as 2026-01-31T14:30:00Z",
        "dataset.yaml:17: facts.sales.columns.amount: sales.csv has no column 'amount' "
        "(did you mean amounts?)",
        "sales.csv:2: column day: 'never' is not a date such as 2026-01-31 or a time such as "
        "2026-01-31T14:30:00Z",
    ]


def test_a_hundred_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"A,{n},P1,never,,,,x\n" for n in range(500))
    write(tmp_path, sales=HEADER + rows)
    problems, total = check_folder(tmp_path)
    assert (len(problems), total) == (100, 1000)
    assert [problem.line for problem in problems[:4]] == [2, 2, 3, 3]
    with pytest.raises(DataError) as caught:
        load_folder(tmp_path)
    assert caught.value.total == 1000


def test_any_column_name_works(tmp_path: Path) -> None:
    """Names of columns and tables never become SQL: quotes, spaces, words of SQL."""
    odd = 'a "b"; drop table partner; --'
    spec = (
        "partners: {file: p.csv, key: select, columns: {'from': integer}}\n"
        "facts:\n  order:\n    file: o.csv\n    key: 'group by'\n    partner: \"d'accord\"\n"
        f"    date: 日付\n    columns: {{'{odd}': {{type: money, currency: 'c0'}}}}\n"
    )
    quoted = odd.replace('"', '""')
    files = {
        "dataset.yaml": spec,
        "p.csv": "select,from\n'x',3\n",
        "o.csv": f'group by,d\'accord,日付,"{quoted}",c0\n' + "1,'x',2026-01-01,2.5,USD\n" * 2,
    }
    folder = load_folder(write(tmp_path, files))
    assert folder.facts.columns("order") == ("d'accord", "日付", odd, "c0", "group by")
    assert values(folder, "order")[0] == ("'x'", date(2026, 1, 1), D("2.5"), "USD", "1")
    assert asides(folder, "order") == [(2, None), (3, "duplicate")]
    assert folder.partners == {"'x'": {"select": "'x'", "from": D(3)}}


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert refused(missing) == [f"{missing}: there is no such folder"]
    assert refused(tmp_path) == [
        "dataset.yaml: the folder has no dataset.yaml (it says which tables lie there)"
    ]
    write(tmp_path, {"dataset.yaml": "partners: [\n"})
    assert refused(tmp_path)[0].startswith("dataset.yaml:2: not readable as YAML or JSON")
    write(tmp_path, {"dataset.yaml": "partners: {fil: p.csv}\nfacts: {sales: {kye: x}}\n"})
    assert refused(tmp_path) == [
        "dataset.yaml:1: partners.fil: unknown key 'fil' (did you mean file?)",
        "dataset.yaml:2: facts.sales.kye: unknown key 'kye' (did you mean key?)",
    ]


def test_the_database_reaches_nothing_outside(tmp_path: Path) -> None:
    folder = load_folder(write(tmp_path))
    with pytest.raises(Exception, match="disabled by configuration"):
        folder.connection.execute(f"SELECT * FROM read_csv('{tmp_path}/sales.csv')").fetchall()
