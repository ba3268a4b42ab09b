"""Evidence on a few rows that can be read: what counts, each reason why not, groups."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rulebook import DataError
from rulebook.explain import Evidence, Figure
from rulebook.explain.written import figure_json
from tests.rulebook.explain import recompute
from tests.rulebook.explain.four_partners import DAY, FILES, PROGRAM
from tests.rulebook.explain.made import on_folder

D = Decimal


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder = tmp_path_factory.mktemp("data")
    return Evidence(on_folder(folder, PROGRAM, FILES, allow_bad_rows=True))


def opened(evidence: Evidence, name: str, partner: str = "top") -> Figure:
    return evidence.open(evidence.key(name), partner, DAY)


def test_facts_that_count_show_amount_rate_and_converted_amount(evidence: Evidence) -> None:
    records = opened(evidence, "revenue").records
    assert [(r.line, r.key, r.day) for r in records.counted] == [
        (2, (("number", "1"),), date(2026, 1, 10)),
        (3, (("number", "2"),), date(2026, 2, 1)),
    ]
    euros, dollars = (record.amounts[0] for record in records.counted)
    assert (euros.amount, euros.currency) == (D("100.00"), "EUR")
    assert (euros.rate, euros.rate_day, euros.converted) == (D("1.2"), date(2026, 1, 10), D("120"))
    assert (dollars.amount, dollars.rate, dollars.converted) == (D("50.005"), D(1), D("50.01"))
    assert [record.inputs for record in records.counted] == [(D("120"),), (D("50.01"),)]
    assert records.total == opened(evidence, "revenue").value == D("170.01")
    assert records.aggregates[0].text == "sum(amount)"


def test_every_other_fact_has_its_first_reason(evidence: Evidence) -> None:
    records = opened(evidence, "revenue").records
    assert [(record.line, record.reason) for record in records.others] == [
        (4, "window"),
        (5, "filter"),
        (6, "bad row"),
        (7, "no rate"),
        (8, "duplicate"),
        (13, "no date"),
    ]
    assert records.reasons == dict.fromkeys(
        ("window", "filter", "bad row", "no rate", "duplicate", "no date"), 1
    )


def test_rows_without_a_known_partner_belong_to_nobody(evidence: Evidence) -> None:
    lines = []
    for partner in evidence.run.figures.partners:
        records = opened(evidence, "revenue", partner).records
        lines += recompute.lines((*records.counted, *records.others))
    assert sorted(lines) == [2, 3, 4, 5, 6, 7, 8, 9, 10, 13]


def test_what_was_known_later_is_marked_and_counts_all_the_same(evidence: Evidence) -> None:
    first, second = opened(evidence, "revenue").records.counted
    assert (first.recorded, first.late) == (date(2026, 1, 11), False)
    assert (second.recorded, second.late) == (date(2026, 7, 2), True)


def test_with_family_each_fact_says_whose_it_is(evidence: Evidence) -> None:
    figure = opened(evidence, "family_revenue")
    assert [(r.partner, r.branch, r.line) for r in figure.records.counted] == [
        ("top", "top", 2),
        ("top", "top", 3),
        ("top", "top", 5),
        ("shop", "shop", 9),
    ]
    assert figure.value == D("250.01")


def test_without_an_enrollment_no_fact_has_a_window(evidence: Evidence) -> None:
    records = opened(evidence, "since_start", "shop").records
    assert (records.low, records.high, records.total) == (None, None, D(0))
    assert [record.reason for record in records.others] == ["not enrolled"]
    enrolled = opened(evidence, "since_start").records
    assert (enrolled.low, enrolled.high) == (date(2026, 1, 1), DAY)


def test_groups_show_their_keys_and_totals(evidence: Evidence) -> None:
    figure = opened(evidence, "big_channels")
    assert [(group.keys, group.totals) for group in figure.records.groups] == [(("web",), (D(5),))]
    assert [(r.line, r.group, r.reason) for r in figure.records.others if r.reason == "group"] == [
        (5, ("demo",), "group")
    ]
    (bar,) = figure.parts
    assert (bar.kind, bar.name, bar.value) == ("parameter", "bar", D(2))
    assert bar.how == "from 2026-01-01, partner.country is DE"


def test_a_fact_without_a_key_falls_into_no_group(evidence: Evidence) -> None:
    figure = opened(evidence, "big_channels", "shop")
    assert [(record.group, record.reason) for record in figure.records.others] == [
        ((None,), "group")
    ]


def test_months_are_shown_with_their_year(evidence: Evidence) -> None:
    figure = opened(evidence, "best")
    assert [(g.keys, g.each, g.inputs) for g in figure.records.groups] == [
        (("2026-01",), D("120"), (D("120"),)),
        (("2026-02",), D("50.01"), (D("50.01"),)),
        (("2026-03",), D("70"), (D("70"),)),
    ]
    assert figure.records.over[0].text == "max(each)"
    assert figure.value == figure.records.over[0].value == D("120")


def test_what_a_filter_leaves_out_brings_nothing(evidence: Evidence) -> None:
    figure = opened(evidence, "web_units")
    assert [(r.line, r.inputs) for r in figure.records.counted] == [
        (2, (D(2),)),
        (3, (D(3),)),
        (5, (None,)),
    ]
    assert figure.records.aggregates[0].text == "sum(units) filter (where channel = 'web')"
    assert (figure.records.aggregates[0].value, figure.value) == (D(5), D(10))


def test_a_metric_that_is_not_there_is_refused_with_the_nearest(evidence: Evidence) -> None:
    with pytest.raises(DataError) as refused:
        evidence.key("revenu")
    assert str(refused.value) == "there is no metric 'revenu' (did you mean revenue?)"


def test_a_list_cut_short_keeps_its_counts(evidence: Evidence) -> None:
    written = figure_json(opened(evidence, "revenue"), limit=1)["records"]
    assert written["counted"]["count"] == 2
    assert [fact["line"] for fact in written["counted"]["facts"]] == [2]
    assert written["others"]["count"] == 6
    assert written["others"]["facts"][0]["reason"] == "window"
    assert written["counted"]["facts"][0] == {
        "file": written["counted"]["facts"][0]["file"],
        "line": 2,
        "key": {"number": "1"},
        "partner": "top",
        "branch": "top",
        "day": "2026-01-10",
        "amounts": [
            {
                "column": "amount",
                "amount": "100",
                "currency": "EUR",
                "rate": "1.2",
                "rate_day": "2026-01-10",
                "converted": "120",
            }
        ],
        "columns": {"channel": "web"},
        "inputs": ["120"],
        "recorded": "2026-01-11",
    }


def test_working_out_again_notices_a_record_that_is_left_out(evidence: Evidence) -> None:
    figure = opened(evidence, "revenue")
    assert recompute.measured(figure, None, None) == D("170.01")
    less = replace(figure.records, counted=figure.records.counted[:1])
    with pytest.raises(AssertionError):
        recompute.measured(replace(figure, records=less), None, None)


def test_files_are_named_where_they_lie(evidence: Evidence) -> None:
    record = opened(evidence, "revenue").records.counted[0]
    assert Path(record.file).name == "sales.csv"
