"""Columns of facts as files of numbers, mapped into memory: made once from a derived form.

A file is named by what it was made of, and stands only when it is whole. What can't be an array
(numbers beyond one limb) is not made, and whoever asks goes another way. Numbers lie in the
narrowest type that holds them all: a scan takes as long as its bytes are many.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rulebook.columns import Booleans, Column, Numbers, Texts, from_arrow
from rulebook.columns.column import Days, Nulls
from rulebook.columns.numbers import Beyond
from rulebook.store import StoreError
from rulebook.store.places import digest_of, stamp, text_digest, untouched

#: Raised when files written before are not to be read any more.
_FORMAT = 3
_NUMBERS, _VALID, _SAID = "numbers.npy", "valid.npy", "said.json"
_WIDTHS = (np.int8, np.int16, np.int32)
Batches = Callable[[str], tuple[int, Iterator[pa.Array]]]


class Mapped:
    """A column, and the stamps that its files had when they were mapped."""

    def __init__(self, place: Path, said: Mapping[str, Any]) -> None:
        """Map files that were just seen to be as written."""
        self.place, self.column = place, _read(place, said)
        self.stamps = _stamps(place)

    def stands(self) -> bool:
        """Whether nobody has touched the files since."""
        try:
            return self.stamps == _stamps(self.place)
        except (OSError, StoreError):
            return False


#: What a living run has mapped: others read the same pages.
_mapped: WeakValueDictionary[Path, Mapped] = WeakValueDictionary()


class ArrayFiles:
    """The columns of one table. `batches(column)` gives its rows in order, and how many."""

    def __init__(self, folder: Path, batches: Batches) -> None:
        """Make nothing yet; `folder` is for what these batches give, and nothing else."""
        self.folder, self.batches = folder, batches
        self._open: dict[str, Mapped] = {}

    def column(self, name: str) -> Column:
        """Return a whole column, mapped; one that is not as it was written is made again.

        Its numbers may be of a narrower type than columns have. Raises Beyond where it can't be an
        array, OSError, StoreError, and what batches raise.
        """
        if name not in self._open:
            place = self.folder / text_digest(str(_FORMAT), name)[:32]
            known = _mapped.get(place)
            if known is None or not known.stands():
                known = _mapped[place] = Mapped(place, self._made(name, place))
            self._open[name] = known
        return self._open[name].column

    def _made(self, name: str, place: Path) -> Mapping[str, Any]:
        """Return what is said of a column's files, made or made again where they must be."""
        if not place.exists():
            self._make(name, place)
        said = _said(place)
        if said is None:
            shutil.rmtree(place)
            self._make(name, place)
            said = _said(place)
        if said is None:
            raise Beyond
        return said

    def _make(self, name: str, place: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        room = Path(mkdtemp(dir=self.folder, prefix="making-"))
        try:
            rows, batches = self.batches(name)
            _write(room, rows, batches)
            os.replace(room, place)
        except OSError:
            if not place.exists():  # else somebody else was first
                raise
        finally:
            shutil.rmtree(room, ignore_errors=True)


def _stamps(place: Path) -> tuple[tuple[int, ...], ...]:
    names = (_SAID, _NUMBERS, _VALID)
    return tuple(stamp(place / name) for name in names if (place / name).exists())


def _write(room: Path, rows: int, batches: Iterator[pa.Array]) -> None:
    """Write one column: its numbers, where it has values, its words, and what it is."""
    target: NDArray[Any] | None = None
    valid: NDArray[np.bool_] | None = None
    words: dict[str, int] = {}
    said: dict[str, Any] = {"rows": rows, "bound": 0, "scale": 0}
    start = 0
    for batch in batches:
        column = from_arrow(batch)
        kind, numbers = _numbers(column, words)
        if kind == "nulls":
            numbers = np.zeros(len(column), np.int8)
        elif said.setdefault("kind", kind) != kind:
            raise Beyond
        if isinstance(column, Numbers):
            said["bound"] = max(said["bound"], column.bound)
            said["scale"] = column.scale
        target = _wide_enough(room, rows, start, target, _narrowest(numbers))
        end = start + len(column)
        target[start:end] = numbers
        if column.valid is not None or kind == "nulls":
            if valid is None:
                valid = _memmap(room / _VALID, np.dtype(np.bool_), rows)
                valid[:start] = True
            valid[start:end] = column.there if kind != "nulls" else False
        elif valid is not None:
            valid[start:end] = True
        start = end
    if start != rows:
        raise Beyond
    if target is None:
        target = _memmap(room / _NUMBERS, np.dtype(np.int8), rows)
    said["words"] = list(words)
    said["files"] = {}
    for name, array in ((_NUMBERS, target), (_VALID, valid)):
        if isinstance(array, np.memmap):
            array.flush()
        if array is not None:
            said["files"][name] = digest_of(room / name)
    body = json.dumps(said)
    (room / _SAID).write_text(f"{body}\n{text_digest(body)}", "utf-8")


def _narrowest(numbers: NDArray[Any]) -> np.dtype[Any]:
    """Return the narrowest type that holds whole numbers; yes and no stay what they are."""
    if numbers.dtype.kind == "b" or not len(numbers):
        return numbers.dtype if numbers.dtype.kind == "b" else np.dtype(np.int8)
    low, high = int(numbers.min()), int(numbers.max())
    for kind in _WIDTHS:
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return np.dtype(kind)
    return np.dtype(np.int64)


def _wide_enough(
    room: Path, rows: int, start: int, before: NDArray[Any] | None, kind: np.dtype[Any]
) -> NDArray[Any]:
    """Return the file for numbers of a type, with those before `start` in it."""
    if before is None or start == 0:
        return _memmap(room / _NUMBERS, kind, rows)
    if kind.kind != "b":  # else only nulls came before
        kind = np.promote_types(before.dtype, kind) if before.dtype.kind != "b" else before.dtype
    if kind == before.dtype:
        return before
    kept = np.array(before[:start])
    found = _memmap(room / _NUMBERS, kind, rows)
    found[:start] = kept
    return found


def _memmap(place: Path, kind: np.dtype[Any], rows: int) -> NDArray[Any]:
    if rows == 0:
        np.save(place, np.zeros(0, kind))
        return np.zeros(0, kind)
    found: NDArray[Any] = np.lib.format.open_memmap(place, "w+", kind, (rows,))
    return found


def _numbers(column: Column, words: dict[str, int]) -> tuple[str, NDArray[Any]]:
    """Return what kind a column is, and its entries as numbers."""
    if isinstance(column, Numbers) and column.high is None:
        return "number", column.units
    if isinstance(column, Days):
        return "day", column.days
    if isinstance(column, Booleans):
        return "boolean", column.flags
    if isinstance(column, Texts):
        codes = np.array([words.setdefault(w, len(words)) for w in column.words], np.int32)
        return "text", codes[column.codes]
    if column.valid is None and not isinstance(column, Texts) and not len(column):
        return "nulls", np.zeros(0, np.int8)
    if all(value is None for value in column):
        return "nulls", np.zeros(len(column), np.int8)
    raise Beyond


def _said(place: Path) -> dict[str, Any] | None:
    """Return what was written of a column; None if any of its bytes are not as written."""
    try:
        body, _, check = (place / _SAID).read_text("utf-8").rpartition("\n")
        if text_digest(body) != check:
            return None
        said: dict[str, Any] = json.loads(body)
        for name, digest in said["files"].items():
            if not untouched(place / name, digest, place / f"{name}.seen"):
                return None
    except (OSError, UnicodeDecodeError, StoreError):
        return None
    return said


def _read(place: Path, said: Mapping[str, Any]) -> Column:
    rows, kind = said["rows"], said.get("kind", "nulls")
    numbers = _opened(place / _NUMBERS, rows)
    valid = _opened(place / _VALID, rows) if _VALID in said["files"] else None
    if kind == "number":
        return Numbers(rows, valid, numbers, said["scale"], said["bound"])
    if kind == "day":
        return Days(rows, valid, numbers)
    if kind == "boolean":
        return Booleans(rows, valid, numbers)
    if kind == "text":
        return Texts(rows, valid, numbers, said["words"])
    return Nulls(rows, None)


def _opened(file: Path, rows: int) -> NDArray[Any]:
    """Map a file; as a plain array, whose slices cost less."""
    found: NDArray[Any] = np.asarray(np.load(file, mmap_mode="r" if rows else None))
    return found
