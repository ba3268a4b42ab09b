"""What tiers give as a grid: benefits as rows, tiers and everyone enrolled as columns.

Fields are `value|rebate|gold` (`all`: everyone), `label|rebate`, `of|rebate`, `cap|rebate`,
`drop|rebate`, and `new_key`, `new_label`, `new_type` for one more.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from echelon.records.programs.editing.ladders import (
    KEY,
    Rung,
    ladder_path,
    made,
    part_of,
    rungs,
    said,
)
from echelon.records.programs.editing.rewriting import Raw, rewritten
from rulebook.reading.document import Document, dotted, read_document

#: What a benefit's values are, as people choose it.
TYPES = {
    "yes_no": gettext_lazy("Yes or no"),
    "percent": gettext_lazy("Percent"),
    "amount": gettext_lazy("Amount of money"),
    "number": gettext_lazy("Number"),
    "text": gettext_lazy("Text"),
}
#: The column of everyone enrolled.
EVERYONE = "all"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Row:
    """A benefit with its value for each tier, as the text has them."""

    key: str
    label: str
    type: str
    values: Mapping[str, str]
    of: str
    cap: str
    line: int | None
    path: str


@dataclass(frozen=True)
class Matrix:
    """The benefits of a ladder."""

    track: str
    tiers: Sequence[Rung]
    rows: Sequence[Row]

    def fields(self) -> dict[str, str]:
        """Return the form's fields as the document has them."""
        found = {"new_key": "", "new_label": "", "new_type": ""}
        for row in self.rows:
            found |= {
                f"label|{row.key}": row.label, f"of|{row.key}": row.of, f"cap|{row.key}": row.cap,
                f"drop|{row.key}": "",
            }  # fmt: skip
            for column in (EVERYONE, *(rung.key for rung in self.tiers)):
                found[f"value|{row.key}|{column}"] = row.values.get(column, "")
        return found


def matrix(document: Document, track: str) -> Matrix:
    """Return the benefits of a ladder."""
    rows = []
    for key, benefit in part_of(document.content, track, "benefits").items():
        if isinstance(benefit, dict):
            kind = str(benefit.get("type") or "text")
            place = (*ladder_path(track), "benefits", key)
            values = {name: _shown(kind, each) for name, each in benefit.items()}
            rows.append(
                Row(
                    key,
                    said(benefit, key),
                    kind,
                    values,
                    str(benefit.get("of") or ""),
                    str(benefit.get("cap") or ""),
                    document.line(place),
                    dotted(place),
                )
            )
    return Matrix(track, rungs(document, track), rows)


def wrong(shown: Matrix, typed: Mapping[str, str]) -> dict[str, str]:
    """Return by field what can't be a benefit's."""
    types = {row.key: row.type for row in shown.rows}
    found: dict[str, str] = {}
    for name, value in typed.items():
        kind, _sign, rest = name.partition("|")
        said_of = types.get(rest.partition("|")[0], "") if kind == "value" else kind
        if value and said_of in ("percent", "amount", "number", "cap"):
            if not _NUMBER.fullmatch(value.replace(" ", "")):
                found[name] = _("a number such as 2500 or 2.5 is expected")
        elif value and said_of == "yes_no" and value not in ("yes", "no"):
            found[name] = _("yes or no is expected")
    key = typed.get("new_key", "")
    if key or typed.get("new_label") or typed.get("new_type"):
        if not KEY.fullmatch(key):
            found["new_key"] = _("a benefit's key is small letters, digits and _, such as rebate")
        elif key in types:
            found["new_key"] = _("there is a benefit {name} already").format(name=key)
        if typed.get("new_type") not in TYPES:
            found["new_type"] = _("choose what its values are")
    return found


def with_benefits(document: Document, shown: Matrix, typed: Mapping[str, str]) -> Raw:
    """Return the content with what was typed; an empty value is given no more."""
    content = copy.deepcopy(document.content)
    now = shown.fields()
    found: dict[str, Any] = dict(part_of(content, shown.track, "benefits"))
    for name, value in typed.items():
        value = value.strip()
        what, _sign, rest = name.partition("|")
        key, _sign, column = rest.partition("|")
        if name not in now or value == now[name] or not isinstance(found.get(key), dict):
            continue
        if what == "value":
            numeric = found[key].get("type") in ("percent", "amount", "number")
            _set(found[key], column, value.replace(" ", "") if numeric else value)
        elif what in ("label", "of", "cap"):
            _set(found[key], what, value)
    if key := typed.get("new_key", "").strip():
        label = typed.get("new_label", "").strip()
        found[key] = ({"label": label} if label else {}) | {"type": typed["new_type"]}
    kept = {key: each for key, each in found.items() if not typed.get(f"drop|{key}")}
    holder = made(content, shown.track)
    if kept:
        holder["benefits"] = kept
    else:
        holder.pop("benefits", None)
    return content


def fields(document: Document, track: str) -> dict[str, str]:
    """Return the form's fields as the document has them."""
    return matrix(document, track).fields()


def applied(text: str, track: str, typed: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the text with the benefits that were typed, and by field what is wrong."""
    document = read_document(text)
    shown = matrix(document, track)
    if found := wrong(shown, typed):
        return text, found
    return rewritten(text, with_benefits(document, shown, typed)), {}


def _shown(kind: str, value: Raw) -> str:
    word = "" if value is None else str(value)
    if kind == "yes_no":
        return {"true": "yes", "false": "no"}.get(word.lower(), word.lower())
    return word


def _set(part: dict[str, Any], name: str, value: str) -> None:
    if value:
        part[name] = value
    else:
        part.pop(name, None)
