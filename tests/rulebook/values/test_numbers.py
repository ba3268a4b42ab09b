"""Reading, rounding, dividing, comparing and writing numbers: decimal from end to end."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.values.numbers import (
    TooLarge,
    add,
    bounded,
    comparable,
    divide,
    multiply,
    plain,
    read_number,
    rounded,
    shorten,
)

D = Decimal
NUMBERS = st.decimals(-(10**15), 10**15, places=12, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("+5", "5"),
        ("007", "7"),
        ("5.", "5"),
        (".5", "0.5"),
        ("-.5", "-0.5"),
        ("1.000000000000", "1"),
        ("9" * 26 + "." + "9" * 12, "9" * 26 + "." + "9" * 12),
        ("0" * 30 + "1", "1"),
    ],
)
def test_numbers_as_people_write_them(text: str, value: str) -> None:
    assert read_number(text) == D(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "1 ", "1e5", "1E400", "1,000", "1.000.000", "1_000", "--1", "+-1", ".", "+", "abc",
     "NaN", "Infinity", "0x10", "½", "١", "1\n", "9" * 27, "1." + "1" * 13, "−1", "1'000", "$5"],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        read_number(text)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("1.5", 0, "2"),
        ("-0.5", 0, "-1"),
        ("0.5", 0, "1"),
        ("0.4999999999999", 0, "0"),
        ("2.675", 2, "2.68"),
        ("-2.675", 2, "-2.68"),
        ("2.6749999999", 2, "2.67"),
        ("1.005", 2, "1.01"),
        ("150", -2, "200"),
        ("-150", -2, "-200"),
        ("149", -2, "100"),
        ("1.2", 5, "1.2"),
        ("99.995", 2, "100.00"),
    ],
)
def test_rounding_is_half_away_from_zero(value: str, places: int, expected: str) -> None:
    assert rounded(D(value), places) == D(expected)


@given(NUMBERS, st.integers(-5, 12))
def test_rounding_is_within_half_a_step(value: Decimal, places: int) -> None:
    step = Fraction(10) ** -places
    found = Fraction(rounded(value, places))
    assert (found / step).denominator == 1
    assert abs(found - Fraction(value)) <= step / 2
    if abs(found - Fraction(value)) == step / 2:
        assert abs(found) >= abs(Fraction(value))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1", "3", "0.33333333333333333333"),
        ("2", "3", "0.66666666666666666667"),
        ("-2", "3", "-0.66666666666666666667"),
        ("1", "8", "0.125"),
        ("1", "0", None),
        ("0", "5", "0"),
        ("1", "7", "0.14285714285714285714"),
        ("5", "10000000000000000000000", "0.00000000000000000000"),
        ("5", "1000000000000000000000", "0.00000000000000000001"),
        ("-5", "1000000000000000000000", "-0.00000000000000000001"),
    ],
)
def test_quotients_have_twenty_decimals(left: str, right: str, expected: str | None) -> None:
    assert divide(D(left), D(right)) == (None if expected is None else D(expected))


@given(NUMBERS, NUMBERS.filter(bool))
def test_a_quotient_is_the_nearest(left: Decimal, right: Decimal) -> None:
    found = divide(left, right)
    assert found is not None
    exact = Fraction(left) / Fraction(right)
    assert abs(Fraction(found) - exact) <= Fraction(1, 2 * 10**20)


@given(NUMBERS, NUMBERS)
def test_sums_and_products_are_exact(left: Decimal, right: Decimal) -> None:
    assert Fraction(add(left, right)) == Fraction(left) + Fraction(right)
    assert Fraction(multiply(left, right)) == Fraction(left) * Fraction(right)


def test_comparisons_look_at_twelve_decimals() -> None:
    third = divide(D(1), D(3))
    assert third is not None
    assert comparable(multiply(third, D(3))) == 1
    assert comparable(D("0.0000000000005")) == D("0.000000000001")
    assert comparable(D("0.00000000000049")) == 0
    assert comparable(D("-0.0000000000005")) == D("-0.000000000001")


def test_more_than_twenty_six_digits_are_refused() -> None:
    assert bounded(D("9" * 26)) == D("9" * 26)
    for value in ("1" + "0" * 26, "-1" + "0" * 26):
        with pytest.raises(TooLarge):
            bounded(D(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.0000000000001", "0"),
        ("5.10", "5.1"),
        ("100", "100"),
        ("1E+5", "100000"),
        ("1E-7", "0.0000001"),
        ("0.33333333333333333333", "0.333333333333"),
        ("-2.50", "-2.5"),
        ("12345678901234567890123456.5", "12345678901234567890123456.5"),
    ],
)
def test_numbers_are_written_plainly(value: str, text: str) -> None:
    assert plain(D(value)) == text


@given(NUMBERS)
def test_what_is_written_reads_the_same(value: Decimal) -> None:
    assert read_number(plain(value)) == value


def test_long_texts_are_cut() -> None:
    assert shorten("abc") == "'abc'"
    assert shorten("a" * 50) == "'" + "a" * 40 + "'…"
