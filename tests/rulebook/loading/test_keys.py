"""The same key twice is one row or an error; families are trees."""

from decimal import Decimal
from pathlib import Path

import pytest

from rulebook.loading import keys, load_folder
from tests.rulebook.loading.folders import FILES, SPEC, asides, errors, refused, write

HEADER = "order,line,partner,day,product,amount,currency,quantity\n"
PARTNERS = "id,parent,country,staff,listed\n"


def test_the_same_values_written_otherwise_are_the_same_fact(tmp_path: Path) -> None:
    rows = (
        "A,1,P1,2026-01-31,10,5.50,USD,\n"
        "A,1,P1,2026-01-31T09:00,010,+5.5,USD,\n"  # its values are the same
        "A,2,P1,2026-01-31,10,5.50,USD,\n"
    )
    folder = load_folder(write(tmp_path, sales=HEADER + rows))
    assert asides(folder) == [(2, None), (3, "duplicate"), (4, None)]
    assert folder.aside == {}


def test_columns_that_the_dataset_does_not_name_do_not_matter(tmp_path: Path) -> None:
    rows = "A,1,P1,2026-01-31,,,,,x\nA,1,P1,2026-01-31,,,,,y\n"
    folder = load_folder(write(tmp_path, sales=HEADER.strip() + ",note\n" + rows))
    assert asides(folder) == [(2, None), (3, "duplicate")]


def test_different_values_under_a_key_name_both_lines(tmp_path: Path) -> None:
    files = dict(FILES)
    files["more.csv"] = HEADER + "A,2,P2,2026-02-01,9,-3,EUR,0.5\n"
    del files["sales.csv"]
    files["sales.csv"] = (
        HEADER
        + "A,1,P1,2026-01-31,10,5,USD,\nA,1,P1,2026-01-31,10,5,USD,2\n"
        + ("A,2,P1,2026-02-01,9,-3,EUR,0.5\n")
    )
    text = SPEC.replace("sales.csv", "[sales.csv, more.csv]")
    write(tmp_path, files, dataset=text, sales=files["sales.csv"])
    assert errors(tmp_path) == [
        "sales.csv:3: the key 'A', '1' stands in line 2 too, with another quantity "
        "(a key names one row)",
        f"sales.csv:4: the key 'A', '2' stands in {tmp_path}/more.csv:2 too, with another partner "
        "(a key names one row)",
    ]
    folder = load_folder(tmp_path, allow_bad_rows=True)
    assert folder.aside == {("sales", "bad row"): 4}


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_repeats_are_found_however_many_keys_are_compared_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(keys, "_AT_ONCE", at_once)
    lines = [1, 2, 3, 4, 2, 5, 2, 1, 6]
    rows = "".join(f"A,{line},P1,2026-01-31,,,,\n" for line in lines)
    folder = load_folder(write(tmp_path, sales=HEADER + rows))
    repeats = {line for line, aside in asides(folder) if aside == "duplicate"}
    assert repeats == {6, 8, 9}


def test_partners_and_references_have_one_row_a_key(tmp_path: Path) -> None:
    write(tmp_path, partners=PARTNERS + "P1,,DE,1,\nP1,,DE,1,no\nP2,,FR,,\nP2,,FR,,\n,,,,\n",
          products="id,category,launched\n10,Bikes,\n10.,Bikes,\n010,Bike,\n")  # fmt: skip
    assert errors(tmp_path) == [
        "partners.csv:3: column id: the key 'P1' stands in line 2 too, with another listed "
        "(a key names one row)",
        "partners.csv:6: column id: the key is empty",
        "products.csv:3: column id: '10.' is not a whole number "
        "(digits only, at most 26, no point)",
        "products.csv:4: column id: the key '10' stands in line 2 too, with another category "
        "(a key names one row)",
    ]
    folder = load_folder(tmp_path, allow_bad_rows=True)
    assert list(folder.partners) == ["P2"]
    assert folder.references == {"product": {}}
    assert folder.aside[("partners", "bad row")] == 3
    assert folder.aside[("product", "bad row")] == 3


def test_parents(tmp_path: Path) -> None:
    rows = "P9,P10,,,\nP10,p2,,,\nP2,,,,\nP1,P2,,,\nP3,P77777,,,\n"
    write(tmp_path, partners=PARTNERS + rows)
    assert errors(tmp_path) == [
        "partners.csv:3: column parent: there is no partner 'p2' (did you mean P2?)",
        "partners.csv:6: column parent: there is no partner 'P77777'",
    ]
    folder = load_folder(tmp_path, allow_bad_rows=True)
    assert folder.parents == {"P1": "P2", "P9": "P10"}
    assert list(folder.partners) == ["P1", "P10", "P2", "P3", "P9"]  # text, by code point
    assert folder.partners["P3"]["parent"] == "P77777"
    assert [notice.line for notice in folder.notices] == [3, 6]


def test_circles_of_parents(tmp_path: Path) -> None:
    """Also where bad rows may be set aside: which row of a circle is the bad one?"""
    rows = "P3,P1,,,\nP1,P2,,,\nP2,P3,,,\nP5,P5,,,\nP6,P3,,,\n"
    write(tmp_path, partners=PARTNERS + rows)
    found = [
        "partners.csv:3: column parent: a circle of parents: P1 → P2 → P3 → P1 "
        "(a family is a tree)",
        "partners.csv:5: column parent: P5 is its own parent (a family is a tree)",
    ]
    assert errors(tmp_path) == found
    assert refused(tmp_path, allow_bad_rows=True) == found


def test_a_long_family_and_a_long_circle(tmp_path: Path) -> None:
    count = 20_000
    rows = [f"P{number},P{number + 1},,," for number in range(count)]
    write(tmp_path, partners=PARTNERS + "\n".join(rows) + f"\nP{count},,,,\n")
    assert len(load_folder(tmp_path).parents) == count
    write(tmp_path, partners=PARTNERS + "\n".join(rows) + f"\nP{count},P0,,,\n")
    (found,) = errors(tmp_path)
    assert found.startswith("partners.csv:2: column parent: a circle of parents: P0 → P1 → P2 → ")
    assert found.endswith("P11 → … → P0 (a family is a tree)")


def test_a_number_as_a_key_is_compared_as_a_number(tmp_path: Path) -> None:
    text = SPEC.replace("quantity: number", "line: integer\n      quantity: number")
    rows = "A,1,P1,2026-01-31,,,,\nA,01,P1,2026-01-31,,,,\n"
    folder = load_folder(write(tmp_path, dataset=text, sales=HEADER + rows))
    assert asides(folder) == [(2, None), (3, "duplicate")]
    assert dict(zip(folder.facts.columns("sales"), folder.facts.rows("sales", None)[0].values,
                    strict=True))["line"] == Decimal(1)  # fmt: skip


def test_names_that_the_database_or_the_reading_uses_itself(tmp_path: Path) -> None:
    spec = (
        "partners: {file: p.csv, key: id, columns: {number: text}}\nfacts: {t: {file: t.csv, "
        "key: [rowid, number], partner: occurrence, date: identity, columns: {count_all: text}}}\n"
    )
    rows = "1,1,P,2026-01-01,a\n1,1,P,2026-01-01,a\n1,2,P,2026-01-01,b\n,1,P,,\n,1,P,,\n"
    files = {
        "dataset.yaml": spec,
        "p.csv": "id,number\nP,1\nQ,1\nQ,1\n",
        "t.csv": "rowid,number,occurrence,identity,count_all\n" + rows,
    }
    folder = load_folder(write(tmp_path, files), allow_bad_rows=True)
    assert asides(folder, "t") == [
        (2, None), (3, "duplicate"), (4, None), (5, "bad row"), (6, "duplicate"),
    ]  # fmt: skip
    assert list(folder.partners) == ["P", "Q"]
