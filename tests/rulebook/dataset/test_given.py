"""The rows of an example: what they leave out doesn't matter, what they say is read like data."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rulebook.dataset.data import DUPLICATE, NO_DATE, NO_PARTNER, Data
from rulebook.dataset.given import Given
from rulebook.dataset.spec import Dataset
from rulebook.reading import read_document

SPEC = Dataset.model_validate(
    read_document("""
partners: {key: number, parent: above, columns: {country: text, staff: integer}}
facts:
  sales:
    key: [order, line]
    partner: seller
    date: day
    columns:
      amount: {type: money, currency: paid_in}
      line: integer
      ok: boolean
      product: {references: products, type: integer}
  papers: {valid: {from: begins, until: ends}, columns: {person: text}}
references:
  products: {key: id, columns: {category: text, maker: {references: makers}}}
  makers: {columns: {country: text}}
""").content
)


def read(given: str) -> Data:
    """Return the data of an example; anything refused fails."""

    def refuse(path: str, message: str, hint: str) -> None:
        raise AssertionError(f"{path}: {message} ({hint})")

    rows: Any = read_document(given).content or {}
    return Given(SPEC, "p", "EUR", "Europe/Berlin", rows, refuse).data()


def facts(data: Data, table: str) -> list[dict[str, object]]:
    columns = data.facts.columns(table)
    rows = data.facts.rows(table, None)
    return [{**dict(zip(columns, row.values, strict=True)), "aside": row.aside} for row in rows]


def test_nothing_given_is_one_partner_enrolled_without_limits() -> None:
    data = read("{}")
    assert data.partners == {
        "partner": {"number": "partner", "country": None, "staff": None, "above": None}
    }
    assert (data.enrollments, data.overrides, data.attestations, data.parents) == (None, [], [], {})
    assert facts(data, "sales") == []


def test_a_row_leaves_out_what_does_not_matter() -> None:
    (row,) = facts(read("sales: [{date: 2026-02-01, amount: 5}]"), "sales")
    assert row == {
        "amount": Decimal(5), "paid_in": "EUR", "line": Decimal(-2), "order": "#1", "ok": None,
        "product": None, "seller": "partner", "day": date(2026, 2, 1), "aside": None,
    }  # fmt: skip


def test_the_tables_own_words_work_too() -> None:
    rows = read("sales: [{day: 2026-02-01, seller: partner}, {date: 2026-02-01, partner: partner}]")
    first, second = facts(rows, "sales")
    assert (first["day"], first["seller"]) == (second["day"], second["seller"])
    (paper,) = facts(read("papers: [{from: 2026-01-01, until: 2027-01-01}]"), "papers")
    assert (paper["begins"], paper["ends"]) == (date(2026, 1, 1), date(2027, 1, 1))


def test_references_stand_in_place_or_in_their_table() -> None:
    data = read(
        "products: [{id: 7, category: Bikes, maker: {country: DE}}]\n"
        "sales: [{date: 2026-01-01, product: 7}, {date: 2026-01-01, products: {id: 9}},\n"
        "  {date: 2026-01-01, product: {category: Helmets}}]\n"
    )
    keys = [row["product"] for row in facts(data, "sales")]
    products = data.references["products"]
    assert [products[key]["category"] for key in keys] == ["Bikes", None, "Helmets"]  # type: ignore[index]
    maker = products[Decimal(7)]["maker"]
    assert data.references["makers"][maker]["country"] == "DE"


def test_timestamps_count_on_their_date_in_the_programs_zone() -> None:
    (row,) = facts(read("sales: [{date: 2026-01-31T23:30:00Z}]"), "sales")
    assert row["day"] == date(2026, 2, 1)


def test_why_a_row_is_set_aside() -> None:
    data = read(
        "sales: [{date: 2026-01-01, order: a, line: 1}, {date: 2026-01-01, order: a, line: 1},\n"
        "  {date: 2026-01-01, order: a, line: 2}, {partner: null, date: 2026-01-01}, {order: x}]\n"
    )
    asides = [row["aside"] for row in facts(data, "sales")]
    assert asides == [None, DUPLICATE, None, NO_PARTNER, NO_DATE]


def test_partners_and_families() -> None:
    data = read("partners: [{id: b}, {number: a, parent: b, country: DE}, {id: c, above: a}]")
    assert list(data.partners) == ["a", "b", "c"]
    assert data.parents == {"a": "b", "c": "a"}
    assert (data.partners["a"]["country"], data.partners["a"]["above"]) == ("DE", "b")


def test_enrollment_overrides_and_what_is_attested() -> None:
    data = read(
        "partners: [{id: a}, {id: b}]\n"
        "enrollment: {start: 2026-01-01, tier: gold, since: 2026-02-01}\n"
        "override: {kind: floor, tier: gold, until: 2027-01-01, partner: b}\n"
        "attested: [{csat: 4.5, nps: 9}, {metric: csat, value: 4, from: 2026-01-01, partner: b}]\n"
    )
    assert data.enrollments is not None
    assert [(row.partner, row.tier, row.start) for row in data.enrollments] == [
        ("a", "gold", date(2026, 1, 1)),
        ("b", None, None),
    ]
    assert [(row.partner, row.kind, row.until) for row in data.overrides] == [
        ("b", "floor", date(2027, 1, 1))
    ]
    assert [(row.partner, row.metric, row.value) for row in data.attestations] == [
        ("a", "csat", "4.5"),
        ("a", "nps", "9"),
        ("b", "csat", "4"),
    ]


def test_a_long_line_of_parents_is_no_circle() -> None:
    rows = ", ".join(f"{{id: p{n}, parent: p{n + 1}}}" for n in range(2_000))
    assert len(read(f"partners: [{rows}, {{id: p2000}}]").parents) == 2_000


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("partners: [{id: a, parent: b}, {id: b, parent: a}]", "a circle of parents: a → b → a"),
        ("partners: [{id: a, parent: a}]", "a circle of parents: a → a"),
        ("partners: [{id: x}, {id: a, parent: b}, {id: b, parent: a}]", "a → b → a"),
        ("partner: {id: [a]}", "a partner's key is a single value"),
        ("sales: [{line: 1.5}]", "line: '1.5' is not a whole number"),
        ("sales: [{ok: maybe}]", "'maybe' is neither yes nor no"),
        ("sales: {amount: {a: 1}}", "amount: a single value expected"),
        ("sales: [5]", "a row is a mapping of columns to values"),
        ("enrollment: {partner: c}", "unknown partner 'c'"),
        ("overrides: [{kind: lift}]", "an override's kind is lock, floor or suspend"),
        ("makers: [{id: {a: b}}]", "id: a single value expected"),
    ],
)
def test_what_can_not_be_read(given: str, says: str) -> None:
    with pytest.raises(AssertionError) as refusal:
        read(given)
    assert says in str(refusal.value)
