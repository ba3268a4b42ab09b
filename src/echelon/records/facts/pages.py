"""The facts of a type as Parquet files, page by page: written anew where a fact of a page changed.

A page is a range of ids. Its file is immutable: other rows, another file. What is here can be made
from the database at any time, and is where it is missing or not as it was written.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.json
import pyarrow.parquet
from django.db import connection
from numpy.typing import NDArray

from echelon.records.facts.models import Change, Fact, Watermark
from echelon.records.facts.staging import written
from echelon.records.facts.switching import PAGE
from echelon.records.partners.selectors import all_keys
from rulebook.loading.layout import Kind, Layout
from rulebook.loading.plain import read_plain
from rulebook.store.locks import Lock

#: Goes up when the same facts are written into other files than before.
_WRITING = 1
_NOTE = "pages.json"
_NAMES = "partners.json"
#: For how long a file stays that is no page any more: somebody may be reading it.
_STAY = 24 * 3600
#: How many pages are in memory at once, as rows of the database.
_AHEAD = 4
Texts = pa.Array | pa.ChunkedArray
_LONGEST_DECIMAL = pa.decimal128(38, 12)


class Pages:
    """The files of one type in a folder of its own."""

    def __init__(self, folder: Path, layout: Layout) -> None:
        """Take the folder, which need not be there, and the columns to write."""
        self.folder, self.layout = folder, layout
        self.slug = layout.title
        said = [_WRITING, PAGE, layout.partner, [[one.name, one.kind] for one in layout.fields]]
        self.form = _hashed(said)

    def bring_up(self) -> list[Path]:
        """Write what changed since the last time; return the files, at least one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with Lock.wait_for(self.folder / "lock"):
            note = self._note()
            number = _number(self.slug)
            keys = all_keys()
            names = {str(identity): key for identity, key in keys.items()}
            dirty = self._dirty(note, number, names)
            changed = bool(dirty) or note["number"] != number
            while dirty:
                self._write(note["pages"], dirty, _Ranks.of(keys))
                later = _number(self.slug)  # facts may have come while pages were written
                dirty, number = self._since(number, later), later
            if changed or not note["pages"]:
                self._finish(note, number, names)
            return [self.folder / page["file"] for _number_, page in sorted(note["pages"].items())]

    def _note(self) -> dict[str, Any]:
        """Return what was written last; nothing where that can't be trusted."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads((self.folder / _NOTE).read_text("utf-8"))
            if said["check"] == _hashed(said["note"]) and said["note"]["form"] == self.form:
                found: dict[str, Any] = said["note"]
                return found
        return {"form": self.form, "number": None, "names": "", "pages": {}}

    def _dirty(self, note: dict[str, Any], number: int, names: dict[str, str]) -> set[int]:
        """Return the pages to write: changed, damaged, or with partners of other keys."""
        if note["number"] is None or note["number"] > number:
            note["pages"] = {}
            return self._all()
        damaged = {int(page) for page, said in note["pages"].items() if not self._sound(said)}
        for page in damaged:
            del note["pages"][str(page)]
        dirty = self._since(note["number"], number) | (damaged - {-1})
        if note["names"] != _hashed(names):
            with suppress(OSError, ValueError):
                before = json.loads((self.folder / _NAMES).read_text("utf-8"))
                other = [UUID(i) for i, key in before.items() if names.get(i) != key]
                return dirty | (_pages_of(self.slug, other) if other else set())
            return dirty | self._all()
        return dirty

    def _sound(self, page: dict[str, Any]) -> bool:
        """Whether a file is as it was written; its bytes are read only if its stamp is another."""
        path = self.folder / page["file"]
        try:
            stat = path.stat()
            if [stat.st_size, stat.st_mtime_ns] == page["stamp"]:
                return True
            return bool(hashlib.sha256(path.read_bytes()).hexdigest() == page["sha256"])
        except OSError:
            return False

    def _all(self) -> set[int]:
        return _pages_of(self.slug, None)

    def _since(self, before: int, now: int) -> set[int]:
        changes = Change.objects.filter(
            table=f"facts:{self.slug}", number__gt=before, number__lte=now
        )
        return {page for pages in changes.values_list("pages", flat=True) for page in pages}

    def _write(self, pages: dict[str, Any], dirty: Iterable[int], ranks: _Ranks) -> None:
        """Write pages: the next ones are asked of the database while the last are typed."""
        with ThreadPoolExecutor(2) as pool:
            asked: deque[tuple[int, Future[dict[str, Any] | None]]] = deque()
            for page in sorted(dirty):
                asked.append((page, pool.submit(self._made, page, _rows(page, self.slug), ranks)))
                while len(asked) > _AHEAD:
                    self._take(pages, *asked.popleft())
            for page, made in asked:
                self._take(pages, page, made)

    def _take(self, pages: dict[str, Any], page: int, made: Future[dict[str, Any] | None]) -> None:
        said = made.result()
        if said is None:
            pages.pop(str(page), None)
        else:
            pages[str(page)] = said

    def _made(self, page: int, rows: _Rows, ranks: _Ranks) -> dict[str, Any] | None:
        """Write the facts of a page that count, by partner, day and id; None if there are none."""
        return self._put(f"{page:09}", self._table(rows, ranks)) if rows.payloads else None

    def _put(self, name: str, table: pa.Table) -> dict[str, Any]:
        sink = pa.BufferOutputStream()
        pyarrow.parquet.write_table(table, sink, compression="zstd", use_dictionary=True)
        data = sink.getvalue()
        digest = hashlib.sha256(data).hexdigest()
        path = self.folder / f"{name}-{digest[:16]}.parquet"
        draft = path.with_suffix(".draft")
        draft.write_bytes(data)
        draft.replace(path)
        stat = path.stat()
        stamp = [stat.st_size, stat.st_mtime_ns]
        return {"file": path.name, "rows": table.num_rows, "sha256": digest, "stamp": stamp}

    def _table(self, rows: _Rows, ranks: _Ranks) -> pa.Table:
        places = ranks.of_partners(rows.partners)
        order = pa.array(np.lexsort((rows.days, places)))
        lines = pa.py_buffer(rows.payloads)
        table = typed_lines(self.layout, lines, {self.layout.partner: ranks.keys.take(places)})
        return table.take(order)

    def _finish(self, note: dict[str, Any], number: int, names: dict[str, str]) -> None:
        """Say what is written now, and remove what hasn't been for a day."""
        note["pages"].pop("-1", None)
        if not note["pages"]:  # the engine wants a file, if only to see the columns
            none = pa.array([], pa.string())
            empty = typed_table(self.layout, none, {self.layout.partner: none})
            note["pages"]["-1"] = self._put("none", empty)
        if note["names"] != _hashed(names):
            _replace(self.folder / _NAMES, json.dumps(names))
        note["number"], note["names"] = number, _hashed(names)
        _replace(self.folder / _NOTE, json.dumps({"note": note, "check": _hashed(note)}))
        kept = {page["file"] for page in note["pages"].values()}
        for path in self.folder.glob("*.parquet"):
            with suppress(OSError):
                if path.name not in kept and time.time() - path.stat().st_mtime > _STAY:
                    path.unlink()


class _Rows(NamedTuple):
    """A page's facts that count, by id: whose (ids on end), their days, payloads line by line."""

    partners: bytes
    days: NDArray[np.int32]
    payloads: bytes


class _Ranks(NamedTuple):
    """Partners by their keys: the ids as the database writes them, and the keys."""

    ids: pa.Array
    keys: pa.Array

    @classmethod
    def of(cls, keys: Mapping[UUID, str]) -> _Ranks:
        known = sorted(keys.items(), key=lambda one: one[1])
        width = len(written(UUID(int=0)))
        ids = pa.array([written(identity).encode() for identity, _key in known], pa.binary(width))
        return cls(ids, pa.array([key for _identity, key in known], pa.string()))

    def of_partners(self, ids: bytes) -> pa.Array:
        """Return the place of each partner whose id stands here, one behind the other."""
        width = self.ids.type.byte_width
        buffers = [None, pa.py_buffer(ids)]
        found = pa.Array.from_buffers(self.ids.type, len(ids) // width, buffers)
        return pyarrow.compute.index_in(found, self.ids)


def typed_table(layout: Layout, payloads: Texts, more: Mapping[str, Texts]) -> pa.Table:
    """Return payloads (JSON texts, each a line) as the layout's columns, in exact types.

    `more` has columns that payloads don't. Days that are times of day stay text: the program's
    time zone says which day they are.
    """
    whole = payloads.combine_chunks() if isinstance(payloads, pa.ChunkedArray) else payloads
    size = pyarrow.compute.sum(pyarrow.compute.binary_length(whole)).as_py() or 0
    lines = whole.buffers()[2].slice(0, size) if size else pa.py_buffer(b"")
    return typed_lines(layout, lines, more)


def typed_lines(layout: Layout, lines: pa.Buffer, more: Mapping[str, Texts]) -> pa.Table:
    """Return lines of JSON as the layout's columns, as `typed_table` does."""
    names = [one.name for one in layout.fields if one.name not in more]
    schema = pa.schema([(name, pa.string()) for name in names])
    texts = schema.empty_table()
    if lines.size:
        texts = pyarrow.json.read_json(
            pa.BufferReader(lines),
            pyarrow.json.ReadOptions(use_threads=False, block_size=lines.size + 1),
            pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
        )
    columns = {}
    for one in layout.fields:
        if one.name in more:
            columns[one.name] = more[one.name]
        else:
            columns[one.name] = _typed(texts.column(one.name).combine_chunks(), one.kind)
    return pa.table(columns)


def _rows(page: int, slug: str) -> _Rows:
    """Return a page's facts that count, by id, in three texts: a row by itself costs too much.

    What else is asked for is an expression, which no index has: a page is found by its ids, also
    where the database has counted nothing yet.
    """
    postgresql = connection.vendor == "postgresql"
    joined = "string_agg({0}::text, {1})" if postgresql else "group_concat({0}, {1})"
    columns = [("partner_id", "''"), ("date", "''"), ("payload", "%s")]
    said = ", ".join(joined.format(*one) for one in columns)
    query = (
        f"SELECT {said} FROM (SELECT partner_id, date, payload FROM facts_fact"
        " WHERE id >= %s AND id < %s"
        " AND CASE WHEN type_id = %s AND ended_by_id IS NULL THEN NOT withdraws ELSE false END"
        " ORDER BY id) AS counting"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, ["\n", page * PAGE, (page + 1) * PAGE, slug])
        partners, days, payloads = (text or "" for text in cursor.fetchone())
    digits = np.frombuffer(days.encode(), np.uint8).reshape(-1, 10)[:, [0, 1, 2, 3, 5, 6, 8, 9]]
    numbers = (digits - ord("0")).astype(np.int32) @ (10 ** np.arange(7, -1, -1, dtype=np.int32))
    return _Rows(partners.encode(), numbers, payloads.encode())


def _typed(text: pa.Array, kind: Kind) -> pa.Array:
    if kind == "text":
        return text
    if kind == "boolean":
        return pyarrow.compute.equal(text, "true")
    plain = read_plain(text, kind)
    if plain is not None and not len(plain.odd):
        return plain.values
    return text if kind == "date" else text.cast(_LONGEST_DECIMAL)


def _pages_of(slug: str, partners: Sequence[UUID] | None) -> set[int]:
    """Return the pages in which a type has facts, of these partners or of all."""
    facts = Fact.objects.filter(type=slug, ended_by=None, withdraws=False)
    if partners is None:
        first, last = facts.order_by("id").first(), facts.order_by("id").last()
        return set(range(first.id // PAGE, last.id // PAGE + 1)) if first and last else set()
    found = facts.filter(partner__in=partners).values_list("id", flat=True)
    return {identity // PAGE for identity in found.iterator()}


def _number(slug: str) -> int:
    marks = Watermark.objects.filter(table=f"facts:{slug}")
    return marks.values_list("number", flat=True).first() or 0


def _hashed(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _replace(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(text, "utf-8")
    draft.replace(path)
