"""No Python file over 500 lines; from 300 on, a warning.

Files are fine in the middle everywhere and bad in the tail: of the projects we read, the 95th
percentile had 443 to 1,214 lines, and those were the files that nobody could change alone.
"""

from collections.abc import Iterator

from tools.lint.tree import Finding, Tree

LIMIT, WARN = 500, 300

FAILS = {"src/rulebook/plan/build.py": '"""Build."""\n' * (LIMIT + 1)}
PASSES = {
    "src/rulebook/plan/build.py": '"""Build."""\n' * LIMIT,
    "examples/channel/sales.csv": "1,2\n" * (LIMIT + 1),
}


def check(tree: Tree) -> Iterator[Finding]:
    for path, text in tree.text(".py"):
        lines = len(text.splitlines())
        if lines > LIMIT:
            yield Finding(path, lines, f"{lines} lines, over {LIMIT}: split it by subject")
        elif lines > WARN:
            yield Finding(path, lines, f"{lines} lines, over {WARN}", warning=True)
