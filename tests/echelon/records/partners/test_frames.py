"""What the engine reads of companies is what stands in the table, typed; the engine takes it."""

from datetime import date

import pyarrow.parquet
import pytest
import yaml

from echelon.records.partners import frames
from echelon.records.partners.services import companies, fields
from rulebook import load_folder, read_program, run_on
from rulebook.standing.written import levelling_json
from tests.factories.partners import NOW, admin, partner

pytestmark = pytest.mark.django_db


def test_companies_with_typed_fields():
    me = admin()
    for name, kind in (
        ("size", "integer"),
        ("share", "number"),
        ("vip", "yes_no"),
        ("since", "date"),
    ):
        fields.define(me, name=name, label=name, kind=kind, at=NOW)
    top = partner("Top", kind="var", country="DE")
    partner("Below", parent=top, archived_at=NOW)
    companies.edit(me, partner=top.pk, at=NOW, size=7, share="0.10", vip="no", since="2026-01-31")
    document, table = frames.partners()
    assert document == {
        "key": "key",
        "parent": "parent",
        "columns": {
            "name": "text",
            "kind": "text",
            "country": "text",
            "region": "text",
            "segment": "text",
            "size": "integer",
            "share": "number",
            "vip": "boolean",
            "since": "date",
        },
    }
    nothing = dict.fromkeys(
        ["kind", "country", "region", "segment", "size", "share", "vip", "since"]
    )
    assert table.to_pylist() == [
        {"key": "below", "parent": "top", "name": "Below", **nothing},
        {
            **nothing,
            "key": "top",
            "parent": None,
            "name": "Top",
            "kind": "var",
            "country": "DE",
            "size": 7,
            "share": "0.1",
            "vip": False,
            "since": date(2026, 1, 31),
        },
    ]


def test_no_companies_are_an_empty_table():
    assert frames.partners()[1].num_rows == 0


def test_the_engine_reads_it(tmp_path):
    me = admin()
    fields.define(me, name="size", label="Size", kind="integer", at=NOW)
    top = partner("Top")
    partner("Below", parent=top)
    companies.edit(me, partner=top.pk, at=NOW, size=7)
    document, table = frames.partners()
    pyarrow.parquet.write_table(table, tmp_path / "partners.parquet")
    said = {"partners": {**document, "file": "partners.parquet"}}
    (tmp_path / "dataset.yaml").write_text(yaml.safe_dump(said))
    (tmp_path / "program.yaml").write_text(
        "program: p\nversion: 2026-01-01\ncurrency: EUR\n"
        "metrics:\n  size: {formula: partner.size}\ntiers:\n  big: {requires: {size: 5}}\n"
    )
    program, text = read_program(tmp_path / "program.yaml")
    run = run_on(program, text, load_folder(tmp_path, program))
    levels = levelling_json(run.level(NOW.date()))["partners"]
    assert {each["partner"]: each["qualified"] for each in levels} == {"top": "big", "below": None}
