"""The facts of a type as Parquet files, page by page: written anew where a fact of a page changed.

A page is a range of ids. Its file is immutable: other rows, another file. What is here can be made
from the database at any time, and is where it is missing or not as it was written.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet
from django.db import connection

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
                self._write(note["pages"], dirty, keys)
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

    def _write(self, pages: dict[str, Any], dirty: Iterable[int], keys: dict[UUID, str]) -> None:
        for page in sorted(dirty):
            table = self._read(page, keys)
            if table.num_rows:
                pages[str(page)] = self._put(f"{page:09}", table)
            else:
                pages.pop(str(page), None)

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

    def _read(self, page: int, keys: dict[UUID, str]) -> pa.Table:
        """Return the facts of a page that count, typed, by partner, day and id."""
        rows = _rows(page, self.slug)
        ids = pa.array([written(identity) for identity in keys], pa.string())
        names = pa.array(list(keys.values()), pa.string())
        partners = names.take(pyarrow.compute.index_in(rows.column("partner"), ids))
        rows = rows.set_column(0, "partner", partners)
        rows = rows.sort_by([(name, "ascending") for name in ("partner", "day", "id")])
        lines = pyarrow.compute.binary_join_element_wise(rows.column("payload"), "", "\n")
        return typed_table(self.layout, lines, {self.layout.partner: rows.column("partner")})

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


def typed_table(layout: Layout, payloads: Texts, more: Mapping[str, Texts]) -> pa.Table:
    """Return payloads (JSON texts, each a line) as the layout's columns, in exact types.

    `more` has columns that payloads don't. Days that are times of day stay text: the program's
    time zone says which day they are.
    """
    names = [one.name for one in layout.fields if one.name not in more]
    schema = pa.schema([(name, pa.string()) for name in names])
    texts = schema.empty_table()
    if len(payloads):
        whole = payloads.combine_chunks() if isinstance(payloads, pa.ChunkedArray) else payloads
        size = pyarrow.compute.sum(pyarrow.compute.binary_length(whole)).as_py()
        lines = whole.buffers()[2].slice(0, size)
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


def _rows(page: int, slug: str) -> pa.Table:
    """Return partner, day, id and payload of a page's facts that count, in no order."""
    query = (
        "SELECT partner_id, date, id, payload FROM facts_fact WHERE id >= %s AND id < %s"
        " AND type_id = %s AND ended_by_id IS NULL AND NOT withdraws"
    )
    given = [page * PAGE, (page + 1) * PAGE, slug]
    types = {name: pa.string() for name in ("partner", "day", "payload")} | {"id": pa.int64()}
    names = ["partner", "day", "id", "payload"]
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute(query, given)
            columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(names)
            days = [str(day) for day in columns[1]]
            arrays = [columns[0], days, columns[2], columns[3]]
            return pa.table(
                {name: pa.array(one, types[name]) for name, one in zip(names, arrays, strict=True)}
            )
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", given) as copy:
            text = b"".join(copy)
    if not text:
        return pa.schema([(name, types[name]) for name in names]).empty_table()
    return pyarrow.csv.read_csv(
        pa.BufferReader(text),
        pyarrow.csv.ReadOptions(column_names=names, block_size=len(text) + 1, use_threads=False),
        convert_options=pyarrow.csv.ConvertOptions(column_types=types),
    )


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
