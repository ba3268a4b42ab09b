"""What `make tour` shows: a channel levelled, one partner explained in full, one what-if.

Every part is the command's own answer, under the command that gives it: what is shown here can be
typed. Only `level` is cut, after its count of tiers.
"""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

from echelon.cli.main import app
from echelon.cli.screen import complain
from rulebook.errors import RulebookError

ROOT = Path(__file__).parents[2]
CHANNEL = "examples/channel"
PARTNER = "P1209"
_RUN = f"{CHANNEL}/reseller.yaml --data {CHANNEL} --as-of 2026-06-30"
_TABLE = "\npartner "

INTRODUCTION = """\
Highmesa Solar is made up: 524 partners in 18 countries, with families, sales in three currencies,
certificates and deals. Its reseller program is one document, examples/channel/reseller.yaml.
"""


def _counts_only(text: str) -> str:
    """Return a levelling up to its table of partners, and how many follow."""
    counts, _, rows = text.partition(_TABLE)
    return f"{counts.rstrip()}\n\n… and {rows.count(chr(10)) - 1:,} partners, one a line\n"


def _all(text: str) -> str:
    return text


#: What is said before a command, the command, and how much of its answer is shown.
STEPS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("Who is in which tier:", f"level {_RUN}", _counts_only),
    (
        "Why, for one of them, and what is missing for the next tier:",
        f"explain {_RUN} --partner {PARTNER}",
        _all,
    ),
    (
        "Every figure opens to the records behind it:",
        f"explain {_RUN} --partner {PARTNER} --metric revenue --limit 4",
        _all,
    ),
    (
        "And what if three deals won were enough for Gold?",
        f"whatif {_RUN} --set gold.deals_won=3",
        _all,
    ),
)


def shown(root: Path = ROOT) -> Iterator[str]:
    """Yield what is shown, step by step; the commands run at the top of the project."""
    yield INTRODUCTION
    for said, command, cut in STEPS:
        answer = io.StringIO()
        with chdir(root), redirect_stdout(answer), redirect_stderr(io.StringIO()):
            app(shlex.split(command), standalone_mode=False)
        yield f"\n{said}\n\n$ echelon {command}\n\n{cut(answer.getvalue())}"


def main() -> None:
    """Show it, or say what it would take."""
    if not (ROOT / CHANNEL / "dataset.yaml").is_file():
        sys.stderr.write(
            f"error: the example channel isn't in {ROOT / CHANNEL} (the tour needs a checkout of "
            "the project; an installed package doesn't carry the examples)\n"
        )
        sys.exit(1)
    try:
        for text in shown():
            sys.stdout.write(text)
            sys.stdout.flush()
    except RulebookError as error:
        complain(error.problems, error.total)
        sys.exit(1)


if __name__ == "__main__":
    main()
