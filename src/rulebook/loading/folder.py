"""The door of the room: a folder with `dataset.yaml` in, typed data or all its errors out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from rulebook.dataset.data import Data, Row
from rulebook.dataset.spec import Dataset
from rulebook.errors import DataError, Problem, ProgramError
from rulebook.loading.digest import RowSums, digest, row_sums
from rulebook.loading.facts import TableFacts
from rulebook.loading.families import read_parents, read_rows
from rulebook.loading.keeping import Keeping, Settled, Wanted, add_clean, worth_keeping
from rulebook.loading.layout import Layout, Layouts
from rulebook.loading.rates import read_rates
from rulebook.loading.rules import make_code_table
from rulebook.loading.settling import count_aside, drop_bad_rows, settle_table
from rulebook.loading.sql import connect, fetch, quoted
from rulebook.loading.standings import (
    check_program,
    read_attestations,
    read_enrollments,
    read_overrides,
)
from rulebook.loading.tables import Loading, Progress, load_table
from rulebook.loading.time_zones import read_zone
from rulebook.reading import Document, read_document
from rulebook.reading.bind import bind
from rulebook.store import Form, StoreError

DOCUMENT = "dataset.yaml"
#: How much of the typed rows is held in memory, in bytes.
MEMORY = 1536 << 20


@dataclass
class Folder(Data):
    """A folder's data, the database that holds its typed tables, and what its author may know.

    The tables are `partner`, `ref_<name>` and `fact_<name>`; all have `_file`, `_line`, `_aside`
    beside their own columns. A fact counts where `_aside` is null.
    """

    connection: duckdb.DuckDBPyConnection = field(kw_only=True)
    notices: Sequence[Problem] = field(default=(), kw_only=True)
    #: Where rows lie that memory has no room for; it goes away with the folder.
    spill: TemporaryDirectory[str] | None = field(default=None, kw_only=True)
    #: Where the fact tables lie that are kept, and why one could not be.
    keeping: Keeping | None = field(default=None, kw_only=True)
    unkept: Sequence[Problem] = field(default=(), kw_only=True)
    layouts: Mapping[str, Layout] = field(default_factory=dict, kw_only=True)
    sums: dict[str, RowSums] = field(default_factory=dict, kw_only=True)
    #: How it was loaded: rows that come later are read alike (see `amending`).
    loading: Loading | None = field(default=None, kw_only=True)

    def add_facts(self, table: str, source: str, rows: pa.Table) -> None:
        """Add typed facts to a kept table, for runs that are told (`Run.facts_changed`).

        `rows` has the table's columns with the types that it has there. Raises DataError where the
        table is not kept or a partner is unknown, StoreError where rows don't fit. That their keys
        are new is for the caller to know: a folder that is read again checks them.
        """
        layout = self.layouts[f"fact_{table}"]
        if self.keeping is None or layout.table not in self.keeping.tables:
            raise DataError([Problem("its facts are not kept", f"table {table}")])
        named = set(rows.column(layout.partner).to_pylist())
        if unknown := sorted(str(name) for name in named if name not in self.partners):
            raise DataError([Problem(f"unknown partner {unknown[0]!r}", f"table {table}")])
        numbered = rows.append_column("_line", pa.array(range(1, rows.num_rows + 1), pa.int64()))
        with self.keeping.store.change() as change:
            form = Form(layout.table, layout.partner, layout.attained)
            change.put(form, source, f"added {source}", numbered)
        self.keeping.use(self.connection, layout)
        with self.connection.cursor() as cursor:
            counting = rows.append_column("_aside", pa.nulls(rows.num_rows, pa.string()))
            cursor.register("added", counting)
            sums = row_sums(cursor, "added", layout.fields)
        self.sums[layout.table] = self.sums[layout.table].plus(sums)
        tables = [(each, self.sums[each.table]) for each in self.layouts.values()]
        self.digest = digest(self.spec, tables)

    def close(self) -> None:
        """Let go of the database and its files; also done when nothing refers to the folder."""
        self.connection.close()
        if self.keeping is not None:
            self.keeping.store.close()
        if self.spill is not None:
            self.spill.cleanup()


def load_folder(
    path: Path,
    *,
    time_zone: str = "UTC",
    allow_bad_rows: bool = False,
    program: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    memory: int = MEMORY,
    cache: Path | None = None,
) -> Folder:
    """Load a folder, or raise DataError with everything that is wrong with it.

    `allow_bad_rows` sets rows aside that can't be read; what concerns a whole file, a column or a
    family still stops. `program` is the slug whose enrollments are expected: only a notice.
    `progress` is called after every block of rows. Typed rows beyond `memory` bytes lie in
    temporary files. With a `cache` folder large fact tables are kept there, and taken from there
    as long as nothing that they rest on has changed; where it can't be used a notice says so.
    """
    spec, document = _read_spec(path)
    zone = read_zone(time_zone)
    if zone is None:
        raise DataError(
            [
                Problem(
                    f"there is no time zone {time_zone!r}",
                    document.file,
                    hint="a name such as Europe/Berlin",
                )
            ]
        )
    spill = TemporaryDirectory(prefix="rulebook-", ignore_cleanup_errors=True)
    connection = connect(spill.name, memory, cache)
    loading = Loading(path, document, connection, zone, allow_bad_rows, progress)
    try:
        folder = _Reading(loading, Layouts(spec, document), cache).folder(program)
    except BaseException:
        connection.close()
        spill.cleanup()
        raise
    folder.spill = spill
    return folder


def check_folder(path: Path, time_zone: str = "UTC") -> tuple[list[Problem], int]:
    """Return what is wrong with a folder (the first hundred), and how many problems there are."""
    try:
        load_folder(path, time_zone=time_zone).close()
    except DataError as error:
        return list(error.problems), error.total
    return [], 0


def _read_spec(path: Path) -> tuple[Dataset, Document]:
    file = str(path / DOCUMENT)
    if not path.is_dir():
        raise DataError([Problem("there is no such folder", str(path))])
    if not (path / DOCUMENT).is_file():
        raise DataError(
            [Problem(f"the folder has no {DOCUMENT}", file, hint="it says which tables lie there")]
        )
    try:
        document = read_document(path / DOCUMENT)
    except ProgramError as error:
        raise DataError(error.problems, error.total) from None
    spec, problems = bind(document, Dataset)
    if spec is None:
        raise DataError(problems)
    return spec, document


class _Reading:
    """Loads table after table, partners first, and puts together what they hold."""

    def __init__(self, loading: Loading, layouts: Layouts, cache: Path | None) -> None:
        self.loading, self.layouts, self.cache = loading, layouts, cache
        self.keeping: Keeping | None = None
        self.worth_keeping: Mapping[str, Sequence[str]] = {}  # by fact table, its files
        self.unkept: list[Problem] = []
        self.sums: dict[str, RowSums] = {}  # of tables whose rows need not be read for them
        self.connection = loading.connection
        self.aside: dict[tuple[str, str], int] = {}
        self.parents: dict[str, str] = {}

    def folder(self, program: str | None) -> Folder:
        problems = self.loading.problems
        problems.add(self.layouts.problems)
        problems.close_table()
        for notice in self.layouts.notices:
            problems.notice(notice)
        facts = [each for each in self.layouts.tables if each.place[0] == "facts"]
        if self.cache is not None:
            self.worth_keeping = worth_keeping(self.loading, facts)
        make_code_table(self.connection)
        for layout in self.layouts.tables:
            self._load(layout)
            problems.close_table()
        if problems.total:
            raise DataError(problems.listed(), problems.total)
        return self._together(program)

    def _load(self, layout: Layout) -> None:
        names = self.worth_keeping.get(layout.table)
        if names is not None and self.cache is not None and not self.loading.problems.total:
            self._load_kept(layout, names, self.cache)
        else:
            self._read(layout)

    def _load_kept(self, layout: Layout, names: Sequence[str], cache: Path) -> None:
        """Take a fact table from the store, or read it and keep it."""
        keeping, wanted = self._keeping(cache), None
        if keeping is not None:
            wanted = keeping.wanted(self.loading, layout, names, self._partners_key())
        if keeping is None or wanted is None:
            self._read(layout)
            return
        settled = keeping.settled(layout, wanted, self.loading.allow_bad_rows)
        if settled is not None:
            keeping.use(self.connection, layout)
            self.sums[layout.table] = settled.sums
            self._count(layout, settled.aside)
            return
        noticed = len(self.loading.problems.notices)
        counts = self._read(layout, wanted)
        unsaid = noticed == len(self.loading.problems.notices) and not self.loading.problems.total
        if counts is not None and unsaid:
            self.sums[layout.table] = self._sums(layout)
            known = Settled(counts, self.sums[layout.table])
            keeping.keep(self.loading, layout, wanted, known)

    def _keeping(self, cache: Path) -> Keeping | None:
        if self.keeping is None:
            try:
                zone = self.loading.zone.key
                self.keeping = Keeping.of(self.loading.folder, zone, cache, self.unkept.append)
            except StoreError as error:
                self.cache = None
                for problem in error.problems:
                    said = f"facts are not kept: {problem.message}"
                    told = Problem(said, problem.file, hint=problem.hint, notice=True)
                    self.unkept.append(told)
        return self.keeping

    def _partners_key(self) -> str:
        known = "SELECT id FROM _known ORDER BY id" if self.loading.partners_known else "SELECT 0"
        names = fetch(
            self.connection, f"SELECT md5(string_agg(id, chr(0))) FROM ({known}) AS k(id)"
        )
        return str(names[0][0])

    def _read(self, layout: Layout, wanted: Wanted | None = None) -> Mapping[str, int] | None:
        """Read a table and settle it; return how many rows are set aside, by reason.

        Of a table that is `wanted` in the store, files that are kept as they are aren't read.
        """
        whole = self._typed(layout, wanted)
        section = layout.place[0]
        if not layout.unusable:
            settle_table(self.loading, layout, whole)
        if section == "partners":
            self._know_partners(layout, whole)
        if not whole:
            return None
        if section == "facts":
            counts = count_aside(self.connection, layout)
        else:
            counts = drop_bad_rows(self.loading, layout)
        self._count(layout, counts)
        return counts

    def _typed(self, layout: Layout, wanted: Wanted | None) -> bool:
        """Make a typed table; return whether its files and columns are all there."""
        clean: Collection[str] = ()
        if wanted is not None and self.keeping is not None:
            clean = self.keeping.take_clean(self.loading, layout, wanted)
        if wanted is None or not clean:
            return load_table(self.loading, layout)
        others = [name for name in wanted.files if name not in clean]
        whole = load_table(self.loading, layout, others)
        add_clean(self.connection, layout)
        return whole

    def _count(self, layout: Layout, counts: Mapping[str, int]) -> None:
        for reason, count in counts.items():
            place = (layout.title, reason)
            self.aside[place] = self.aside.get(place, 0) + count

    def _know_partners(self, layout: Layout, whole: bool) -> None:
        """Remember all partners, and look at their families.

        A partner whose row is bad is there all the same where this stops the run: else its error
        would be followed by one for everything that names it.
        """
        if not whole:
            return
        table, key = quoted(layout.table), quoted(layout.partner)
        good = "AND _aside IS NULL" if self.loading.allow_bad_rows else ""
        fetch(
            self.connection,
            f"CREATE TEMP TABLE _known AS SELECT DISTINCT {key} AS id FROM {table} "
            f"WHERE {key} IS NOT NULL {good}",
        )
        self.loading.partners_known = True
        parent = self.layouts.spec.partners.parent
        self.parents = read_parents(self.loading, layout, parent)

    def _together(self, program: str | None) -> Folder:
        spec = self.layouts.spec
        tables = {layout.place: layout for layout in self.layouts.tables}
        partners: Any = read_rows(self.loading, tables[("partners",)], spec.partners.key)
        references: dict[str, dict[Any, Row]] = {
            name: read_rows(self.loading, tables[("references", name)], spec.references[name].key)
            for name in sorted(spec.references)
        }
        facts = TableFacts(self.connection, {n: tables[("facts", n)] for n in spec.facts})
        sums = {layout.table: self._sums(layout) for layout in self.layouts.tables}
        folder = Folder(
            spec,
            partners,
            self.parents,
            references,
            facts,
            aside=dict(sorted(self.aside.items())),
            digest=digest(spec, [(each, sums[each.table]) for each in self.layouts.tables]),
            connection=self.connection,
            notices=self.loading.problems.notices,
            keeping=self.keeping,
            unkept=self.unkept,
            layouts={each.table: each for each in self.layouts.tables},
            sums=sums,
            loading=self.loading,
        )
        self._add_named(folder, tables, program)
        return folder

    def _sums(self, layout: Layout) -> RowSums:
        known = self.sums.get(layout.table)
        if known is not None:
            return known
        return row_sums(self.connection, quoted(layout.table), layout.fields)

    def _add_named(
        self, folder: Folder, tables: dict[tuple[str | int, ...], Layout], program: str | None
    ) -> None:
        """Add what stands in the tables that a folder may lack."""
        loading, spec = self.loading, folder.spec
        if layout := tables.get(("enrollments",)):
            folder.enrollments = enrollments = read_enrollments(loading, layout)
            if program is not None:
                check_program(loading, enrollments, program)
        if layout := tables.get(("overrides",)):
            folder.overrides = read_overrides(loading, layout)
        if layout := tables.get(("attestations",)):
            folder.attestations = read_attestations(loading, layout)
        if spec.rates is not None:
            folder.rates = read_rates(loading, tables[("rates",)], spec.rates.base)
