"""Reads bodies exactly: no number loses a digit, and no text comes in that can't be kept."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from echelon.surfaces.api.problems import Problem

#: What no database keeps, and half a character, as JSON may spell them.
_UNKEPT = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)


class Exact(Parser):
    """JSON with its decimals as they are written."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return what a body says, or raise a problem."""
        try:
            text = request.body.decode("utf-8")
            found = json.loads(text, parse_float=Decimal, parse_constant=_unknown)
        except (ValueError, RecursionError):
            raise Problem("malformed") from None
        if _UNKEPT.search(text) and not keepable(found):
            raise Problem("malformed")
        return found


def keepable(value: Any) -> bool:
    """Whether all texts of a value can be kept: no NUL in them, and no half characters."""
    match value:
        case str():
            return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
        case dict():
            return all(keepable(each) for pair in value.items() for each in pair)
        case list():
            return all(keepable(each) for each in value)
        case _:
            return True


def _unknown(word: str) -> NoReturn:
    raise ValueError(word)
