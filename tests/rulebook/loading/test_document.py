"""What dataset.yaml itself has wrong, beside what its columns and keys contradict."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rulebook.loading import load_folder
from tests.rulebook.loading.folders import SPEC, errors, values, write


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("    date: day\n", "",
         "dataset.yaml:10: facts.sales: a fact table has a date or valid: {from: …} "
         "(the day by which a fact counts)"),
        ("    date: day\n", "    valid: {until: day}\n",
         "dataset.yaml:10: facts.sales: a fact table has a date or valid: {from: …} "
         "(the day by which a fact counts)"),
        ("    key: [order, line]\n", "",
         "dataset.yaml:10: facts.sales: a fact table has a key (key: names one column or a list)"),
        ("currency: currency", "currency: curency",
         "dataset.yaml:17: facts.sales.columns.amount.currency: 'curency' is neither a column of "
         "sales.csv nor a currency code of ISO 4217 (did you mean currency?)"),
        ("currency: currency", "currency: usd",
         "dataset.yaml:17: facts.sales.columns.amount.currency: 'usd' is neither a column of "
         "sales.csv nor a currency code of ISO 4217 (did you mean USD?)"),
        (", currency: currency", "",
         "dataset.yaml:17: facts.sales.columns.amount: a money column names its currency "
         "(currency: its column, or a code such as USD)"),
        ("quantity: number", "quantity: {type: number, currency: USD}",
         "dataset.yaml:18: facts.sales.columns.quantity.currency: a number column has no currency "
         "(type: money)"),
        ("references: product}", "references: products}",
         "dataset.yaml:16: facts.sales.columns.product.references: there is no reference "
         "'products' (did you mean product?)"),
        ("quantity: number", "quantity: {type: text, references: product}",
         "dataset.yaml:6: references.product: its key has two types: integer (facts.sales.product) "
         "and text (facts.sales.quantity) (give all columns that point to it one type)"),
        ("{category: text,", "{id: text, category: text,",
         "dataset.yaml:6: references.product: its key has two types: integer (facts.sales.product) "
         "and text (references.product.id) (give all columns that point to it one type)"),
        ("quantity: number", "day: text\n      quantity: number",
         "dataset.yaml:18: facts.sales.columns.day: 'day' is the date, which is a date, not text "
         "(write date, or leave the entry out)"),
        ("quantity: number", "currency: number\n      quantity: number",
         "dataset.yaml:17: facts.sales.columns.amount.currency: the currency's column 'currency' "
         "is not text"),
        ("quantity: number", "Amount: number\n      quantity: number",
         "dataset.yaml:18: facts.sales.columns.Amount: the columns 'amount' and 'Amount' differ in "
         "their case alone (rename one)"),
        ("quantity: number", "_line: integer\n      quantity: number",
         "dataset.yaml:18: facts.sales.columns._line: a column can't be called '_line'"),
        ("key: [order, line]", "key: [order, lin]",
         "dataset.yaml:12: facts.sales.key: sales.csv has no column 'lin' (did you mean line?)"),
        ("partner: partner\n", "partner: partnr\n",
         "dataset.yaml:13: facts.sales.partner: sales.csv has no column 'partnr' "
         "(did you mean partner?)"),
        ("parent: parent", "parent: id",
         "dataset.yaml:3: partners.parent: the parent's column is the key itself"),
        ("rates", "rates", ""),
    ],
)  # fmt: skip
def test_one_thing_wrong(tmp_path: Path, old: str, new: str, error: str) -> None:
    if error:
        assert old in SPEC
    found = errors(write(tmp_path, dataset=SPEC.replace(old, new)))
    assert found[:1] == ([error] if error else [])


def test_tables_that_sql_could_not_tell_apart(tmp_path: Path) -> None:
    text = SPEC + "  Sales: {file: sales.csv, key: [order, line], date: day}\n"
    assert errors(write(tmp_path, dataset=text)) == [
        "dataset.yaml:19: facts.Sales: the tables 'sales' and 'Sales' differ in their case alone "
        "(rename one)"
    ]


def test_ids_of_partners_are_text(tmp_path: Path) -> None:
    """An entry that says otherwise is said, not obeyed: ids are compared as written."""
    text = SPEC.replace("country: text,", "country: text, id: integer,")
    folder = load_folder(write(tmp_path, dataset=text))
    assert list(folder.partners) == ["P1", "P2"]
    assert [str(notice).partition(": ")[2] for notice in folder.notices] == [
        "partners.columns.id: 'id' is read as text, not as integer: it is the key"
    ]


def test_an_entry_may_repeat_what_a_role_says(tmp_path: Path) -> None:
    roles = "day: date\n      partner: text\n      currency: text\n      line: integer\n      "
    folder = load_folder(write(tmp_path, dataset=SPEC.replace("quantity:", f"{roles}quantity:")))
    assert folder.notices == []
    row = dict(zip(folder.facts.columns("sales"), values(folder)[0], strict=True))
    assert (row["day"], row["line"]) == (date(2026, 1, 31), Decimal(1))


def test_a_constant_currency_needs_no_column(tmp_path: Path) -> None:
    folder = load_folder(
        write(tmp_path, dataset=SPEC.replace("currency: currency", "currency: EUR"))
    )
    assert "currency" not in folder.facts.columns("sales")
    assert values(folder)[0][:4] == ("P1", date(2026, 1, 31), Decimal(10), Decimal("1200.5"))


def test_references_point_to_references(tmp_path: Path) -> None:
    """The key of each has the type of the column that points to it, partners' columns too."""
    text = SPEC.replace("launched: date}", "maker: {type: integer, references: maker}}") + (
        "  returns: {file: sales.csv, key: [order, line], date: day}\n"
    )
    text = text.replace("facts:\n", "  maker: {file: makers.csv, columns: {name: text}}\n  land: "
                        "{file: lands.csv, key: code}\nfacts:\n")  # fmt: skip
    text = text.replace("country: text", "country: {references: land}")
    write(tmp_path, dataset=text, products="id,category,maker\n10,Bikes,7\n9,,8\n")
    write(tmp_path, {"makers.csv": "id,name\n07,Acme\n", "lands.csv": "code\nDE\n"})
    folder = load_folder(tmp_path)
    assert folder.references["product"][Decimal(10)]["maker"] == Decimal(7)
    assert folder.references["maker"] == {Decimal(7): {"id": Decimal(7), "name": "Acme"}}
    assert folder.references["land"] == {"DE": {"code": "DE"}}
