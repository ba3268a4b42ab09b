"""Opens the engine over what the rooms hold, and keeps it open until something there changes.

Partners, facts and what they point to lie in `folders`; enrollments, standings before and
overrides are handed over as they are, because every run changes them. One process keeps a folder
open a program; what it asks the engine, it asks in turn.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import RLock
from typing import Any, NamedTuple

from echelon.outcomes.standings import folders
from echelon.outcomes.standings.sources import Section, Source
from rulebook import Run
from rulebook.backends.duckdb import BulkOver
from rulebook.dataset.data import Enrollment, Override
from rulebook.program import Program as Rules
from rulebook.reading import Document
from rulebook.standing.fitting import fitted

_LOCK = RLock()
_ELSEWHERE = re.compile(r"\bprogram\(\s*([a-z0-9-]+)\s*\)")
_DAY = timedelta(days=1)
_WORDS = ("partner", "program", "track", "start", "end", "user", "tier", "since", "below_since",
          "reviewed")  # fmt: skip


class Before(NamedTuple):
    """The standing before, of a partner on a ladder; `begun` is the enrollment that it is of."""

    begun: date | None
    tier: str | None
    since: date | None = None
    below_since: date | None = None
    reviewed: date | None = None
    pending: tuple[str | None, date] | None = None
    proposal: tuple[str, str | None, date] | None = None


#: By partner's key, program's slug, and track.
Befores = Mapping[tuple[str, str, str], Before]


@dataclass(frozen=True)
class Ready:
    """A program over the data of now, ready to be asked. `enrolled` are the keys in it, ever.

    `watermark` is the word for all that it was made from but the standings before.
    """

    run: Run
    watermark: str
    enrolled: frozenset[str]

    @property
    def family(self) -> bool:
        """Whether some figure counts what descendants did."""
        return any(getattr(metric, "family", False) for metric in _metrics(self.run.program))

    @property
    def ranked(self) -> bool:
        """Whether some figure of a partner depends on those of the others."""
        kinds = ("rank", "percentile")
        return any(getattr(metric, k, None) for metric in _metrics(self.run.program) for k in kinds)

    def with_ancestors(self, keys: Sequence[str]) -> list[str]:
        """Return partners and, where families count, all above them."""
        found = dict.fromkeys(keys)
        if self.family:
            for key in keys:
                above = self.run.data.parents.get(key)
                while above is not None and above not in found:
                    found[above] = None
                    above = self.run.data.parents.get(above)
        return list(found)


@contextmanager
def ready(
    source: Source,
    rules: Rules,
    document: Document,
    *,
    others: Mapping[str, Sequence[str]] | None = None,
    befores: Befores | None = None,
    overrides: Sequence[Override] = (),
    also: Collection[str] = (),
    looked_at: date | None = None,
) -> Iterator[Ready]:
    """Yield a program ready to level; `others` are tiers of the programs that it names.

    `also` are fact types to be there beside those that it reads. Who only looks at figures of one
    day, `looked_at`, gets what was measured for who looked before, while it rests on the same.

    The engine is this thread's until the block ends. Raises RulebookError.
    """
    with _LOCK:
        opened = folders.opened(source, rules, tables(rules), others or {}, also)
        section = source.enrollments(rules.program, *(others or {}))
        known = befores or {}
        rows = list(enrollments(section, known))
        bare = folders.hashed(opened.mark, folders.hash_of(section[1]), repr(list(overrides)))
        digest = folders.hashed(opened.folder.digest, repr(rows), repr(list(overrides)))
        data = replace(opened.folder, enrollments=rows, overrides=list(overrides), digest=digest)

        def make() -> Run:
            fit, bulk = fitted(data, rules), BulkOver(opened.folder)
            return Run(rules, document, fit, allow_bad_rows=True, make=bulk)

        run = make() if looked_at is None else opened.looked(document, digest, looked_at, make)
        mine = frozenset(row.partner for row in rows if row.program == rules.program)
        yield Ready(run, bare, mine)


def elsewhere(text: str) -> set[str]:
    """Return the slugs of the other programs that a document names."""
    return set(_ELSEWHERE.findall(text))


def tables(rules: Rules) -> set[str]:
    """Return the fact types that a program reads."""
    found = {getattr(metric, "table", None) for metric in _metrics(rules)}
    return {name for name in found if name}


def _metrics(rules: Rules) -> Iterator[Any]:
    for _track, ladder in rules.ladders():
        yield from ladder.metrics.values()


# -- enrollments ------------------------------------------------------------------------


def enrollments(section: Section, befores: Befores) -> Iterator[Enrollment]:
    """Yield enrollments with the standing before: as levelled last, else as they begin."""
    words, table = section
    names = {word: words.get(word, word) for word in _WORDS}
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        said = {word: row.get(name) for word, name in names.items()}
        rows.setdefault((said["partner"], said["program"]), []).append(said)
    tracks: dict[tuple[str, str], list[str]] = {}
    for key, program, track in sorted(befores):  # the digest knows no order of the database
        if track:
            tracks.setdefault((key, program), []).append(track)
    for (key, program), said in rows.items():
        for row in said:
            yield _carried(row, befores.get((key, program, "")), said)
            for track in tracks.get((key, program), ()):
                bare = row | {"tier": None, "since": None, "track": track}
                yield _carried(bare, befores[key, program, track], said)


def _carried(row: dict[str, Any], before: Before | None, rows: list[dict[str, Any]]) -> Enrollment:
    if before is not None and _goes_on(row, before, rows):
        row = row | before._asdict()
        row.pop("begun")
    return Enrollment(**row)


def _goes_on(row: dict[str, Any], before: Before, rows: list[dict[str, Any]]) -> bool:
    """Whether a standing goes on in an enrollment: its own, or one that follows without a gap."""
    if before.begun is None:
        return False
    if before.begun == row["start"]:
        return True
    there = [each for each in rows if each["start"] == before.begun]
    if not there:  # its days were edited
        return True
    end = there[0]["end"]
    return end is not None and before.begun < row["start"] <= end + _DAY
