"""Figures that a run has measured: shown in its summary, kept by ``make proof``.

A test says ``figures.record("AdventureWorks", "partners that agree", 701)``. The figure travels
to the controlling process with the test's report, so this works on any number of workers. A part
that ``tests.frame.proof`` has run whole, without a failure, is written to ``docs/proof/<part>.md``;
less than that writes nothing, because half a proof reads like a whole one.
"""

import os
import platform
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_KEY = "figure"
#: The part of the proof that this run is; ``tests.frame.proof`` says it.
PART = "ECHELON_PROOF_PART"


@dataclass(frozen=True)
class Figures:
    """What one test has measured."""

    properties: list[tuple[str, object]]

    def record(self, heading: str, name: str, value: object) -> None:
        """Keep one figure; its text is what is shown."""
        self.properties.append((_KEY, (heading, name, str(value))))


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """``figures.record(heading, name, value)``."""
    return Figures(request.node.user_properties)


def gathered(reports: list[pytest.TestReport]) -> dict[str, list[tuple[str, str]]]:
    """Names and values by heading, in the order of the tests whatever worker ran them."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for report in sorted(reports, key=lambda report: report.nodeid):
        for key, value in report.user_properties:
            if key == _KEY:
                heading, name, text = value
                found[heading].append((name, text))
    return dict(sorted(found.items()))


def page(part: str, found: dict[str, list[tuple[str, str]]]) -> str:
    """All figures of a part, by heading, as a page that says where they come from."""
    tables = "".join(_table(heading, rows) for heading, rows in found.items())
    return f"""# Proof: {part}

Written by `make proof`; not edited by hand.

| | |
| --- | --- |
| commit | {_commit()} |
| machine | {_machine()} |
| command | `make proof` |
{tables}"""


def _table(heading: str, rows: list[tuple[str, str]]) -> str:
    lines = "\n".join(f"| {_cell(name)} | {_cell(value)} |" for name, value in rows)
    return f"""
## {heading}

| figure | value |
| --- | --- |
{lines}
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _commit() -> str:
    def git(*arguments: str) -> str:
        try:
            ran = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True)
        except FileNotFoundError:  # a machine with nothing but python3 and make
            return ""
        return ran.stdout.strip()

    described = git("log", "-1", "--format=%h of %cs") or "unknown, no git here"
    changed = git("status", "--porcelain", "--", "src", "tests", "examples")
    return described + (", with changes that were not committed" if changed else "")


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """Show every figure, and keep them when they are a proof."""
    stats = terminalreporter.stats
    found = gathered([*stats.get("passed", []), *stats.get("failed", [])])
    if found:
        terminalreporter.section("figures")
    for heading, rows in found.items():
        terminalreporter.line(heading)
        for name, value in rows:
            terminalreporter.line(f"  {name}: {value}")
    part = os.environ.get(PART, "")
    picked = config.option.keyword or config.option.markexpr
    if part and found and not picked and exitstatus == pytest.ExitCode.OK:
        written = config.rootpath / "docs" / "proof" / f"{part}.md"
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(page(part, found), encoding="utf-8")
        terminalreporter.line(f"written to {written.relative_to(config.rootpath)}")
