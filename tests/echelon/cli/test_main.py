"""What the command does around its commands: status, bugs, pipes that close, wrong usage."""

import subprocess
import sys
from pathlib import Path

import pytest

from echelon.cli import main
from rulebook import opening

PROGRAM = "program: solar\nversion: 2026-01-01\ntiers: {gold: {}}\n"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("solar.yaml").write_text(PROGRAM)
    monkeypatch.setattr(sys, "argv", ["echelon", "check", "solar.yaml"])
    return "solar.yaml"


def run() -> int:
    try:
        main()
    except SystemExit as exit_:
        return int(exit_.code or 0)
    return 0


def test_what_is_right_is_said_in_one_line(
    program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    assert capsys.readouterr() == (f"{program}: ok\n", "")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a key that no one\nforesaw")

    monkeypatch.setattr(opening, "understand", fail)


@pytest.mark.usefixtures("program", "broken")
def test_what_no_one_foresaw_is_a_bug_of_ours_and_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run() == 1
    said = capsys.readouterr()
    assert said.out == ""
    first, second = said.err.splitlines()
    assert first.startswith("error: a bug in Echelon, at test_main.py:")
    assert first.endswith(r"KeyError: 'a key that no one\nforesaw'")
    assert second.endswith("ECHELON_TRACEBACK=1 shows where it happened.")


@pytest.mark.usefixtures("program", "broken")
def test_its_traceback_is_there_for_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECHELON_TRACEBACK", "1")
    with pytest.raises(KeyError):
        main()


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    "arguments",
    [
        ["chek", "solar.yaml"],
        ["check"],
        ["check", "solar.yaml", "--dat", "x"],
        ["level", "solar.yaml", "--data", "data", "--as-of", "2026-13-01"],
        ["level", "solar.yaml", "--data", "data", "--as-of", "20260101"],
        ["level", "solar.yaml", "--data", "data"],
        ["level", "solar.yaml", "--data", "data", "--as-of", "2026-01-01", "--format", "xml"],
    ],
)
def test_wrong_usage_is_two(
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["echelon", *arguments])
    assert run() == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Usage: echelon" in said.err


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m echelon schema | head -c 10"
    ran = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, '{\n  "$defs', "")
