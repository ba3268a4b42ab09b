"""The words of movement, parameters and requirements, as they are read."""

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from rulebook.program import (
    AllOf,
    AnyOf,
    AtLeast,
    Benefit,
    Cadence,
    Leaf,
    Movement,
    Parameter,
    TimeSpan,
)
from rulebook.program.parameter import ParameterEntry
from rulebook.program.requirement import Requirement, leaves


@pytest.mark.parametrize(
    ("written", "cadence"),
    [
        ("immediately", Cadence("immediately")),
        ("never", Cadence("never")),
        ("anniversary", Cadence("anniversary")),
        ("weekly", Cadence("period", unit="week")),
        ("monthly", Cadence("period", unit="month")),
        ("quarterly", Cadence("period", unit="quarter")),
        ("half_yearly", Cadence("period", unit="half")),
        ("half yearly", Cadence("period", unit="half")),
        ("yearly", Cadence("period", unit="year")),
        ("fiscal quarterly", Cadence("period", unit="fiscal quarter")),
        ("fiscal_yearly", Cadence("period", unit="fiscal year")),
        (["07-15", "01-15"], Cadence("days", days=((1, 15), (7, 15)))),
        ({"days": ["02-29"]}, Cadence("days", days=((2, 29),))),
        ({"each": "month", "day": "20"}, Cadence("each", unit="month", day=20)),
        ({"each": "week", "day": "7"}, Cadence("each", unit="week", day=7)),
    ],
)
def test_cadences(written: Any, cadence: Cadence) -> None:
    assert Movement.model_validate({"demote": written}).demote == cadence


@pytest.mark.parametrize(
    "written",
    [
        "",
        "dayly",
        "fiscal",
        "fiscal weekly",
        "fiscal daily",
        [],
        ["13-01"],
        ["1-1"],
        {"days": []},
        {"days": "01-15"},
        {"each": "month"},
        {"each": "day", "day": "1"},
        {"each": "week", "day": "8"},
        {"each": "month", "day": "0"},
        {"each": "month", "day": "32"},
        {"each": "month", "day": "1", "x": "y"},
        {"each": "month", "day": "٣"},
    ],
    ids=str,
)
def test_what_is_no_cadence(written: Any) -> None:
    with pytest.raises(ValidationError):
        Movement.model_validate({"demote": written})


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("90 days", "2024-05-29"),
        ("1 day", "2024-03-01"),
        ("2 weeks", "2024-03-14"),
        ("12 months", "2025-02-28"),
        ("1 quarter", "2024-05-29"),
        ("1 year", "2025-02-28"),
        ("4 years", "2028-02-29"),
        ("99999 years", "9999-12-31"),
        ("0 days", "2024-02-29"),
    ],
)
def test_spans(written: str, after: str) -> None:
    span = Movement.model_validate({"grace": written}).grace
    assert isinstance(span, TimeSpan)
    assert span.after(date(2024, 2, 29)) == date.fromisoformat(after)
    assert str(span).split() == written.split()


REQUIREMENT: TypeAdapter[Any] = TypeAdapter(Requirement)


def shape(part: Any) -> Any:
    """Return a requirement in a short notation."""
    match part:
        case Leaf():
            return str(part.test)
        case AllOf():
            return ["all", *map(shape, part.all)]
        case AnyOf():
            return ["any", *map(shape, part.any)]
        case AtLeast():
            return [part.at_least, *map(shape, part.of)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a >= 1", "a >= 1"),
        (["a >= 1", "b"], ["all", "a >= 1", "b"]),
        ([], ["all"]),
        ({"a": "5", "b": "bar", "c": "a / 2"}, ["all", "a >= 5", "b >= bar", "c >= a / 2"]),
        ({"a": "yes", "b": "no", "c": "TRUE"}, ["all", "a", "not b", "c"]),
        ({"t.a": "5"}, ["all", "t.a >= 5"]),
        ({"any": ["a", {"b": "5"}]}, ["any", "a", ["all", "b >= 5"]]),
        ({"all": ["a", ["b"]]}, ["all", "a", ["all", "b"]]),
        ({"at_least": "2", "of": ["a", "b", "c"]}, [2, "a", "b", "c"]),
        ({}, ["all"]),
    ],
    ids=str,
)
def test_forms_of_a_requirement(written: Any, expected: Any) -> None:
    assert shape(REQUIREMENT.validate_python(written)) == expected


def test_every_criterion_has_its_path() -> None:
    written = [
        "a >= 1",
        {"any": ["b", {"c": "5", "d": "6"}]},
        {"at_least": "1", "of": ["e", {"all": ["f"]}]},
    ]
    found = leaves(REQUIREMENT.validate_python(written), "tiers.x.requires")
    assert [(path.removeprefix("tiers.x.requires"), str(leaf.test)) for path, leaf in found] == [
        ("[0]", "a >= 1"),
        ("[1].any[0]", "b"),
        ("[1].any[1].c", "c >= 5"),
        ("[1].any[1].d", "d >= 6"),
        ("[2].of[0]", "e"),
        ("[2].of[1][0]", "f"),
    ]


PARAMETER: TypeAdapter[Any] = TypeAdapter(ParameterEntry)


def test_a_parameter_is_a_value_a_list_segments_or_dated() -> None:
    def read(written: Any) -> Parameter:
        found = PARAMETER.validate_python(written)
        assert isinstance(found, Parameter)
        return found

    assert (read("5").texts(), read("5").has_list) == (["5"], False)
    assert (read(["a", None]).texts(), read(["a"]).has_list) == (["a", None], True)
    assert read({"by": "partner.country", "values": {"DE": "5", "default": "6"}}).texts() == [
        "5",
        "6",
    ]
    dated = read({"from 2026-07-01": "8", "from 2026-01-01": "5"})
    at = [dated.at(date.fromisoformat(f"2026-{day}")) for day in ("01-01", "06-30", "07-01")]
    assert [entry and entry.setting for entry in at] == ["5", "5", "8"]
    assert dated.at(date(2025, 12, 31)) is None


@pytest.mark.parametrize(
    "written",
    [
        {"from 2026-01-01": "5", "from 2026-01-01 ": "6"},
        {"from 2026-01-01": "5", "x": "6"},
        {"by": "a"},
        {"values": {}},
        {"by": "a", "values": {}, "x": "y"},
        {"x": "y"},
        [["a"]],
        {"by": "", "values": {}},
    ],
    ids=str,
)
def test_what_is_no_parameter(written: Any) -> None:
    with pytest.raises(ValidationError):
        PARAMETER.validate_python(written)


def test_a_benefit_has_a_value_per_tier_or_one_for_all() -> None:
    benefit = Benefit.model_validate({"type": "yes_no", "gold": "yes", "silver": "no", "all": "no"})
    assert [benefit.value_for(tier) for tier in ("gold", "silver", "bronze", None)] == [
        True,
        False,
        False,
        False,
    ]
    amount = Benefit.model_validate({"type": "amount", "gold": "5000.50"})
    assert (str(amount.value_for("gold")), amount.value_for("silver")) == ("5000.50", None)
