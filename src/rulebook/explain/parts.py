"""The parts of formulas and requirements: what each name in them came to for one partner."""

from __future__ import annotations

from datetime import date
from typing import Any

from rulebook.explain.figure import Part
from rulebook.explain.labels import metric_label, spoken, tier_label, track_label
from rulebook.explain.units import unit_of
from rulebook.expressions.evaluate import getter
from rulebook.expressions.typed import Ref, Typed, refs
from rulebook.meaning.parameters import segment_keys
from rulebook.measuring import Figures


def parts_of(figures: Figures, trees: list[Typed], place: int, day: date) -> tuple[Part, ...]:
    """Return every name in some expressions once, in order, with its value for a partner."""
    found = dict.fromkeys(ref for tree in trees for ref in refs(tree))
    return tuple(part_of(figures, ref, place, day) for ref in found)


def value_of(figures: Figures, tree: Typed, place: int, day: date) -> Any:
    """Return an expression about the partner at a place, from the figures of all."""
    return getter(tree, lambda ref: figures.column(ref, day).__getitem__)(place)


def part_of(figures: Figures, ref: Ref, place: int, day: date) -> Part:
    """Return what a name in an expression came to."""
    value = figures.column(ref, day)[place]
    program = figures.program
    match ref.kind:
        case "metric":
            key = (ref.path[0], ref.path[1])
            name = ".".join(part for part in key if part)
            label, unit = metric_label(program, key), unit_of(figures.meaning, key)
            return Part("metric", name, label, value, day, unit=unit, opens=key)
        case "parameter":
            return _parameter(figures, ref.path[0], value, place, day)
        case "tier":
            order = [tier.name for tier in figures.meaning.ladders[ref.path[0]]]
            tier = None if value is None or value < 0 else order[int(value)]
            label = track_label(program, ref.path[0])
            how = f"tier {tier_label(program, ref.path[0], tier)}"
            return Part("tier", ref.path[0], label, tier, day, how)
        case "program":
            tier = None if value is None or value < 0 else ref.path[1 + int(value)]
            return Part("program", ref.path[0], spoken(ref.path[0]), tier, day, "tier held there")
    name = ".".join((ref.kind, *ref.path)) if ref.kind != "as_of" else "as_of"
    return Part(ref.kind, name, spoken(name.replace(".", " ")), value, day)


def _parameter(figures: Figures, name: str, value: Any, place: int, day: date) -> Part:
    """Say which entry was in force, and which segment it was looked up by."""
    entries = figures.meaning.parameters[name].entries
    entry = next((e for e in reversed(entries) if e.start is None or e.start <= day), None)
    written = figures.program.parameters[name].at(day)
    words = []
    if entry is None or written is None:
        words.append("before its first entry")
    else:
        if entry.start is not None:
            words.append(f"from {entry.start}")
        if entry.by is not None:
            segment = value_of(figures, entry.by, place, day)
            keys = [] if segment is None else segment_keys(segment)
            found = next((key for key in keys if key in entry.settings), "default")
            by = getattr(written.setting, "by", "")
            words.append(f"{by} is {keys[0] if keys else 'empty'}")
            words += ["default"] if found == "default" else []
    return Part("parameter", name, spoken(name), value, day, ", ".join(words))
