"""One mistake doesn't hide the others, and makes nothing else look wrong."""

import pytest

from rulebook.checks import check
from rulebook.meaning import understand
from rulebook.reading import read_draft

HEAD = "program: p\nversion: 2026-01-01\n"


def told(text: str) -> list[str]:
    """Return all that is wrong, by path."""
    draft = read_draft(HEAD + text)
    found = list(draft.problems)
    if draft.program is not None:
        meaning, problems = understand(draft.program, draft.document, None, draft.blank)
        found += [*problems, *check(meaning)]
    return [problem.path for problem in found if not problem.notice]


METRIC = "metrics: {a: {from: s, value: count(), window: never}, b: {formula: c}}\n"


def test_a_metric_that_says_nothing_fits_everything() -> None:
    tiers = (
        "tiers: {x: {requires: [a, a >= 5, a = 'x', a in (1)]}, y: {requires: {a: yes, d: 1}}}\n"
    )
    assert told(METRIC + tiers) == ["metrics.a.window", "metrics.b.formula", "tiers.y.requires.d"]


@pytest.mark.parametrize(
    "other",
    [
        "m1: {of: a, each: month, last: 3, take: avg}",
        "m1: {rank: a}",
        "m1: {formula: if(a, 1, 2)}",
        "m1: {formula: a / 2}",
    ],
)
def test_whatever_is_made_of_it(other: str) -> None:
    text = METRIC.replace("b: {formula: c}", other.replace("if(a, 1, 2)", '"if(a, 1, 2)"'))
    assert told(text + "tiers: {x: {requires: {m1: 1}}}\n") == ["metrics.a.window"]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("version: x\ntiers: {x: {requires: [y]}}", ["version", "tiers.x.requires[0]"]),
        ("currency: E\ntiers: {x: {requires: [y]}}", ["currency", "tiers.x.requires[0]"]),
        ("movement: 5\ntiers: {x: {requires: [y]}}", ["movement", "tiers.x.requires[0]"]),
        ("examples: 5\ntiers: {x: {requires: [y]}}", ["examples", "tiers.x.requires[0]"]),
        ("reads: 5\ntiers: {x: {requires: [y]}}", ["reads", "tiers.x.requires[0]"]),
        ("tiers: {w: 5, x: {requires: [y]}}", ["tiers.w", "tiers.x.requires[0]"]),
        ("notes: 5\ntiers: {x: {requires: [y]}}", ["notes", "tiers.x.requires[0]"]),
        (
            "tracks: {t: {metrics: {m: {formula: ''}}, tiers: {x: {requires: [m >= 1, y]}}}}",
            ["tracks.t.metrics.m.formula", "tracks.t.tiers.x.requires[1]"],
        ),
        (
            "parameters: {p: {a: b}, q: [[1]]}\n"
            "metrics: {m: {from: s, value: count(), where: a > p and b in q}, n: {formula: y}}",
            ["parameters.p", "parameters.q", "metrics.n.formula"],
        ),
        (
            "benefits: {x: {type: money}}\ntiers: {x: {requires: [y]}}",
            ["benefits.x.type", "tiers.x.requires[0]"],
        ),
    ],
)
def test_the_rest_is_read_on(text: str, paths: list[str]) -> None:
    assert told(text) == paths


@pytest.mark.parametrize(
    "text",
    [
        "metrcs: {a: {attested: number}}\ntiers: {x: {requires: [a >= 1]}}",
        "metrics: [a]\ntiers: {x: {requires: [a >= 1]}}",
        "paramters: {a: 5}\ntiers: {x: {requires: [a >= 1]}}",
        "tracks: {t: {metrcs: {}}}\ntiers: {x: {requires: [t.a >= 1]}}",
    ],
)
def test_where_the_rest_would_look_wrong_it_is_not_judged(text: str) -> None:
    assert len(told(text)) == 1


def test_tiers_are_not_put_in_order_while_something_is_missing() -> None:
    """A criterion that is left out would make a tier look lower than it is."""
    tiers = "tiers: {x: {requires: {a: 5}}, y: {requires: {a: 4, b: 1}}}"
    assert told("metrics: {a: {attested: number}}\n" + tiers) == ["tiers.y.requires.b"]
