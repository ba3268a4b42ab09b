"""Files that are no documents at all, too large, too deep, or made to hurt: told, and at once."""

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from echelon.cli import main

HEAD = b"program: solar\nversion: 2026-01-01\n"
SOON = 5.0  # seconds of work, on any machine: what is caught took minutes or forever

Check = Callable[[str], list[str]]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """`echelon check FILE`: what it says; the status must be 1 and the answer must come soon."""

    def run(file: str) -> list[str]:
        monkeypatch.setattr(sys, "argv", ["echelon", "check", file])
        began = time.process_time()
        with pytest.raises(SystemExit) as exit_:
            main()
        assert time.process_time() - began < SOON
        said = capsys.readouterr()
        assert (exit_.value.code, said.out) == (1, "")
        return said.err.splitlines()

    return run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def one(message: str) -> list[str]:
    return [f"error: {message}", "1 error"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (HEAD + b"name: caf\xe9\n", "p.yaml:3: byte 45 is not UTF-8 (save the file as UTF-8)"),
        (
            "program: solar\n".encode("utf-16"),
            "p.yaml:1: byte 1 is not UTF-8 (save the file as UTF-8)",
        ),
        (
            HEAD.decode().encode("utf-16-le"),
            "p.yaml:1: the character U+0000 has no place in a document",
        ),
        (b"\x00" * 100, "p.yaml:1: the character U+0000 has no place in a document"),
        (b"\x89PNG\r\n\x1a\n", "p.yaml:1: byte 1 is not UTF-8 (save the file as UTF-8)"),
        (b"PK\x03\x04", "p.yaml:1: the character U+0003 has no place in a document"),
        (
            HEAD + b"name: \xed\xa0\x80\n",
            "p.yaml:3: byte 42 is not UTF-8 (save the file as UTF-8)",
        ),
    ],
)
def test_what_is_not_text(folder: Path, check: Check, data: bytes, says: str) -> None:
    (folder / "p.yaml").write_bytes(data)
    assert check("p.yaml") == one(says)


def test_a_mark_at_the_beginning_is_no_mistake(folder: Path) -> None:
    from rulebook.reading import read_program

    (folder / "p.yaml").write_bytes(b"\xef\xbb\xbf" + HEAD)
    assert read_program(Path("p.yaml"))[0].program == "solar"


TOO_LARGE = "p.yaml: more than the 2,000,000 bytes that a document may have"


def test_two_hundred_megabytes_are_not_read(
    folder: Path, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "p.yaml").open("wb") as file:
        file.truncate(200_000_000)

    def read(*_: object) -> bytes:
        raise AssertionError("the file was read")

    monkeypatch.setattr(Path, "read_bytes", read)
    assert check("p.yaml") == one(TOO_LARGE)


def test_a_pipe_without_end_is_not_read_to_its_end(folder: Path, check: Check) -> None:
    os.mkfifo(folder / "p.yaml")
    written = 0

    def pour() -> None:
        nonlocal written
        try:
            with open("p.yaml", "wb", buffering=0) as file:
                while written < 50_000_000:
                    written += file.write(b"x" * 65536)
        except BrokenPipeError:
            pass

    thread = threading.Thread(target=pour, daemon=True)
    thread.start()
    assert check("p.yaml") == one(TOO_LARGE)
    thread.join(5)
    assert written < 4_000_000


def test_a_pipe_with_a_program_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(folder / "p.yaml")
    threading.Thread(target=lambda: Path("p.yaml").write_bytes(HEAD), daemon=True).start()
    monkeypatch.setattr(sys, "argv", ["echelon", "check", "p.yaml"])
    with pytest.raises(SystemExit) as exit_:
        main()
    assert (exit_.value.code, capsys.readouterr().out) == (0, "p.yaml: ok\n")


PARTS = "more than the 50,000 parts that a document may have"
DEEP = "nests deeper than 40 levels"
ALIASES = "".join(f"{a}: &{a} [*{b}, *{b}]\n" for a, b in zip("bcdefgh", "abcdefg", strict=True))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x: [" + "a," * 100_000 + "]\n", f"p.yaml:3: {PARTS}"),
        ("x:\n" + "- a\n" * 100_000, f"p.yaml:49995: {PARTS}"),
        ("x:\n" + "".join(f"  k{n}: 1\n" for n in range(100_000)), f"p.yaml:24999: {PARTS}"),
        ("x: " + "[" * 100_000, f"p.yaml:3: {DEEP}"),
        ("x: " + "[" * 900_000 + "]" * 900_000, f"p.yaml:3: {DEEP}"),
        ("x: " + "{a: " * 100_000, f"p.yaml:3: {DEEP}"),
        ("x:\n" + "".join(" " * n + "- \n" for n in range(1, 200)), f"p.yaml:44: {DEEP}"),
    ],
    ids=["flow list", "list", "mapping", "brackets", "closed brackets", "braces", "indents"],
)
def test_what_is_too_much(folder: Path, check: Check, text: str, says: str) -> None:
    (folder / "p.yaml").write_bytes(HEAD + text.encode())
    assert check("p.yaml") == one(says)


def test_a_bomb_of_aliases(folder: Path, check: Check) -> None:
    """Refused where it is written: nothing is ever put together."""
    (folder / "p.yaml").write_bytes(HEAD + b"a: &a [x, x]\n" + ALIASES.encode())
    said = check("p.yaml")
    assert said[0] == (
        "error: p.yaml:3: a: an anchor (&a) is not allowed (a text with & stands in quotes)"
    )
    assert said[2] == "error: p.yaml:4: b[0]: an alias (*a) is not allowed (write the part out)"
    assert said[-1] == "22 errors"


@pytest.mark.parametrize(
    "text",
    [
        "name: " + "x" * 1_900_000,
        "name: '" + "x\n\n" * 300_000,
        "# " + "x" * 1_900_000 + "\n]",
        " " * 1_900_000 + "]",
        "\n" * 1_900_000 + "]",
        "x" * 1_900_000,
        '"' + "\\u0041" * 300_000,
    ],
    ids=["word", "quoted lines", "comment", "spaces", "lines", "one word", "escapes"],
)
def test_two_megabytes_of_one_thing(folder: Path, check: Check, text: str) -> None:
    (folder / "p.yaml").write_bytes(HEAD + text.encode())
    assert check("p.yaml")[-1] == "1 error"


def test_many_mistakes_are_told_soon(folder: Path, check: Check) -> None:
    keys = "".join(f"  m{n}: {{formula: '1', formul: '2'}}\n" for n in range(5_000))
    (folder / "p.yaml").write_bytes(HEAD + b"metrics:\n" + keys.encode())
    said = check("p.yaml")
    assert (
        said[1]
        == "error: p.yaml:4: metrics.m0.formul: unknown key 'formul' (did you mean formula?)"
    )
    assert said[-1] == "5,000 errors"


def test_a_file_that_is_not_there(check: Check) -> None:
    assert check("p.yaml") == one("p.yaml: can't be read: No such file or directory")


def test_a_folder_in_place_of_a_file(folder: Path, check: Check) -> None:
    (folder / "p.yaml").mkdir()
    assert check("p.yaml") == one("p.yaml: can't be read: Is a directory")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(folder: Path, check: Check) -> None:
    (folder / "p.yaml").write_bytes(HEAD)
    (folder / "p.yaml").chmod(0)
    assert check("p.yaml") == one("p.yaml: can't be read: Permission denied")


@pytest.mark.parametrize("rest", [["--data", "nowhere"], ["--data", "p.yaml"]])
def test_a_folder_of_data_that_is_not_there(
    folder: Path,
    rest: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "p.yaml").write_bytes(HEAD)
    monkeypatch.setattr(sys, "argv", ["echelon", "check", "p.yaml", *rest])
    with pytest.raises(SystemExit) as exit_:
        main()
    said = capsys.readouterr()
    assert exit_.value.code == 1
    assert said.err.startswith(f"error: {rest[1]}")
    assert "Traceback" not in said.err
