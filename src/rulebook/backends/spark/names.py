"""Names that Spark can't confuse: it takes `Amount` for `amount`, and a dot for a step inside.

Every name of a query, and every column of a table that it reads, is written so that small letters,
digits and underscores stay and any other character becomes its number: `Amount` is `^41^mount`.
"""

from __future__ import annotations

import re

from sqlglot import exp

_OTHER = re.compile("[^a-z0-9_]")


def plain(name: str) -> str:
    """Return a name without case or marks; no two names become one."""
    return _OTHER.sub(lambda found: f"^{ord(found[0]):x}^", name)


def spoken(query: exp.Expression) -> str:
    """Return a query as Spark reads it, with plain names only, all of them quoted."""
    return query.transform(_plain).sql(dialect="spark")


def _plain(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Identifier):
        return exp.to_identifier(plain(node.name), quoted=True)
    return node


__all__ = ["plain", "spoken"]
