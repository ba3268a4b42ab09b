"""The digest is a matter of values: not of rows' order, files, threads or spelling."""

import random
from pathlib import Path

import duckdb
import pytest

from rulebook.loading import load_folder
from rulebook.loading.digest import row_sums
from rulebook.loading.layout import Field
from rulebook.store.sql import digest_sums, row_digest
from tests.frame.size import sample_size
from tests.rulebook.loading.folders import FILES, SPEC, write
from tests.rulebook.loading.test_standings import FILES as STANDINGS
from tests.rulebook.loading.test_standings import TABLES

ALL = {**FILES, **STANDINGS, "dataset.yaml": SPEC + TABLES}


def digest(folder: Path, **changed: str) -> str:
    return load_folder(write(folder, ALL, **changed)).digest


def test_the_digest_is_what_it_was(tmp_path: Path) -> None:
    """A change of this value is a change of every digest that anyone has kept."""
    assert digest(tmp_path) == ("ab9bc4ef9d6d9d2663031b6dc9dd1e08ff01fc97a5801580221f53c52fe2ae7f")


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("sales", "1200.50", "+01200.5"),
        ("sales", "2026-01-31", "2026-01-31T23:59:59"),
        ("sales", "2026-02-01", "2026-01-31T23:30:00-01:00"),
        ("sales", "A,1,P1", '"A","1","P1"'),
        ("partners", ",yes", ",TRUE"),
        ("rates", "0.91", ".910"),
        ("dataset", "country: text, staff: integer", "staff: integer, country: text"),
        ("sales", "\n", "\r\n"),
        ("sales", "B,1,P2,2026-02-28,,,,\n", "B,1,P2,2026-02-28,,,,\n" * 3),
        ("enrollments", "P1,,,,,,\n", "P1,,,,,,\n" * 2),
    ],
)
def test_the_same_values_have_the_same_digest(
    tmp_path: Path, table: str, old: str, new: str
) -> None:
    before = str(ALL[f"{table}.yaml" if table == "dataset" else f"{table}.csv"])
    assert old in before
    assert digest(tmp_path, **{table: before.replace(old, new)}) == digest(tmp_path)


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("sales", "1200.50", "1200.51"),
        ("sales", "P1,2026-01-31", "P1,2026-01-30"),
        ("sales", ",USD,2", ",EUR,2"),
        ("sales", "B,1,P2,2026-02-28,,,,\n", ""),
        ("sales", "A,1,P1", "A1,,P1".replace(",,", ",1,")),
        ("partners", "P2,P1,FR", "P2,,FR"),
        ("partners", ",yes", ","),
        ("products", "Bikes", "bikes"),
        ("rates", "2026-01-02", "2026-01-03"),
        ("overrides", "merger", "merge"),
        ("attestations", " 4.5", "4.5"),
        ("enrollments", "gold", "silver"),
        ("dataset", "base: USD", "base: EUR"),
        ("dataset", "quantity: number", "quantity: text"),
    ],
)
def test_other_values_have_another_digest(tmp_path: Path, table: str, old: str, new: str) -> None:
    before = str(ALL[f"{table}.yaml" if table == "dataset" else f"{table}.csv"])
    assert old in before
    assert digest(tmp_path, **{table: before.replace(old, new)}) != digest(tmp_path)


def test_cells_do_not_run_into_each_other(tmp_path: Path) -> None:
    """`AB` and nothing is not `A` and `B`."""
    header = "order,line,partner,day,product,amount,currency,quantity\n"
    one = digest(tmp_path, sales=f"{header}AB,1,P1,,,,,\n")
    assert one != digest(tmp_path, sales=f"{header}A,B1,P1,,,,,\n")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shuffled")


@pytest.mark.parametrize("seed", range(sample_size(ci=12, proof=100)))
def test_order_and_files_do_not_matter(place: Path, seed: int) -> None:
    """Rows are shuffled, some repeated, and dealt out to files with columns in any order."""
    chance = random.Random(seed)
    rows = [
        f"O{number},{chance.randint(1, 3)},P{chance.randint(1, 3)},2026-0{chance.randint(1, 9)}-11,"
        f"{chance.choice(['', '9', '10', '77'])},"
        f"{chance.randint(-999, 999)}.{chance.randint(0, 99)},"
        f"{chance.choice(['USD', 'EUR'])},{chance.choice(['', '2', '0.5'])}"
        for number in range(40)
    ]
    rows += ["X,1,,,,,,", "Y,1,P1,,,,,", "Z,1,P1,2026-01-01,bad,,,", "Z,1,P1"]
    header = "order,line,partner,day,product,amount,currency,quantity"
    whole = write(place / f"{seed}-a", ALL, sales="\n".join([header, *rows]))
    again = rows + chance.choices(rows, k=10)
    chance.shuffle(again)
    cut = chance.randint(0, len(again))
    order = chance.sample(range(8), 8)

    def turned(row: str) -> str:
        cells = row.split(",")
        return ",".join(cells[at] for at in order) if len(cells) == 8 else row

    files = {name: text for name, text in ALL.items() if name != "sales.csv"}
    files["s1.csv"] = "\n".join([header, *again[:cut]])
    files["s2.csv"] = "\n".join(map(turned, [header, *again[cut:]]))
    partners = str(ALL["partners.csv"]).splitlines()
    files["partners.csv"] = "\n".join([partners[0], *reversed(partners[1:])])
    text = str(ALL["dataset.yaml"]).replace("file: sales.csv", "file: s?.csv")
    parts = write(place / f"{seed}-b", files, dataset=text, partners=files["partners.csv"])
    one = load_folder(whole, allow_bad_rows=True)
    other = load_folder(parts, allow_bad_rows=True)
    assert one.digest == other.digest
    assert one.aside == other.aside
    assert list(one.partners.items()) == list(other.partners.items())

    def counted(folder: object) -> list[str]:
        facts = folder.facts.rows("sales", None)  # type: ignore[attr-defined]
        return sorted(f"{fact.aside} {fact.values}" for fact in facts if fact.aside != "duplicate")

    assert counted(one) == counted(other)


@pytest.mark.parametrize("value", ["0.529", "-0.5", "0", "0.00001", "0.1234567891"])
def test_a_value_has_the_same_sums_in_columns_of_any_width(value: str) -> None:
    """A column without a digit before the point writes none there; its values are the same."""
    found, kept = set(), set()
    scale = len(value.partition(".")[2])
    with duckdb.connect() as connection:
        for kind in {f"DECIMAL({scale or 1},{scale})", f"DECIMAL({scale + 3},{scale})",
                     "DECIMAL(18,10)", "DECIMAL(38,12)"}:  # fmt: skip
            rows = f"(SELECT '{value}'::{kind} AS n, NULL AS _aside)"
            found.add(row_sums(connection, rows, [Field("n", "number", ())]))
            sums = digest_sums(row_digest({"n": kind}, "r"))
            kept.add(connection.execute(f"SELECT {sums} FROM {rows} AS r").fetchone())
    assert len(found) == len(kept) == 1
