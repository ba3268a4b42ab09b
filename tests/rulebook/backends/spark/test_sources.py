"""What Spark is given: what doesn't fit is refused, all at once; what is ours is dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from rulebook import DataError, MeasureError, Run, load_folder, read_program
from rulebook.standing.written import levelling_json

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

AS_OF = date(2026, 1, 31)
DATASET = """
partners: {file: p.csv, key: id, columns: {Kind: text, "so`rt": text}}
references: {product: {file: r.csv, key: Code, columns: {line: text}}}
facts:
  sale:
    file: s.csv
    key: no
    date: day
    columns:
      amount: number
      Sum: number
      paid: boolean
      item.code: {type: text, references: product}
"""
FILES = {
    "p.csv": "id,Kind,so`rt\na,x,y\nb,y,x\n",
    "r.csv": "Code,line\n1,one\n2,two\n",
    "s.csv": "no,partner,day,amount,Sum,paid,item.code\n"
    "1,a,2026-01-05,1.25,100,yes,1\n2,a,2026-01-06,2.50,200,no,2\n3,b,2026-01-07,4,400,,\n",
}
PROGRAM = """
program: x
version: 2026-01-01
metrics:
  small: {from: sale, value: sum(amount), where: "paid or partner.Kind = 'y'"}
  large: {from: sale, value: sum(Sum), where: "partner.Kind = 'x'"}
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    for name, text in {**FILES, "dataset.yaml": DATASET, "program.yaml": PROGRAM}.items():
        (tmp_path / name).write_text(text)
    return tmp_path / "program.yaml"


def named(session: SparkSession) -> set[str]:
    """Every temporary view there is."""
    names = {table.name for table in session.catalog.listTables() if table.isTemporary}
    return names | {table.name for table in session.catalog.listTables("global_temp")}


def test_the_same_answer_and_nothing_left_behind(spark: SparkSession, program: Path) -> None:
    from rulebook.backends.spark import SparkOver, folder_views

    before, settings = named(spark), dict(spark.conf.getAll)
    read = read_program(program)
    folder = load_folder(program.parent, read[0])
    wanted = levelling_json(Run(*read, folder).level(AS_OF))
    assert [row["metrics"] for row in wanted["partners"]] == [
        {"small": "1.25", "large": "300"},
        {"small": "4", "large": "0"},
    ]
    with folder_views(spark, folder) as tables, SparkOver(spark, tables) as make:
        first, second = Run(*read, folder, make=make), Run(*read, folder, make=make)
        assert levelling_json(first.level(AS_OF)) == wanted
        assert levelling_json(second.level(AS_OF)) == wanted
        assert len(named(spark) - before) == 3 + 2 * 3
    assert named(spark) == before
    assert dict(spark.conf.getAll) == settings
    with pytest.raises(MeasureError, match=r"^Spark failed on .*TABLE_OR_VIEW_NOT_FOUND[^\n]*$"):
        first.level(date(2026, 1, 30))


def test_as_parquet(spark: SparkSession, program: Path, tmp_path: Path) -> None:
    from rulebook.backends.spark import SparkOver, folder_views

    read = read_program(program)
    folder = load_folder(program.parent, read[0])
    into = tmp_path / "parquet"
    into.mkdir()
    wanted = levelling_json(Run(*read, folder).level(AS_OF))
    with folder_views(spark, folder, into) as tables, SparkOver(spark, tables) as make:
        assert levelling_json(Run(*read, folder, make=make).level(AS_OF)) == wanted
    assert len(list(into.iterdir())) == 3


def refusals(
    spark: SparkSession, program: Path, tables: Mapping[str, pa.Table], **names: str
) -> list[str]:
    from rulebook.backends.spark import SparkOver, table_views

    read = read_program(program)
    folder = load_folder(program.parent, read[0])
    before = named(spark)
    with (
        table_views(spark, tables) as views,
        SparkOver(spark, {**views, **names}) as make,
        pytest.raises(DataError) as caught,
    ):
        Run(*read, folder, make=make)
    assert named(spark) == before
    return [str(problem) for problem in caught.value.problems]


def test_all_that_does_not_fit_is_told_at_once(spark: SparkSession, program: Path) -> None:
    text = pa.array(["1"])
    tables = {
        "partner": pa.table({"id": text, "Kind": text, "so`rt": pa.array([1]), "ID": text}),
        "ref_product": pa.table({"Code": pa.array([True]), "line": text}),
        "fact_sale": pa.table(
            {
                "no": text,
                "partner": text,
                "day": pa.array([datetime(2026, 1, 5, 23, 30)]),
                "amount": pa.array([1.5]),
                "Smu": pa.array([1]),
                "paid": text,
                "item.code": text,
            }
        ),
    }
    assert refusals(spark, program, tables, ref_prodcut="x") == [
        "the dataset has no table 'ref_prodcut' (did you mean ref_product?)",
        "`folder_1_partner`: column so`rt: BIGINT can't stand for the type text "
        "(CAST(… AS STRING))",
        "`folder_1_ref_product`: column Code: BOOLEAN can't stand for a key (CAST(… AS STRING))",
        "`folder_1_fact_sale`: column amount: DOUBLE can't stand for the type number "
        "(CAST(… AS DECIMAL(38, 12)) holds any number that we read)",
        "`folder_1_fact_sale`: column Sum: there is no such column (did you mean Smu?)",
        "`folder_1_fact_sale`: column paid: STRING can't stand for the type boolean "
        "(CAST(… AS BOOLEAN))",
        "`folder_1_fact_sale`: column day: TIMESTAMP can't stand for the type date "
        "(a DATE says which day a time belongs to: TO_DATE in your time zone)",
        "`folder_1_fact_sale`: column _aside: there is no such column "
        "(a text: null where the fact counts, else why not)",
    ]


def test_texts_that_compare_by_other_rules_and_tables_that_are_not_there(
    spark: SparkSession, program: Path
) -> None:
    spark.sql(
        "SELECT CAST('a' AS STRING COLLATE UNICODE_CI) AS id, 'x' AS Kind, 'y' AS `so``rt`"
    ).createTempView("lax")
    try:
        found = refusals(spark, program, {}, partner="lax", fact_sale="no such")
    finally:
        spark.catalog.dropTempView("lax")
    assert found[0].startswith("lax: column id: STRING COLLATE UNICODE_CI can't stand for the type")
    assert found[1].startswith("ref_product: [TABLE_OR_VIEW_NOT_FOUND]")
    assert found[2].startswith("no such: [PARSE_SYNTAX_ERROR]")
    assert len(found) == 3
