"""What is missing, in words: each way to fall short of a criterion, and choices among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rulebook.explain.told import SALE, WITH_PEOPLE, sold, told


def needed(folder: Path, requires: str, given: dict | None = None) -> str:
    """What is missing for a tier above everyone's, without the words before it."""
    said = told(folder, f"tiers:\n  member: {{}}\n  gold: {{requires: {requires}}}\n", given)
    before = "You are Member. For Gold you need "
    assert said.startswith(before)
    assert said.endswith(".")
    return said.removeprefix(before)[:-1]


@pytest.mark.parametrize(
    ("requires", "given", "words"),
    [
        ("[revenue >= 7700.01]", SALE, "USD 0.01 more revenue"),
        ("[revenue > 7700]", SALE, "revenue above USD 7,700 (now USD 7,700)"),
        ("[people >= 2]", SALE, "2 more certified people"),
        ("[people >= 2]", WITH_PEOPLE, "1 more certified person"),
        ("[people > 1]", WITH_PEOPLE, "more than 1 certified people (now 1)"),
        ("[people = 3]", WITH_PEOPLE, "exactly 3 certified people (now 1)"),
        ("[people <= 0]", WITH_PEOPLE, "at most 0 certified people (now 1)"),
        ("[growth >= 0.12]", SALE, "growth of 12 % (no value yet)"),
        (
            "[growth >= 0.12]",
            sold("108", before="100"),
            "growth of 12 % (now 8 %)",
        ),
        (
            "[growth >= 0.12]",
            sold("111.98", before="100"),
            "growth of 12 % (now 11.98 %)",
        ),
        ("[average >= 8000]", SALE, "average sale of USD 8,000 (now USD 7,700)"),
        ("[average <= 1000]", SALE, "average sale of at most USD 1,000 (now USD 7,700)"),
        ("[average < 1000.5]", SALE, "average sale below USD 1,000.50 (now USD 7,700)"),
        ("[csat >= 4.2]", SALE, "CSAT score of 4.2 (no value yet)"),
        ("[csat >= 4.2]", {"attested": {"csat": "3.75"}}, "CSAT score of 4.2 (now 3.75)"),
        ("[audit]", SALE, "confirmation of “Audit passed”"),
        ("[audit]", {"attested": {"audit": "no"}}, "confirmation of “Audit passed”"),
        ("[not audit]", {"attested": {"audit": "yes"}}, "a “no” for “Audit passed” (now yes)"),
        ("[partner.tested]", SALE, "a “yes” for “Tested” (no value yet)"),
        ("[partner.country = 'DE']", {"partner": {"country": "US"}}, "country of DE (now US)"),
        ("[partner.country in ('DE')]", SALE, "“partner.country in ('DE')” to hold"),
        ("[revenue + 2 * people >= 7710]", SALE,
         "“revenue + 2 * people” of USD 7,710 (now USD 7,700)"),
        ("{any: [people >= 1, csat >= 4]}", SALE,
         "either 1 more certified person or CSAT score of 4 (no value yet)"),
        ("{any: [people >= 3, people >= 5]}", SALE, "3 more certified people"),
        ("{any: [{all: [people >= 1, csat >= 4]}, audit]}", SALE,
         "either confirmation of “Audit passed” or both 1 more certified person and CSAT score of "
         "4 (no value yet)"),
        ("{at_least: 2, of: [people >= 1, csat >= 4, audit]}", SALE,
         "2 of these: 1 more certified person, CSAT score of 4 (no value yet) and confirmation of "
         "“Audit passed”"),
        ("{at_least: 2, of: [people >= 1, csat >= 4, audit]}", WITH_PEOPLE,
         "either CSAT score of 4 (no value yet) or confirmation of “Audit passed”"),
        ("{at_least: 2, of: [people >= 1, revenue >= 9000]}", SALE,
         "1 more certified person and USD 1,300 more revenue"),
        ("[{any: [audit, csat >= 4]}, revenue >= 9000]", SALE,
         "USD 1,300 more revenue and either confirmation of “Audit passed” or CSAT score of 4 "
         "(no value yet)"),
    ],
)  # fmt: skip
def test_what_is_missing(tmp_path: Path, requires: str, given: dict, words: str) -> None:
    assert needed(tmp_path, requires, given) == words


def test_two_metrics_with_one_head_are_told_apart(tmp_path: Path) -> None:
    assert needed(tmp_path, "[revenue >= 9000, before >= 10]") == (
        "USD 1,300 more of “Revenue, last 12 months” and USD 10 more of “Revenue, the year before”"
    )
