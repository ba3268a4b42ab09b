"""Splits the text of an expression into tokens, each with its offset."""

from __future__ import annotations

import re
from dataclasses import dataclass

KEYWORDS = frozenset(
    "and or not in between is null true false case when then else end distinct filter where".split()
)

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+|[A-Za-z_]\w*)?)
  | (?P<text>'(?:[^']|'')*')
  | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
  | (?P<sign><=|>=|<>|!=|==|\|\||[-+*/=<>(),])
    """,
    re.VERBOSE,
)


class ExpressionError(ValueError):
    """An expression that can't be read, with the offset where it goes wrong."""

    def __init__(self, message: str, at: int, hint: str = "") -> None:
        """Keep what is wrong, where in the text, and what to do."""
        super().__init__(message)
        self.message, self.at, self.hint = message, at, hint


@dataclass(frozen=True)
class Token:
    """One token: its kind is number, text, name, keyword, sign or end."""

    kind: str
    text: str
    at: int


def tokenize(source: str) -> list[Token]:
    """Return the tokens of `source` with an end token, or raise ExpressionError."""
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        found = _TOKEN.match(source, position)
        if found is None:
            raise _unknown(source, position)
        kind, text = str(found.lastgroup), found.group()
        if kind == "name" and text.lower() in KEYWORDS:
            kind, text = "keyword", text.lower()
        if kind == "sign" and text in ("!=", "=="):
            proper = "<>" if text == "!=" else "="
            raise ExpressionError(f"{text} is not an operator here", position, f"write {proper}")
        if text == "||":
            raise ExpressionError("texts can't be joined here", position)
        if kind != "space":
            tokens.append(Token(kind, text, position))
        position = found.end()
    tokens.append(Token("end", "", len(source)))
    return tokens


def _unknown(source: str, position: int) -> ExpressionError:
    sign = source[position]
    if sign == "'":
        return ExpressionError("a text that begins here has no closing quote", position)
    if sign == '"':
        return ExpressionError("a text stands in single quotes", position, "write '…'")
    if sign == ";":
        return ExpressionError("an expression is not a statement: ';' has no place in it", position)
    return ExpressionError(f"{sign!r} has no meaning in an expression", position)
