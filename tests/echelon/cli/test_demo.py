"""`echelon demo` keeps to its own folder, makes anew what is half made, says who gets in."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from echelon.cli import demo
from echelon.cli.main import app
from rulebook.errors import RulebookError

MADE = {"ready": True, "partners": 30, "made": "2026-03-12T09:30:00+00:00"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = dict(os.environ)
    monkeypatch.setattr(demo, "_migrate", lambda: None)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def makes(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders that were asked to be filled."""
    asked: list[Path] = []

    def make(folder: Path, _count: int) -> dict[str, object]:
        asked.append(folder)
        assert not folder.exists()
        return dict(MADE)

    monkeypatch.setattr(demo, "make", make)
    return asked


def left(folder: Path, said: object) -> Path:
    folder.mkdir()
    (folder / demo.MARK).write_text(json.dumps(said))
    return folder


def run(folder: Path, *more: str):
    return CliRunner().invoke(app, ["demo", "--folder", str(folder), "--only-make", *more])


def test_the_first_start_makes_it_and_says_who_gets_in(tmp_path: Path, makes: list[Path]) -> None:
    ran = run(tmp_path / "new")
    assert ran.exit_code == 0, ran.output
    assert makes == [tmp_path / "new"]
    for role in ("admin", "program manager", "account manager", "partner", "distributor"):
        assert f"\n  {role} " in ran.output
    assert "password of all: try-the-demo-of-larkfield" in ran.output


def test_the_second_start_takes_what_is_there(tmp_path: Path, makes: list[Path]) -> None:
    assert run(left(tmp_path / "there", MADE)).exit_code == 0
    assert makes == []


@pytest.mark.parametrize(("said", "more"), [(MADE, ["--fresh"]), ({"ready": False}, [])])
def test_fresh_or_half_made_is_made_anew(
    tmp_path: Path, makes: list[Path], said: object, more: list[str]
) -> None:
    assert run(left(tmp_path / "old", said), *more).exit_code == 0
    assert makes == [tmp_path / "old"]


@pytest.mark.parametrize("more", [[], ["--fresh"]])
def test_a_folder_of_somebody_else_is_left_alone(
    tmp_path: Path, makes: list[Path], more: list[str]
) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    ran = run(tmp_path, *more)
    assert isinstance(ran.exception, RulebookError)
    assert str(ran.exception.problems[0]) == (
        f"{tmp_path} holds something that no demo has made (echelon demo --folder another)"
    )
    assert (makes, (tmp_path / "letter.txt").read_text()) == ([], "mine")


def test_a_demo_reaches_no_database_that_somebody_uses(
    tmp_path: Path, makes: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://prod/echelon")
    monkeypatch.setenv("ECHELON_JOBS_URL", "redis://prod")
    run(tmp_path / "new")
    assert "DATABASE_URL" not in os.environ
    assert "ECHELON_JOBS_URL" not in os.environ
    assert os.environ["ECHELON_HOME"] == str(tmp_path / "new")


def test_a_port_that_is_taken_is_refused_or_passed_by() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RulebookError) as refused:
            demo._free_port("127.0.0.1", port)
    assert str(refused.value.problems[0]).startswith(f"port {port} is taken at 127.0.0.1")
