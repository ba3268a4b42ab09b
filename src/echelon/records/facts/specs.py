"""What a type's columns are: its section of a dataset document, read as the engine reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from echelon.records.facts.errors import Refused
from rulebook.dataset.spec import Dataset
from rulebook.errors import RulebookError
from rulebook.loading.layout import Layout, Layouts
from rulebook.reading import read_document
from rulebook.reading.bind import bind

#: A layout names files, and a type has none.
_NO_FILE = "facts.parquet"


def layout_of(slug: str, spec: Mapping[str, Any], references: Mapping[str, Any]) -> Layout:
    """Return a fact type's columns, key, partner and date, or refuse with all that is wrong."""
    return _layout("facts", slug, _document("facts", slug, spec, references))


def reference_layout(slug: str, spec: Mapping[str, Any]) -> Layout:
    """Return a reference type's columns and key, or refuse with all that is wrong."""
    return _layout("references", slug, _document("references", slug, spec, {}))


def _document(
    section: str, slug: str, spec: Mapping[str, Any], references: Mapping[str, Any]
) -> str:
    said: dict[str, Any] = {"partners": {"file": _NO_FILE}}
    said["references"] = {name: {**found, "file": _NO_FILE} for name, found in references.items()}
    said.setdefault(section, {})[slug] = {**spec, "file": _NO_FILE}
    return json.dumps(said)


@lru_cache(256)
def _layout(section: str, slug: str, text: str) -> Layout:
    try:
        document = read_document(text)
    except RulebookError as error:
        raise Refused([problem.message for problem in error.problems]) from None
    dataset, problems = bind(document, Dataset)
    layouts = None if dataset is None else Layouts(dataset, document)
    problems = [*problems, *(layouts.problems if layouts else ())]
    if problems or layouts is None:
        raise Refused([_told(problem.path, problem.message, problem.hint) for problem in problems])
    return next(one for one in layouts.tables if one.place == (section, slug))


def _told(path: str, message: str, hint: str) -> str:
    said = f"{path}: {message}" if path else message
    return f"{said} ({hint})" if hint else said
