"""Measures the platform on the database of the environment: `… measure SIZE OUT PARTS`.

`contest` starts it in a process of its own. Loading comes first: the peak of memory is its own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django

from benchmarks.sizes import read_size

#: Events of the trail that are verified: as many as there are lines, but at least so many.
LEAST_EVENTS = 20_000


def main(name: str, out: str, parts: str) -> None:
    django.setup()
    from django.core.management import call_command

    from benchmarks.platform import levels, loads, pages
    from benchmarks.platform.vendor import Vendor

    call_command("migrate", interactive=False, verbosity=0)
    size, found = read_size(name), {}
    say("the vendor")
    vendor = Vendor(size)
    vendor.certificates()
    work: dict[str, Any] = {
        "P4": lambda: loads.load(vendor),
        "P2": lambda: levels.everybody(vendor),
        "P3": lambda: levels.one_fact(vendor),
        "P1": lambda: pages.measured(vendor),
        "P5": lambda: loads.verified(max(LEAST_EVENTS, size.lines)),
    }
    for part, run in work.items():
        if not parts or part in parts.split(","):
            say(part)
            found[part] = run()
            say(json.dumps(found[part]))
    Path(out).write_text(json.dumps(found), "utf-8")


def say(text: str) -> None:
    print(text, "…", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
