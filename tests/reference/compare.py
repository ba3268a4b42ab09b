"""Compares two answers and says in words where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from tests.reference.random_tiers import plain

FIELDS = ("metric", "op", "have", "need", "short")


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """One line for each tier, metric and list of gaps that isn't the same."""
    lines = []
    if list(expected) != list(found):
        lines.append(f"partners: {list(expected)} expected, {list(found)} found")
    for partner in expected.keys() & found.keys():
        lines += _ladder(partner, expected[partner], found[partner])
        tracks = expected[partner]["tracks"]
        for name, track in tracks.items():
            other = found[partner].get("tracks", {}).get(name)
            if other is None:
                lines.append(f"{partner}: no track {name}")
            else:
                lines += _ladder(f"{partner}, {name}", track, other)
    return sorted(lines)


def _ladder(who: str, expected: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    if expected["qualified"] != found["qualified"]:
        yield f"{who}: tier {expected['qualified']} expected, {found['qualified']} found"
    for name, value in expected["metrics"].items():
        other = found["metrics"].get(name, "nothing")
        if text(value) != text(other):
            yield f"{who}: {name} = {text(value)} expected, {text(other)} found"
    listed, others = ways(expected["gaps"])
    listed_found, others_found = ways(found["gaps"])
    if listed != listed_found:
        yield f"{who}: gaps {listed} expected, {listed_found} found"
    if others != others_found:
        yield f"{who}: other ways {others} expected, {others_found} found"


def text(value: Any) -> str | None:
    """A value as output writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    return str(value) if isinstance(value, date | str) else value


def ways(gaps: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """The gaps listed, in order, and all other ways, wherever in the list they stand."""
    listed = [_gap(gap) for gap in gaps]
    others = []
    for gap in gaps:
        for way in gap.get("or") or ():
            inner, deeper = ways(way)
            others.append(" and ".join(inner) + (f" or {deeper}" if deeper else ""))
    return listed, sorted(others)


def _gap(gap: dict[str, Any]) -> str:
    """One criterion, in one line."""
    return ", ".join(f"{name} {text(gap.get(name))}" for name in FIELDS)
