"""Opens the engine over what the rooms hold, and keeps it open until something there changes.

Partners, facts and what they point to are composed into a folder, one a program, under the cache
folder; enrollments, standings before and overrides are handed over as they are, because every run
changes them. One process keeps a folder open a program; what it asks the engine, it asks in turn.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from echelon.outcomes.standings.sources import Section, Source
from rulebook import Run, load_folder
from rulebook.backends.duckdb import BulkOver
from rulebook.dataset.data import Enrollment, Override
from rulebook.loading import Folder
from rulebook.program import Program as Rules
from rulebook.reading import Document
from rulebook.standing.fitting import fitted

KEPT = 4
_LOCK = RLock()
_OPEN: dict[str, Opened] = {}
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
class Opened:
    """A folder that is loaded, and the word for what it was loaded from."""

    mark: str
    folder: Folder


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
) -> Iterator[Ready]:
    """Yield a program ready to level; `others` are tiers of the programs that it names.

    `also` are fact types to be there beside those that it reads.

    The engine is this thread's until the block ends. Raises RulebookError.
    """
    with _LOCK:
        opened = _opened(source, rules, others or {}, also)
        section = source.enrollments(rules.program, *(others or {}))
        known = befores or {}
        rows = list(enrollments(section, known))
        bare = _hashed(opened.mark, _hash_of(section[1]), repr(list(overrides)))
        digest = _hashed(opened.folder.digest, repr(rows), repr(list(overrides)))
        data = replace(opened.folder, enrollments=rows, overrides=list(overrides), digest=digest)
        run = Run(
            rules,
            document,
            fitted(data, rules),
            allow_bad_rows=True,
            make=BulkOver(opened.folder),
        )
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
    for key, program, track in befores:
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


# -- the folder -------------------------------------------------------------------------


def _opened(
    source: Source, rules: Rules, others: Mapping[str, Sequence[str]], also: Collection[str]
) -> Opened:
    wanted = sorted(tables(rules).union(also))
    name = rules.program if set(also) <= tables(rules) else f"{rules.program}.trial"
    people = source.partners()
    said = (rules.time_zone, wanted, sorted((k, list(v)) for k, v in others.items()), people[0])
    mark = _hashed(source.watermark(), _hash_of(people[1]), *said)
    found = _OPEN.get(name)
    if found is not None and found.mark == mark:
        return found
    if found is not None:
        del _OPEN[name]
        found.folder.close()
    while len(_OPEN) >= KEPT:
        _OPEN.pop(next(iter(_OPEN))).folder.close()
    place = Path(settings.CACHE_FOLDER) / "engine" / name
    place.mkdir(parents=True, exist_ok=True)
    with open(place / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _compose(place, source, people, wanted, others)
        cache = Path(settings.CACHE_FOLDER) / "store"
        folder = load_folder(place, rules, allow_bad_rows=True, cache=cache)
    _OPEN[name] = Opened(mark, folder)
    return _OPEN[name]


def _compose(
    place: Path,
    source: Source,
    people: Section,
    wanted: Sequence[str],
    others: Mapping[str, Sequence[str]],
) -> None:
    """Write a folder of data anew: small tables as files, facts as links to theirs."""
    for old in place.iterdir():
        if old.suffix in {".parquet", ".yaml"}:
            old.unlink()

    def put(name: str, section: Section) -> dict[str, Any]:
        pq.write_table(section[1], place / f"{name}.parquet")
        return {**section[0], "file": f"{name}.parquet"}

    document: dict[str, Any] = {"partners": put("partners", people)}
    document["references"] = {
        name: put(f"ref-{name}", section) for name, section in source.references().items()
    }
    document["facts"] = {}
    for name, (said, files) in source.facts(wanted).items():
        links = []
        for file in files:
            (place / f"{name}-{file.name}").symlink_to(file)
            links.append(f"{name}-{file.name}")
        document["facts"][name] = {**said, "file": links}
    for name in ("rates", "attestations"):
        section = getattr(source, name)()
        if section is not None:
            document[name] = put(name, section)
    if others:
        document["programs"] = {slug: list(tiers) for slug, tiers in others.items()}
    (place / "dataset.yaml").write_text(json.dumps(document), "utf-8")


def _hash_of(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()


def _hashed(*said: object) -> str:
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()
