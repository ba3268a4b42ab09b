"""YAML and JSON are one document: plain texts that know their lines."""

import json
from pathlib import Path

import pytest

from rulebook import ProgramError, read_program
from rulebook.reading import read_document
from rulebook.reading.document import Document, dotted, undotted
from rulebook.standing.digest import digest_of

PROGRAMS = sorted(
    path
    for path in (Path(__file__).parents[3] / "examples").glob("**/*.yaml")
    if "\nmetrics:" in path.read_text(encoding="utf-8")
)


def test_scalars_stay_as_written() -> None:
    document = read_document(
        "a: yes\nb: 1.50\nc: 2026-01-01\nd: 0x10\ne: 'null'\nf: null\ng: ~\nh:\ni: 'a: b'\n"
        'j: "\\u00e9\\n"\nk: 1e5\nl: [on, off]\nm: {n: "~"}\n'
        "o: |\n  two\n  lines\np: >\n  one\n  line\n"
    )
    assert document.content == {
        "a": "yes", "b": "1.50", "c": "2026-01-01", "d": "0x10", "e": "null", "f": None, "g": None,
        "h": None, "i": "a: b", "j": "é\n", "k": "1e5", "l": ["on", "off"], "m": {"n": "~"},
        "o": "two\nlines\n", "p": "one line\n",
    }  # fmt: skip


def test_every_part_knows_its_line() -> None:
    document = read_document("a:\n  b: 1\n  c:\n    - x\n    - {y: 2,\n       z: 3}\n", "f.yaml")
    lines = {dotted(path): line for path, line in document.lines.items() if path}
    assert lines == {
        "a": 1,
        "a.b": 2,
        "a.c": 3,
        "a.c[0]": 4,
        "a.c[1]": 5,
        "a.c[1].y": 5,
        "a.c[1].z": 6,
    }
    assert document.line(("a", "c", 1, "nowhere")) == 5
    assert str(document.problem(("a", "c", 0), "no")) == "f.yaml:4: a.c[0]: no"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("tiers", "gold", "requires", 2), "tiers.gold.requires[2]"),
        (("a", 0, 1, "b"), "a[0][1].b"),
    ],
)
def test_paths_are_written_and_read(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text
    assert undotted(text) == path


def as_json(document: Document) -> str:
    return json.dumps(document.content, ensure_ascii=False)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_yaml_and_json_are_the_same_program(path: Path) -> None:
    """The same content, the same typed program, the same digest: also with tabs, also escaped."""
    program, document = read_program(path)
    for text in (
        as_json(document),
        json.dumps(document.content, indent="\t"),
        json.dumps(document.content, indent=1, ensure_ascii=True),
    ):
        again, read = read_program(text, "program.json")
        assert read.content == document.content
        assert again == program
        day = program.version
        assert digest_of(read.content, day, "") == digest_of(document.content, day, "")


def test_json_with_tabs_keeps_its_lines() -> None:
    with pytest.raises(ProgramError) as refusal:
        read_program('{\n\t"program": "p",\n\t"version": "2026-13-01"\n}', "p.json")
    assert str(refusal.value) == "p.json:3: version: '2026-13-01' is not a day of the calendar"


def test_the_halves_of_a_character_in_json_are_one() -> None:
    assert read_document('{"a\\ud83d\\ude00": "\\ud83d\\ude00"}').content == {"a😀": "😀"}


def test_a_json_text_may_hold_anything_that_json_may() -> None:
    text = '{"a": "b\\/c", "d": [true, false, null, 1.0, -2e3], "": {}, "e: f": "#"}'
    assert read_document(text).content == {
        "a": "b/c",
        "d": ["true", "false", None, "1.0", "-2e3"],
        "": {},
        "e: f": "#",
    }


def test_problems_of_the_form_come_all_at_once() -> None:
    with pytest.raises(ProgramError) as refusal:
        read_document("a: 1\na: 2\nb: &x 3\nc: !t 4\n", "p.yaml")
    assert [problem.line for problem in refusal.value.problems] == [2, 3, 4]
