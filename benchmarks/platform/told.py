"""What was measured, as a section of `docs/performance.md`: figures beside their goals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.machine import told
from benchmarks.sizes import read_size
from benchmarks.tables import seconds

Found = Mapping[str, Any]

INTRO = """\
The engine's own channel as a vendor with {partners:,} partners and {lines:,} lines of sales, made
through the platform's services in a database of its own, measured by one process without a server
between. A time is on the wall; CPU is this process's, without the database's. The tiers that
were kept are compared with those of the bare engine over the same data before any time is shown.
"""


def section(kept: Found) -> str:
    """Return the section."""
    size, found = read_size(kept["size"]), kept["found"]
    parts = [
        f"## The platform: {size.partners:,} partners, {size.lines:,} lines\n",
        INTRO.format(partners=size.partners, lines=size.lines),
        f"`python -m benchmarks platform --size {size.name} --write`; {told(kept['machine'])}; "
        f"commit {kept['commit']}.\n",
        _beside(found),
        *([f"{kept['note']}\n"] if kept.get("note") else ()),
        "### The goals\n",
        _table(("", "goal", *found), _goals(found)),
    ]
    if any("P1" in each for each in found.values()):
        parts += ["### P1: pages\n", _table(*_pages(found))]
    if any("P2" in each for each in found.values()):
        parts += ["### P2: the stages of levelling everybody\n", _table(*_stages(found))]
    return "\n".join(parts)


def _table(header: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> str:
    rule = ["--:" if place else "---" for place in range(len(header))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows)) + "\n"


def _beside(found: Found) -> str:
    """Say how much else went on: on a machine that is shared, CPU tells more than the wall."""
    said = [
        f"{name} {each['load'][0]:.1f} before and {each['load'][1]:.1f} after"
        for name, each in found.items()
        if "load" in each
    ]
    return f"Load of the machine: {'; '.join(said)}. One process alone makes 1 to 2.\n"


def _goals(found: Found) -> Iterator[Sequence[str]]:
    for title, goal, said in (
        ("P1 slowest page, 95th of 100", "300 ms", lambda f: _worst(f["P1"])),
        ("P1 most queries of a page", "15", lambda f: str(_most(f["P1"]))),
        ("P2 first levelling of all", "5 s", lambda f: _both(f["P2"]["first"])),
        ("P2 again, a day and new lines later", "5 s", lambda f: _both(f["P2"]["again"])),
        ("P2 the engine's part of it, first, × bare run", "1.5", lambda f: _ratio(f["P2"])),
        ("P3 one fact to the new standing", "2 s", lambda f: _single(f["P3"])),
        ("P4 lines loaded a second", "25,000 (50,000)", lambda f: f"{f['P4']['rate']:,.0f}"),
        ("P4 all of it", "", lambda f: _cpu(f["P4"])),
        ("P4 the steps: upload, check, commit", "", lambda f: _steps(f["P4"])),
        ("P4 peak of memory (before)", "bounded", lambda f: _memory(f["P4"])),
        ("P5 events verified", "2 s a million", lambda f: _verified(f["P5"])),
    ):  # fmt: skip
        part = title[:2]
        cells = [said(each) if part in each else "" for each in found.values()]
        if any(cells):
            yield (title, goal, *cells)


def _both(spent: Found) -> str:
    return f"{seconds(spent['wall'])} ({seconds(spent['cpu'])} CPU)"


def _worst(pages: Found) -> str:
    name = max(pages, key=lambda each: pages[each]["p95"])
    return f"{seconds(pages[name]['p95'])} ({name})"


def _most(pages: Found) -> int:
    return max(each["queries"] for each in pages.values())


def _ratio(levelled: Found) -> str:
    bare = [sum(each[n] for each in levelled["bare"].values()) for n in (0, 1)]
    ours = levelled["first"]["engine"]
    return f"{ours[0] / bare[0]:.2f} ({seconds(ours[0])} of {seconds(bare[0])})"


def _single(one: Found) -> str:
    slowest = seconds(one["slowest"])
    return f"{seconds(one['median'])}, slowest {slowest} ({seconds(one['cpu'])} CPU)"


def _steps(load: Found) -> str:
    return ", ".join(seconds(load[step]) for step in ("upload", "check", "commit"))


def _cpu(load: Found) -> str:
    server = seconds(load["server_cpu"])
    return f"{seconds(load['wall'])} ({seconds(load['cpu'])} CPU, {server} of the server)"


def _memory(load: Found) -> str:
    return f"{load['memory'] / 2**20:,.0f} MiB ({load['memory_before'] / 2**20:,.0f})"


def _verified(done: Found) -> str:
    return f"{done['events']:,} in {seconds(done['wall'])}: {done['rate']:,.0f} a second"


def _pages(found: Found) -> tuple[Sequence[str], list[Sequence[str]]]:
    header = ["", *(f"{name}: {what}" for name in found for what in ("median", "95th", "queries"))]
    names = next(each["P1"] for each in found.values() if "P1" in each)
    rows = []
    for name in names:
        row = [name]
        for each in found.values():
            one = each.get("P1", {}).get(name)
            row += (
                [seconds(one["median"]), seconds(one["p95"]), str(one["queries"])]
                if one
                else ["", "", ""]
            )
        rows.append(row)
    return header, rows


def _stages(found: Found) -> tuple[Sequence[str], list[Sequence[str]]]:
    runs = {
        f"{name}, {which}": each["P2"][which]
        for name, each in found.items()
        if "P2" in each
        for which in ("first", "again")
    }
    header = ["", *(f"{name}{what}" for name in runs for what in ("", ": CPU"))]
    names = dict.fromkeys(stage for run in runs.values() for stage in run["stages"])
    rows = [
        [stage, *(seconds(n) for run in runs.values() for n in run["stages"].get(stage, (0, 0)))]
        for stage in names
    ]
    rows.append(["all", *(seconds(run[n]) for run in runs.values() for n in ("wall", "cpu"))])
    bare = next(each["P2"]["bare"] for each in found.values() if "P2" in each)
    rows += [
        [f"bare engine: {stage}", *map(seconds, spent), *[""] * (len(header) - 3)]
        for stage, spent in bare.items()
    ]
    return header, rows
