"""Each house lint catches its failing sample and lets its passing one be."""

from types import ModuleType

import pytest

from tools.lint import LINTS, Tree

each_lint = pytest.mark.parametrize("lint", LINTS, ids=lambda lint: lint.__name__.split(".")[-1])


@each_lint
def test_the_failing_sample_is_caught(lint: ModuleType) -> None:
    assert [finding for finding in lint.check(Tree(lint.FAILS)) if not finding.warning]


@each_lint
def test_the_passing_sample_is_not(lint: ModuleType) -> None:
    assert [finding for finding in lint.check(Tree(lint.PASSES)) if not finding.warning] == []


@each_lint
def test_a_lint_tells_its_story(lint: ModuleType) -> None:
    assert len((lint.__doc__ or "").splitlines()) > 2
