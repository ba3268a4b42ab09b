"""Opens a program over a folder of data, and says everything that is wrong with either."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rulebook.checks import check
from rulebook.dataset.spec import Dataset
from rulebook.errors import DataError, Problem, ProgramError, RulebookError
from rulebook.meaning import understand
from rulebook.program import Program
from rulebook.reading import Document, Draft, read_draft
from rulebook.standing.examples import run_examples
from rulebook.standing.run import Run

if TYPE_CHECKING:
    from rulebook.loading import Folder, Progress


def load_folder(
    path: Path,
    program: Program | None = None,
    *,
    allow_bad_rows: bool = False,
    cache: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Folder:
    """Load a folder of data; the program says in which time zone timestamps count.

    Large tables are kept in the `cache` folder, if one is given (`rulebook.store.default_folder`).
    """
    from rulebook import loading

    zone = "UTC" if program is None else program.time_zone
    slug = None if program is None else program.program
    return loading.load_folder(
        path,
        time_zone=zone,
        allow_bad_rows=allow_bad_rows,
        program=slug,
        cache=cache,
        progress=progress,
    )


def run_on(
    program: Program, document: Document, folder: Folder, *, allow_bad_rows: bool = False
) -> Run:
    """Return a program ready to level over a loaded folder, in bulk."""
    from rulebook.backends.duckdb import BulkOver

    return Run(program, document, folder, allow_bad_rows=allow_bad_rows, make=BulkOver(folder))


def open_run(
    program: Path,
    data: Path,
    *,
    allow_bad_rows: bool = False,
    cache: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Run:
    """Return a program ready to level over a folder; `cache` and `progress` as in `load_folder`.

    Raises ProgramError and DataError; where both are wrong, one RulebookError has it all.
    """
    try:
        draft, problems, total = read_draft(program), [], 0
    except ProgramError as error:
        raise RulebookError([*error.problems, *_data_problems(data)]) from None
    folder = None
    try:
        folder = load_folder(
            data, draft.program, allow_bad_rows=allow_bad_rows, cache=cache, progress=progress
        )
    except (DataError, ProgramError) as error:
        problems, total = list(error.problems), error.total
    if folder is not None and draft.program is not None and not draft.problems:
        return run_on(draft.program, draft.document, folder, allow_bad_rows=allow_bad_rows)
    wrong = _wrong(draft, None if folder is None else folder.spec)
    raise RulebookError([*wrong, *problems], len(wrong) + total)


def check_program(path: Path, data: Path | None = None) -> tuple[list[Problem], int]:
    """Return everything wrong or odd in a program (and the data), and how many examples ran."""
    try:
        draft = read_draft(path)
    except ProgramError as error:
        return [*error.problems, *_data_problems(data)], 0
    program, document = draft.program, draft.document
    if program is None:
        return [*draft.problems, *_data_problems(data)], 0
    spec, folder, found = None, None, []
    if data is not None:
        try:
            folder = load_folder(data, program)
            spec = folder.spec
        except (DataError, ProgramError) as error:
            found = list(error.problems)
    problems = _found(draft, program, spec)
    if not any(not problem.notice for problem in problems):
        problems = [*problems, *run_examples(program, document, spec)]
        if folder is not None:
            try:
                run = run_on(program, document, folder)
                run.check_segments(program.version)
            except RulebookError as error:
                problems = [*problems, *error.problems]
    if data is None and program.reads is None and program.metrics:
        problems.append(
            document.problem((), "without reads or --data, columns were not checked", notice=True)
        )
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    return [*ordered, *found], len(program.examples)


def check_text(text: str, spec: Dataset | None = None) -> tuple[list[Problem], int]:
    """Return everything wrong or odd in a program's text, and how many examples there are.

    Names and types are checked on the tables of `spec`; without it, on what the text `reads`.
    """
    try:
        draft = read_draft(text)
    except ProgramError as error:
        return list(error.problems), 0
    if draft.program is None:
        return list(draft.problems), 0
    problems = _found(draft, draft.program, spec)
    if all(problem.notice for problem in problems):
        problems += run_examples(draft.program, draft.document, spec)
    if spec is None and draft.program.reads is None and draft.program.metrics:
        said = "the tables that it reads are not known: columns were not checked"
        problems.append(draft.document.problem((), said, notice=True))
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    return ordered, len(draft.program.examples)


def _found(draft: Draft, program: Program, spec: Dataset | None) -> list[Problem]:
    """Return all that can be said of a program without running it, in the document's order."""
    meaning, problems = understand(program, draft.document, spec, draft.blank)
    meaning.complete = meaning.complete and not draft.problems
    found = dict.fromkeys([*draft.problems, *problems, *check(meaning)])
    return sorted(found, key=lambda problem: problem.line or 0)


def _wrong(draft: Draft, spec: Dataset | None) -> list[Problem]:
    found = draft.problems
    if draft.program is not None:
        found = tuple(_found(draft, draft.program, spec))
    return [problem for problem in found if not problem.notice]


def _data_problems(data: Path | None) -> list[Problem]:
    if data is None:
        return []
    try:
        load_folder(data)
    except (DataError, ProgramError) as error:
        return list(error.problems)
    return []
