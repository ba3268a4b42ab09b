"""Every wrong document gets exactly the messages that a person would want to read.

The cases stand in `bad-input/`: a document, and beside it all that the command says. A case's own
lines come first in its document, so that the lines named are the lines of the case.
"""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from echelon.cli import main
from rulebook.reading import read_document

FOLDER = Path(__file__).with_name("bad-input")
TOP = re.compile(r"^(\w+):.*(?:\n[ #].*|\n(?=\n))*", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One document and what is said about it."""

    topic: str
    name: str
    says: str
    document: str
    file: str = "program.yaml"
    data: dict[str, str] = field(default_factory=dict)

    def put(self, folder: Path) -> list[str]:
        """Write the files; return the arguments of `check`."""
        (folder / self.file).write_bytes(self.document.encode())
        if not self.data:
            return [self.file]
        (folder / "data").mkdir()
        for name, text in self.data.items():
            (folder / "data" / name).write_text(text)
        return [self.file, "--data", "data"]


def whole(text: str) -> str:
    """Put under a case's lines what all stand on, but for the keys that it writes itself."""
    base = (FOLDER / "base.yaml").read_text()
    own = set(re.findall(r"^(\w+):", text, re.MULTILINE))
    rest = [found.group() for found in TOP.finditer(base) if found[1] not in own]
    return text + "\n".join(rest) + "\n"


def cases() -> list[Case]:
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for entry in (read_document(path).content.get("cases")) or []:
            document = entry.pop("document", None)
            text = entry.pop("program", None)
            text = whole(text) if document is None else document or ""
            found.append(Case(path.stem, document=text, **entry))
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.topic}: {case.name}")
def test_each_is_told_as_written(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["echelon", "check", *case.put(tmp_path)])
    with pytest.raises(SystemExit) as exit_:
        main()
    said = capsys.readouterr()
    *lines, last = said.err.splitlines()
    assert "\n".join(lines) == case.says.rstrip("\n")
    count = sum(line.startswith("error: ") for line in lines)
    assert last == f"{count} error{'' if count == 1 else 's'}"
    assert said.out == ""
    assert exit_.value.code == 1


@pytest.mark.parametrize("topic", sorted({case.topic for case in cases()}))
def test_as_a_process_too(topic: str, tmp_path: Path) -> None:
    """One of each topic, from outside: what a shell sees."""
    case = next(case for case in cases() if case.topic == topic)
    ran = subprocess.run(
        [sys.executable, "-m", "echelon", "check", *case.put(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ran.stderr.splitlines()[:-1] == case.says.splitlines()
    assert (ran.returncode, ran.stdout) == (1, "")


def test_all_of_them_are_asked() -> None:
    """A corpus that loses its cases would pass in silence."""
    assert len(cases()) > 60
