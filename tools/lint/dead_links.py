"""Every link from one page to another file of the tree leads somewhere.

Docs rot by renaming: the file moves, its page doesn't know. Links to the web are not followed, so
a build never fails because someone else's site is down; nor are anchors within a page checked.
"""

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from tools.lint.tree import Finding, Tree

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)[^)]*\)")
WEB = re.compile(r"[a-z]+:|#")
FENCE = re.compile(r"^\s*```")

FAILS = {"docs/index.md": "Read [the words](../WORDS.md).\n"}
PASSES = {
    "docs/index.md": "Read [the words](../GLOSSARY.md#tier), [docs](.), [more](https://a.b/).\n"
    "```\n[not](a-link.md)\n```\n",
    "GLOSSARY.md": "# Words\n",
}


def check(tree: Tree) -> Iterator[Finding]:
    there = {".", *tree.files}
    for path in tree.files:
        while path := posixpath.dirname(path):
            there.add(path)
    for path, text in tree.text(".md"):
        fenced = False
        for number, line in enumerate(text.splitlines(), start=1):
            if FENCE.match(line):
                fenced = not fenced
            for target in [] if fenced else LINK.findall(line):
                if WEB.match(target):
                    continue
                name = unquote(target.partition("#")[0])
                if posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) not in there:
                    yield Finding(path, number, f"the link {target} leads nowhere")
