"""A channel from elsewhere, and the one that the project ships, load whole."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rulebook.loading import Folder, check_folder, load_folder

EXAMPLE = Path(__file__).parents[3] / "examples" / "channel"


@pytest.fixture(scope="module")
def path(require: Callable[[str], object]) -> Path:
    return Path(str(require("shared")))


@pytest.fixture(scope="module")
def folder(path: Path) -> Folder:
    return load_folder(path)


def test_all_of_adventureworks_without_a_problem(path: Path, folder: Folder) -> None:
    assert check_folder(path) == ([], 0)
    assert (folder.notices, folder.aside) == ([], {})
    assert (len(folder.partners), len(folder.references["product"])) == (701, 397)
    assert sum(map(len, folder.rates.by_currency.values())) == 3144
    assert folder.enrollments is None


def test_every_fact_is_as_the_csv_module_reads_it(path: Path, folder: Folder) -> None:
    facts = folder.facts.rows("sales", None)
    assert len(facts) == 57_851
    columns = folder.facts.columns("sales")
    read = {"order_date": date.fromisoformat}
    read |= dict.fromkeys(("product_id", "quantity", "amount"), Decimal)
    with (path / "sales.csv").open(newline="", encoding="utf-8") as file:
        for line, (row, fact) in enumerate(zip(csv.DictReader(file), facts, strict=True), start=2):
            assert (fact.file, fact.line, fact.aside) == ("sales.csv", line, None)
            assert fact.values == tuple(read.get(name, str)(row[name]) for name in columns)


def test_the_shipped_channel_sets_aside_what_it_should() -> None:
    """The figures were counted by the example's own generator, not by this package."""
    folder = load_folder(EXAMPLE)
    with (EXAMPLE / "expected" / "set-aside.csv").open(newline="", encoding="utf-8") as file:
        expected = {(r["table"], r["reason"]): int(r["rows"]) for r in csv.DictReader(file)}
    assert folder.aside == expected
    assert folder.notices == []
