"""Keeps typed facts in a cache folder: immutable files, whole or not at all, quick to query.

The kept form is Parquet, a segment for what is put at once, named by its bytes; the derived form a
DuckDB file sorted by partner. `docs/decisions/0030-the-fact-store.md` says why.
"""

from rulebook.store.change import Change, Form, Rows
from rulebook.store.errors import (
    StoreConflict,
    StoreDamaged,
    StoreError,
    StoreForeign,
    StoreFull,
)
from rulebook.store.manifest import Batch, Codes, Table
from rulebook.store.native import Purpose
from rulebook.store.places import default_folder
from rulebook.store.sql import Sums
from rulebook.store.store import Store
from rulebook.store.view import Standing

__all__ = [
    "Batch",
    "Change",
    "Codes",
    "Form",
    "Purpose",
    "Rows",
    "Standing",
    "Store",
    "StoreConflict",
    "StoreDamaged",
    "StoreError",
    "StoreForeign",
    "StoreFull",
    "Sums",
    "Table",
    "default_folder",
]
