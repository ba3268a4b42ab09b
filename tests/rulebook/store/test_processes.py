"""A process that dies, and processes that share a store."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rulebook.store import Store, StoreError
from rulebook.store.locks import Lock
from tests.rulebook.store.dying import NEW
from tests.rulebook.store.rows import FORM, arrow, kept_rows, native_rows, plain, put, row

ROOT = Path(__file__).parents[3]
OLD = [row(line, f"P{line % 3}") for line in range(50)]


def process(module: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"tests.rulebook.store.{module}", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_killed_at_any_step_leaves_a_good_store(tmp_path: Path) -> None:
    with Store.open(tmp_path / "0") as store:
        put(store, "old.csv", OLD)
        native_rows(store)
    dying = process("dying", tmp_path)
    steps = int(dying.communicate(timeout=120)[0])
    assert dying.returncode == 0
    assert steps == 10  # segment, codes, manifest; native file and note: before and after each
    for step in range(1, steps + 1):
        written = step > 5  # the manifest's move is the third
        rows = [*OLD, *NEW] if written else OLD
        with Store.open(tmp_path / str(step)) as store:
            assert kept_rows(store) == plain(rows), step
            assert native_rows(store) == plain(rows), step
            assert store.verify() == []
            put(store, "later.csv", [row(1000)])
            assert kept_rows(store) == plain([*rows, row(1000)])
            inside = list((tmp_path / str(step) / "rooms").iterdir())
            assert len(inside) == 1  # ours: those of the dead are cleared
            named = {file.name for file in store.manifest.files()}
            segments = tmp_path / str(step) / "segments"
            assert {path.name for path in segments.iterdir()} == named


def test_two_read_while_one_writes(tmp_path: Path) -> None:
    everything = [row(line, f"P{line % 7}") for line in range(100)]
    store = Store.open(tmp_path)
    put(store, "a", everything)
    native_rows(store)
    readers = [process("reading", tmp_path) for _ in range(2)]
    for turn in range(1, 25):
        with store.change() as change:
            change.put(FORM, "a", "key", arrow(everything[turn:]))
            change.put(FORM, f"b{turn}", "key", arrow(everything[turn - 1 : turn]))
        if turn == 12:
            store.compact(whole=True)
    with store.change() as change:
        change.put(FORM, "last", "key", arrow([]))
    for reader in readers:
        assert int(reader.communicate(timeout=120)[0]) >= 1
        assert reader.returncode == 0
    assert kept_rows(store) == plain(everything)
    store.close()


def test_a_generation_stays_while_it_is_read(tmp_path: Path) -> None:
    with Store.open(tmp_path) as writer:
        put(writer, "a", OLD)
        reader = Store.open(tmp_path)
        put(writer, "a", NEW)
        writer.compact(whole=True)
        assert kept_rows(reader) == plain(OLD)
        assert native_rows(reader) == plain(OLD)
        assert kept_rows(writer) == native_rows(writer) == plain(NEW)
        reader.refresh()
        assert kept_rows(reader) == native_rows(reader) == plain(NEW)
        reader.close()
        put(writer, "b", [])
        assert len(list((tmp_path / "generations").iterdir())) == 1


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        put(store, "a", OLD)
        with store.change() as change:
            assert Lock.take(tmp_path / "write.lock", wait=False) is None
            change.put(FORM, "b", "key", arrow([]))
        with Lock.take(tmp_path / "write.lock", wait=False) or pytest.fail("still locked"):
            pass


def test_a_writer_begins_from_what_others_wrote(tmp_path: Path) -> None:
    with Store.open(tmp_path) as one, Store.open(tmp_path) as two:
        put(one, "a", OLD)
        put(two, "b", [row(1000)])
        put(one, "c", [row(1001)])
        assert kept_rows(one) == plain([*OLD, row(1000), row(1001)])


def test_a_cleared_store_is_noticed(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store, Store.open(tmp_path) as other:
        put(store, "a", OLD)
        native_rows(store)
        other.refresh()
        Store.clear(tmp_path)
        put(store, "a", NEW)
        assert store.manifest.generation == other.manifest.generation == 1
        other.refresh()
        assert kept_rows(other) == native_rows(other) == plain(NEW)


def test_a_change_in_a_change_is_refused(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        with pytest.raises(StoreError, match="under way"), store.change(), store.change():
            pass
        put(store, "a", OLD)
        assert kept_rows(store) == plain(OLD)
