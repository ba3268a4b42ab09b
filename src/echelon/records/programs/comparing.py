"""What two versions of a program say differently, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from rulebook.program import Program as Rules
from rulebook.reading import Document
from rulebook.reading.document import dotted

#: The parts of a document in the order in which people ask for them, by what they are called.
PARTS = ("tiers", "benefits", "movement", "metrics", "parameters", "tracks")
_SILENT = ("program", "version", "examples", "reads")

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Difference:
    """One thing that differs; `before` or `after` None: it wasn't there, or is no more."""

    part: str
    path: str
    before: Any
    after: Any
    words: str


def differences(before: tuple[Rules, Document], after: tuple[Rules, Document]) -> list[Difference]:
    """Return what differs, tiers first; the version's date, examples and tables aside."""
    old, new = before[1].content, after[1].content
    parts = [*PARTS, *(key for key in {**old, **new} if key not in (*PARTS, *_SILENT))]
    found = list(_orders(before[0], after[0]))
    for part in parts:
        for place, had, has in _pairs(old.get(part), new.get(part), (part,)):
            words = _words(before[0], after[0], place, had, has)
            found.append(Difference(part, dotted(place), had, has, words))
    return found


def _orders(before: Rules, after: Rules) -> Iterator[Difference]:
    """Yield the ladders whose tiers stand in another order, of those that both have."""
    was = dict(before.ladders())
    for track, ladder in after.ladders():
        if track not in was:
            continue
        old = [key for key in was[track].tiers if key in ladder.tiers]
        new = [key for key in ladder.tiers if key in was[track].tiers]
        if old != new:
            place = ("tracks", track, "tiers") if track else ("tiers",)
            subject = _subject(after, place) if track else _("Order of tiers")
            words = _("{subject}: {before} becomes {after}").format(
                subject=subject,
                before=_rungs(was[track].tiers, old),
                after=_rungs(ladder.tiers, new),
            )
            yield Difference(place[0], dotted(place), old, new, words)


def _rungs(tiers: Any, keys: list[str]) -> str:
    names = (tiers[key].label or key.replace("_", " ").capitalize() for key in keys)
    return " → ".join(names)


def _pairs(before: Any, after: Any, place: Place) -> Iterator[tuple[Place, Any, Any]]:
    """Yield where two contents differ, as deep down as both are of one shape."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _pairs(before.get(key), after.get(key), (*place, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _pairs(one, other, (*place, number))
    elif isinstance(before, list) and isinstance(after, list):
        gone = [each for each in before if each not in after]
        come = [each for each in after if each not in before]
        if not gone and not come:
            yield place, before, after
        yield from ((place, each, None) for each in gone)
        yield from ((place, None, each) for each in come)
    elif isinstance(before, dict) and after is None and len(place) == 1:
        yield from ((((*place, key)), value, None) for key, value in before.items())
    elif isinstance(after, dict) and before is None and len(place) == 1:
        yield from ((((*place, key)), None, value) for key, value in after.items())
    else:
        yield place, before, after


def _words(before: Rules, after: Rules, place: Place, had: Any, has: Any) -> str:
    subject = _subject(after if has is not None else before, place)
    if had is None:
        return _("{subject}: {what} is new").format(subject=subject, what=_said(has))
    if has is None:
        return _("{subject}: {what} is no more").format(subject=subject, what=_said(had))
    return _("{subject}: {before} becomes {after}").format(
        subject=subject, before=_said(had), after=_said(has)
    )


def _subject(rules: Rules, place: Place) -> str:
    """Return what a place is about, by the labels that people know."""
    head, *rest = place
    ladder: Any = rules
    track = ""
    if head == "tracks" and len(rest) > 1:
        ladder = rules.tracks.get(str(rest[0]), rules)
        track, head, rest = f"{ladder.label or rest[0]}, ", rest[1], list(rest[2:])
    named = getattr(ladder, str(head), None)
    if isinstance(named, dict) and rest:
        label = getattr(named.get(rest[0]), "label", None) or str(rest[0]).replace("_", " ")
        label = label[:1].upper() + label[1:]
        below = [str(each) for each in rest[1:] if isinstance(each, str) and each not in _FORMS]
        return track + ", ".join([label, *below])
    return track + ", ".join([str(head), *(str(each) for each in rest if isinstance(each, str))])


_FORMS = ("requires", "all", "any", "of")


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_said(each)}" for key, each in value.items()) or "{}"
    if isinstance(value, list):
        return ", ".join(_said(each) for each in value)
    return "–" if value is None else str(value)
