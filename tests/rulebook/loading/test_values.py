"""What a cell may say, by type; everything else is an error that shows the cell."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rulebook.loading import load_folder
from tests.rulebook.loading.folders import errors, one_column, one_column_folder, write

D = Decimal
WHOLE = "9" * 26
FRACTION = "1" * 12


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("number", ["12", "-0.50", "+3.", ".5", "007"], [D(12), D("-0.5"), D(3), D("0.5"), D(7)]),
        ("number", [f"{WHOLE}.{FRACTION}", "0" * 40 + "1"], [D(f"{WHOLE}.{FRACTION}"), D(1)]),
        ("number", ["", "1.500"], [None, D("1.5")]),
        ("number", ["-0", "0.00"], [D(0), D(0)]),
        ("integer", ["12", "-3", "+0", WHOLE, ""], [D(12), D(-3), D(0), D(WHOLE), None]),
        ("boolean", ["yes", "No", "TRUE", "false", ""], [True, False, True, False, None]),
        ("text", ["", " x ", "007", "null", "NA"], [None, " x ", "007", "null", "NA"]),
        ("text", ['say ""hi""', "a,b", "a\nb", "ü𝄞"], ['say "hi"', "a,b", "a\nb", "ü𝄞"]),
        ("date", ["2024-02-29", "0001-01-01", "9999-12-31", ""],
         [date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31), None]),
    ],
)  # fmt: skip
def test_a_cell_is_read_exactly(
    tmp_path: Path, kind: str, cells: list[str], expected: list[object]
) -> None:
    assert one_column(tmp_path, kind, cells) == expected


@pytest.mark.parametrize(
    ("kind", "cell", "words"),
    [
        ("number", "1e400", "'1e400' is not a number"),
        ("number", "1,200", "'1,200' is not a number"),
        ("number", " 12", "' 12' is not a number"),
        ("number", "1.2.3", "'1.2.3' is not a number"),
        ("number", "0x10", "'0x10' is not a number"),
        ("number", "1_000", "'1_000' is not a number"),
        ("number", "NaN", "'NaN' is not a number"),
        ("number", ".", "'.' is not a number"),
        ("number", "-", "'-' is not a number"),
        ("number", "١٢", "'١٢' is not a number"),
        ("number", "12\n", r"'12\n' is not a number"),
        ("number", "1" * 27, f"'{'1' * 27}' is not a number"),
        ("number", "0." + "1" * 13, f"'0.{'1' * 13}' is not a number"),
        ("integer", "12.0", "'12.0' is not a whole number"),
        ("integer", "1e2", "'1e2' is not a whole number"),
        ("boolean", "1", "'1' is neither yes nor no"),
        ("boolean", "y", "'y' is neither yes nor no"),
        ("date", "2026-02-30", "'2026-02-30' is not a day of the calendar"),
        ("date", "0000-01-01", "'0000-01-01' is not a day of the calendar"),
        ("date", "31.01.2026", "'31.01.2026' is not a date such as 2026-01-31"),
        ("date", "2026-1-31", "'2026-1-31' is not a date such as 2026-01-31"),
        ("date", "20260131", "'20260131' is not a date such as 2026-01-31"),
        ("date", "10000-01-01", "'10000-01-01' is not a date such as 2026-01-31"),
        ("date", "infinity", "'infinity' is not a date such as 2026-01-31"),
        ("date", "2026-01-31T24:00", "'2026-01-31T24:00' is not a date such as 2026-01-31"),
        ("date", "2026-02-30T10:00", "'2026-02-30T10:00' is not a date such as 2026-01-31"),
        ("date", "2026-02-30T10:00Z", "'2026-02-30T10:00Z' is not a date such as 2026-01-31"),
        ("date", "0001-01-01T00:00+02:00", "'0001-01-01T00:00+02:00' is not a date"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, kind: str, cell: str, words: str) -> None:
    good = {"number": "1", "integer": "1", "boolean": "no", "date": "2026-01-01"}[kind]
    found = errors(one_column_folder(tmp_path, kind, [good, cell]))
    assert len(found) == 1
    assert found[0].startswith(f"t.csv:3: column x: {words}")


def test_a_hint_says_what_to_do(tmp_path: Path) -> None:
    assert errors(one_column_folder(tmp_path, "integer", [" 1", "1.0"])) == [
        "t.csv:2: column x: ' 1' is not a whole number (there are spaces around it)",
        "t.csv:3: column x: '1.0' is not a whole number (digits only, at most 26, no point)",
    ]


@pytest.mark.parametrize(
    ("cell", "utc", "berlin", "honolulu"),
    [
        ("2026-01-31T23:30:00Z", 31, 32, 31),
        ("2026-01-31 22:59:59.999Z", 31, 31, 31),
        ("2026-01-31T23:00Z", 31, 32, 31),
        ("2026-01-31T09:59+00:00", 31, 31, 30),
        ("2026-01-31T00:30:00+02:00", 30, 30, 30),
        ("2026-01-31T23:30-0530", 32, 32, 31),
        ("2026-01-31T23:30:15-05", 32, 32, 31),
        ("2026-01-31T23:59:59.9", 31, 31, 31),  # without an offset it is local already
        ("2026-01-31 00:00", 31, 31, 31),
    ],
)
def test_a_timestamp_counts_on_its_day_in_the_programs_zone(
    tmp_path: Path, cell: str, utc: int, berlin: int, honolulu: int
) -> None:
    """Days of January 2026; 32 is the first of February."""
    zones = {"UTC": utc, "Europe/Berlin": berlin, "Pacific/Honolulu": honolulu}
    for zone, day in zones.items():
        expected = date(2026, 2, 1) if day == 32 else date(2026, 1, day)
        # Beside others, so that the whole way is gone, also with plain days in the column.
        assert one_column(tmp_path, "date", [cell, "2026-01-31", "", cell], zone) == [
            expected, date(2026, 1, 31), None, expected,
        ]  # fmt: skip


def test_a_day_on_which_the_clock_changes_is_looked_up_by_the_second(tmp_path: Path) -> None:
    """Berlin, 2026-03-29: summer time from 01:00 UTC. St. John's fell back at 00:01 in 2005."""
    cells = ["2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z",
             "2026-03-29T22:00:00Z"]  # fmt: skip
    days = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 29), date(2026, 3, 30)]
    assert one_column(tmp_path, "date", cells, "Europe/Berlin") == days
    cells = ["2005-10-30T02:29:59Z", "2005-10-30T02:30:30Z", "2005-10-30T02:31:00Z",
             "2005-10-30T03:30:00Z"]  # fmt: skip
    days = [date(2005, 10, 29), date(2005, 10, 30), date(2005, 10, 29), date(2005, 10, 30)]
    assert one_column(tmp_path, "date", cells, "America/St_Johns") == days


def test_a_time_zone_that_is_none(tmp_path: Path) -> None:
    for zone in ("Europe/Berlinn", "../etc/passwd", "", "/etc/localtime"):
        assert errors(write(tmp_path), zone) == [
            f"dataset.yaml: there is no time zone {zone!r} (a name such as Europe/Berlin)"
        ]


def test_amounts_get_the_narrowest_decimal(tmp_path: Path) -> None:
    """Bulk sums are quick on narrow decimals, and never binary."""
    loaded = load_folder(write(tmp_path))
    types = dict(loaded.connection.execute("SELECT column_name, column_type FROM (DESCRIBE "
                                           "fact_sales)").fetchall())  # fmt: skip
    assert types == {
        "_file": "VARCHAR", "_line": "BIGINT", "_aside": "VARCHAR",
        "order": "VARCHAR", "line": "VARCHAR", "partner": "VARCHAR", "day": "DATE",
        "product": "DECIMAL(2,0)", "amount": "DECIMAL(5,1)", "currency": "VARCHAR",
        "quantity": "DECIMAL(2,1)",
    }  # fmt: skip
