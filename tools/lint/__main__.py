"""``python -m tools.lint``: every house lint over the whole tree, all findings at once."""

import sys
from pathlib import Path

from tools.lint import LINTS, Tree


def main() -> int:
    tree = Tree.from_disk(Path(__file__).parents[2])
    findings = sorted(
        (finding, lint.__name__.rpartition(".")[2])
        for lint in LINTS
        for finding in lint.check(tree)
    )
    for finding, lint in findings:
        kind = "warning" if finding.warning else "error"
        print(f"{finding.path}:{finding.line}: {kind}: {finding.message} ({lint})")
    errors = sum(not finding.warning for finding, _ in findings)
    print(f"{len(LINTS)} house lints, {len(tree.files)} files: {errors} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
