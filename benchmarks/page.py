"""Keeps what was measured, and writes `docs/performance.md` and its picture from all that is kept.

One file of results a size: measuring one size, or one workload of it, leaves the others as they
were. Each workload remembers on what machine and day it was taken.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import cold_start
from benchmarks.machine import machine, told
from benchmarks.picture import picture
from benchmarks.platform.told import section
from benchmarks.sizes import Size, read_size
from benchmarks.tables import rows
from benchmarks.workloads import WORKLOADS

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
PLATFORM = RESULTS / "platform"
PAGE = ROOT / "docs" / "performance.md"
PICTURE = PAGE.with_suffix(".svg")

Kept = dict[str, dict[str, Any]]

INTRO = """\
# How fast it is

Written by `python -m benchmarks --write`; not by hand. `make bench` measures a million lines,
`SIZE=10M make bench` and `SIZE=100M make bench` more. Times differ from machine to machine: what
counts is the ratio to a peer in the same run.

**The work.** A hundred lines of sales a partner, up to 100,000 partners (then more lines each), in
a parent tree with 1.4 ancestors a partner, themselves included; a fifth of the partners has four
fifths of the lines. Eight currencies with monthly rates, three years of days, five certificates a
partner. The program, [benchmarks/program.yaml](../benchmarks/program.yaml), has eight criteria over
windows that are cut to each partner's enrollment and roll up to its ancestors, and four tiers that
ask for all eight.

**How it is measured.** Each contestant runs in a process of its own, on the same files. First its
answers are compared with everybody else's: every metric, tier and gap, to the last cent; nothing is
shown if one differs. Then the median of five runs counts, after one that doesn't; a run of more
than 20 seconds is the only one. *Open* is what is paid once before, and not part of any time: for
peers the making of frames, sorted files and small tables is left out altogether. Memory is the
peak of the whole process, opening included. Peers are written by hand in
[benchmarks/peers](../benchmarks/peers), in exact arithmetic on whole cents, as fast as we could.
"""


def keep(size: Size, found: dict[str, dict[str, Any]]) -> None:
    """Keep the workloads that were measured beside those of this size that were not."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{size.name}.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for name, outcomes in found.items():
        kept[name] = {"machine": machine(), "outcomes": outcomes}
    path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def keep_platform(found: dict[str, Any]) -> None:
    """Keep what was measured of the platform, in place of the same size before."""
    PLATFORM.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, indent=1, sort_keys=True) + "\n"
    (PLATFORM / f"{found['size']}.json").write_text(text, encoding="utf-8")


def write() -> str:
    """Write the page and the picture from all results, and return where the page is."""
    kept = {
        size: json.loads((RESULTS / f"{size.name}.json").read_text(encoding="utf-8"))
        for size in sorted((read_size(p.stem) for p in RESULTS.glob("*.json")), key=_lines)
    }
    PICTURE.write_text(picture(_series(kept)), encoding="utf-8")
    PAGE.write_text(page(kept), encoding="utf-8")
    return str(PAGE.relative_to(ROOT))


def page(kept: dict[Size, Kept]) -> str:
    """Return the page."""
    parts = [INTRO, f"![The time of a full run by lines of sales]({PICTURE.name})\n"]
    for size, results in kept.items():
        parts.append(f"## {size.name} lines, {size.partners:,} partners\n")
        machines = list(dict.fromkeys(told(part["machine"]) for part in results.values()))
        parts += [f"{line}.\n" for line in machines]
        for module in (*WORKLOADS, cold_start):
            if module.NAME in results:
                parts.append(f"### {module.NAME}: {module.TITLE}\n")
                parts.append(_markdown(_ordered(module, results[module.NAME]["outcomes"])))
    for path in sorted(PLATFORM.glob("*.json"), key=lambda each: read_size(each.stem).lines):
        parts.append(section(json.loads(path.read_text(encoding="utf-8"))))
    return "\n".join(parts)


def _ordered(module: Any, outcomes: dict[str, Any]) -> dict[str, Any]:
    """Return outcomes in the order of the contestants; a file of results sorts them by name."""
    order = getattr(module, "CONTESTANTS", None) or cold_start.commands()
    return {name: outcomes[name] for name in (*order, *outcomes) if name in outcomes}


def _markdown(outcomes: dict[str, Any]) -> str:
    header, lines = rows(outcomes)
    rule = ["--:" if place and name != "remarks" else "---" for place, name in enumerate(header)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *lines)) + "\n"


def _series(kept: dict[Size, Kept]) -> dict[str, list[tuple[int, float]]]:
    """Return W1's medians by contestant, in the order of lines."""
    series: dict[str, list[tuple[int, float]]] = {}
    for size, results in kept.items():
        for name, outcome in results.get("W1", {}).get("outcomes", {}).items():
            if "times" in outcome:
                point = (size.lines, median(outcome["times"]["run"]))
                series.setdefault(name, []).append(point)
    return series


def _lines(size: Size) -> int:
    return size.lines
