"""A timestamp counts on its date in the program's time zone; without offset it is there already."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from rulebook.values.timestamps import read_date


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-01-31", "Asia/Tokyo", "2026-01-31"),
        ("2026-01-31T23:30:00Z", "UTC", "2026-01-31"),
        ("2026-01-31T23:30:00Z", "Europe/Berlin", "2026-02-01"),
        ("2026-01-31T23:30:00Z", "America/New_York", "2026-01-31"),
        ("2026-01-31T23:30:00+00:00", "Europe/Berlin", "2026-02-01"),
        ("2026-02-01T00:30:00+0100", "UTC", "2026-01-31"),
        ("2026-02-01T00:30:00+01", "UTC", "2026-01-31"),
        ("2026-01-31 23:30", "Europe/Berlin", "2026-01-31"),
        ("2026-01-31T23:30:00.123456789", "Europe/Berlin", "2026-01-31"),
        ("2026-07-31T22:30:00Z", "Europe/Berlin", "2026-08-01"),
        ("2026-01-31T22:30:00Z", "Europe/Berlin", "2026-01-31"),
        ("2026-01-01T09:59:59Z", "Pacific/Kiritimati", "2026-01-01"),
        ("2026-01-01T10:00:00Z", "Pacific/Kiritimati", "2026-01-02"),
    ],
)
def test_dates_and_timestamps(text: str, zone: str, expected: str) -> None:
    assert read_date(text, ZoneInfo(zone)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    "text",
    ["", "today", "31.01.2026", "2026-1-31", "2026-02-30", "2026-13-01", "0000-01-01", "20260131",
     "2026-01-31T", "2026-01-31T25:00", "2026-01-31T10:61", "2026-W05-6", "2026-031", "٢٠٢٦-01-31",
     "2026-01-31T10:00:00 Europe/Berlin", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
     "2026-01-31T10:00:00+99:00", " 2026-01-31"],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a (date|day)"):
        read_date(text, ZoneInfo("Europe/Berlin"))
