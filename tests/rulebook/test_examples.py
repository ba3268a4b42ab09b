"""Every program under `examples/` checks clean, its own examples pass, and it has some."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulebook import check_program

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAMS = sorted(path for path in EXAMPLES.glob("*/*.yaml") if path.name != "dataset.yaml")


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_program(path: Path):
    problems, examples = check_program(path)
    assert [str(problem) for problem in problems if not problem.notice] == []
    assert examples > 0


def test_a_wrong_expectation_is_told_with_both_figures(tmp_path: Path):
    source = (EXAMPLES / "lenovo" / "program.yaml").read_text()
    changed = tmp_path / "program.yaml"
    changed.write_text(source.replace("tier: silver", "tier: platinum", 1))
    problems, _ = check_program(changed)
    errors = [problem for problem in problems if not problem.notice]
    assert len(errors) == 1
    assert "expected platinum" in errors[0].message
    assert errors[0].path.endswith(".tier")
