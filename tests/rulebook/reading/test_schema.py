"""The JSON Schema says what the reader says: of keys, of kinds, of what must be there."""

import copy
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest

from rulebook.program import Program
from rulebook.reading import json_schema, read_document
from rulebook.reading.bind import bind
from rulebook.reading.document import Document

VALIDATOR = jsonschema.Draft202012Validator(json_schema())
EXAMPLES = Path(__file__).parents[3] / "examples"
PROGRAMS = sorted(
    path for path in EXAMPLES.glob("**/*.yaml") if "\nmetrics:" in path.read_text(encoding="utf-8")
)


def valid(content: Any) -> bool:
    return bool(VALIDATOR.is_valid(content))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_program_is_valid(path: Path) -> None:
    content = read_document(path).content
    assert [error.message for error in VALIDATOR.iter_errors(content)] == []


BASE: dict[str, Any] = {
    "program": "p",
    "version": "2026-01-01",
    "metrics": {"a": {"from": "s", "value": "count()"}},
    "tiers": {"x": {"requires": {"a": 5}}},
    "movement": {"down": "one"},
    "benefits": {"b": {"type": "amount", "x": 5}},
    "examples": [{"name": "n", "as_of": "2026-01-01"}],
}


@pytest.mark.parametrize(
    "change",
    [
        {"program": None},
        {"version": None},
        {"metrcs": {}},
        {"metrics": []},
        {"metrics": {"a": {"value": "count()"}}},
        {"metrics": {"a": {"from": "s"}}},
        {"metrics": {"a": {"from": "s", "value": "count()", "windows": "lifetime"}}},
        {"metrics": {"a": {"from": ["s"], "value": "count()"}}},
        {"metrics": {"a": {"attested": "text"}}},
        {"metrics": {"a": {"formula": {}}}},
        {"metrics": {"a b": {"attested": "number"}}},
        {"tiers": "gold"},
        {"tiers": {"x": {"require": []}}},
        {"tiers": {"x": {"requires": {"all": [], "any": []}}}},
        {"tiers": {"x": {"requires": {"at_least": 1}}}},
        {"tiers": {"x": {"requires": {"a": [1]}}}},
        {"movement": {"down": "two"}},
        {"movement": {"demotes": "never"}},
        {"benefits": {"b": {"x": 5}}},
        {"benefits": {"b": {"type": "money"}}},
        {"benefits": {"b": {"type": "text", "x": [1]}}},
        {"examples": {}},
        {"examples": [{"as_of": "2026-01-01"}]},
        {"examples": [{"name": "n", "as_of": "2026-01-01", "expected": {}}]},
        {"reads": {"facts": {"s": {"columns": {"a": {"type": "cash"}}}}}},
        {"fx": {"use": "sometimes"}},
        {"tracks": {"t": {"metrics": {"a": {}}}}},
        {"parameters": {"a b": 5}},
    ],
    ids=str,
)
def test_what_the_reader_refuses_is_not_valid(change: dict[str, Any]) -> None:
    assert valid(BASE)
    content = {key: value for key, value in (BASE | change).items() if value is not None}
    assert not valid(content)
    assert bind(Document("p", texts(content)), Program)[0] is None


def texts(content: Any) -> Any:
    """Return content as the reader gives it: every scalar a text."""
    if isinstance(content, dict):
        return {key: texts(item) for key, item in content.items()}
    if isinstance(content, list):
        return [texts(item) for item in content]
    return content if content is None else str(content)


def test_unknown_keys_anywhere_in_real_programs() -> None:
    """An unknown key in a mapping of a fixed shape: refused by both, wherever it stands."""
    random = Random(0)
    refused = 0
    for path in PROGRAMS:
        content = read_document(path).content
        for _ in range(10):
            spoilt = copy.deepcopy(content)
            place = random.choice(
                [spoilt, *spoilt["metrics"].values(), *(spoilt.get("tiers") or {}).values()]
            )
            if not isinstance(place, dict):
                continue
            place["unheard_of"] = "x"
            assert bind(Document("p", spoilt), Program)[0] is None
            assert not valid(spoilt)
            refused += 1
    assert refused > 100
