"""What the engine reads: the facts that count, in exact types, made again if damaged."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from echelon.records.facts import frames, pages
from echelon.records.facts.models import Fact
from echelon.records.facts.services import batches, rates, references, types
from rulebook import load_folder
from tests.factories.facts import BOSS, NOW, recorded, sale
from tests.factories.partners import partner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.CACHE_FOLDER = tmp_path
    return tmp_path / "facts" / "sales"


def rows() -> list[dict]:
    _section, paths = frames.facts(["sales"])["sales"]
    tables = [pyarrow.parquet.read_table(path) for path in paths]
    return [row for table in tables for row in table.to_pylist()]


def keys() -> list[str]:
    return sorted(row["order_number"] for row in rows())


def files() -> dict[str, int]:
    _section, paths = frames.facts(["sales"])["sales"]
    return {path.name: path.stat().st_mtime_ns for path in paths}


def test_types_are_exact():
    partner("Acme")
    recorded(sale("S1", "acme", "12.50"), sale("S2", "acme", "0.125", order_date="2026-04-30"))
    section, [path] = frames.facts(["sales"])["sales"]
    table = pyarrow.parquet.read_table(path)
    assert section["partner"] == "partner_id"
    assert table.schema.field("amount").type == pa.decimal128(18, 3)
    assert table.schema.field("order_date").type == pa.date32()
    assert [(row["order_number"], str(row["amount"])) for row in table.to_pylist()] == [
        ("S2", "0.125"),
        ("S1", "12.500"),
    ]


def test_long_numbers_and_times_of_day_are_kept_whole():
    partner("Acme")
    recorded(sale("S1", "acme", "12345678901234567890.123456789012"))
    recorded(sale("S2", "acme", order_date="2026-05-01T23:30:00-05:00"))
    [one, two] = sorted(rows(), key=lambda row: row["order_number"])
    assert str(one["amount"]) == "12345678901234567890.123456789012"
    assert (one["order_date"], two["order_date"]) == ("2026-05-01", "2026-05-01T23:30:00-05:00")
    assert Fact.objects.get(key="S2|1").date.isoformat() == "2026-05-02"


def test_corrected_and_undone_facts_are_followed():
    partner("Acme")
    assert rows() == []
    recorded(sale("S1", "acme", "1"), sale("S2", "acme", "2"))
    assert keys() == ["S1", "S2"]
    second = recorded(sale("S1", "acme", "5"))
    assert sorted(str(row["amount"]) for row in rows()) == ["2", "5"]
    batches.undo(BOSS, batch=second.pk, at=NOW)
    assert sorted(str(row["amount"]) for row in rows()) == ["1", "2"]


def test_only_pages_with_changes_are_written(monkeypatch):
    monkeypatch.setattr("echelon.records.facts.switching.PAGE", 4)
    monkeypatch.setattr(pages, "PAGE", 4)
    partner("Acme")
    first = recorded(*(sale(f"S{n}", "acme") for n in range(20)))
    before = files()
    assert 5 <= len(before) <= 6
    old = Fact.objects.get(batch=first, key="S7|1").pk // 4
    recorded(sale("S7", "acme", "5"))
    new = Fact.objects.get(key="S7|1", ended_by=None).pk // 4
    after = files()
    assert {name for name in before if name not in after} <= {
        name for name in before if int(name[:9]) in (old, new)
    }
    assert {name for name in after if name not in before} == {
        name for name in after if int(name[:9]) in (old, new)
    }
    assert len(keys()) == 20


def test_nothing_is_written_while_nothing_changes(folder):
    partner("Acme")
    recorded(sale("S1", "acme"))
    before = files(), (folder / "pages.json").stat().st_mtime_ns
    assert (files(), (folder / "pages.json").stat().st_mtime_ns) == before


@pytest.mark.parametrize("damage", ["bytes", "gone", "note", "names"])
def test_what_is_not_as_written_is_made_again(folder, damage):
    partner("Acme")
    recorded(sale("S1", "acme"), sale("S2", "acme"))
    [name] = files()
    if damage == "bytes":
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data)
    elif damage == "gone":
        (folder / name).unlink()
    elif damage == "note":
        said = json.loads((folder / "pages.json").read_text())
        said["note"]["number"] = 99
        (folder / "pages.json").write_text(json.dumps(said))
    else:
        (folder / "partners.json").write_text("{")
    assert keys() == ["S1", "S2"]
    recorded(sale("S3", "acme"))
    assert keys() == ["S1", "S2", "S3"]


def test_a_partner_of_another_key_is_called_by_it():
    acme = partner("Acme")
    partner("Bolt")
    recorded(sale("S1", "acme"), sale("S2", "bolt"))
    assert {row["partner_id"] for row in rows()} == {"acme", "bolt"}
    acme.key = "acme-inc"
    acme.save()
    assert {row["partner_id"] for row in rows()} == {"acme-inc", "bolt"}


def test_a_type_changed_is_read_by_its_new_columns():
    partner("Acme")
    recorded(sale("S1", "acme", quantity="7"))
    section, _paths = frames.facts(["sales"])["sales"]
    section["columns"] = {**section["columns"], "quantity": "text", "serial": "text"}
    types.define_type(BOSS, slug="sales", label="Sales", spec=section, at=NOW)
    [row] = rows()
    assert (row["quantity"], row["serial"]) == ("7", None)


def test_the_watermark_moves_with_every_change_and_with_nothing_else():
    partner("Acme")
    seen = [frames.watermark()]
    recorded(sale("S1", "acme"))
    seen.append(frames.watermark())
    assert recorded(sale("S1", "acme")).counts["unchanged"] == 1
    assert frames.watermark() == seen[-1]
    references.load(BOSS, type="product", rows=[{"product_id": "P1"}], at=NOW)
    seen.append(frames.watermark())
    rates.import_ecb(BOSS, data=b"Date, USD, \n2026-06-30, 1.1,\n", at=NOW)
    seen.append(frames.watermark())
    assert seen == [
        "none",
        "facts:sales=1",
        "facts:sales=1 references:product=1",
        "facts:sales=1 rates=1 references:product=1",
    ]


def test_the_engine_loads_what_it_is_given(tmp_path):
    partner("Acme")
    recorded(sale("S1", "acme", "12.50", product_id="P1", currency="USD"))
    rates.import_ecb(BOSS, data=b"Date, USD, \n2026-04-30, 1.1,\n", at=NOW)
    references.load(BOSS, type="product", rows=[{"product_id": "P1", "category": "A"}], at=NOW)
    section, paths = frames.facts(["sales"])["sales"]
    product, things = frames.references()["product"]
    base, table = frames.rates()
    place = tmp_path / "data"
    place.mkdir()
    for number, path in enumerate(paths):
        (place / f"sales-{number}.parquet").hardlink_to(path)
    pyarrow.parquet.write_table(things, place / "product.parquet")
    pyarrow.parquet.write_table(table, place / "rates.parquet")
    (place / "partners.csv").write_text("id\nacme\n")
    document = {
        "partners": {"file": "partners.csv"},
        "references": {"product": {**product, "file": "product.parquet"}},
        "facts": {"sales": {**section, "file": "sales-*.parquet"}},
        "rates": {**base, "file": "rates.parquet"},
    }
    (place / "dataset.yaml").write_text(json.dumps(document))
    found = load_folder(place)
    with found.connection.cursor() as cursor:
        cursor.execute("SELECT partner_id, amount, product_id, _aside FROM fact_sales")
        [(who, amount, what, aside)] = cursor.fetchall()
    assert (who, str(amount), what, aside) == ("acme", "12.5", "P1", None)
    assert not found.notices
