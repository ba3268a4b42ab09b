"""Damage of every kind to every file is noticed: said, or put right, never read wrong."""

from __future__ import annotations

import json
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from rulebook.store import Store, StoreDamaged, StoreError, StoreForeign, StoreFull, native, places
from rulebook.store.manifest import FORMAT
from rulebook.store.places import text_digest
from tests.rulebook.store.rows import (
    files,
    kept_rows,
    native_rows,
    plain,
    put,
    row,
)

ROWS = [row(line, f"P{line % 5}") for line in range(2000)]
MARKED = [*[row(line, f"P{line % 5}") for line in range(1, 2000)], row(0, "P0", aside="bad row")]


def flip(path: Path, place: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[place] ^= 0x10
    path.write_bytes(raw)


KINDS: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: os.truncate(path, path.stat().st_size // 2),
    "emptied": lambda path: os.truncate(path, 0),
    "flipped": lambda path: flip(path, path.stat().st_size // 2),
    "flipped at its end": lambda path: flip(path, path.stat().st_size - 2),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\n1\n"),
    "gone": lambda path: path.unlink(),
    "of another": lambda path: path.write_bytes(b"PAR1 or DUCK"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with every sort of file in it."""
    folder = tmp_path_factory.mktemp("whole") / "store"
    with Store.open(folder) as store:
        put(store, "a", ROWS)
        with store.change() as change:
            marks = {"_source": ["a"], "_line": [0], "_aside": ["bad row"]}
            assert change.mark("sales", pa.table(marks)) == 1
        assert native_rows(store) == plain(MARKED)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_each_file_and_kind(whole: Path, tmp_path: Path, kind: str) -> None:
    names = [path.relative_to(whole) for path in files(whole)]
    assert [path.suffix for path in names] == [
        ".json", ".duckdb", ".json", ".seen", ".parquet", ".parquet", ".parquet",
    ]  # fmt: skip
    for number, name in enumerate(names):
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder)
        KINDS[kind](folder / name)
        if name.parts[0] == "native":
            with Store.open(folder) as store:
                assert native_rows(store) == plain(MARKED), name
                assert kept_rows(store) == plain(MARKED), name
                assert store.verify() == [] or name.suffix == ".seen"
        elif name.parts[0] == "generations" and kind == "gone":
            with Store.open(folder) as store:
                assert store.tables() == {}  # nothing was ever put
        else:
            with pytest.raises(StoreError) as caught:  # noqa: PT012
                store = Store.open(folder)
                kept_rows(store)
                store.verify()
            assert isinstance(caught.value, StoreDamaged), (name, caught.value)
            assert str(folder / name) in str(caught.value)
            assert "it is built again from the data" in str(caught.value)
            Store.clear(folder)
            with Store.open(folder) as store:
                put(store, "a", ROWS)
                assert native_rows(store) == kept_rows(store) == plain(ROWS)
        shutil.rmtree(folder)


def test_a_file_is_read_again_when_it_changed(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "store")
    with Store.open(tmp_path / "store") as store:
        assert kept_rows(store) == plain(MARKED)
        for path in (tmp_path / "store" / "segments").iterdir():
            flip(path, path.stat().st_size // 2)
        with pytest.raises(StoreDamaged, match="bytes are not those that were written"):
            kept_rows(store)


def test_duckdb_tells_a_flipped_block_that_no_stamp_shows(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that forgets changes no time: then DuckDB's own checksums are what notices."""
    shutil.copytree(whole, tmp_path / "store")
    with Store.open(tmp_path / "store") as store:
        native_rows(store)
        file = next((tmp_path / "store" / "native").glob("*.duckdb"))
        raw = file.read_bytes()
        monkeypatch.setattr(native, "_whole", lambda *_: True)
        told = 0
        for place in range(5, len(raw), len(raw) // 25):
            flip(file, place)
            try:
                with duckdb.connect() as fresh:  # that has no block in memory yet
                    assert native_rows(store, fresh) == plain(MARKED), place
            except (duckdb.Error, StoreError):
                told += 1
            file.write_bytes(raw)
        assert told > 0
        flip(file, len(raw) // 2)
        assert store.verify() == [str(file)]
        assert not file.exists()
        monkeypatch.undo()
        assert native_rows(store) == plain(MARKED)


def test_another_format_is_refused_and_another_duckdb_built_again(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "store"
    shutil.copytree(whole, folder)
    monkeypatch.setattr(duckdb, "__version__", "9.9.9")
    with Store.open(folder) as store:
        before = [path.name for path in (folder / "native").glob("*.json")]
        assert native_rows(store) == plain(MARKED)
        after = [path.name for path in (folder / "native").glob("*.json")]
    assert len(after) == 1
    assert (
        json.loads((folder / "native" / after[0]).read_text().split("\n")[0])["duckdb"] == "9.9.9"
    )
    assert before  # it is the newer that stays
    manifest = next((folder / "generations").iterdir())
    body = manifest.read_text().split("\n")[1]
    manifest.write_text(f"{FORMAT + 1}\n{body}\n{text_digest(body)}\n")
    with pytest.raises(StoreForeign) as caught:
        Store.open(folder)
    assert str(caught.value) == (
        f"{manifest}: the store has the format {FORMAT + 1}, and this version reads {FORMAT} "
        f"(remove the folder {folder}, or name another in ECHELON_CACHE)"
    )


@pytest.fixture
def small_files() -> Iterator[Callable[[int], None]]:
    """Let files of this process grow to so many bytes only, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [0, 100, 4096, 20_000])
def test_a_full_disk(tmp_path: Path, small_files: Callable[[int], None], size: int) -> None:
    with Store.open(tmp_path) as store:
        put(store, "a", ROWS[:10])
        native_rows(store)
        before = files(tmp_path)
        more = [row(line, f"P{line}") for line in range(100, 8000)]
        small_files(size)
        with pytest.raises(StoreFull, match=r"the disk is full \(make room"):
            put(store, "b", more)
        small_files(resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        assert kept_rows(store) == native_rows(store) == plain(ROWS[:10])
        put(store, "b", more)
        assert kept_rows(store) == plain([*ROWS[:10], *more])
        assert len(before) <= len(files(tmp_path))


def test_a_full_disk_while_a_native_file_is_built(
    tmp_path: Path, small_files: Callable[[int], None]
) -> None:
    with Store.open(tmp_path) as store:
        put(store, "a", ROWS)
        small_files(50_000)
        with pytest.raises(StoreFull):
            native_rows(store)
        small_files(resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        assert native_rows(store) == plain(ROWS)


def test_a_disk_that_is_full_when_bytes_are_forced_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(tmp_path) as store:
        put(store, "a", ROWS[:10])

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StoreFull):
            put(store, "b", ROWS[10:])
        monkeypatch.undo()
        assert kept_rows(store) == plain(ROWS[:10])


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading goes on, with what is built already; writing is refused in words."""
    with Store.open(tmp_path) as store:
        put(store, "a", ROWS)
        native_rows(store)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "rooms"))

    monkeypatch.setattr(places.tempfile, "mkdtemp", refused)
    with Store.open(tmp_path) as store:
        assert kept_rows(store) == native_rows(store) == plain(ROWS)
        with pytest.raises(StoreError) as caught:
            put(store, "b", ROWS)
        assert str(caught.value) == (
            f"{tmp_path / 'rooms'}: there is no permission to use it "
            "(give permission, or name another cache folder in ECHELON_CACHE)"
        )
        monkeypatch.undo()
        assert kept_rows(store) == plain(ROWS)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="not a directory"), Store.open(tmp_path / "file") as store:
        put(store, "a", ROWS)
