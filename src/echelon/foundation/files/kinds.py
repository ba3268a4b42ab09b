"""What a file is, by its bytes: the name that it comes with only has to agree.

What isn't on this list isn't kept. SVG and HTML aren't: a browser would run what they hold.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from types import MappingProxyType
from zipfile import BadZipFile, ZipFile

import puremagic

HEAD = 8192
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\f\r")


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it is called over the wire, and how its names end."""

    media: str
    endings: tuple[str, ...]


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "csv": Kind("text/csv; charset=utf-8", (".csv", ".tsv", ".txt")),
        "xlsx": Kind(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)
        ),
        "parquet": Kind("application/vnd.apache.parquet", (".parquet",)),
        "pdf": Kind("application/pdf", (".pdf",)),
        "png": Kind("image/png", (".png",)),
        "jpeg": Kind("image/jpeg", (".jpg", ".jpeg")),
        "webp": Kind("image/webp", (".webp",)),
    }
)


def kind_of(path: Path) -> str | None:
    """Return the kind of a file by its bytes; None if it is none of ours."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(-min(4, path.stat().st_size), 2)
        tail = file.read()
    if head[:4] == tail == b"PAR1":
        return "parquet"
    if is_text(head):
        return None if head.lstrip()[:1] == b"<" else "csv"
    if head.startswith(b"PK\x03\x04"):
        return "xlsx" if _is_workbook(path) else None
    try:
        ending = puremagic.from_string(head + tail)
    except (puremagic.PureError, ValueError):
        return None
    known = (kind for kind, one in KINDS.items() if ending in one.endings)
    return next((kind for kind in known if kind not in {"csv", "xlsx"}), None)


def _is_workbook(path: Path) -> bool:
    """Whether an archive holds a workbook without macros; only its list of names is read."""
    try:
        with ZipFile(path) as archive:
            names = set(archive.namelist())
    except (BadZipFile, ValueError, NotImplementedError):
        return False
    return "xl/workbook.xml" in names and "xl/vbaProject.bin" not in names


def is_text(head: bytes) -> bool:
    """Whether bytes read like text: UTF-8, UTF-16 with its mark, or a page of eight bits."""
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            try:
                codecs.getincrementaldecoder(encoding)().decode(head)
            except UnicodeDecodeError:
                return False
            return True
    return not _CONTROLS & set(head)


def named(name: str) -> str | None:
    """Return the kind that a name speaks of; None if its ending is none of ours."""
    ending = PurePath(name).suffix.lower()
    return next((kind for kind, known in KINDS.items() if ending in known.endings), None)
