"""The demo's files: the same seed and day give the same bytes, and they have what is promised."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date

from echelon.demo import files
from echelon.demo.calendar import beginning
from echelon.demo.companies import companies

TODAY = date(2026, 3, 12)


def made(seed: int = 1, count: int = 30) -> list[files.File]:
    found = companies(count, TODAY, seed)
    return files.facts(found, beginning(TODAY), TODAY, seed)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    once, again, other = made(), made(), made(2)
    assert once == again
    assert [file.content for file in once] != [file.content for file in other]


def test_partners_are_the_same_bytes_too() -> None:
    managers = {each.where.region: "a@b.example" for each in companies(30, TODAY, 1)}
    once, again = (files.partners(companies(30, TODAY, 1), managers) for _ in range(2))
    assert once == again
    assert len(rows(once)) == 30


def test_there_are_three_years_of_each_kind_up_to_the_day_in_three_currencies() -> None:
    of: dict[str, list[dict[str, str]]] = {}
    for file in made(count=60):
        assert file.until <= TODAY
        of.setdefault(file.type, []).extend(rows(file.content))
    assert set(of) == set(files.TABLES)
    assert {row["currency"] for row in of["sales"]} == {"EUR", "USD", "GBP"}
    for slug, (_header, _rows, cut) in files.TABLES.items():
        years = {row[cut][:4] for row in of[slug]}
        assert {"2024", "2025", "2026"} <= years, slug


def test_keys_are_there_once() -> None:
    of: dict[str, Counter[str]] = {}
    for file in made():
        key = csv.DictReader(io.StringIO(file.content.decode())).fieldnames or [""]
        names = key[:2] if file.type == "sales" else key[:1]
        counted = of.setdefault(file.type, Counter())
        counted.update("/".join(row[name] for name in names) for row in rows(file.content))
    assert {slug: max(counted.values()) for slug, counted in of.items()} == dict.fromkeys(of, 1)


def test_three_hundred_companies_are_many_kinds_places_and_families() -> None:
    found = companies(300, TODAY, 1)
    assert len({each.key for each in found}) == len({each.domain for each in found}) == 300
    assert len({each.name for each in found}) == 300
    assert len({each.where.country for each in found}) > 25
    assert {each.where.money for each in found} == {"EUR", "USD", "GBP"}
    known: set[str] = set()
    for each in found:  # a file names a parent that is there
        assert each.parent in known | {""}
        known.add(each.key)
    assert sum(bool(each.parent) for each in found) > 30
    assert sum(not each.name.isascii() for each in found) > 60
