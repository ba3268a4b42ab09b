"""What runs a second time is the platform's tests among those that were asked for."""

from pathlib import Path

import pytest

from tests.frame import on_postgres
from tests.frame.require import Absent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("echelon/records/facts", "echelon/config", "echelon/cli", "rulebook"):
        (tmp_path / "tests" / folder).mkdir(parents=True)
    (tmp_path / "tests/echelon/records/facts/test_rows.py").touch()
    (tmp_path / "tests/rulebook/test_windows.py").touch()
    return tmp_path


ALL = ["tests/echelon/config", "tests/echelon/records"]
ROWS = "tests/echelon/records/facts/test_rows.py::test_one"


@pytest.mark.parametrize(
    ("given", "run"),
    [
        ([], ALL),
        (["-k", "windows"], ["-k", "windows", *ALL]),
        (["tests"], ALL),
        (["tests/echelon", "-x"], ["-x", *ALL]),
        ([ROWS], [ROWS]),
        (["tests/rulebook/test_windows.py", ROWS], [ROWS]),
        (["tests/rulebook", "-k", "windows"], None),
        (["tests/echelon/cli"], None),
    ],
)
def test_the_platforms_part_of_what_was_asked_for(root: Path, given: list[str], run: object):
    assert on_postgres.chosen(given, root) == run


@pytest.mark.parametrize(("needed", "status"), [("", 0), ("postgres", 1)])
def test_without_a_server_it_is_said_or_a_failure(monkeypatch, capsys, needed: str, status: int):
    def absent() -> str:
        raise Absent("no server answers at /tmp")

    monkeypatch.setattr(on_postgres, "postgres", absent)
    monkeypatch.setenv("ECHELON_REQUIRE", needed)
    assert on_postgres.main([]) == status
    assert "no server answers at /tmp" in "".join(capsys.readouterr())
