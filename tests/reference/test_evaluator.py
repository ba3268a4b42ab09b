"""The reference evaluator's metrics: AdventureWorks, and answers worked out by hand."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rulebook.reading import read_program
from tests.reference.evaluator import evaluate
from tests.reference.evaluator.money import NoRate
from tests.reference.small import HEAD, answers, measured


def test_adventureworks(require: Any) -> None:
    folder = require("shared")
    program, _ = read_program(folder / "program" / "program.yaml")
    found = evaluate(program, folder, date(2019, 6, 30))
    with (folder / "program" / "expected-2019-06-30.csv").open(encoding="utf-8") as lines:
        expected = list(csv.DictReader(lines))
    assert len(expected) == len(found) == 701
    for row in expected:
        answer = found[row.pop("partner")]
        assert row.pop("qualified") == answer["qualified"]
        for name, text in row.items():
            value = answer["metrics"][name]
            assert (value is None) == (text == "")
            assert value is None or value.quantize(Decimal("0.000001")) == Decimal(text)


WINDOWS = """
trailing 12 months                 | 2020-05-31 | 2019-06-01 | 2020-05-31
trailing 1 month                   | 2020-06-30 | 2020-05-31 | 2020-06-30
trailing 1 month                   | 2020-05-31 | 2020-05-01 | 2020-05-31
trailing 12 months                 | 2020-02-29 | 2019-03-01 | 2020-02-29
trailing 90 days                   | 2020-05-31 | 2020-03-03 | 2020-05-31
trailing 2 weeks                   | 2020-05-31 | 2020-05-18 | 2020-05-31
trailing 2 quarters                | 2020-05-31 | 2019-12-01 | 2020-05-31
trailing 1 year                    | 2020-05-31 | 2019-06-01 | 2020-05-31
this year                          | 2020-05-31 | 2020-01-01 | 2020-05-31
this week                          | 2020-05-31 | 2020-05-25 | 2020-05-31
this month                         | 2020-05-31 | 2020-05-01 | 2020-05-31
this quarter                       | 2020-05-31 | 2020-04-01 | 2020-05-31
this half                          | 2020-05-31 | 2020-01-01 | 2020-05-31
this fiscal year                   | 2020-05-31 | 2020-02-15 | 2020-05-31
this fiscal year                   | 2020-02-14 | 2019-02-15 | 2020-02-14
this fiscal quarter                | 2020-05-31 | 2020-05-15 | 2020-05-31
last year                          | 2020-05-31 | 2019-01-01 | 2019-12-31
last 3 months                      | 2020-05-31 | 2020-02-01 | 2020-04-30
last week                          | 2020-05-31 | 2020-05-18 | 2020-05-24
last fiscal quarter                | 2020-05-31 | 2020-02-15 | 2020-05-14
last fiscal year                   | 2020-05-31 | 2019-02-15 | 2020-02-14
this month and 5 before            | 2020-05-31 | 2019-12-01 | 2020-05-31
since 2019-01-01                   | 2020-05-31 | 2019-01-01 | 2020-05-31
lifetime                           | 2020-05-31 | 2018-01-01 | 2020-05-31
trailing 12 months, 12 months ago  | 2020-05-31 | 2018-06-01 | 2019-05-31
this year, 12 months ago           | 2020-05-31 | 2019-01-01 | 2019-05-31
last month, 1 month ago            | 2020-05-31 | 2020-03-01 | 2020-03-31
lifetime, 1 month ago              | 2020-05-31 | 2018-01-01 | 2020-04-30
this year, enrolled                | 2020-05-31 | 2020-03-10 | 2020-05-31
this year, 12 months ago, enrolled | 2020-05-31 |            |
this year, enrolled, 12 months ago | 2020-05-31 | 2019-01-01 | 2019-03-31
trailing 12 months, enrolled       | 2020-02-01 | 2019-02-02 | 2019-03-31
lifetime, enrolled                 | 2018-03-31 |            |
""".strip().splitlines()


@pytest.mark.parametrize("line", WINDOWS)
def test_windows(tmp_path: Path, line: str) -> None:
    """A sale a day; enrolled 2018-05-01 to 2019-03-31 and again from 2020-03-10."""
    window, as_of, first, last = (cell.strip() for cell in line.split("|"))
    days = [date(2018, 1, 1) + timedelta(days=index) for index in range(1000)]
    found = measured(
        tmp_path,
        f"first: {{from: sales, value: min(day), window: '{window}'}}\n"
        f"last: {{from: sales, value: max(day), window: '{window}'}}\n"
        f"number: {{from: sales, value: count(), window: '{window}'}}",
        as_of,
        sales="\n".join(f"{day},A,{day},,,,,," for day in days),
        enrollments="A,p,2018-05-01,2019-03-31,\nA,p,2020-03-10,,\nA,q,2018-01-01,,",
    )
    expected = [date.fromisoformat(first), date.fromisoformat(last)] if first else [None, None]
    assert [found["first"], found["last"]] == expected
    whole = (expected[1] - expected[0]).days + 1 if first else 0
    assert found["number"] == whole


def test_valid(tmp_path: Path) -> None:
    """`until` is exclusive, no end holds on, the date must not lie after as-of."""
    found = measured(
        tmp_path,
        """
        now: {from: certs, value: min(person), window: valid}
        number: {from: certs, value: count(), window: valid}
        before: {from: certs, value: count(), window: "valid, 1 month ago"}
        """,
        certs="""
        1,A,2020-01-01,2020-01-01,2020-05-31,ends today,x
        2,A,2020-01-01,2020-01-01,2020-06-01,b,x
        3,A,2020-05-31,2020-05-31,,c,x
        4,A,2020-06-01,2020-01-01,,not yet attained,x
        5,A,2020-01-01,2020-06-01,,not yet valid,x
        6,A,2020-01-01,2020-05-01,2020-05-02,over,x
        """,
    )
    assert found == {"now": "b", "number": 2, "before": 2}


def test_what_is_set_aside_never_counts_and_repeated_rows_are_one(tmp_path: Path) -> None:
    found = answers(
        tmp_path,
        "metrics: {number: {from: sales, value: count()}}",
        partners="A,,,\nB,,,",
        sales="1,A,2020-01-01,,,,,,\n1,A,2020-01-01,,,,,,\n2,,2020-01-01,,,,,,\n"
        "3,Z,2020-01-01,,,,,,\n4,A,,,,,,,\n5,A,2020-06-01,,,,,,",
    )
    assert found["A"]["metrics"] == {"number": 1}
    assert found["B"]["metrics"] == {"number": 0}


def test_money_takes_the_rate_of_its_day_or_the_latest_before_each_leg_its_own(
    tmp_path: Path,
) -> None:
    lines = """
    total: {from: sales, value: sum(amount), date: closed}
    usd: {from: sales, value: sum(amount), where: currency = 'USD'}
    """
    tables = {
        "sales": "1,A,2020-01-05,100,GBP,,,2020-03-01,\n2,A,2020-01-05,10,EUR,,,2020-03-01,\n"
        "3,A,2020-01-05,0.125,USD,,,2020-03-01,\n4,A,2020-01-05,,,,,2020-03-01,",
        "rates": "2020-01-01,USD,1.10\n2020-01-04,USD,1.12\n2020-01-06,USD,9\n2020-01-03,GBP,0.9",
    }
    # GBP: 1.12 / 0.9 = 1.2444444444 (10 decimals), 100 of it 124.44; EUR 11.20; USD 0.13
    found = measured(tmp_path, lines, **tables)
    assert found == {"total": Decimal("135.77"), "usd": Decimal("0.13")}


def test_pinned_rates_and_those_of_the_period_s_end(tmp_path: Path) -> None:
    sales = "1,A,2019-12-31,100,EUR,,,,\n2,A,2020-01-01,100,EUR,,,,"
    metrics = "metrics:\n  t: {from: sales, value: sum(amount), window: last month}\n"
    fixed = HEAD + "fx: {use: fixed, rates: [{EUR: 1.5}, {from: 2020-01-01, EUR: 2}]}\n" + metrics
    found = answers(tmp_path, fixed.replace("last month", "lifetime"), sales=sales)
    assert found["A"]["metrics"] == {"t": 350}
    end = HEAD + "fx: {use: period_end}\n" + metrics
    rates = "2019-01-01,USD,1\n2020-01-31,USD,1.2\n2020-02-01,USD,7"
    found = answers(tmp_path, end, "2020-02-15", sales=sales, rates=rates)
    assert found["A"]["metrics"] == {"t": 120}


def test_a_missing_rate_matters_only_to_a_metric_that_reads_the_amount(tmp_path: Path) -> None:
    tables = {"sales": "1,A,2020-01-01,100,GBP,,,,"}
    assert measured(tmp_path, "n: {from: sales, value: count()}", **tables) == {"n": 1}
    with pytest.raises(NoRate):
        measured(tmp_path, "n: {from: sales, value: sum(amount)}", **tables)


def test_aggregates_skip_nulls(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        """
        sum: {from: sales, value: sum(points)}
        count: {from: sales, value: count(points)}
        rows: {from: sales, value: count()}
        different: {from: sales, value: count(distinct points)}
        avg: {from: sales, value: avg(points)}
        median: {from: sales, value: median(points)}
        least: {from: sales, value: min(points)}
        most: {from: sales, value: max(points)}
        part: {from: sales, value: "sum(points) filter (where points > 1) / count(item)"}
        none: {from: sales, value: sum(points), where: "false"}
        nobody: {from: sales, value: avg(points), where: "points > 100"}
        """,
        sales="1,A,2020-01-01,,,1,i,,\n2,A,2020-01-01,,,1.00,i,,\n3,A,2020-01-01,,,,i,,\n"
        "4,A,2020-01-01,,,5,,,\n5,A,2020-01-01,,,-2,,,",
    )
    assert found == {
        "sum": 5, "count": 4, "rows": 5, "different": 3, "avg": Decimal("1.25"), "median": 1,
        "least": -2, "most": 5, "part": Decimal("1.666666666667"), "none": 0, "nobody": None,
    }  # fmt: skip


FORMULAS = """
7 / 3                                                     | 2.333333333333
1 / 3 * 3 = 1                                             | yes
2 / 3 * 3 = 2                                             | yes
1 / 0                                                     | null
1 + null                                                  | null
least(1, null)                                            | null
greatest(1, 3, 2)                                         | 3
clamp(7, 1, 5)                                            | 5
clamp(null, 1, 5)                                         | null
abs(-2.5)                                                 | 2.5
round(2.5)                                                | 3
round(-2.5)                                               | -3
round(0.125, 2)                                           | 0.13
round(1234, -2)                                           | 1200
coalesce(null, 2)                                         | 2
if(null, 1, 2)                                            | 2
case when null then 1 when true then 2 end                | 2
case 3 when 1 then 1 end                                  | null
case 3 when 3 then 5 else 1 end                           | 5
null and false                                            | no
null or true                                              | yes
null and true                                             | null
not (null = 1)                                            | null
3 in (1, null)                                            | null
3 in (1, 3, null)                                         | yes
3 not in (1, 2)                                           | yes
3 between 3 and 4                                         | yes
null is null                                              | yes
lower('Ab')                                               | ab
year(as_of)                                               | 2020
month(as_of)                                              | 5
quarter(as_of) + 0                                        | 2
day(as_of)                                                | 31
month(as_of) = month(date '2019-05-01')                   | no
month(as_of) in (5)                                       | yes
month(as_of) = 5                                          | yes
date_add(as_of, 1, 'month') = date '2020-06-30'           | yes
date_add(date '2020-02-29', 1, 'year') = date '2021-02-28'| yes
date_add(as_of, -1, 'day') = date '2020-05-30'            | yes
days_between(date '2020-05-01', as_of)                    | 30
4 / 10000000000000 = 0                                    | yes
5 / 10000000000000 = 0                                    | no
'10' < '9'                                                | yes
'é' > 'z'                                                 | yes
""".strip().splitlines()


@pytest.mark.parametrize("line", FORMULAS)
def test_formulas(tmp_path: Path, line: str) -> None:
    formula, expected = (part.strip() for part in line.split("|"))
    found = measured(tmp_path, f'f: {{formula: "{formula}"}}')["f"]
    if isinstance(found, Decimal):
        assert found == Decimal(expected)
    else:
        assert {True: "yes", False: "no", None: "null"}.get(found, found) == expected


def test_months_count_in_their_year_and_bare_elsewhere(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        """
        months: {from: sales, value: count(distinct month(day))}
        bare: {from: sales, value: count(distinct month(day) + 0)}
        groups: {from: sales, value: count(), per: quarter(day)}
        may: {from: sales, value: count(), where: month(day) = 5}
        same: {from: sales, value: count(), where: month(day) = month(closed)}
        """,
        sales="1,A,2019-05-01,,,,,2020-05-01,\n2,A,2020-05-01,,,,,2020-05-02,\n"
        "3,A,2020-04-01,,,,,,",
    )
    assert found == {"months": 3, "bare": 2, "groups": 2, "may": 2, "same": 1}


def test_groups(tmp_path: Path) -> None:
    """By person: two have two exams; a null person makes no group."""
    found = measured(
        tmp_path,
        """
        two: {from: certs, per: person, having: count(distinct exam) >= 2, value: count()}
        capped: {from: certs, per: person, each: "least(count(), 2)", value: sum(each)}
        most: {from: certs, per: [person, exam], each: count(), value: max(each)}
        none: {from: certs, per: person, each: count(), having: count() > 9, value: avg(each)}
        """,
        certs="""
        1,A,2020-01-01,2020-01-01,,ann,x
        2,A,2020-01-01,2020-01-01,,ann,y
        3,A,2020-01-01,2020-01-01,,ann,y
        4,A,2020-01-01,2020-01-01,,bob,x
        5,A,2020-01-01,2020-01-01,,bob,z
        6,A,2020-01-01,2020-01-01,,,x
        7,A,2020-01-01,2020-01-01,,eve,
        8,A,2020-01-01,2020-01-01,,eve,x
        """,
    )
    assert found == {"two": 2, "capped": 6, "most": 2, "none": None}


def test_family_branch_and_reference(tmp_path: Path) -> None:
    """A has B, B has C; a fact's own partner is the one in `partner.country`."""
    found = measured(
        tmp_path,
        """
        own: {from: sales, value: count()}
        every: {from: sales, value: count(), family: true}
        cap: {from: sales, family: true, per: branch, each: "least(count(), 2)", value: sum(each)}
        french: {from: sales, value: count(), family: true, where: partner.country = 'FR'}
        bikes: {from: sales, value: count(), family: true, where: product.category = 'Bikes'}
        loose: {from: sales, value: count(), family: true, where: product.category is null}
        """,
        partners="A,,DE,\nB,A,FR,\nC,B,FR,\nD,,FR,",
        products="i,Bikes\nj,",
        sales="1,A,2020-01-01,,,,i,,\n2,B,2020-01-01,,,,j,,\n3,C,2020-01-01,,,,zz,,\n"
        "4,C,2020-01-01,,,,,,\n5,D,2020-01-01,,,,i,,",
    )
    assert found == {"own": 1, "every": 4, "cap": 3, "french": 3, "bikes": 1, "loose": 3}


def test_over_time(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        """
        held: {from: sales, value: count(), window: trailing 1 month}
        month: {from: sales, value: count(), window: this month}
        held_dates: {of: held, each: month, last: 3, take: sum}
        month_ends: {of: month, each: month, last: 3, take: sum}
        good: {of: month, each: month, last: 3, take: count(>= 2)}
        over: {of: held, each: day, over: this month, take: max}
        new: {of: month, each: month, last: 3, take: count(>= 0), newcomers: since_enrollment}
        """,
        "2020-05-15",
        sales="1,A,2020-05-01,,,,,,\n2,A,2020-04-30,,,,,,\n3,A,2020-04-01,,,,,,\n"
        "4,A,2020-03-31,,,,,,",
        enrollments="A,p,2020-04-01,,",
    )
    # held at 05-15: 2 (from 04-16), 04-15: 2 (from 03-16), 03-15: 0
    # month at 05-15: 1, at 04-30: 2, at 03-31: 1
    assert found == {
        "held": 2, "month": 1, "held_dates": 4, "month_ends": 4, "good": 1, "over": 2, "new": 2,
    }  # fmt: skip


def test_ranks_are_among_the_enrolled_with_a_value(tmp_path: Path) -> None:
    found = answers(
        tmp_path,
        """metrics:
  points: {from: sales, value: max(points)}
  rank: {rank: points}
  at_home: {rank: points, within: partner.country}
  share: {percentile: points}
""",
        partners="A,,DE,\nB,,FR,\nC,,DE,\nD,,,\nE,,DE,\nF,,DE,",
        sales="1,A,2020-01-01,,,5,,,\n2,B,2020-01-01,,,7,,,\n3,C,2020-01-01,,,5,,,\n"
        "4,D,2020-01-01,,,1,,,\n5,E,2020-01-01,,,9,,,",
        enrollments="A,p,,,\nB,p,,,\nC,p,,,\nD,p,,,\nE,p,,2020-05-30,\nF,p,,,",
    )
    rows = {key: list(value["metrics"].values())[1:] for key, value in found.items()}
    third = Decimal("33.333333333333")
    assert rows == {
        "A": [2, 1, third], "B": [1, 1, 100], "C": [2, 1, third], "D": [4, None, 0],
        "E": [None, None, None], "F": [None, None, None],
    }  # fmt: skip


def test_attested_is_the_latest_from_that_is_valid(tmp_path: Path) -> None:
    found = measured(
        tmp_path,
        "csat: {attested: number}\nok: {attested: yes_no}\nnever: {attested: yes_no}",
        attestations="""
        A,csat,4.1,2020-01-01,
        A,csat,4.5,2020-02-01,2020-06-01
        A,csat,4.9,2020-03-01,2020-05-31
        A,csat,1,2020-06-01,
        A,ok,no,,
        """,
    )
    assert found == {"csat": Decimal("4.5"), "ok": False, "never": None}


def test_parameters(tmp_path: Path) -> None:
    body = """parameters:
  bar: {by: partner.country, values: {DE: 10, default: 20}}
  bonus: {from 2020-05-01: 5, from 2020-06-01: 8}
  items: [i, j]
metrics:
  bar_: {formula: bar + 0}
  bonus_: {formula: bonus + 0}
  listed: {from: sales, value: count(), where: item in items}
  sums: {of: bonus_, each: month, last: 2, take: count(>= 5)}
"""
    tables = {
        "partners": "A,,DE,\nB,,,\nC,,FR,",
        "sales": "1,A,2020-01-01,,,,i,,\n2,A,2020-01-01,,,,k,,",
    }
    found = answers(tmp_path, body, **tables)
    assert [found[key]["metrics"]["bar_"] for key in "ABC"] == [10, 20, 20]
    assert found["A"]["metrics"] == {"bar_": 10, "bonus_": 5, "listed": 1, "sums": 1}
    before = answers(tmp_path, body, "2020-04-30", **tables)
    assert before["A"]["metrics"]["bonus_"] is None
