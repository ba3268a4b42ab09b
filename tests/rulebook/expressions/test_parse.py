"""How the text of an expression becomes a tree, and where it goes wrong."""

import pytest

from rulebook.expressions import ExpressionError, parse, show
from rulebook.expressions.tree import names


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a+b*c", "a + b * c"),
        ("(a+b)*c", "(a + b) * c"),
        ("((a))", "a"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "a - b - c"),
        ("a / (b * c)", "a / (b * c)"),
        ("-(-a)", "--a"),
        ("-(a + b)", "-(a + b)"),
        ("not (a and b)", "not (a and b)"),
        ("not a and b", "not a and b"),
        ("a or (b and c)", "a or b and c"),
        ("(a or b) and c", "(a or b) and c"),
        ("(a = b) = c", "(a = b) = c"),
        ("a = (b = c)", "a = (b = c)"),
        ("NOT A AND b", "not A and b"),
        ("a In (1,2)", "a in (1, 2)"),
        ("a not in ('x')", "a not in ('x')"),
        ("a in names", "a in names"),
        ("a IS NOT NULL", "a is not null"),
        ("a between 1 and 2 and b", "a between 1 and 2 and b"),
        ("a between b + 1 and -c", "a between b + 1 and -c"),
        ("(a between 1 and 2) = b", "(a between 1 and 2) = b"),
        ("case a when 1 then 2 end", "case a when 1 then 2 end"),
        ("case when a then b else c end + 1", "case when a then b else c end + 1"),
        ("COUNT( DISTINCT a )", "count(distinct a)"),
        ("count(*)", "count()"),
        ("sum(a) filter (where b)", "sum(a) filter (where b)"),
        ("count(>= 90)", "count(>= 90)"),
        ("'it''s'", "'it''s'"),
        ("date '2020-02-29'", "date '2020-02-29'"),
        ("DATE '2020-02-29'", "date '2020-02-29'"),
        ("date + 1", "date + 1"),
        ("sum + count", "sum + count"),
        ("1.50", "1.50"),
        (".5 + 5.", "0.5 + 5"),
        ("a.b.c", "a.b.c"),
        ("größe > 1", "größe > 1"),
        ("select", "select"),
        ("a\n\t + b", "a + b"),
        ("if(a, b, c)", "if(a, b, c)"),
    ],
)
def test_parsed_and_shown(text: str, shown: str) -> None:
    tree = parse(text).tree
    assert show(tree) == shown
    assert parse(shown).tree == tree


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a +", 3, "a value expected, found the end"),
        ("a b", 2, "an operator or the end expected, found 'b'"),
        ("(a", 2, "')' expected to close the bracket, found the end"),
        ("a = b = c", 6, "comparisons can't be chained"),
        ("a < 1e400", 4, "'1e400' is not a number"),
        ("a ? b", 2, "'?' has no meaning in an expression"),
        ("'abc", 0, "a text that begins here has no closing quote"),
        ('"abc"', 0, "a text stands in single quotes"),
        ("a; b", 1, "an expression is not a statement: ';' has no place in it"),
        ("date '2020-02-30'", 5, "'2020-02-30' is not a day such as date '2026-01-31'"),
        ("a is 5", 5, "'null' expected after 'is', found '5'"),
        ("   ", 0, "an expression is empty"),
        ("f(a,)", 4, "a value expected, found ')'"),
        ("a.", 1, "'.' has no meaning in an expression"),
        ("in (1)", 0, "a value expected, found 'in'"),
        ("sum(a) filter (b)", 15, "'where' expected after 'filter (', found 'b'"),
        ("(" * 100, 60, "brackets nest deeper than 60"),
        ("a" + " + a" * 251, 1002, "an expression has at most 250 operators"),
        ("a" * 20_001, 20_000, "an expression has at most 20,000 characters"),
    ],
)
def test_what_can_not_be_parsed(text: str, at: int, message: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        parse(text)
    assert refusal.value.message.startswith(message)
    assert refusal.value.at == at


def test_names_come_in_the_order_written() -> None:
    tree = parse("case x when a then b else c end + sum(d) filter (where e in (f, g)) - h").tree
    assert "".join(name.text for name in names(tree)) == "xabcdefgh"


def test_places_play_no_part_in_equality() -> None:
    assert parse("a + 1").tree == parse(" a  +  1").tree
    assert parse("a + 1").tree != parse("a + 2").tree
