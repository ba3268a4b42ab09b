"""An example is compared at the decimals that it writes; null, yes and dates as themselves."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rulebook.standing.examples import same, shown

D = Decimal


@pytest.mark.parametrize(
    ("got", "expected", "answer"),
    [
        (D("5"), "5", True),
        (D("5"), "5.00", True),
        (D("5.004"), "5.00", True),
        (D("5.005"), "5.00", False),
        (D("5.005"), "5.01", True),
        (D("-5.005"), "-5.01", True),
        (D("5.4"), "5", True),
        (D("5.5"), "5", False),
        (D("5.5"), "6", True),
        (D("0.33333333333333333333"), "0.3333", True),
        (D("0.33333333333333333333"), "0.333333333333", True),
        (D("0.33333333333333333333"), "0.333333333334", False),
        (D("5"), "five", False),
        (D("5"), None, False),
        (D("5"), "yes", False),
        (D("5"), ["5"], False),
        (None, None, True),
        (None, "0", False),
        (None, "null", False),
        (True, "yes", True),
        (True, "true", True),
        (True, "no", False),
        (False, "no", True),
        (True, "1", False),
        (date(2026, 1, 31), "2026-01-31", True),
        (date(2026, 1, 31), "2026-02-01", False),
        ("gold", "gold", True),
        ("gold", "Gold", False),
        ("5", "5", True),
        ("5", "5.0", False),
    ],
)
def test_same(got: Any, expected: Any, answer: bool) -> None:
    assert same(got, expected) is answer


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "yes"),
        (False, "no"),
        (D("5.50"), "5.5"),
        (date(2026, 1, 31), "2026-01-31"),
        ("gold", "gold"),
        (["a"], "['a']"),
    ],
)
def test_shown(value: Any, text: str) -> None:
    assert shown(value) == text
