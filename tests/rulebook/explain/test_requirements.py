"""A tier's requirements as a tree: met or not, have and need, parameters with entry and segment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rulebook import DataError, Run
from rulebook.explain import Checked, Needed, Requirements, benefit_lines
from rulebook.explain.requirements import leaves
from rulebook.explain.written import tier_json
from tests.rulebook.explain.made import on_rows

DAY = date(2026, 6, 30)
D = Decimal

PROGRAM = """
reads:
  partners: {columns: {group: text}}
  facts: {sales: {date: sold, columns: {amount: {type: money, currency: USD}}}}
parameters:
  bar: {from 2026-01-01: {by: partner.group, values: {small: 400, default: 900}}}
metrics:
  revenue: {label: Revenue, from: sales, value: sum(amount), window: this year}
  deals: {label: Deals, from: sales, value: count(), window: this year}
  csat: {label: Satisfaction, attested: number}
  audit: {label: Audit, attested: yes_no}
tiers:
  member: {}
  gold:
    label: Gold
    requires:
      all:
        - revenue >= bar
        - any: [csat >= 4.5, deals >= 3, audit]
        - at_least: 2
          of: [deals >= 1, deals >= 10, csat >= 4]
    keep: {revenue: 0.5 * bar}
benefits:
  rebate: {label: Rebate, type: percent, of: revenue, cap: 50, member: 1, gold: 2}
  help:   {label: Help, type: yes_no, gold: yes}
  portal: {label: Portal, type: yes_no, all: yes}
  news:   {label: News, type: text, gold: daily}
  starter: {label: Starter kit, type: number, member: 1}
  trial:  {label: Trial, type: number, member: 0, gold: 0}
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    given = {
        "partner": {"group": "small"},
        "sales": [{"date": "2026-02-01", "amount": "300"}, {"date": "2026-02-02", "amount": "60"}],
    }
    return on_rows(tmp_path, PROGRAM, given)


def test_the_tree_has_what_is_had_and_needed(run: Run) -> None:
    view = Requirements(run.figures, DAY).tier("", "gold", 0)
    assert (view.label, view.bar, view.met) == ("Gold", "requires", False)
    tree = view.tree
    assert isinstance(tree, Needed)
    assert (tree.kind, tree.need, tree.have, tree.met) == ("all", 3, 0, False)
    assert [(leaf.label, leaf.op, leaf.have, leaf.need, leaf.short, leaf.met)
            for leaf in leaves(tree)] == [
        ("Revenue", ">=", D(360), D(400), D(40), False),
        ("Satisfaction", ">=", None, D("4.5"), None, False),
        ("Deals", ">=", D(2), D(3), D(1), False),
        ("Audit", None, None, True, None, False),
        ("Deals", ">=", D(2), D(1), None, True),
        ("Deals", ">=", D(2), D(10), D(8), False),
        ("Satisfaction", ">=", None, D(4), None, False),
    ]  # fmt: skip


def test_the_nearest_ways_are_those_that_gaps_list(run: Run) -> None:
    tree = Requirements(run.figures, DAY).tier("", "gold", 0).tree
    assert isinstance(tree, Needed)
    _, either, several = tree.parts
    assert isinstance(either, Needed)
    assert isinstance(several, Needed)
    assert (either.kind, either.need, either.have, either.nearest) == ("any", 1, 0, (1,))
    assert (several.kind, several.need, several.have, several.nearest) == ("at_least", 2, 1, (1,))
    (row,) = run.standings(DAY)
    listed = [gap.path for gap in row.ladder.gaps]
    near = [either.parts[1], several.parts[1]]
    assert listed[1:] == [leaf.path for leaf in near if isinstance(leaf, Checked)]


def test_a_parameter_says_which_entry_and_segment(run: Run) -> None:
    tree = Requirements(run.figures, DAY).tier("", "gold", 0).tree
    (bar,) = [part for part in next(leaves(tree)).parts if part.kind == "parameter"]
    assert (bar.name, bar.value, bar.how) == (
        "bar",
        D(400),
        "from 2026-01-01, partner.group is small",
    )


def test_a_segment_that_is_not_named_takes_the_default(tmp_path: Path) -> None:
    for group, how in (("large", "large, default"), (None, "empty, default")):
        run = on_rows(tmp_path, PROGRAM, {"partner": {"group": group} if group else {}})
        tree = Requirements(run.figures, DAY).tier("", "gold", 0).tree
        part = next(leaves(tree)).parts[1]
        assert (part.value, part.how) == (D(900), f"from 2026-01-01, partner.group is {how}")
        early = Requirements(run.figures, date(2025, 12, 31)).tier("", "gold", 0).tree
        part = next(leaves(early)).parts[1]
        assert (part.value, part.how) == (None, "before its first entry")


def test_the_bar_to_keep(run: Run) -> None:
    view = Requirements(run.figures, DAY).tier("", "gold", 0, keep=True)
    assert (view.bar, view.met) == ("keep", True)
    (leaf,) = leaves(view.tree)
    assert (leaf.have, leaf.need, leaf.text) == (D(360), D(200), "revenue >= 0.5 * bar")


def test_a_tier_that_asks_nothing(run: Run) -> None:
    view = Requirements(run.figures, DAY).tier("", "member", 0)
    assert (view.tree, view.met) == (None, True)
    assert tier_json(view) == {
        "tier": "member", "label": "Member", "bar": "requires", "met": True, "tree": None,
    }  # fmt: skip


def test_a_tier_that_is_not_there(run: Run) -> None:
    with pytest.raises(DataError) as refused:
        Requirements(run.figures, DAY).tier("", "golld", 0)
    assert str(refused.value) == "there is no tier 'golld' (did you mean gold?)"


def test_benefits_now_and_at_another_tier(run: Run) -> None:
    lines = benefit_lines(run.program, "", "member", "gold", enrolled=True)
    assert [(line.name, line.of, line.at_held, line.at_other, line.differs) for line in lines] == [
        ("rebate", "Revenue", D(1), D(2), True),
        ("help", "", None, True, True),
        ("portal", "", True, True, False),
        ("news", "", None, "daily", True),
        ("starter", "", D(1), None, True),
        ("trial", "", D(0), D(0), False),
    ]
    own = benefit_lines(run.program, "", "member", None, enrolled=True)
    assert [line.name for line in own] == ["rebate", "portal", "starter", "trial"]


def test_who_is_not_enrolled_has_no_benefits(run: Run) -> None:
    assert benefit_lines(run.program, "", None, None, enrolled=False) == []
