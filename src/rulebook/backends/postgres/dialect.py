"""Says a query as PostgreSQL says it, with the same answer; all differences stand here.

A table of ours becomes a common table expression over the caller's relation; an occasion's
relation one over arrays that travel with the query. So nothing is made in the database: it may
be a read-only copy, and runs may share a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from hashlib import sha256

from sqlglot import exp

from rulebook.backends.postgres.catalog import MAX_NAME, by_code_point

#: Gives the query of a table from the columns wanted of it, or None if it is not one of ours.
Source = Callable[[str, Collection[str]], exp.Select | None]
#: Whether a relation's column is yes or no.
IsBoolean = Callable[[str, str], bool]

_ORDERING = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Min, exp.Max, exp.Least, exp.Greatest)


def said(query: exp.Expression, source: Source, is_boolean: IsBoolean) -> exp.Expression:
    """Return a query as PostgreSQL understands it, with its tables before it."""
    query = query.copy()
    found = _with_tables(query, source)
    aliases = {each.alias_or_name: each.name for each in query.find_all(exp.Table)}

    def change(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.DateDiff):
            return _days(node)
        if isinstance(node, exp.Max) and isinstance(node.this, exp.Column):
            column = node.this
            if is_boolean(aliases.get(column.table, ""), column.name):
                return exp.LogicalOr(this=column)
        if isinstance(node, exp.Literal) and node.is_string and _ordered(node):
            return by_code_point(node.copy())
        return node

    return shortened(found.transform(change, copy=False))


def shortened(query: exp.Expression) -> exp.Expression:
    """Give every name in a query the form that PostgreSQL keeps as it is."""
    for identifier in query.find_all(exp.Identifier):
        identifier.set("this", short(identifier.name))
    return query


def short(name: str) -> str:
    """Return a name that PostgreSQL does not cut: cut by us, and still unlike any other."""
    if len(name.encode()) <= MAX_NAME:
        return name
    beginning = name.encode()[: MAX_NAME - 17].decode(errors="ignore")
    return f"{beginning}~{sha256(name.encode()).hexdigest()[:16]}"


def _with_tables(query: exp.Expression, source: Source) -> exp.Expression:
    """Put what the query reads before it, each table once."""
    own = {each.alias for each in query.find_all(exp.CTE)}
    used = {column.name for column in query.find_all(exp.Column)}
    read = dict.fromkeys(each.name for each in query.find_all(exp.Table))
    tables = []
    for name in read:
        select = None if name in own else source(name, used)
        if select is not None:
            alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
            tables.append(exp.CTE(this=select, alias=alias, materialized=False))
    given = query.args.get("with_")
    after = given.expressions if given is not None else []
    query.set("with_", exp.With(expressions=[*tables, *after]))
    return query


def _days(node: exp.DateDiff) -> exp.Expression:
    """Return the days between two dates: a difference of dates is a whole number."""
    sides = (exp.cast(side, "DATE") for side in (node.this, node.expression))
    later, earlier = sides
    return exp.paren(exp.Sub(this=later, expression=earlier))


def _ordered(literal: exp.Expression) -> bool:
    """Whether an order hangs on a text of the query itself; equality is the same in any."""
    if isinstance(literal.parent, exp.Cast | exp.Collate):
        return False
    return literal.find_ancestor(*_ORDERING) is not None


__all__ = ["IsBoolean", "Source", "said", "short", "shortened"]
