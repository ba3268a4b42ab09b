"""The words that people read for what a document names: labels where it has them."""

from __future__ import annotations

from rulebook.meaning.scopes import MetricKey
from rulebook.program import Ladder, Program


def ladder_of(program: Program, track: str) -> Ladder:
    """Return a track, or the program's own ladder for ""."""
    return program.tracks[track] if track else program


def metric_label(program: Program, key: MetricKey) -> str:
    """Return what people read for a metric."""
    track, name = key
    return ladder_of(program, track).metrics[name].label or spoken(name)


def tier_label(program: Program, track: str, tier: str | None) -> str:
    """Return what people read for a tier."""
    if tier is None:
        return "none"
    found = ladder_of(program, track).tiers.get(tier)
    return spoken(tier) if found is None or found.label is None else found.label


def track_label(program: Program, track: str) -> str:
    """Return what people read for a track, or the program's name for ""."""
    if not track:
        return program.name or spoken(program.program)
    return program.tracks[track].label or spoken(track)


def spoken(name: str) -> str:
    """Return a name of the document as words: `two_star` becomes "Two star"."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
