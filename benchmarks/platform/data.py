"""The data that the platform and the bare engine level: the channel, with tiers to begin with."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from benchmarks.generator.folder import make_folder
from benchmarks.ours import PROGRAM
from benchmarks.sizes import Size

#: Demotions wait for a person, so that there is a queue; promotions are made at once.
MOVEMENT = """
movement: {demote: monthly, approval: {demotion: required}}
"""
#: Every so many-th partner begins with a tier that it may not be able to keep.
_GIVEN, _TIER = 5, "gold"


def program_text() -> str:
    """Return the engine's benchmark program, with moves."""
    return PROGRAM.read_text("utf-8") + MOVEMENT


def data(size: Size) -> Path:
    """Return the folder with the same data as the vendor's, for the bare engine."""
    made = make_folder(size)
    folder = size.folder / "platform"
    folder.mkdir(exist_ok=True)
    for path in made.iterdir():
        if path.name != "enrollments.csv":
            link = folder / path.name
            link.unlink(missing_ok=True)
            link.symlink_to(path)
    with (folder / "enrollments.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(
            file, ("partner", "program", "start", "end", "tier", "since"), lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(enrolled(made))
    return folder


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def enrolled(folder: Path) -> Iterator[dict[str, str]]:
    """Yield who is in the program from when to when, and the tier it begins with."""
    for number, row in enumerate(rows(folder / "enrollments.csv")):
        given = number % _GIVEN == 0
        since = row["start"] if given else ""
        yield {**row, "tier": _TIER if given else "", "since": since}
