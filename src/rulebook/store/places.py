"""Where a store keeps what, and how a file gets there whole or not at all.

A file is written in a room of its writer, forced to disk and renamed to its place. A room is
locked while its writer lives: what a dead one left behind is cleared by the next.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rulebook.store.errors import StoreError, damaged, told
from rulebook.store.locks import Lock

#: Files whose bytes this process has checked: where, and the stamp that they had.
_checked: set[tuple[str, tuple[int, ...]]] = set()


def default_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the cache folder: ECHELON_CACHE, else `echelon` in the XDG cache folder."""
    if named := environment.get("ECHELON_CACHE"):
        return Path(named)
    home = Path(environment.get("HOME") or os.path.expanduser("~"))
    xdg = environment.get("XDG_CACHE_HOME", "")
    # The XDG rules: a path that isn't absolute is to be ignored.
    return (Path(xdg) if os.path.isabs(xdg) else home / ".cache") / "echelon"


@dataclass(frozen=True)
class Places:
    """The folders of one store."""

    folder: Path

    @property
    def generations(self) -> Path:
        return self.folder / "generations"

    @property
    def segments(self) -> Path:
        return self.folder / "segments"

    @property
    def native(self) -> Path:
        return self.folder / "native"

    @property
    def arrays(self) -> Path:
        return self.folder / "arrays"

    @property
    def rooms(self) -> Path:
        return self.folder / "rooms"

    def prepare(self) -> None:
        """Make the folders, and tell backup programs that they hold a cache."""
        with told(self.folder):
            for place in (self.generations, self.segments, self.native, self.rooms):
                place.mkdir(parents=True, exist_ok=True)
            tag = self.folder / "CACHEDIR.TAG"
            if not tag.exists():
                tag.write_text("Signature: 8a477f597d28d172789f06886806bc55\n")

    def writing(self) -> Lock:
        """Wait until we are the one who writes."""
        return Lock.wait_for(self.folder / "write.lock")

    def building(self) -> Lock:
        """Wait until we are the one who builds native files."""
        return Lock.wait_for(self.folder / "native.lock")


class Room:
    """A folder for what is under construction, locked while its owner lives."""

    def __init__(self, places: Places) -> None:
        """Make the room and lock it."""
        while True:
            with told(places.rooms):
                self.path = Path(tempfile.mkdtemp(dir=places.rooms))
            lock = Lock.take(self.path)
            if lock is not None:  # else somebody cleared it before it was locked
                self._lock = lock
                break

    def close(self) -> None:
        """Clear the room."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def clear_rooms(places: Places) -> None:
    """Remove the rooms of dead writers."""
    for path in places.rooms.iterdir():
        lock = Lock.take(path, wait=False)
        if lock is not None:
            with lock:
                shutil.rmtree(path, ignore_errors=True)


def sync(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk."""
    with told(path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def settle(draft: Path, place: Path) -> None:
    """Move a finished file to its place, so that it is there whole even if power fails."""
    sync(draft)
    with told(place):
        draft.replace(place)
    sync(place.parent)


def digest_of(path: Path) -> str:
    """Return the BLAKE2b of a file's bytes, as hex."""
    with told(path), path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest()


def text_digest(*texts: str) -> str:
    """Return the BLAKE2b of texts, as hex: another for other texts or another division."""
    digest = hashlib.blake2b(digest_size=32)
    for text in texts:
        raw = text.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def stamp(path: Path) -> tuple[int, ...]:
    """Return what changes when a file does: its size, its times, its number."""
    with told(path):
        found = path.stat()
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def trust(path: Path) -> None:
    """Count a file as checked, because its digest was just taken."""
    _checked.add((str(path), stamp(path)))


def untouched(file: Path, digest: str, seen: Path) -> bool:
    """Whether a file's bytes are those of a digest; they are read only if it was touched.

    `seen` is where its stamp is noted; only speed is lost where that can't be written. Raises
    StoreError, OSError.
    """
    try:
        known = seen.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        known = ""
    if known != _noted(digest, file) and digest_of(file) != digest:
        return False
    note_seen(file, digest, seen)
    return True


def note_seen(file: Path, digest: str, seen: Path) -> None:
    """Note that a file was looked at now."""
    with suppress(OSError, StoreError):
        seen.write_text(_noted(digest, file), "utf-8")


def _noted(digest: str, file: Path) -> str:
    return json.dumps([digest, *stamp(file)])


def check(path: Path, size: int, digest: str, folder: Path) -> None:
    """Refuse a file whose bytes aren't those written; once a process, unless it changes."""
    if not path.exists():
        raise damaged(path, "this file is gone", folder)
    if (str(path), stamp(path)) in _checked:
        return
    found = path.stat().st_size
    if found != size:
        raise damaged(path, f"this file should have {size} bytes and has {found}", folder)
    if digest_of(path) != digest:
        raise damaged(path, "this file's bytes are not those that were written", folder)
    trust(path)
