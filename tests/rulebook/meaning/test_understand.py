"""What names mean where they stand, and which types parameters take from where they are used."""

from decimal import Decimal

import pytest

from rulebook.expressions.typed import Const, Op, Ref, Type
from rulebook.meaning import Meaning, understand
from rulebook.meaning.model import Criterion, FormulaMeaning, Group, MeasuredMeaning
from rulebook.meaning.needs import metrics_under, needs
from rulebook.reading import read_program

READS = """
program: p
version: 2026-01-01
reads:
  partners: {columns: {country: text, joined: date, shop: {references: shops}}}
  facts:
    sales:
      key: order
      date: day
      columns:
        amount: {type: money, currency: paid_in}
        count: integer
        product: {references: products}
  references:
    products: {columns: {category: text, maker: {references: makers}, sold: boolean}}
    makers: {columns: {country: text}}
    shops: {columns: {size: number}}
"""


def meaning(text: str, reads: str = READS) -> Meaning:
    program, document = read_program(reads.lstrip() + text)
    found, problems = understand(program, document, None)
    assert [str(problem) for problem in problems] == []
    return found


def formula(text: str, more: str = "") -> FormulaMeaning:
    found = meaning(f'metrics:\n  m: {{formula: "{text}"}}\n{more}').metrics["", "m"]
    assert isinstance(found, FormulaMeaning)
    return found


@pytest.mark.parametrize(
    ("text", "path", "kind"),
    [
        ("amount > 0", ("amount",), Type.NUMBER),
        ("count > 0", ("count",), Type.NUMBER),
        ("day > as_of", ("day",), Type.DATE),
        ("order = 'a'", ("order",), Type.TEXT),
        ("paid_in = 'EUR'", ("paid_in",), Type.TEXT),
        ("partner = 'a'", ("partner",), Type.TEXT),
        ("product = 'a'", ("product",), Type.TEXT),
        ("product.category = 'a'", ("product", "category"), Type.TEXT),
        ("products.category = 'a'", ("product", "category"), Type.TEXT),
        ("product.id = 'a'", ("product", "id"), Type.TEXT),
        ("product.maker.country = 'a'", ("product", "maker", "country"), Type.TEXT),
        ("product.sold", ("product", "sold"), Type.BOOLEAN),
    ],
)
def test_columns_and_references(text: str, path: tuple[str, ...], kind: Type) -> None:
    found = meaning(f'metrics: {{m: {{from: sales, value: count(), where: "{text}"}}}}')
    metric = found.metrics["", "m"]
    assert isinstance(metric, MeasuredMeaning)
    first = metric.where.args[0] if isinstance(metric.where, Op) else metric.where
    assert first == Ref("column", path, kind)


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("partner.country", Ref("partner", ("country",), Type.TEXT)),
        ("partner.joined", Ref("partner", ("joined",), Type.DATE)),
        ("partner.shop.size", Ref("partner", ("shop", "size"), Type.NUMBER)),
        ("partner.id", Ref("partner", ("id",), Type.TEXT)),
        ("enrollment.start", Ref("enrollment", ("start",), Type.DATE)),
        ("enrollment.tier", Ref("enrollment", ("tier",), Type.TEXT)),
        ("as_of", Ref("as_of", (), Type.DATE)),
        ("other", Ref("metric", ("", "other"), Type.BOOLEAN)),
        ("t.inner", Ref("metric", ("t", "inner"), Type.NUMBER)),
    ],
)
def test_what_a_formula_may_name(text: str, ref: Ref) -> None:
    more = "  other: {attested: yes_no}\ntracks: {t: {metrics: {inner: {attested: number}}}}\n"
    assert formula(text, more).formula == ref


def test_a_track_sees_its_own_metrics_and_the_programs() -> None:
    found = meaning(
        "metrics: {shared: {attested: number}}\n"
        "tracks: {t: {metrics: {own: {attested: number}, m: {formula: own + shared}}}}\n"
    ).metrics["t", "m"]
    assert isinstance(found, FormulaMeaning)
    assert isinstance(found.formula, Op)
    assert found.formula.args == (
        Ref("metric", ("t", "own"), Type.NUMBER),
        Ref("metric", ("", "shared"), Type.NUMBER),
    )


def test_tiers_compare_by_their_place() -> None:
    tracks = "tracks: {t: {tiers: {silver: {}, gold: {}}}}\n"
    found = formula("if(track(t) >= gold, 1, 0)", tracks).formula
    assert isinstance(found, Op)
    tier, place = Ref("tier", ("t",), Type.TIER), Const(Decimal(1), Type.TIER)
    assert found.args[0] == Op(">=", (tier, place), Type.BOOLEAN)


@pytest.mark.parametrize(
    ("use", "kind"),
    [
        ("revenue >= bar", Type.NUMBER),
        ("bar", Type.BOOLEAN),
        ("partner.country = bar", Type.TEXT),
        ("partner.joined < bar", Type.DATE),
        ("bar + 1 > 2", Type.NUMBER),
        ("coalesce(bar, 'x') = 'x'", Type.TEXT),
        ("if(certified, bar, 5) > 1", Type.NUMBER),
        ("month(as_of) = bar", Type.NUMBER),
        ("date_add(bar, 1, 'day') > as_of", Type.DATE),
    ],
)
def test_a_parameter_takes_its_type_from_its_use(use: str, kind: Type) -> None:
    value = {Type.NUMBER: "5", Type.TEXT: "5", Type.DATE: "2026-01-01", Type.BOOLEAN: "yes"}[kind]
    found = meaning(
        f"metrics: {{revenue: {{attested: number}}, certified: {{attested: yes_no}}}}\n"
        f'parameters: {{bar: {value}}}\ntiers: {{x: {{requires: ["{use}"]}}}}\n'
    )
    assert found.parameters["bar"].type is kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [("5", Type.NUMBER), ("five", Type.TEXT), ("2026-01-01", Type.DATE), ("yes", Type.BOOLEAN)],
)
def test_one_that_nothing_uses_is_what_its_values_look_like(value: str, kind: Type) -> None:
    assert meaning(f"parameters: {{bar: {value}}}\n").parameters["bar"].type is kind


def test_a_list_takes_the_type_of_what_is_looked_for_in_it() -> None:
    found = meaning(
        "parameters: {codes: ['1', '2']}\n"
        "metrics: {m: {from: sales, value: count(), where: order in codes}}\n"
    )
    assert found.parameters["codes"].type is Type.LIST
    assert found.parameters["codes"].entries[0].settings == {None: ("1", "2")}


def test_a_requirement_becomes_groups_of_criteria() -> None:
    found = meaning(
        "metrics: {a: {attested: number}, b: {attested: yes_no}}\n"
        "tiers: {x: {requires: [a >= 5, {any: [b, not b]}, {at_least: 1, of: [a + a > 2]}]}}\n"
    )
    asked = found.ladders[""][0].requires
    assert isinstance(asked, Group)
    first, any_, least = asked.parts
    assert isinstance(first, Criterion)
    assert (first.path, first.op, first.left_text) == ("tiers.x.requires[0]", ">=", "a")
    assert isinstance(any_, Group)
    assert isinstance(least, Group)
    assert [(group.kind, group.need) for group in (asked, any_, least)] == [
        ("all", 3),
        ("any", 1),
        ("at_least", 1),
    ]
    texts = [part.left_text for part in any_.parts if isinstance(part, Criterion)]
    assert texts == ["b", "b"]


def test_what_needs_what() -> None:
    found = meaning(
        "parameters: {bar: {by: size, values: {default: 1}}}\n"
        "metrics:\n"
        "  size: {from: sales, value: count()}\n"
        "  a: {formula: size + bar}\n"
        "  b: {of: a, each: month, last: 3, take: sum}\n"
        "  c: {rank: b, within: partner.country}\n"
        "tracks: {t: {tiers: {x: {requires: [c >= 1]}}}}\n"
    )
    assert needs(found, ("metric", "", "a")) == [("metric", "", "size"), ("parameter", "bar")]
    assert needs(found, ("parameter", "bar")) == [("metric", "", "size")]
    assert needs(found, ("metric", "", "c")) == [("metric", "", "b")]
    assert needs(found, ("tier", "t")) == [("metric", "", "c")]
    assert {name for _, name in metrics_under(found, ("", "c"))} == {"a", "b", "c", "size"}


def test_without_tables_every_column_is_let_through() -> None:
    found = meaning(
        "metrics: {m: {from: anything, value: sum(x), where: y = 'a' and z.w > 5}}\n",
        "program: p\nversion: 2026-01-01\n",
    ).metrics["", "m"]
    assert isinstance(found, MeasuredMeaning)
    assert found.facts is None


def test_metrics_may_stand_in_any_order() -> None:
    chain = "".join(f"  m{n}: {{formula: m{n + 1} + 1}}\n" for n in range(500))
    found = meaning(f"metrics:\n{chain}  m500: {{attested: number}}\n")
    assert {metric.type for metric in found.metrics.values()} == {Type.NUMBER}
