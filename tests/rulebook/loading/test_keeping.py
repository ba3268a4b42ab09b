"""Facts that are kept between runs: taken from the store until something they rest on changes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rulebook import DataError, load_folder
from rulebook.loading import Folder, folder, keeping
from rulebook.loading.files import TableFiles
from rulebook.store import Store

DATASET = """\
partners: {file: partners.csv, key: id}
facts:
  sales: {file: "sales*.csv", key: n, partner: id, date: d, columns: {n: integer, amount: number}}
"""
SALES = "n,id,d,amount\n1,a,2026-01-01,10\n2,b,2026-01-02,20.5\n2,b,2026-01-02,20.5\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a small folder of data."""
    place = tmp_path / "data"
    place.mkdir()
    (place / "dataset.yaml").write_text(DATASET)
    (place / "partners.csv").write_text("id\na\nb\n")
    (place / "sales.csv").write_text(SALES)
    return place


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Return where facts are kept."""
    return tmp_path / "cache"


@pytest.fixture(autouse=True)
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Keep however few facts; note which fact tables are read from their files."""
    found: list[str] = []
    load_table = folder.load_table

    def noted(loading: object, layout: object, *only: list[str]) -> bool:
        if layout.place[0] == "facts":
            found.append(",".join([layout.title, *(name for names in only for name in names)]))
        return load_table(loading, layout, *only)

    monkeypatch.setattr(keeping, "SMALLEST", 0)
    monkeypatch.setattr(folder, "load_table", noted)
    return found


def rows(loaded: Folder) -> list[tuple[object, ...]]:
    """Return the facts as they are seen."""
    query = "SELECT n, id, d, amount, _file, _line, _aside FROM fact_sales ORDER BY _file, _line"
    return loaded.connection.sql(query).fetchall()


def loaded_as(data: Path, cache: Path) -> Folder:
    """Load with the cache; what is seen must be what is seen without it."""
    kept, plain = load_folder(data, cache=cache), load_folder(data)
    assert rows(kept) == rows(plain)
    assert (kept.digest, kept.aside) == (plain.digest, plain.aside)
    return kept


def test_read_once(data: Path, cache: Path, read: list[str]):
    loaded_as(data, cache)
    loaded_as(data, cache)
    assert read == ["sales"] * 3  # once with the cache, twice without


def test_a_changed_file_is_read_again(data: Path, cache: Path, read: list[str]):
    """Also if its size and its times are as they were: the system's own time of change tells."""
    loaded_as(data, cache)
    before = (data / "sales.csv").stat()
    (data / "sales.csv").write_text(SALES.replace("20.5", "99.5"))
    os.utime(data / "sales.csv", ns=(before.st_atime_ns, before.st_mtime_ns))
    del read[:]
    assert rows(loaded_as(data, cache))[1][3] == pytest.approx(99.5, abs=0)
    assert len(read) == 2


def test_another_file_and_another_partner_count(data: Path, cache: Path):
    loaded_as(data, cache)
    (data / "sales-2.csv").write_text("n,id,d,amount\n3,c,2026-01-03,5\n2,b,2026-01-02,20.5\n")
    assert loaded_as(data, cache).aside == {("sales", "unknown partner"): 1}
    (data / "partners.csv").write_text("id\na\nb\nc\n")
    assert loaded_as(data, cache).aside == {}
    (data / "sales-2.csv").unlink()
    assert len(rows(loaded_as(data, cache))) == 3


def test_files_are_put_at_once_and_one_that_changed_alone(data: Path, cache: Path):
    """The files of a table are kept in one segment; the others' rows stay where they are."""

    def kept() -> dict[str, tuple[int, int]]:
        with Store.open(next(cache.iterdir())) as store:
            (table,) = store.tables().values()
            segments = [s.file.rows for s in table.segments]
            batches = {b.source: (b.number, b.rows) for b in table.batches.values()}
        assert segments == sorted(segments, reverse=True)
        assert len(segments) == 1 + (max(number for number, _ in batches.values()) > 2)
        return batches

    for number, count in ((2, 80), (3, 8)):
        rows = "".join(f"{number}{n:02},a,2026-02-01,1\n" for n in range(count))
        (data / f"sales-{number}.csv").write_text(f"n,id,d,amount\n{rows}")
    loaded_as(data, cache).close()
    assert kept() == {"sales-2.csv": (0, 80), "sales-3.csv": (1, 8), "sales.csv": (2, 3)}
    (data / "sales-3.csv").write_text("n,id,d,amount\n300,a,2026-02-01,7\n")
    loaded_as(data, cache).close()
    # sales.csv holds a repeat: what is set aside may depend on other files, so it is put again
    assert kept() == {"sales-2.csv": (0, 80), "sales-3.csv": (3, 1), "sales.csv": (4, 3)}


@pytest.fixture
def several(data: Path, cache: Path, read: list[str]) -> Path:
    """Return a folder of three files that are kept, two without a row set aside."""
    for number in (2, 3):
        rows = "".join(f"{number}{n},{'ab'[n % 2]},2026-02-0{n},{n}\n" for n in range(1, 9))
        (data / f"sales-{number}.csv").write_text(f"n,id,d,amount\n{rows}")
    loaded_as(data, cache).close()
    del read[:]
    return data


def test_files_as_they_were_are_not_read(several: Path, cache: Path, read: list[str]):
    """Changed, added and taken away; and where a row was set aside, which may rest on others."""
    head = "n,id,d,amount\n"
    (several / "sales-3.csv").write_text(head + "31,a,2026-02-01,7.125\n")
    loaded_as(several, cache).close()
    (several / "sales-4.csv").write_text(head + "41,a,2026-02-01,123456789012.5\n")
    loaded_as(several, cache).close()
    (several / "sales-2.csv").unlink()
    loaded_as(several, cache).close()
    assert read[::2] == [
        "sales,sales-3.csv,sales.csv",
        "sales,sales-4.csv,sales.csv",
        "sales,sales.csv",
    ]


def test_keys_are_compared_with_those_of_files_not_read(several: Path, cache: Path):
    """A row that repeats one of theirs is set aside; one that differs is an error."""
    line = (several / "sales-2.csv").read_text().splitlines()[3]
    (several / "sales-3.csv").write_text(f"n,id,d,amount\n{line}\n")
    assert sum(row[-1] == "duplicate" for row in rows(loaded_as(several, cache))) == 2
    (several / "sales-3.csv").write_text(f"n,id,d,amount\n{line}1\n")
    with pytest.raises(DataError) as kept:
        load_folder(several, cache=cache)
    with pytest.raises(DataError) as plain:
        load_folder(several)
    assert kept.value.problems == plain.value.problems
    assert "another amount" in str(kept.value)


def test_partners_are_looked_for_in_files_not_read(several: Path, cache: Path, read: list[str]):
    """One gone sets rows aside in files that are as they were; come back, they are read again."""
    (several / "partners.csv").write_text("id\na\n")
    assert loaded_as(several, cache).aside == {("sales", "unknown partner"): 9}
    (several / "partners.csv").write_text("id\na\nb\n")
    assert loaded_as(several, cache).aside == {}
    assert read[::2] == ["sales,sales.csv", "sales"]


def test_damaged_rows_are_read_again(several: Path, cache: Path, read: list[str]):
    """Said once, and put again whole."""
    with Store.open(next(cache.iterdir())) as store:
        (kept,) = store.tables()["fact_sales"].segments
        segment = store.places.segments / kept.file.name
    segment.write_bytes(segment.read_bytes()[:-9] + b"x" * 9)
    (several / "sales-3.csv").write_text("n,id,d,amount\n31,a,2026-02-01,7\n")
    assert "kept facts can't be used" in loaded_as(several, cache).unkept[0].message
    assert not loaded_as(several, cache).unkept
    assert read == ["sales", "sales", "sales"]


def test_files_are_looked_for_once(data: Path, cache: Path, monkeypatch: pytest.MonkeyPatch):
    """To tell whether they are worth keeping, and whether they are as they were."""
    looked: list[str] = []

    class Noted(TableFiles):
        def found(self) -> Sequence[str]:
            looked.append(self.layout.table)
            return super().found()

    loaded_as(data, cache).close()
    monkeypatch.setattr(keeping, "TableFiles", Noted)
    load_folder(data, cache=cache).close()
    assert looked == ["fact_sales"]


def test_bad_rows_are_told_each_time(data: Path, cache: Path):
    """What is kept with bad rows set aside says nothing of them: so it isn't used then."""
    (data / "sales.csv").write_text(SALES + "4,a,2026-01-04,much\n")
    first = load_folder(data, cache=cache, allow_bad_rows=True)
    again = load_folder(data, cache=cache, allow_bad_rows=True)
    assert first.aside == again.aside == {("sales", "bad row"): 1}
    with pytest.raises(DataError, match="much"):
        load_folder(data, cache=cache)


def test_damage_is_said_and_built_again(data: Path, cache: Path):
    loaded_as(data, cache).close()
    for file in cache.rglob("*.json"):
        if file.parent.name == "generations":
            file.write_bytes(file.read_bytes()[:-20] + b"x" * 20)
    assert "built again" in loaded_as(data, cache).unkept[0].message
    assert not loaded_as(data, cache).unkept


def test_without_a_place_it_goes_on(data: Path, tmp_path: Path):
    """A cache that can't be made is said; the answer is the same."""
    (tmp_path / "file").write_text("")
    assert "not kept" in loaded_as(data, tmp_path / "file" / "cache").unkept[0].message
