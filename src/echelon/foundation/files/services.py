"""Keeps files: streamed to disk in bounded memory, named by their digest, never changed.

The audit of it is written by the room whose file it is, in the same transaction.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import IO, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from echelon.foundation.access import Scope
from echelon.foundation.files.errors import Refused
from echelon.foundation.files.kinds import KINDS, kind_of, named
from echelon.foundation.files.models import StoredFile
from echelon.foundation.files.purposes import MIB, PURPOSES, Purpose

PIECE = MIB
#: How long content without a row is left alone: its row may be on the way.
SETTLED = timedelta(days=1)


class Readable(Protocol):
    """An open file, or anything that is read by pieces."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


Content = bytes | Readable | Iterable[bytes]


def keep(
    scope: Scope,
    *,
    name: str,
    content: Content,
    purpose: str,
    partner: UUID | None = None,
    at: datetime,
) -> StoredFile:
    """Keep a file for a purpose; with `partner`, as that partner's.

    Raises Hidden without the right, Refused with what is wrong with the file.
    """
    what = PURPOSES[purpose]
    scope.demand(what.bring, partner)
    name = clean(name)
    with NamedTemporaryFile(dir=_folder("incoming"), delete=False) as file:
        path = Path(file.name)
        try:
            size, digest = _write(file, content, name, what)
            kind = _checked(path, name, what)
            _place(path, digest)
        finally:
            path.unlink(missing_ok=True)
    return StoredFile.objects.create(
        partner=partner, purpose=purpose, name=name, kind=kind, size=size, digest=digest,
        opened=partner is None and (what.opened or what.personal),
        kept_by=scope.actor.id, kept_at=at,
    )  # fmt: skip


def clean(name: str) -> str:
    """Return a name without folders, and without what turns or hides text."""
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, ending = shown.rpartition(".")
    return (f"{stem[:180]}{dot}{ending[:19]}" if dot else ending[:200]) or "file"


def path_of(file: StoredFile) -> Path:
    """Return where the content of a file lies: to be read, never to be written."""
    return _at(file.digest)


def sweep(at: datetime) -> int:
    """Remove content that no row names: of transactions rolled back, of rows deleted."""
    gone = 0
    for path in Path(settings.FILES_FOLDER).glob("*/*/*"):
        gone += _settled(path, at) and not _named(path) and _removed(path)
    for path in _folder("incoming").glob("*"):
        gone += _settled(path, at) and _removed(path)
    return gone


def _named(path: Path) -> bool:
    return StoredFile.objects.filter(digest=path.name).exists()


def _settled(path: Path, at: datetime) -> bool:
    return path.stat().st_mtime < (at - SETTLED).timestamp()


def _removed(path: Path) -> bool:
    path.unlink(missing_ok=True)
    return True


def _pieces(content: Content) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif hasattr(content, "read"):
        while piece := content.read(PIECE):
            yield piece
    else:
        yield from content


def _write(file: IO[bytes], content: Content, name: str, what: Purpose) -> tuple[int, str]:
    """Write content to disk; return its size and digest."""
    size, digest = 0, hashlib.sha256()
    for piece in _pieces(content):
        size += len(piece)
        if size > what.limit:
            raise Refused(
                _("%(name)s is larger than %(limit)s MiB. Split it into several files.")
                % {"name": name, "limit": number_format(what.limit // MIB)}
            )
        digest.update(piece)
        file.write(piece)
    if not size:
        raise Refused(_("%(name)s is empty.") % {"name": name})
    file.flush()
    os.fsync(file.fileno())
    return size, digest.hexdigest()


def _checked(path: Path, name: str, what: Purpose) -> str:
    """Return the kind of a file, if its bytes are of one that is wanted and its name agrees."""
    kind = kind_of(path)
    wanted = ", ".join(sorted(ending for one in what.kinds for ending in KINDS[one].endings))
    if kind is None or kind not in what.kinds:
        raise Refused(
            _("%(name)s is no file that can be used here. These can: %(wanted)s.")
            % {"name": name, "wanted": wanted}
        )
    if (said := named(name)) and said != kind:
        raise Refused(
            _("%(name)s is called %(said)s, but what it holds is %(kind)s. Save it anew.")
            % {"name": name, "said": said, "kind": kind}
        )
    return kind


def _place(path: Path, digest: str) -> None:
    """Move content to its place, whole or not at all; what lies there already is the same."""
    target = _at(digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        os.utime(target)  # wanted again: no sweep takes it before its row is there
        return
    os.chmod(path, 0o400)
    os.replace(path, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _at(digest: str) -> Path:
    return Path(settings.FILES_FOLDER) / digest[:2] / digest[2:4] / digest


def _folder(name: str) -> Path:
    found = Path(settings.FILES_FOLDER) / name
    found.mkdir(parents=True, exist_ok=True)
    return found
