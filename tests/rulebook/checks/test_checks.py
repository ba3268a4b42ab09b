"""Each check beside what passes it: one difference between the two."""

import pytest

from rulebook.checks import RULES, check
from rulebook.checks.depth import levels
from rulebook.meaning import understand
from rulebook.reading import read_program
from tests.rulebook.expressions.scopes import typed

HEAD = """
program: p
version: 2026-01-01
reads:
  facts:
    sales: {date: day, columns: {amount: {type: money, currency: USD}, buyer: {references: shops}}}
  references: {shops: {columns: {country: text}}}
metrics:
  revenue: {from: sales, value: sum(amount)}
  certified: {attested: yes_no}
  people: {attested: number}
"""


def told(text: str) -> list[str]:
    """Return what the checks say, without what they say of things that nothing uses."""
    program, document = read_program(HEAD.lstrip() + text)
    meaning, problems = understand(program, document, None)
    assert problems == []
    assert meaning.complete
    said = [f"{p.path}: {p.message}" + (" (notice)" if p.notice else "") for p in check(meaning)]
    return [line for line in said if "nothing uses" not in line]


SILVER = "tiers: {silver: {requires: {revenue: 5}}, gold: {requires: {revenue: 9}}}\n"


@pytest.mark.parametrize(
    ("fine", "wrong", "says"),
    [
        (
            "parameters: {bar: 5}",
            "parameters: {each: 5}",
            ["parameters.each: 'each' is a word of the document and can't be a name here"],
        ),
        (
            "benefits: {fund: {type: text, all: x}}",
            "benefits: {type: {type: text, all: x}}",
            ["benefits.type: 'type' is a word of the document and can't be a name here"],
        ),
        (
            "tiers: {silver: {}}",
            "tiers: {cap: {}}",
            ["tiers.cap: 'cap' is a word of the document and can't be a tier"],
        ),
        (
            "tracks: {cloud: {}}",
            "tracks: {people: {}}",
            ["tracks.people: 'people' is also under metrics"],
        ),
        (
            "parameters: {bar: 5}",
            "parameters: {people: 5}",
            ["parameters.people: 'people' is also under metrics"],
        ),
        (
            "tracks: {cloud: {metrics: {score: {attested: number}}}}",
            "tracks: {cloud: {metrics: {people: {attested: number}}}}",
            ["tracks.cloud.metrics.people: 'people' is also a name of the program"],
        ),
        (
            "tracks: {a: {tiers: {x: {requires: [track(b) >= x]}}}, b: {tiers: {x: {}}}}",
            "tracks: {a: {tiers: {x: {requires: [track(b) >= x]}}},\n"
            "  b: {tiers: {x: {requires: [track(a) >= x]}}}}",
            ["tracks.a: a circle: track(a) → track(b) → track(a)"],
        ),
        (
            "parameters: {p: {by: people, values: {default: 5}}}",
            "parameters: {p: {by: q, values: {default: 5}}, q: {by: p, values: {default: 5}}}",
            ["parameters.p: a circle: p → q → p"],
        ),
        (
            SILVER + "benefits: {r: {type: percent, of: revenue, cap: 5, gold: 2}}",
            SILVER + "benefits: {r: {type: percent, of: certified, cap: 5, gold: 2}}",
            ["benefits.r.of: certified is not a number"],
        ),
        (
            SILVER + "benefits: {r: {type: percent, of: revenue, gold: 2}}",
            SILVER + "benefits: {r: {type: percent, of: revenues, golden: 2}}",
            [
                "benefits.r.golden: unknown tier 'golden'",
                "benefits.r.of: unknown metric 'revenues'",
            ],
        ),
        (
            SILVER + "benefits: {r: {type: amount, gold: 2}}",
            SILVER + "benefits: {r: {type: amount, cap: 5, gold: 2}}",
            ["benefits.r.cap: a cap goes with a percent of a metric"],
        ),
    ],
)
def test_names_circles_benefits(fine: str, wrong: str, says: list[str]) -> None:
    assert told(fine) == []
    assert told(wrong) == says


def unreachable(lower: str, upper: str) -> str:
    return (
        f"tiers.{lower}: no one can reach {lower} before {upper}: who qualifies for {lower} also "
        f"qualifies for {upper}"
    )


@pytest.mark.parametrize(
    ("low", "high", "refused"),
    [
        ("{revenue: 5}", "{revenue: 9}", False),
        ("{revenue: 9}", "{revenue: 5}", True),
        ("{revenue: 5}", "{revenue: 5}", True),
        ("[revenue >= 5]", "[revenue > 5]", False),
        ("[revenue > 5]", "[revenue >= 5]", True),
        ("[revenue = 5]", "[revenue >= 5]", True),
        ("[revenue = 5]", "[revenue > 4]", True),
        ("[revenue <= 5]", "[revenue <= 9]", True),
        ("[revenue <= 9]", "[revenue <= 5]", False),
        ("[revenue < 5]", "[revenue <= 5]", True),
        ("[revenue <= 5]", "[revenue < 5]", False),
        ("[revenue < 5]", "[revenue < 5]", True),
        ("{revenue: 9, people: 2}", "{people: 1}", True),
        ("{people: 1}", "{revenue: 9, people: 2}", False),
        ("{revenue: 9}", "{people: 1}", False),
        ("{certified: yes}", "{certified: yes}", True),
        ("{certified: yes}", "{certified: no}", False),
        ("{any: [revenue >= 9, people >= 1]}", "{revenue: 5}", False),
        ("{revenue: 9}", "{any: [revenue >= 5, people >= 1]}", False),
        ("{all: [revenue >= 9, {all: [people >= 2]}]}", "[people >= 1, revenue >= 9]", True),
        ("{at_least: 2, of: [revenue >= 9, people >= 2]}", "{people: 1}", True),
        ("{at_least: 1, of: [revenue >= 9, people >= 2]}", "{people: 1}", False),
        ("[]", "[]", True),
        ("{revenue: 9}", "[]", True),
        ("[]", "{revenue: 9}", False),
    ],
)
def test_a_tier_out_of_reach_before_the_one_above(low: str, high: str, refused: bool) -> None:
    said = told(f"tiers: {{low: {{requires: {low}}}, high: {{requires: {high}}}}}")
    assert said == ([unreachable("low", "high")] if refused else [])


def test_sequential_tiers_must_differ_too() -> None:
    """All below is asked as well, but who has the lower one has the upper one at once."""
    tiers = (
        "sequential: yes\ntiers: {low: {requires: {revenue: 9}}, high: {requires: {revenue: 5}}}"
    )
    assert told(tiers) == [unreachable("low", "high")]


def test_bars_that_go_down_are_noticed() -> None:
    assert told(
        "tiers:\n  low: {requires: {revenue: 9}, keep: {revenue: 10}}\n"
        "  high: {requires: {revenue: 5, people: 1}, keep: {revenue: 4}}\n"
    ) == [
        "tiers.low.keep.revenue: the bar to stay is higher than the one to qualify (notice)",
        "tiers.high.requires.revenue: high asks for less revenue than low (notice)",
    ]


def test_what_nothing_uses_is_noticed() -> None:
    program, document = read_program(HEAD.lstrip() + "parameters: {bar: 5}\n" + SILVER)
    said = [(p.path, p.notice) for p in check(understand(program, document, None)[0])]
    assert said == [
        ("metrics.certified", True),
        ("metrics.people", True),
        ("parameters.bar", True),
    ]


@pytest.mark.parametrize("kind", ["reference", "currency"])
def test_reads_must_hold_together(kind: str) -> None:
    text = HEAD.lstrip()
    if kind == "reference":
        text = text.replace("references: shops", "references: shop")
        says = "reads.facts.sales.columns.buyer: there is no reference 'shop' (did you mean shops?)"
    else:
        text = text.replace("{type: money, currency: USD}", "money")
        says = (
            "reads.facts.sales.columns.amount: amount has no currency "
            "(such as {type: money, currency: USD})"
        )
    program, document = read_program(text)
    found = check(understand(program, document, None)[0])
    assert [str(p).partition(": ")[2] for p in found if not p.notice] == [says]


def test_chains_of_metrics_end_somewhere() -> None:
    def chain(count: int) -> str:
        links = "".join(f"  m{n}: {{formula: m{n + 1} + 1}}\n" for n in range(count))
        return f"{links}  m{count}: {{formula: people}}\ntiers: {{x: {{requires: {{m0: 1}}}}}}\n"

    assert told(chain(35)) == []
    assert [line.partition(": ")[2] for line in told(chain(60))] == [
        "rests on too many others, one on another"
    ] * 2


def test_levels_of_a_tree() -> None:
    assert [levels(typed(text)) for text in ("1", "-n", "n + m * 2", "n + 1 + 1 + 1")] == [
        1,
        2,
        3,
        4,
    ]


def test_every_rule_has_its_file() -> None:
    assert len({rule.__name__ for rule in RULES}) == len(RULES) == 7
