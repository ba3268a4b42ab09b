"""The sentence as a partner reads it: each way to stand on a ladder, each way to fall short."""

from __future__ import annotations

from gettext import NullTranslations
from pathlib import Path

import pytest

from rulebook.explain import Sentences
from tests.rulebook.explain.made import first, on_rows
from tests.rulebook.explain.told import DAY, PROGRAM, SALE, WITH_PEOPLE, people, sold, told

LADDER = """
tiers:
  member: {}
  silver: {label: Silver, requires: {revenue: 5000}, keep: {revenue: 3000}}
  gold: {label: Gold, requires: {revenue: 50000, people: 2}, keep: {revenue: 9000}}
"""
POLICY = "movement: {promote: yearly, demote: quarterly, grace: 30 days}\n"


def standing(tier: str | None, **more: str) -> dict:
    return {
        "start": "2025-01-01",
        "tier": tier,
        "since": "2025-06-30",
        "reviewed": "2026-03-31",
    } | more


def test_the_sentence_of_the_contract(tmp_path: Path) -> None:
    given = {**WITH_PEOPLE, "enrollment": standing("silver")}
    assert told(tmp_path, LADDER + POLICY, given) == (
        "You are Silver. For Gold by 31 Dec you need USD 42,300 more revenue "
        "and 1 more certified person."
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "You are Member. For Silver by 31 Dec you need USD 5,000 more revenue."),
        (
            sold("4000") | {"enrollment": standing("silver")},
            "You are Silver (at today's figures you would be Member). You meet what it takes to "
            "keep Silver. For Gold by 31 Dec you need USD 46,000 more revenue and 2 more certified "
            "people.",
        ),
        (
            sold("1000") | {"enrollment": standing("silver")},
            "You are Silver (at today's figures you would be Member). To keep Silver you need "
            "USD 2,000 more revenue; it may be lost from 30 Sep.",
        ),
        (
            sold("60000") | people("a", "b") | {"enrollment": standing("silver")},
            "You are Silver and qualify for Gold. The next review is on 31 Dec.",
        ),
        (
            sold("60000") | people("a", "b"),
            "You are Gold, the highest tier.",
        ),
        ({"enrollment": {"start": "2026-07-01"}},
         "You are not enrolled yet: your enrollment begins on 1 Jul."),
        ({"enrollment": {"start": "2025-01-01", "end": "2025-11-30"}},
         "You are not enrolled: your enrollment ended on 30 Nov 2025."),
        (
            {**SALE, "enrollment": standing("gold"),
             "override": {"kind": "lock", "from": "2026-01-01", "until": "2026-10-01"}},
            "You are Gold (at today's figures you would be Silver). Your tier is locked until "
            "30 Sep. To keep Gold you need USD 1,300 more revenue; it may be lost from 31 Dec.",
        ),
        (
            {**SALE, "enrollment": standing("silver"), "override": {"kind": "suspend"}},
            "You are Silver. For Gold by 31 Dec you need USD 42,300 more revenue and 2 more "
            "certified people. Your benefits are suspended.",
        ),
        (
            {"enrollment": standing("silver", below_since="2026-01-01"),
             "override": {"kind": "floor", "tier": "silver"}},
            "You are Silver (at today's figures you would be Member). Silver is guaranteed. "
            "To keep Silver you need USD 3,000 more revenue.",
        ),
    ],
)  # fmt: skip
def test_where_a_partner_stands(tmp_path: Path, given: dict, words: str) -> None:
    assert told(tmp_path, LADDER + POLICY, given) == words


def test_what_waits_for_approval(tmp_path: Path) -> None:
    policy = "movement: {approval: {promotion: required, demotion: required}}\n"
    up = sold("7700") | {"enrollment": standing("member")}
    assert told(tmp_path, LADDER + policy, up).startswith(
        "You are Member and qualify for Silver. The move to Silver waits for approval. For Gold "
    )
    down = {"enrollment": standing("silver")}
    assert told(tmp_path, LADDER + policy, down) == (
        "You are Silver (at today's figures you would be Member). A move down to Member waits for "
        "approval. To keep Silver you need USD 3,000 more revenue; it may be lost any day."
    )


def test_what_is_decided_and_counts_later(tmp_path: Path) -> None:
    given = {**SALE, "enrollment": standing("member")}
    assert told(tmp_path, LADDER + "movement: {effective: next month}\n", given).startswith(
        "You are Member and qualify for Silver. Silver counts from 1 Jul. For Gold you need "
    )


def test_one_step_up_names_no_day_for_two(tmp_path: Path) -> None:
    given = {**SALE, "enrollment": standing("member")}
    said = told(tmp_path, LADDER + "movement: {promote: monthly, up: one}\n", given)
    assert said.startswith("You are Silver. For Gold by 31 Jul you need ")
    waiting = {**SALE, "enrollment": standing("member", reviewed="2026-06-30")}
    said = told(tmp_path, LADDER + "movement: {promote: yearly, up: one}\n", waiting)
    assert said.startswith(
        "You are Member and qualify for Silver. The next review is on 31 Dec. For Gold you need "
    )


def test_no_tier(tmp_path: Path) -> None:
    tiers = "tiers:\n  silver: {requires: {revenue: 9000}}\n"
    assert told(tmp_path, tiers) == (
        "You have no tier yet. For Silver you need USD 1,300 more revenue."
    )
    held = {**SALE, "enrollment": standing("silver")}
    assert told(tmp_path, tiers + "movement: {demote: yearly}\n", held) == (
        "You are Silver (at today's figures you would have no tier). To keep Silver you need "
        "USD 1,300 more revenue; it may be lost from 31 Dec."
    )


def test_the_tier_asked_for(tmp_path: Path) -> None:
    assert told(tmp_path, LADDER, tier="gold") == (
        "You are Silver. For Gold you need USD 42,300 more revenue and 2 more certified people."
    )
    assert told(tmp_path, LADDER, tier="member") == (
        "You are Silver. You meet all that Member asks for."
    )


def test_a_sequential_ladder_asks_for_the_tiers_below(tmp_path: Path) -> None:
    tiers = (
        "sequential: yes\ntiers:\n  member: {}\n  silver: {requires: {people: 1}}\n"
        "  gold: {requires: {revenue: 7000}}\n"
    )
    assert told(tmp_path, tiers) == ("You are Member. For Silver you need 1 more certified person.")
    assert told(tmp_path, tiers, tier="gold") == (
        "You are Member. For Gold you need what Silver asks for."
    )


TRACKS = """
tracks:
  security:
    label: Security
    tiers:
      silver: {label: Silver, requires: {people: 1}}
      gold: {label: Gold, requires: {people: 2}}
  cloud:
    tiers: {silver: {label: Silver, requires: {csat: 4}}}
tiers:
  member: {}
  premier: {requires: [track(security) >= gold, count_tracks(>= silver) >= 2, revenue >= 9000]}
  elite: {requires: [program(base) >= gold]}
"""


def test_tracks(tmp_path: Path) -> None:
    run = on_rows(tmp_path, PROGRAM.replace("TIERS", TRACKS), WITH_PEOPLE)
    row, sentences = first(run, DAY), Sentences(run, DAY)
    assert sentences.of(row) == (
        "You are Member. For Premier you need USD 1,300 more revenue, to reach Gold in Security "
        "and to reach Silver in 1 more track."
    )
    assert sentences.of(row, "security") == (
        "In Security you are Silver. For Gold you need 1 more certified person."
    )
    assert sentences.of(row, "cloud") == (
        "In Cloud you have no tier yet. For Silver you need CSAT score of 4 (no value yet)."
    )
    assert sentences.of(row, tier="elite") == (
        "You are Member. For Elite you need to hold Gold in Base."
    )


class German(NullTranslations):
    """A catalogue as gettext makes one."""

    def gettext(self, message: str) -> str:
        return {
            "You are": "Sie sind",
            "{you} {held}.": "{you} {held}.",
            "For {tier} you need {needs}.": "Für {tier} fehlt: {needs}.",
            "{amount} more {things}": "{amount} mehr {things}",
            "{first} and {last}": "{first} und {last}",
            "Revenue": "Umsatz",
        }.get(message, message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return (
            "zertifizierte Person"
            if one == "Certified person"
            else super().ngettext(one, many, count)
        )


def test_another_language_is_a_catalogue(tmp_path: Path) -> None:
    assert told(tmp_path, LADDER, WITH_PEOPLE, catalogue=German()) == (
        "Sie sind Silver. Für Gold fehlt: USD 42,300 mehr Umsatz und 1 mehr zertifizierte Person."
    )
