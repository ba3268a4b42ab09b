"""Outcomes as rows of text: the same for the terminal and for the page."""

from __future__ import annotations

from statistics import median
from typing import Any

OURS = "Echelon"
_OPEN = "open"
#: Times beside what is compared: they stand behind it.
_LATER = ("build", "append")


def rows(outcomes: dict[str, dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """Return a header and a row for each contestant: medians, how they compare, memory, remarks.

    A column in which nothing stands is left out.
    Compared is the first time that is taken; with ours where we can do it, else the fastest.
    """
    names = _timed(outcomes)
    base = _base(outcomes, names)
    header = ["", *(_title(name) for name in names), f"× {base[0]}" if base else "×"]
    header += ["lowest to highest", "memory", "open", "remarks"]
    lines = [_row(name, outcome, names, base) for name, outcome in outcomes.items()]
    used = [0, *(place for place in range(1, len(header)) if any(row[place] for row in lines))]
    return [header[place] for place in used], [[row[place] for place in used] for row in lines]


def _timed(outcomes: dict[str, dict[str, Any]]) -> list[str]:
    found = [name for outcome in outcomes.values() for name in outcome.get("times", ())]
    names = [name for name in dict.fromkeys(found) if name != _OPEN] or ["run"]
    return sorted(names, key=_LATER.__contains__)


def _title(name: str) -> str:
    return "median" if name == "run" else name


def _base(outcomes: dict[str, dict[str, Any]], names: list[str]) -> tuple[str, float] | None:
    times = {
        name: median(outcome["times"][names[0]])
        for name, outcome in outcomes.items()
        if names[0] in outcome.get("times", ())
    }
    if not times:
        return None
    if OURS in times:
        return OURS, times[OURS]
    fastest = min(times, key=lambda name: times[name])
    return ("the first" if fastest.startswith("floor") else "the fastest"), times[fastest]


def _row(
    name: str, outcome: dict[str, Any], names: list[str], base: tuple[str, float] | None
) -> list[str]:
    if "times" not in outcome:
        why = outcome.get("failed") or outcome.get("not_yet")
        word = "failed" if "failed" in outcome else "not yet"
        return [name, word, *[""] * (len(names) + 3), str(why)]
    times = outcome["times"]
    medians = [median(times[one]) if one in times else None for one in names]
    ratio = f"{medians[0] / base[1]:.2f}" if base and medians[0] else ""
    runs = times[names[0]]
    remarks = list(outcome.get("notes", ()))
    if names == ["run"] and len(runs) == 1 and not remarks:
        remarks.append("one run: it takes more than 20 s")
    spread = f"{seconds(min(runs))} to {seconds(max(runs))}" if len(runs) > 1 else ""
    memory = f"{outcome['memory'] / 2**20:,.0f} MiB" if "memory" in outcome else ""
    opened = seconds(times[_OPEN][0]) if _OPEN in times else ""
    shown = ["" if value is None else seconds(value) for value in medians]
    return [name, *shown, ratio, spread, memory, opened, "; ".join(remarks)]


def seconds(value: float) -> str:
    """Return a time with three digits and the unit that suits it."""
    if value < 1:
        return f"{value * 1000:.3g} ms" if value < 0.9995 else "1.00 s"
    return f"{value:.2f} s" if value < 99.5 else f"{value:,.0f} s"
