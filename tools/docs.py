"""``make docs``: the docs are true. Links lead somewhere, and the commands that are shown run.

A block marked ``console`` is run line by line where a line starts with ``$ echelon``, from the
top of the project; it must exit 0. A block that shows a failure is marked ``text`` instead.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.lint import Tree, dead_links

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (echelon (?:\\\n|.)*)$", re.MULTILINE)


def commands(text: str) -> Iterator[tuple[int, str]]:
    """The commands that a page shows, each with its line."""
    for block in BLOCK.finditer(text):
        for command in COMMAND.finditer(text, block.start(1), block.end(1)):
            yield text.count("\n", 0, command.start()) + 1, command[1]


def main() -> int:
    tree = Tree.from_disk(ROOT)
    wrong = [f"{found.path}:{found.line}: {found.message}" for found in dead_links.check(tree)]
    shown = [(path, *at) for path, text in tree.text(".md") for at in commands(text)]
    path_with_ours = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    for path, line, command in shown:
        ran = subprocess.run(
            command,
            shell=True,
            cwd=ROOT,
            env={"PATH": path_with_ours},
            capture_output=True,
            text=True,
        )
        if ran.returncode:
            wrong.append(f"{path}:{line}: exit status {ran.returncode}: {command}\n{ran.stderr}")
    print("\n".join([*wrong, f"{len(shown)} commands run, {len(wrong)} errors"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
