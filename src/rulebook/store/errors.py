"""What the fact store refuses: damage, a full disk, another version, no permission.

Each error names the file, says what is the matter and what to do. The store is a cache, so what
to do is mostly to build it again; it never goes on with what it can't trust.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from rulebook.errors import Problem, RulebookError

#: What systems say when nothing more can be written.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_TEXTS = ("no space left", "file too large", "disk quota", "max_temp_directory_size")


class StoreError(RulebookError):
    """The fact store can't do what was asked."""


class StoreDamaged(StoreError):
    """A file of the store is not what was written: cut short, changed or gone."""


class StoreForeign(StoreError):
    """The store was written by a version that this one doesn't know."""


class StoreFull(StoreError):
    """The disk is full; the store is as it was before."""


class StoreConflict(StoreError):
    """Rows don't fit the table they were put into: other types, lines told twice."""


def damaged(file: Path, what: str, folder: Path) -> StoreDamaged:
    """Return the error of a file that can't be trusted."""
    hint = f"remove the folder {folder}; it is built again from the data"
    return StoreDamaged([Problem(what, str(file), hint=hint)])


def conflict(table: str, what: str, hint: str = "") -> StoreConflict:
    """Return the error of rows that don't fit a table."""
    return StoreConflict([Problem(what, f"table {table}", hint=hint)])


@contextmanager
def told(place: Path) -> Iterator[None]:
    """Say in the store's words what the system refuses while something is done at a place."""
    try:
        yield
    except OSError as error:
        raise _of_system(error, place) from error
    except duckdb.Error as error:
        text = str(error).partition("\n")[0]
        if any(part in text.lower() for part in _FULL_TEXTS):
            raise _full(place) from error
        if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
            raise StoreError([Problem(f"DuckDB stopped: {text}", str(place))]) from error
        raise


def _of_system(error: OSError, place: Path) -> StoreError:
    file = Path(error.filename) if isinstance(error.filename, str) else place
    if error.errno in _FULL:
        return _full(file)
    what = (error.strerror or str(error)).lower()
    hint = ""
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        what = "there is no permission to use it"
        hint = "give permission, or name another cache folder in ECHELON_CACHE"
    return StoreError([Problem(what, str(file), hint=hint)])


def _full(file: Path) -> StoreFull:
    hint = "make room, or name another cache folder in ECHELON_CACHE; the store is as it was"
    return StoreFull([Problem("the disk is full", str(file), hint=hint)])
