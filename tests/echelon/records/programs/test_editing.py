"""Forms write into a text: what they don't concern stays as its author typed it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echelon.records.programs.editing import rewritten
from echelon.records.programs.editing.benefits import matrix, with_benefits
from echelon.records.programs.editing.grid import grid, with_bars, wrong
from echelon.records.programs.editing.ladders import applied, rungs
from echelon.records.programs.editing.movement import fields, with_movement
from rulebook.reading import read_document

EXAMPLES = sorted(Path("examples").glob("*/program.yaml"))
TEXT = """\
# what partners may read
program: solar
version: 2026-01-01   # from this day
currency: EUR
metrics:
  revenue: {label: Revenue, from: sales, value: sum(amount), unit: money}
  people: {from: certificates, value: count()}
  csat: {attested: number}
  plan: {attested: yes_no}
tiers:                # lowest first
  # nothing is asked
  registered: {}      # everyone
  # silver is where it begins
  silver:
    label: "Silver"   # in quotes
    requires: {revenue: 1000, people: 2, plan: yes}  # two bars

  # the best
  gold:
    requires:         # a list
      - revenue >= 5000   # the bar
      - any: [csat >= 4.5, people >= 9]
      - people >= 3
    keep: {revenue: 4000}
benefits:
  rebate: {type: percent, silver: 1, gold: 2.5}   # of revenue
movement:
  demote: quarterly
examples:
  - name: enough
    as_of: 2026-06-30
    given: {sales: []}
    expect: {tier: gold}
"""


def document(text: str = TEXT):
    return read_document(text)


def bars(text: str, **typed: str) -> str:
    at = document(text)
    shown = grid(at, "", "requires")
    names = {name.replace("__", "|"): value for name, value in typed.items()}
    return rewritten(text, with_bars(at, shown, {f"{name}|>=": v for name, v in names.items()}))


def test_the_grid_has_a_row_a_criterion_and_says_in_words_what_it_cannot_hold():
    shown = grid(document(), "", "requires")
    assert [(row.label, row.op, row.unit) for row in shown.rows] == [
        ("Revenue", ">=", "EUR"),
        ("People", ">=", ""),
        ("Plan", "is", ""),
    ]
    assert shown.fields() == {
        "registered|revenue|>=": "", "silver|revenue|>=": "1000", "gold|revenue|>=": "5000",
        "registered|people|>=": "", "silver|people|>=": "2", "gold|people|>=": "3",
        "registered|plan|is": "", "silver|plan|is": "yes", "gold|plan|is": "",
    }  # fmt: skip
    (nested,) = shown.nested
    assert (nested.tier, nested.words, nested.line) == (
        "gold", "any of: csat >= 4.5; people >= 9", 22,
    )  # fmt: skip
    assert grid(document(), "", "keep").fields()["gold|revenue|>="] == "4000"


def test_one_bar_is_one_word_of_the_text():
    assert bars(TEXT, gold__revenue="6 000") == TEXT.replace(">= 5000 ", ">= 6000 ")
    assert bars(TEXT, silver__revenue="1500") == TEXT.replace("revenue: 1000", "revenue: 1500")


def test_a_bar_more_takes_the_form_of_the_others_and_an_empty_one_goes():
    assert bars(TEXT, registered__revenue="10") == TEXT.replace(
        "registered: {} ", "registered: {requires: {revenue: 10}} "
    )
    assert bars(TEXT, silver__people="") == TEXT.replace("people: 2, ", "")
    assert bars(TEXT, gold__people="") == TEXT.replace("      - people >= 3\n", "")
    one = bars(TEXT, gold__people="", gold__revenue="")
    assert "      - any: [csat >= 4.5, people >= 9]\n    keep" in one


def test_a_row_that_is_new_is_written_where_it_is_filled():
    at = document()
    shown = grid(at, "", "requires", more=["csat|>"])
    typed = {"silver|csat|>": "4", "gold|csat|>": "4.5"}
    found = rewritten(TEXT, with_bars(at, shown, typed))
    assert "requires: [revenue >= 1000, people >= 2, plan, csat > 4]  # two bars" in found
    assert "      - people >= 3\n      - csat > 4.5\n" in found


def test_a_bar_may_go_while_another_comes_that_needs_a_list():
    at = document()
    shown = grid(at, "", "requires", more=["revenue|<="])
    typed = {"silver|people|>=": "", "silver|plan|is": "", "silver|revenue|<=": "9"}
    found = rewritten(TEXT, with_bars(at, shown, typed))
    assert "requires: [revenue >= 1000, revenue <= 9]  # two bars" in found


def test_what_is_no_bar_is_said_at_its_cell():
    typed = {"gold|revenue|>=": "5,000", "gold|people|>=": "target", "silver|people|>=": "3 +"}
    assert set(wrong(typed | {"gold|plan|is": "maybe"})) == {
        "gold|revenue|>=", "silver|people|>=", "gold|plan|is",
    }  # fmt: skip


def test_tiers_change_places_with_their_comments():
    found, wrong_ = applied(TEXT, "", {"place|gold": "2"})
    assert wrong_ == {}
    assert [rung.key for rung in rungs(document(found), "")] == ["registered", "gold", "silver"]
    assert "  # the best\n  gold:\n" in found
    assert "  # silver is where it begins\n  silver:\n" in found
    assert sorted(found.split()) == sorted(TEXT.split())


def test_a_tier_is_renamed_wherever_it_is_named_dropped_and_added():
    found, _wrong = applied(TEXT, "", {"key|gold": "au", "label|silver": "Silber"})
    assert found == (
        TEXT.replace("  gold:\n", "  au:\n").replace("gold: 2.5", "au: 2.5")
        .replace("tier: gold", "tier: au").replace('"Silver"', "Silber")
    )  # fmt: skip
    found, _wrong = applied(TEXT, "", {"drop|silver": "on", "new_key": "top", "new_label": "Top"})
    assert [(each.key, each.label) for each in rungs(document(found), "")] == [
        ("registered", "Registered"), ("gold", "Gold"), ("top", "Top"),
    ]  # fmt: skip
    assert "silver" not in found.replace("# silver", "")
    assert applied(TEXT, "", {"new_key": "gold"})[1].keys() == {"new_key"}
    assert applied(TEXT, "", {"key|gold": "silver"})[1].keys() == {"key|gold"}


def test_benefits_and_movement_are_written_where_they_differ():
    shown = matrix(document(), "")
    typed = {"value|rebate|gold": "3", "value|rebate|silver": "", "new_key": "mdf",
             "new_label": "Funds", "new_type": "amount"}  # fmt: skip
    assert rewritten(TEXT, with_benefits(document(), shown, typed)) == TEXT.replace(
        "silver: 1, gold: 2.5}   # of revenue",
        "gold: 3}   # of revenue\n  mdf: {label: Funds, type: amount}",
    )
    policy = fields(document(), "")
    assert (policy["promote"], policy["demote"], policy["promotion"]) == (
        "immediately", "quarterly", "automatic",
    )  # fmt: skip
    typed = {**policy, "demote": "days", "demote_days": "01-15 07-15", "grace_count": "90",
             "demotion": "required"}  # fmt: skip
    assert rewritten(TEXT, with_movement(document(), "", typed)) == TEXT.replace(
        "  demote: quarterly\n",
        "  demote: {days: [01-15, 07-15]}\n  grace: 90 days\n"
        "  approval: {promotion: automatic, demotion: required}\n",
    )


names = st.sampled_from(["a", "b", "c", "requires", "gold", "x y"])
texts = st.sampled_from(["1", "yes", "a >= 1", "it's: so", "", "# no", "{", "null", "2026-01-01"])
contents = st.recursive(
    st.none() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)
documents = st.dictionaries(names, contents, min_size=1, max_size=4)


def lined(value: object, indent: int = 0) -> str:
    """Write content in lines, a comment behind and above each entry."""
    pad, out = " " * indent, []
    entries = value.items() if isinstance(value, dict) else [("-", each) for each in value]
    for key, each in entries:
        head = f"{pad}-" if isinstance(value, list) else f"{pad}{key!r}:"
        if isinstance(each, dict | list) and each:
            out.append(f"{pad}# above\n{head}  # behind\n{lined(each, indent + 2)}")
        else:
            said = "" if each is None else repr(each) if isinstance(each, str) else str(each)
            said = said.replace("\"it's", "\"it's")
            out.append(f"{pad}# above\n{head} {said}".rstrip() + "  # behind")
    return "\n".join(out)


@given(documents, documents)
def test_whatever_is_wanted_is_what_is_read_back(before, wanted):
    text = lined(before) + "\n"
    assert read_document(text).content == before
    assert read_document(rewritten(text, wanted)).content == wanted
    assert rewritten(text, before) == text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_of_real_programs_only_the_lines_of_a_change_differ(path):
    text = path.read_text("utf-8")
    at = read_document(text)
    for bar in ("requires", "keep"):
        for name, value in grid(at, "", bar).fields().items():
            if not value or name.endswith("|is"):
                continue
            content = with_bars(at, grid(at, "", bar), {name: "123456"})
            found = rewritten(text, content)
            differing = [
                (a, b) for a, b in zip(text.splitlines(), found.splitlines(), strict=True) if a != b
            ]
            assert len(differing) == 1
            assert "123456" in differing[0][1]
