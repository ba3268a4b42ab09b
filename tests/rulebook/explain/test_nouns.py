"""English labels inside a sentence: one of many, small letters, names."""

from __future__ import annotations

import pytest

from rulebook.explain.nouns import head, inside, proper_names, singular


@pytest.mark.parametrize(
    ("label", "one"),
    [
        ("People with a current certificate", "Person with a current certificate"),
        ("Registered deals won", "Registered deal won"),
        ("Product categories sold", "Product category sold"),
        ("Months with a sale", "Month with a sale"),
        ("Storage sites commissioned", "Storage site commissioned"),
        ("Active paying referrals", "Active paying referral"),
        ("Sales specialists", "Sales specialist"),
        ("Branches that sell 20,000 or more", "Of the branches that sell 20,000 or more"),
        ("Points for work on sites", "Point for work on sites"),
        ("Certified people", "Certified person"),
    ],
)
def test_one_of_many(label: str, one: str) -> None:
    assert singular(label) == one


@pytest.mark.parametrize(
    "label",
    ["Operations score", "Revenue", "Share of storage", "Gross sales", "Status", "Analysis",
     "Access", "Customer satisfaction", "Sold", "of deals", "Business news", ""],
)  # fmt: skip
def test_what_counts_no_things(label: str) -> None:
    assert singular(label) is None


def test_the_head_of_a_label() -> None:
    assert head("Revenue, last 12 months, branches included") == "Revenue"
    assert head("Customer satisfaction (of 5)") == "Customer satisfaction"
    assert head("Revenue") == "Revenue"


@pytest.mark.parametrize(
    ("label", "within"),
    [
        ("Revenue growth", "revenue growth"),
        ("CSAT score", "CSAT score"),
        ("Azure services", "Azure services"),
        ("iPhone sales", "iPhone sales"),
        ("NPS", "NPS"),
        ("R&D people", "R&D people"),
        ("500 points", "500 points"),
        ("", ""),
    ],
)
def test_inside_a_sentence(label: str, within: str) -> None:
    names = proper_names(["Data & AI (Azure)", "Azure services", "Revenue growth"])
    assert inside(label, names) == within
