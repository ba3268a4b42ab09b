"""English labels inside a sentence: one person of many people, a label that doesn't stand first.

A label is free text, so these are rules of thumb, and where none fits the label stays as written.
A translation never comes here: its catalogue has its own words for a label. What is worked out is
kept: a program has a few labels, said of every partner.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

_LINKS = frozenset(
    "with that of in for who whose from to by under on at this last since and or not per over "
    "until while above below between".split()
)
_IRREGULAR = {"people": "person", "men": "man", "women": "woman", "children": "child"}
_NO_PLURAL = frozenset("news series species analytics goods premises sales".split())
_PARTICIPLES = frozenset("won sold lost held met made done paid sent given taken bought".split())
_CLAUSE = re.compile(r"\b(that|who|which)\b")
_WORD = re.compile(r"[\w'-]+")


@lru_cache(maxsize=4096)
def head(label: str) -> str:
    """Return a label without what follows its first comma or bracket."""
    return re.split(r", | \(", label, maxsplit=1)[0].strip() or label


@lru_cache(maxsize=4096)
def singular(label: str) -> str | None:
    """Return a label that counts things as it is for one of them; None where it names no plural.

    Before a linking word the thing counted stands last, but for a participle: "Registered deals
    won" becomes "Registered deal won", "Operations score" counts no operations. Of "Branches that
    sell" one more is one more of the branches that sell.
    """
    things = []
    for found in _WORD.finditer(label):
        if found[0].lower() in _LINKS:
            break
        things.append(found)
    while things and (things[-1][0].endswith("ed") or things[-1][0] in _PARTICIPLES):
        things.pop()
    if not things:
        return None
    last = things[-1]
    one = _one(last[0].lower())
    if one is None:
        return None
    if _CLAUSE.search(label, last.end()):  # whose verb would have to change too
        return f"Of the {label[0].lower()}{label[1:]}"
    if last[0][0].isupper():
        one = one[0].upper() + one[1:]
    return label[: last.start()] + one + label[last.end() :]


def _one(word: str) -> str | None:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _NO_PLURAL or len(word) < 4 or not word.endswith("s"):
        return None
    if word.endswith(("ss", "us", "is", "ics")):
        return None
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "shes", "ches", "xes", "zes")) else word[:-1]


def proper_names(labels: Collection[str]) -> frozenset[str]:
    """Return the words that labels write with a capital where they don't stand first."""
    found = set()
    for label in labels:
        for match in list(_WORD.finditer(label))[1:]:
            if match[0][0].isupper() and label[match.start() - 2 : match.start()] != ": ":
                found.add(match[0])
    return frozenset(found)


def inside(label: str, names: Collection[str] = ()) -> str:
    """Return a label as it stands inside a sentence: with a small letter, but for a name's."""
    first = _WORD.match(label)
    if first is None or first[0] in names or not first[0][1:].islower():
        return label
    return label[0].lower() + label[1:]
