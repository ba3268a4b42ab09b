"""Opens programs and data for commands: large facts from the cache, progress on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from echelon.cli.screen import complain, reading
from rulebook import Run, opening
from rulebook.program import Program

if TYPE_CHECKING:
    from rulebook.loading import Folder


def open_run(program: Path, data: Path, allow_bad_rows: bool) -> Run:
    """Return a program ready to level over a folder."""
    with reading() as progress:
        run = opening.open_run(
            program, data, allow_bad_rows=allow_bad_rows, cache=cache(), progress=progress
        )
    complain(getattr(run.data, "unkept", ()))
    return run


def load_folder(data: Path, program: Program | None, allow_bad_rows: bool) -> Folder:
    """Return a folder's data."""
    with reading() as progress:
        folder = opening.load_folder(
            data, program, allow_bad_rows=allow_bad_rows, cache=cache(), progress=progress
        )
    complain(folder.unkept)
    return folder


def cache() -> Path:
    """Return where large facts are kept between commands."""
    from rulebook.store import default_folder

    return default_folder()
