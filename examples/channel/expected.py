"""Work out what both programs should answer, without the engine, and write it down.

This is the independent witness against which the engine is tested: plain csv,
decimal and datetime, one function for each metric, written from the language's
own description. It knows nothing of `rulebook`, and must never learn of it.

    python examples/channel/expected.py [FOLDER]
"""

from __future__ import annotations

import csv
import sys
from datetime import date
from pathlib import Path

from witness import reseller, services
from witness.movement import decide
from witness.numbers import Value, shown
from witness.reading import Enrollment, Folder, enrollment_at

HERE = Path(__file__).parent
DATES = (date(2025, 12, 31), date(2026, 6, 30))
Line = dict[str, Value | str]


def reseller_lines(as_of: date, proposals: list[Line]) -> list[Line]:
    """One line for each partner: what it qualifies for, holds, and its metrics."""
    program = reseller.Reseller(HERE, as_of)
    enrollments = program.folder.enrollments(program.name, None)
    overrides = program.folder.overrides(program.name, None, as_of)
    lines: list[Line] = []
    for partner in program.folder.keys:
        metrics = program.metrics(partner)
        line: Line = {"partner": partner, "qualified": None, "held": None, **metrics}
        enrollment = enrollment_at(enrollments.get(partner, []), as_of)
        if enrollment is not None:
            ladder = program.ladder(partner, metrics)
            held, proposed = decide(
                ladder, reseller.MOVEMENT, enrollment, overrides.get(partner, []), as_of
            )
            line["qualified"], line["held"] = ladder.name(ladder.qualified), ladder.name(held)
            if proposed is not None:
                proposals.append(
                    {
                        "program": program.name,
                        "as_of": as_of.isoformat(),
                        "partner": partner,
                        "held": ladder.name(held),
                        "proposed": ladder.name(proposed),
                    }
                )
        lines.append(line)
    return lines


def services_lines(as_of: date) -> list[Line]:
    """The same for the services program and its two tracks."""
    program = services.Services(HERE, as_of)
    folder = program.folder
    overrides = folder.overrides(program.name, None, as_of)
    standings = {t: folder.enrollments(program.name, t) for t in services.TRACK_MOVEMENT}
    track_overrides = {t: folder.overrides(program.name, t, as_of) for t in standings}
    lines: list[Line] = []
    for partner in folder.keys:
        metrics, of_tracks = program.metrics(partner), program.track_metrics(partner)
        line: Line = {"partner": partner, "qualified": None, "held": None, **metrics}
        for track, own in of_tracks.items():
            line |= {f"{track}.qualified": None, f"{track}.held": None}
            line |= {f"{track}.{name}": value for name, value in own.items()}
        enrollment = enrollment_at(program.enrollments.get(partner, []), as_of)
        if enrollment is not None:
            ladders = {t: program.track_ladder(t, metrics, own) for t, own in of_tracks.items()}
            for track, ladder in ladders.items():
                # A partner without a row for the track has no standing there yet.
                standing = enrollment_at(standings[track].get(partner, []), as_of)
                held, _ = decide(
                    ladder,
                    services.TRACK_MOVEMENT[track],
                    standing or first_standing(),
                    track_overrides[track].get(partner, []),
                    as_of,
                )
                line[f"{track}.qualified"] = ladder.name(ladder.qualified)
                line[f"{track}.held"] = ladder.name(held)
            ladder = program.ladder(metrics, ladders, of_tracks["operations"]["score"])
            held, _ = decide(
                ladder, services.MOVEMENT, enrollment, overrides.get(partner, []), as_of
            )
            line["qualified"], line["held"] = ladder.name(ladder.qualified), ladder.name(held)
        lines.append(line)
    return lines


def first_standing() -> Enrollment:
    """Where nothing was held before."""
    return Enrollment(None, None, None, None, None, None)


def set_aside_lines() -> list[Line]:
    """How many rows the run leaves out, by table and reason."""
    counted = Folder(HERE, "UTC").set_aside
    return [
        {"table": table, "reason": reason, "rows": str(count)}
        for (table, reason), count in sorted(counted.items())
    ]


def write(path: Path, lines: list[Line]) -> None:
    """Write lines as CSV with line feeds."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(lines[0].keys())
        writer.writerows([shown(value) for value in line.values()] for line in lines)


def main(folder: Path) -> None:
    """Write every expected file into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    proposals: list[Line] = []
    for as_of in DATES:
        write(folder / f"reseller-{as_of}.csv", reseller_lines(as_of, proposals))
        write(folder / f"services-{as_of}.csv", services_lines(as_of))
    write(folder / "proposals.csv", proposals)
    write(folder / "set-aside.csv", set_aside_lines())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "expected")
