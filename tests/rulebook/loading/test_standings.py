"""Enrollments, overrides, attestations and rates: standard words, folders' own column names."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from rulebook.dataset.data import Attestation, Enrollment, Override, RateTable
from rulebook.loading import load_folder
from tests.rulebook.loading.folders import SPEC, errors, write

TABLES = """\
enrollments: {file: enrollments.csv, partner: partner_id, since: held_since}
overrides: {file: overrides.csv}
attestations: {file: attestations.csv, from: valid_from}
rates: {file: rates.csv, base: USD, rate: per_usd}
"""
FILES = {
    "enrollments.csv": "partner_id,program,start,end,tier,held_since,user\n"
    "P2,base,2026-01-01,2026-12-31,gold,2026-02-01T10:00:00Z,ann\nP1,,,,,,\n"
    "P2,base,2026-01-01,2026-12-31,gold,2026-02-01,ann\n",
    "overrides.csv": "partner,kind,from,until,reason\nP1,lock,2026-01-01,2026-02-01,merger\n"
    "P1,floor,,,\n",
    "attestations.csv": "metric,partner,value,valid_from,until\ncsat,P1, 4.5,2026-01-01,\n",
    "rates.csv": "date,currency,per_usd\n2026-01-02,EUR,0.91\n2026-01-01,EUR,0.9\n"
    "2026-01-01,JPY,150\n2026-01-01,JPY,150.0\n",
}


def standings(folder: Path, **changed: str) -> Path:
    write(folder, dataset=SPEC + changed.pop("tables", TABLES))
    return write(folder, FILES, **changed)


def test_every_table_is_read_and_sorted(tmp_path: Path) -> None:
    folder = load_folder(standings(tmp_path))
    assert folder.enrollments == [
        Enrollment("P1"),
        Enrollment("P2", "base", None, date(2026, 1, 1), date(2026, 12, 31), "ann", "gold",
                   date(2026, 2, 1)),
    ]  # fmt: skip
    assert folder.overrides == [
        Override("P1", "floor"),
        Override("P1", "lock", start=date(2026, 1, 1), until=date(2026, 2, 1), reason="merger"),
    ]
    assert folder.attestations == [Attestation("P1", "csat", " 4.5", date(2026, 1, 1))]
    assert folder.rates == RateTable(
        "USD",
        {
            "EUR": [(date(2026, 1, 1), Decimal("0.9")), (date(2026, 1, 2), Decimal("0.91"))],
            "JPY": [(date(2026, 1, 1), Decimal(150))],
        },
    )
    assert folder.aside == {}


def test_a_table_without_rows_is_not_a_table_that_is_not_there(tmp_path: Path) -> None:
    assert load_folder(standings(tmp_path, enrollments="partner_id,held_since\n")).enrollments == []
    assert load_folder(write(tmp_path, dataset=SPEC)).enrollments is None


def test_what_is_wrong_with_standings(tmp_path: Path) -> None:
    standings(
        tmp_path,
        enrollments="partner_id,start,end,held_since\nP3,,,\n,,,\nP1,2026-02-01,2026-01-31,\n"
        "P1,2026-02-01,2026-02-01,\n",
        overrides="partner,kind,from,until\nP1,locked,,\nP1,,,\nP1,lock,2026-02-01,2026-01-01\n",
        attestations="metric,partner,value,valid_from,until\n,P1,1,,\ncsat,p1,1,soon,\n",
        rates="date,currency,per_usd\n2026-01-01,EUR,0\n2026-01-01,GBPP,1\n,EUR,1\n2026-01-01,,1\n"
        "2026-01-02,EUR,\n2026-01-03,EUR,1.1\n2026-01-03,EUR,1.2\n2026-01-04,EUR,-1e3\n",
    )
    such = "a date such as 2026-01-31 or a time such as 2026-01-31T14:30:00Z"
    assert errors(tmp_path) == [
        "enrollments.csv:2: column partner_id: there is no partner 'P3'",
        "enrollments.csv:3: column partner_id: the partner is empty",
        "enrollments.csv:4: column end: 2026-01-31 lies before start",
        "overrides.csv:2: column kind: 'locked' is none of lock, floor or suspend "
        "(did you mean lock?)",
        "overrides.csv:3: column kind: the kind is empty",
        "overrides.csv:4: column until: 2026-01-01 lies before from",
        "attestations.csv:2: column metric: the metric is empty",
        "attestations.csv:3: column partner: there is no partner 'p1' (did you mean P1?)",
        f"attestations.csv:3: column valid_from: 'soon' is not {such}",
        "rates.csv:2: column per_usd: the rate 0 is not above 0",
        "rates.csv:3: column currency: 'GBPP' is not a currency code of ISO 4217 "
        "(did you mean GBP?)",
        "rates.csv:4: column date: the date is empty",
        "rates.csv:5: column currency: the currency is empty",
        "rates.csv:6: column per_usd: the rate is empty",
        "rates.csv:8: the key '2026-01-03', 'EUR' stands in line 7 too, with another per_usd "
        "(a key names one row)",
        "rates.csv:9: column per_usd: '-1e3' is not a number (digits and at most one point, no "
        "exponent, no thousands separator)",
    ]
    folder = load_folder(tmp_path, allow_bad_rows=True)
    day = date(2026, 2, 1)
    assert folder.enrollments == [Enrollment("P1", start=day, end=day)]
    assert (folder.overrides, folder.attestations) == ([], [])
    assert folder.rates == RateTable("USD", {})
    assert folder.aside == {
        ("attestations", "bad row"): 2, ("enrollments", "bad row"): 3, ("overrides", "bad row"): 3,
        ("rates", "bad row"): 8,
    }  # fmt: skip


def test_columns_that_must_be_there(tmp_path: Path) -> None:
    """The partner must, and what an entry names; other words may have no column."""
    standings(tmp_path, tables=TABLES.replace("since: held_since", "since: sinse"),
              overrides="partner,from\n", attestations="partnr,metric,valid_from\n")  # fmt: skip
    assert errors(tmp_path) == [
        "dataset.yaml:19: enrollments.since: enrollments.csv has no column 'sinse'",
        "dataset.yaml:20: overrides.kind: overrides.csv has no column 'kind'",
        "dataset.yaml:21: attestations.partner: attestations.csv has no column 'partner' "
        "(did you mean partnr?)",
    ]


def test_enrollments_that_never_name_the_program(tmp_path: Path) -> None:
    standings(tmp_path)
    assert load_folder(tmp_path, program="base").notices == []
    (notice,) = load_folder(tmp_path, program="bases").notices
    assert str(notice) == (
        f"{tmp_path}/dataset.yaml:19: enrollments: no enrollment names the program 'bases' "
        "(did you mean base?)"
    )
    assert notice.notice
