"""Locks on files, so that processes share a store: one writes, many read.

`flock` belongs to an open file, not to a process: closing another handle of the same file does
not drop it, and it is gone with its process however that died. A system without it is refused.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

from rulebook.errors import Problem
from rulebook.store.errors import StoreError, told

if sys.platform != "win32":
    import fcntl


class Lock:
    """A file held open with a lock on it, until it is closed."""

    def __init__(self, path: Path, descriptor: int) -> None:
        """Take over an open file that is locked."""
        self.path, self._descriptor = path, descriptor

    @classmethod
    def take(cls, path: Path, *, shared: bool = False, wait: bool = True) -> Lock | None:
        """Lock a file, or a folder; None if it is gone, or held by others and not waited for.

        A file that was removed while the lock was waited for counts as gone.
        """
        if sys.platform == "win32":
            what = "the fact store needs file locks, which this system doesn't have"
            raise StoreError([Problem(what, str(path))])
        with told(path):
            try:
                descriptor = os.open(path, os.O_RDONLY)
            except FileNotFoundError:
                return None
            try:
                kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
                fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            lock = cls(path, descriptor)
            if os.fstat(descriptor).st_nlink == 0 or not path.exists():
                lock.close()
                return None
            return lock

    @classmethod
    def wait_for(cls, path: Path) -> Lock:
        """Make the file if need be and wait until the lock on it is ours."""
        while True:
            with told(path):
                os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o666))
            lock = cls.take(path)
            if lock is not None:
                return lock

    def alive(self) -> bool:
        """Whether the file is still there under any name."""
        return os.fstat(self._descriptor).st_nlink > 0

    def close(self) -> None:
        """Let go."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Lock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()
