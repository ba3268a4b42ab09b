"""The frame keeps its word: absent is seen, figures arrive from any worker, a page says whence."""

from pathlib import Path

import pytest

from tests.frame import figures as figures_module
from tests.frame import proof
from tests.frame.require import FINDERS, ROOT

pytest_plugins = ["pytester"]

FRAME = 'pytest_plugins = ["tests.frame.require", "tests.frame.size", "tests.frame.figures"]\n'


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project whose tests stand in this frame, beside an empty shelf and no server."""
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", str(root))
    monkeypatch.setenv("ECHELON_SHARED", str(pytester.path / "shelf"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nothing")
    for name in (
        "ECHELON_REQUIRE",
        "ECHELON_PROOF",
        "ECHELON_PROOF_PART",
        "DJANGO_SETTINGS_MODULE",
    ):
        monkeypatch.delenv(name, raising=False)
    pytester.makeini("[pytest]\ntestpaths = tests\n")
    pytester.mkdir("tests")
    pytester.path.joinpath("tests/conftest.py").write_text(FRAME)
    return pytester


def add_test(project: pytest.Pytester, text: str) -> None:
    project.path.joinpath("tests/test_it.py").write_text(text)


NEEDS = """
import pytest

@pytest.mark.parametrize("name", ["shared", "shared", "postgres"])
def test_it(require, name):
    require(name)
"""


def test_absent_is_a_skip_that_is_counted(project: pytest.Pytester) -> None:
    add_test(project, NEEDS)
    result = project.runpytest_subprocess("-n2")
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines(
        ["*not run here*", "1 × absent: postgres, *", "2 × absent: shared, *"]
    )


def test_absent_and_required_fails(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECHELON_REQUIRE", "shared, java")
    add_test(project, NEEDS)
    result = project.runpytest_subprocess()
    result.assert_outcomes(failed=2, skipped=1)
    result.stdout.fnmatch_lines(["*shared is named in ECHELON_REQUIRE, but no data set in *"])


def test_requiring_what_nobody_knows_is_refused(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECHELON_REQUIRE", "postgress")
    add_test(project, NEEDS)
    result = project.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'postgress' is unknown; did you mean postgres?*"])


def test_what_is_there_is_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data" / "adventureworks"
    folder.mkdir(parents=True)
    folder.joinpath("dataset.yaml").touch()
    monkeypatch.setenv("ECHELON_SHARED", str(tmp_path))
    assert FINDERS["shared"]() == folder.resolve()


MEASURES = """
import pytest

@pytest.mark.parametrize("step", range(4))
def test_it(figures, sample, step):
    figures.record("One | answer", f"cases {step}", sample(ci=200, proof=2000))
"""
ROWS = ["One | answer", "  cases 0: 200", "  cases 1: 200", "  cases 2: 200", "  cases 3: 200"]


def test_figures_arrive_in_order_from_any_worker(project: pytest.Pytester) -> None:
    add_test(project, MEASURES)
    result = project.runpytest_subprocess("-n2")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(ROWS, consecutive=True)
    assert not project.path.joinpath("docs").exists()


def test_a_part_of_the_proof_is_written(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECHELON_PROOF", "1")
    monkeypatch.setenv("ECHELON_PROOF_PART", "engine")
    add_test(project, MEASURES)
    project.runpytest_subprocess().assert_outcomes(passed=4)
    lines = project.path.joinpath("docs/proof/engine.md").read_text().splitlines()
    assert lines[0] == "# Proof: engine"
    assert "| command | `make proof` |" in lines
    assert "## One | answer" in lines
    assert "| cases 0 | 2000 |" in lines


@pytest.mark.parametrize(
    ("part", "arguments", "more"),
    [
        ("engine", ("-k", "0"), ""),
        ("", (), ""),
        ("engine", (), "\ndef test_no(): assert 0\n"),
    ],
)
def test_half_a_proof_is_not(
    project: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    arguments: tuple[str, ...],
    more: str,
) -> None:
    monkeypatch.setenv("ECHELON_PROOF", "1")
    monkeypatch.setenv("ECHELON_PROOF_PART", part)
    add_test(project, MEASURES + more)
    project.runpytest_subprocess(*arguments)
    assert not project.path.joinpath("docs").exists()


def test_a_page_names_commit_machine_and_keeps_its_tables() -> None:
    page = figures_module.page("engine", {"One answer": [("a | b", "1\n2")]})
    assert "| commit | " in page
    assert " cores, " in page
    assert "| a \\| b | 1 2 |" in page


def test_every_test_is_in_one_part_of_the_proof() -> None:
    parts = [ROOT / path for paths in proof.folders().values() for path in paths]
    for test in ROOT.glob("tests/**/test_*.py"):
        assert [test.is_relative_to(part) for part in parts].count(True) == 1, test
