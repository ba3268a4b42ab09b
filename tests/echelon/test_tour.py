"""What `make tour` prints is the committed file, what a reader can type, and what README shows."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from echelon import tour
from echelon.cli.main import app

ROOT = Path(__file__).parents[2]
EXPECTED = Path(__file__).with_name("tour.txt")
BEGIN, END = "<!-- tour: begin -->", "<!-- tour: end -->"


@pytest.fixture(scope="module")
def printed() -> str:
    return "".join(tour.shown())


def test_the_tour_prints_the_committed_file(printed: str) -> None:
    assert printed == EXPECTED.read_text("utf-8"), (
        "the tour prints something else: look at the difference, then "
        "python -m echelon.tour > tests/echelon/tour.txt"
    )


def test_every_command_shown_gives_what_is_shown(
    printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    commands = [line.removeprefix("$ ") for line in printed.splitlines() if line.startswith("$ ")]
    assert [shlex.split(command)[1] for command in commands] == [
        "level", "explain", "explain", "whatif",
    ]  # fmt: skip
    for command in commands[1:]:
        done = CliRunner().invoke(app, shlex.split(command)[1:])
        assert done.exit_code == 0
        assert f"$ {command}\n\n{done.stdout}" in printed


def test_readme_shows_a_part_of_it_as_it_is(printed: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    block = readme.partition(BEGIN)[2].partition(END)[0]
    assert block.count("```") % 2 == 0
    shown = [line for line in block.splitlines() if line and not line.startswith("```")]
    lines = set(printed.splitlines())
    assert len(shown) > 10
    assert [line for line in shown if line != "…" and line not in lines] == []


def test_without_the_channel_it_says_what_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tour, "ROOT", tmp_path)
    with pytest.raises(SystemExit) as ended:
        tour.main()
    assert ended.value.code == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: the example channel isn't in {tmp_path / 'examples/channel'} ")
