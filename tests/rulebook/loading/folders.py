"""A small channel on disk, to be bent in one place by each test."""

from collections.abc import Mapping
from pathlib import Path

from rulebook.errors import DataError
from rulebook.loading import Folder, check_folder, load_folder

SPEC = """\
partners:
  file: partners.csv
  parent: parent
  columns: {country: text, staff: integer, listed: boolean}
references:
  product:
    file: products.csv
    columns: {category: text, launched: date}
facts:
  sales:
    file: sales.csv
    key: [order, line]
    partner: partner
    date: day
    columns:
      product: {type: integer, references: product}
      amount: {type: money, currency: currency}
      quantity: number
"""
FILES = {
    "dataset.yaml": SPEC,
    "partners.csv": "id,parent,country,staff,listed\nP1,,DE,12,yes\nP2,P1,FR,,No\n",
    "products.csv": "id,category,launched\n10,Bikes,2019-05-31\n9,,\n",
    "sales.csv": (
        "order,line,partner,day,product,amount,currency,quantity\n"
        "A,1,P1,2026-01-31,10,1200.50,USD,2\n"
        "A,2,P1,2026-02-01,9,-3,EUR,0.5\n"
        "B,1,P2,2026-02-28,,,,\n"
    ),
}


def write(folder: Path, files: Mapping[str, str | bytes] = FILES, **changed: str | bytes) -> Path:
    """Write the files; `sales="…"` changes sales.csv, `dataset="…"` dataset.yaml."""
    for name, content in files.items():
        content = changed.get(name.partition(".")[0], content)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def errors(folder: Path, time_zone: str = "UTC") -> list[str]:
    """What is wrong with a folder, as lines of text that name files within it."""
    problems, total = check_folder(folder, time_zone)
    assert total >= len(problems)
    return [str(problem).removeprefix(f"{folder}/") for problem in problems]


def refused(folder: Path, **options: object) -> list[str]:
    """What stops the loading of a folder."""
    try:
        load_folder(folder, **options)  # type: ignore[arg-type]
    except DataError as error:
        return [str(problem).removeprefix(f"{folder}/") for problem in error.problems]
    raise AssertionError("the folder was loaded")


def values(folder: Folder, table: str = "sales") -> list[tuple[object, ...]]:
    """The facts' values, in the order of files and lines."""
    return [fact.values for fact in folder.facts.rows(table, None)]


def asides(folder: Folder, table: str = "sales") -> list[tuple[int, str | None]]:
    """Each fact's line, and why it is set aside."""
    return [(fact.line, fact.aside) for fact in folder.facts.rows(table, None)]


def one_column(folder: Path, kind: str, cells: list[str], time_zone: str = "UTC") -> list[object]:
    """The values that a column of this type has for these cells."""
    loaded = load_folder(one_column_folder(folder, kind, cells), time_zone=time_zone)
    names = list(loaded.facts.columns("things"))
    return [row[names.index("x")] for row in values(loaded, "things")]


def one_column_folder(folder: Path, kind: str, cells: list[str]) -> Path:
    """A folder with a column `x` of this type."""
    files = {
        "dataset.yaml": "partners: {file: p.csv}\nfacts: {things: {file: t.csv, key: k, "
        f"date: d, columns: {{x: {kind}}}}}}}\n",
        "p.csv": "id\nP\n",
        "t.csv": "k,partner,d,x\n"
        + "".join(
            f'{number},P,2026-01-01,"{cell}"\n' for number, cell in enumerate(cells, start=1)
        ),
    }
    return write(folder, files)
