"""Small cases written by hand: one folder of tables for all, each test gives the rows it needs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from rulebook.reading import read_program
from tests.reference.case import Case, csv_rows
from tests.reference.evaluator import evaluate

HEAD = """program: p
version: 2020-01-01
currency: USD
calendar: {year_starts: 02-15}
"""
DATASET = """
partners: {file: partners.csv, key: id, parent: parent,
           columns: {country: text, size: integer, parent: text}}
references:
  product: {file: products.csv, key: id, columns: {category: text}}
facts:
  sales:
    file: sales.csv
    key: id
    date: day
    columns:
      amount: {type: money, currency: currency}
      points: number
      item: {type: text, references: product}
      closed: date
      flag: boolean
  certs: {file: certs.csv, key: id, date: day, valid: {from: begin, until: end},
          columns: {person: text, exam: text}}
enrollments: {file: enrollments.csv}
attestations: {file: attestations.csv}
rates: {file: rates.csv, base: EUR}
programs: {base: [blue, green, red]}
"""
FILES = {
    "partners": "id,parent,country,size",
    "products": "id,category",
    "sales": "id,partner,day,amount,currency,points,item,closed,flag",
    "certs": "id,partner,day,begin,end,person,exam",
    "enrollments": "partner,program,start,end,tier",
    "attestations": "partner,metric,value,from,until",
    "rates": "date,currency,rate",
}


def case(program: str, as_of: str = "2020-05-31", dataset: str = DATASET, **tables: str) -> Case:
    files = {}
    for name, columns in FILES.items():
        rows = tables.get(name, "A,,," if name == "partners" else "")
        files[f"{name}.csv"] = csv_rows(f"{columns}\n{rows}")
    if "enrollments" not in tables:
        dataset = dataset.replace("enrollments: {file: enrollments.csv}\n", "")
    text = program if "program:" in program else HEAD + program
    return Case(text, dataset, files, date.fromisoformat(as_of))


def answers(tmp_path: Path, *arguments: str, **tables: str) -> dict[str, dict[str, Any]]:
    one = case(*arguments, **tables)
    return evaluate(read_program(one.program)[0], one.write(tmp_path), one.as_of)


def measured(tmp_path: Path, lines: str, *arguments: str, **tables: str) -> dict[str, Any]:
    """The metrics of partner A, of a program with these metrics."""
    body = "metrics:\n" + "".join(f"  {line.strip()}\n" for line in lines.strip().splitlines())
    return answers(tmp_path, body, *arguments, **tables)["A"]["metrics"]
