"""The tiers of a ladder as a form: order, names, one more, one less.

A ladder is the program's own (`""`) or a track's. Fields are `label|gold`, `place|gold`,
`key|gold`, `drop|gold`, and `new_key`, `new_label` for one more.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from echelon.records.programs.editing.rewriting import Path, Raw, rekeyed, rewritten
from rulebook.reading.document import Document, read_document

KEY = re.compile(r"[a-z][a-z0-9_]*")
Fields = dict[str, str]


@dataclass(frozen=True)
class Rung:
    """A tier as pages show it, and the line at which it stands in the text."""

    key: str
    label: str
    line: int | None


def ladder_path(track: str) -> Path:
    """Return where a ladder stands in a document."""
    return ("tracks", track) if track else ()


def tracks(content: Raw) -> list[str]:
    """Return the names of a document's ladders: `""` is its own, where it has tiers."""
    found = content.get("tracks") if isinstance(content, dict) else None
    named = [str(each) for each in found] if isinstance(found, dict) else []
    own = isinstance(content, dict) and isinstance(content.get("tiers"), dict)
    return [*([""] if own or not named else []), *named]


def ladder(content: Raw, track: str) -> dict[str, Any]:
    """Return the part of a content that is a ladder; an empty one where there is none."""
    found = content
    for part in ladder_path(track):
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def part_of(content: Raw, track: str, name: str) -> dict[str, Any]:
    """Return a section of a ladder, such as its benefits; an empty one where there is none."""
    found = ladder(content, track).get(name)
    return found if isinstance(found, dict) else {}


def rungs(document: Document, track: str) -> list[Rung]:
    """Return a ladder's tiers, the lowest first."""
    found = part_of(document.content, track, "tiers")
    return [
        Rung(key, said(tier, key), document.line((*ladder_path(track), "tiers", key)))
        for key, tier in found.items()
        if key != "sequential" or isinstance(tier, dict)
    ]


def said(part: Raw, key: str) -> str:
    """Return what people call a part of a document: its label, else its name in words."""
    label = part.get("label") if isinstance(part, dict) else None
    words = key.replace("_", " ")
    return label if isinstance(label, str) and label else words[:1].upper() + words[1:]


def fields(document: Document, track: str) -> Fields:
    """Return the form's fields as the document has them."""
    found: Fields = {"new_key": "", "new_label": ""}
    for place, rung in enumerate(rungs(document, track), 1):
        tier = part_of(document.content, track, "tiers")[rung.key]
        label = tier.get("label") if isinstance(tier, dict) else ""
        found |= {
            f"label|{rung.key}": label or "",
            f"place|{rung.key}": str(place),
            f"key|{rung.key}": rung.key,
            f"drop|{rung.key}": "",
        }
    return found


def applied(text: str, track: str, typed: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the text with what was typed, and by field what is wrong; then the text is as it was.

    Another key is another tier's name: what of the document names it, its benefits and examples
    too, follows.
    """
    document = read_document(text)
    now = fields(document, track)
    changes = {name: value.strip() for name, value in typed.items() if now.get(name) != value}
    wrong = _wrong(list(part_of(document.content, track, "tiers")), changes)
    if wrong:
        return text, wrong
    content = copy.deepcopy(document.content)
    holder = made(content, track)
    tiers: dict[str, Any] = dict(part_of(content, track, "tiers"))
    dropped = [key for key in tiers if changes.get(f"drop|{key}")]
    for key in tiers:
        if f"label|{key}" in changes:
            tiers[key] = _with(tiers[key], "label", changes[f"label|{key}"])
    if new := changes.get("new_key"):
        label = changes.get("new_label", "")
        tiers[new] = {"label": label} if label else {}
    order = _ordered([key for key in tiers if key not in dropped], now, changes)
    holder["tiers"] = {key: tiers[key] for key in order}
    for benefit in part_of(content, track, "benefits").values():
        for key in dropped:
            isinstance(benefit, dict) and benefit.pop(key, None)
    written = rewritten(text, content)
    renames = {
        key: changes[f"key|{key}"]
        for key in order
        if changes.get(f"key|{key}", key) != key and key not in dropped
    }
    return (_renamed(written, track, renames) if renames else written), {}


def _wrong(tiers: list[str], changes: Mapping[str, str]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    dropped = {key for key in tiers if changes.get(f"drop|{key}")}
    taken = {changes.get(f"key|{key}", key): key for key in tiers if key not in dropped}
    names = [(f"key|{key}", changes[f"key|{key}"]) for key in tiers if f"key|{key}" in changes]
    if changes.get("new_key") or changes.get("new_label"):
        names.append(("new_key", changes.get("new_key", "")))
    for field, name in names:
        mine = field.partition("|")[2]
        if not KEY.fullmatch(name):
            wrong[field] = _("a tier's key is small letters, digits and _, such as gold")
        elif taken.get(name, mine) != mine or (name in tiers and name != mine):
            wrong[field] = _("there is a tier {name} already").format(name=name)
    for key in tiers:
        place = changes.get(f"place|{key}", "1")
        if not place.isdecimal() or len(place) > 4:
            wrong[f"place|{key}"] = _("a place is a number: 1 is the lowest")
    return wrong


def _ordered(keys: list[str], now: Fields, changes: Mapping[str, str]) -> list[str]:
    """Return tiers by their places; one that was moved goes before what stood there, or behind."""
    last = len(keys) + 1

    def place(key: str) -> tuple[int, int]:
        was = int(now.get(f"place|{key}", last))
        wanted = int(changes.get(f"place|{key}", was))
        return wanted, (wanted > was) - (wanted < was)

    return sorted(keys, key=place)


def made(content: dict[str, Any], track: str) -> dict[str, Any]:
    """Return the ladder in a content, made where there is none."""
    for part in ladder_path(track):
        if not isinstance(content.get(part), dict):
            content[part] = {}
        content = content[part]
    return content


def _with(part: Raw, name: str, value: str) -> dict[str, Any]:
    """Return a part of a document with a value, or without it where that is empty."""
    found = dict(part) if isinstance(part, dict) else {}
    if not value:
        found.pop(name, None)
        return found
    return {name: value, **found} if name not in found else {**found, name: value}


def _renamed(text: str, track: str, renames: Mapping[str, str]) -> str:
    """Return a text in which tiers are called otherwise, wherever it names them."""
    document = read_document(text)
    above = ladder_path(track)
    keys: dict[Path, str] = {(*above, "tiers", old): new for old, new in renames.items()}
    for name, benefit in part_of(document.content, track, "benefits").items():
        if isinstance(benefit, dict):
            places = {(*above, "benefits", name, old): new for old, new in renames.items()}
            keys |= {path: new for path, new in places.items() if path[-1] in benefit}
    text = rekeyed(text, keys)
    content = copy.deepcopy(read_document(text).content)
    for parent, name, value in list(_named(content.get("examples"), ())):
        if value in renames and _of_track(parent[1], track):
            parent[0][name] = renames[value]
    return rewritten(text, content)


def _of_track(path: tuple[str, ...], track: str) -> bool:
    """Whether a place of an example speaks of a ladder: `expect.tracks.<name>`, or the program."""
    inside = path[path.index("tracks") + 1 :][:1] if "tracks" in path else ()
    return inside == ((track,) if track else ())


def _named(
    node: Raw, path: tuple[str, ...]
) -> Iterator[tuple[tuple[dict[str, Any], tuple[str, ...]], str, str]]:
    """Yield where an example names a tier: the mapping with its path, the key, the tier."""
    for name, value in node.items() if isinstance(node, dict) else ():
        if name in ("tier", "held") and isinstance(value, str):
            yield (node, path), name, value
        yield from _named(value, (*path, name))
    for each in node if isinstance(node, list) else ():
        yield from _named(each, path)
