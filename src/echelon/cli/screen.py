"""What commands say: answers go to stdout; problems, notices and progress to stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rulebook.errors import Problem

if TYPE_CHECKING:
    from rulebook.loading import Progress as Reading

ERROR_LIMIT = 100


def complain(problems: Sequence[Problem], total: int | None = None) -> None:
    """Print problems, one a line, and how many there are in all."""
    errors = [problem for problem in problems if not problem.notice]
    for problem in problems:
        sys.stderr.write(f"{'notice' if problem.notice else 'error'}: {problem}\n")
    count = len(errors) if total is None else max(total, len(errors))
    if count > len(errors):
        sys.stderr.write(f"{count:,} errors in all, the first {len(errors)} listed\n")
    elif count:
        sys.stderr.write(f"{count:,} error{'' if count == 1 else 's'}\n")


def columns(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> str:
    """Return rows as aligned columns; the first row is the header."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


@contextmanager
def progress(title: str, total: int) -> Iterator[Any]:
    """Show a bar on a terminal while something long runs; in a pipe, nothing.

    Yields a function to call with the name of each step before it begins.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[step]}"),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(title, total=total, step="")

        def begin(step: str) -> None:
            bar.update(task, advance=1, step=step)

        yield begin


@contextmanager
def reading() -> Iterator[Callable[[Reading], None] | None]:
    """Show on a terminal how far each file of facts is read; in a pipe, nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

    with Progress(
        TextColumn("reading {task.description}"),
        BarColumn(),
        DownloadColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def read(step: Reading) -> None:
            if step.file not in tasks:
                tasks[step.file] = bar.add_task(step.file, total=step.size)
            bar.update(tasks[step.file], completed=step.read)

        yield read


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None]]:
    """Show steps one below the other, each with its bar and time; in a pipe, a line each.

    Yields a function to call with a step's name, how much of it is done, and of how much.
    """
    if not sys.stderr.isatty():
        begun: set[str] = set()

        def told(step: str, _done: int, _total: int) -> None:
            if step not in begun:
                begun.add(step)
                sys.stderr.write(f"{step} …\n")

        yield told
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Elapsed(),
        console=Console(stderr=True),
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def say(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=done, total=total)

        yield say
