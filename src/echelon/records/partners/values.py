"""What may stand in a company: every value read from what a form, a file or a program gives.

A value that can't be is said with what to do about it; the others are returned as they are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from echelon.records.partners.kinds import Kind
from echelon.records.partners.models import Field, Partner

#: What the company itself may edit, and what the vendor alone says of it.
PROFILE = ("website", "email", "phone", "address", "description")
MANAGED = ("name", "kind", "country", "region", "segment", "tags")
MOST_TAGS = 50
TAG = 40
LONG_TEXT = 4000
_LINES = ("address", "description")
_YES, _NO = {"yes", "true", "1", "y"}, {"no", "false", "0", "n"}


class Wrong(ValueError):
    """A value that can't be; the message says what to do."""


def read(
    given: Mapping[str, Any], fields: Sequence[Field]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values as they are kept, and by name what is wrong with the others.

    `fields` are the vendor's own: their values may stand beside the others or under `more`. A
    value of a field that is empty is None: it is taken away.
    """
    own = {field.name: field for field in fields}
    flat = {name: value for name, value in given.items() if name != "more"}
    flat |= given.get("more", {})
    kept: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in flat.items():
        try:
            if name in own:
                kept.setdefault("more", {})[name] = value_of(own[name], value)
            elif name in READERS:
                kept[name] = READERS[name](value)
            else:
                problems[name] = _("there is no field %(name)s") % {"name": name}
        except Wrong as wrong:
            problems[name] = str(wrong)
    return kept, problems


def text(value: Any, longest: int, lines: bool = False) -> str:
    """Return a text without blanks around it; one that can't be shown or kept is wrong."""
    found = "" if value is None else str(value).strip()
    if len(found) > longest:
        raise Wrong(
            _("this is %(long)s characters long; at most %(most)s fit")
            % {"long": len(found), "most": longest}
        )
    shown = found.replace("\r\n", "\n").replace("\n", " ") if lines else found
    if not shown.isprintable():
        raise Wrong(_("this has a character that can't be shown; type it anew"))
    return found


def value_of(field: Field, value: Any) -> Any:
    """Return the value of a vendor's own field as JSON keeps it; None if there is none.

    Numbers are kept as text with all their digits, whole numbers and yes or no as themselves,
    dates as 2026-01-31.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    found = _FIELDS[Field.Kind(field.kind)](value)
    if field.kind == Field.Kind.CHOICE and found not in field.choices:
        raise Wrong(
            _("%(value)s is none of the choices; choose one of: %(choices)s")
            % {"value": found, "choices": ", ".join(field.choices)}
        )
    return found


def _number(value: Any) -> str:
    if isinstance(value, bool):
        raise Wrong(_("a number such as 12.5 is expected"))
    try:
        found = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Wrong(_("%(value)s is not a number; write it as 1234.5") % {"value": value})
    if abs(found) >= Decimal(10) ** 18 or (found and found.adjusted() < -12):
        raise Wrong(_("%(value)s has more digits than can be kept") % {"value": value})
    plain = format(found, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    if len(plain.partition(".")[2]) > 12:
        raise Wrong(_("%(value)s has more digits than can be kept") % {"value": value})
    return "0" if plain == "-0" else plain


def _integer(value: Any) -> int:
    plain = _number(value)
    if "." in plain:
        raise Wrong(_("%(value)s is not a whole number") % {"value": value})
    return int(plain)


def _date(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    given = str(value).strip()
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", given):
            raise ValueError
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise Wrong(
            _("%(value)s is not a date; write it as 2026-01-31") % {"value": value}
        ) from None


def _yes_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold().removesuffix(".0")
    if word not in _YES | _NO:
        raise Wrong(_("%(value)s is neither yes nor no") % {"value": value})
    return word in _YES


_FIELDS: dict[Field.Kind, Callable[[Any], Any]] = {
    Field.Kind.TEXT: lambda value: text(value, LONG_TEXT),
    Field.Kind.NUMBER: _number,
    Field.Kind.INTEGER: _integer,
    Field.Kind.DATE: _date,
    Field.Kind.YES_NO: _yes_no,
    Field.Kind.CHOICE: lambda value: text(value, LONG_TEXT),
}


def tags(value: Any) -> list[str]:
    """Return tags from a list or from words between semicolons, each once, in their order."""
    words = re.split(r"[;,]", value) if isinstance(value, str) else list(value or ())
    found: dict[str, str] = {}
    for word in words:
        if not (tag := text(word, TAG)):
            continue
        if any(sign in tag for sign in "#;,"):
            raise Wrong(_("a tag can't have # ; or , in it: %(tag)s") % {"tag": tag})
        found.setdefault(tag.casefold(), tag)
    if len(found) > MOST_TAGS:
        raise Wrong(_("a company has at most %(most)s tags") % {"most": MOST_TAGS})
    return list(found.values())


@cache
def countries() -> dict[str, str]:
    """Return every country's code of ISO 3166 with its English name."""
    names = Locale.parse("en").territories
    never = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    return {
        code: name
        for code, name in names.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in never
    }


def _country(value: Any) -> str:
    code = text(value, 60).upper()
    if code and code not in countries():
        raise Wrong(
            _("%(code)s is no country; write its two letters, such as DE") % {"code": value}
        )
    return code


def _kind(value: Any) -> str:
    word = text(value, 60)
    for kind in Kind:
        if word.casefold() in (kind.value, str(kind.label).casefold()):
            return kind.value
    if word:
        raise Wrong(
            _("%(kind)s is no kind of partner; choose one of: %(kinds)s")
            % {"kind": word, "kinds": ", ".join(Kind.values)}
        )
    return ""


def needed(longest: int) -> Callable[[Any], str]:
    """Return the reader of a text that can't be empty."""

    def reader(value: Any) -> str:
        found = text(value, longest)
        if not found:
            raise Wrong(_("this is needed"))
        return found

    return reader


def _website(value: Any) -> str:
    found = text(value, 200)
    if found:
        address = found if "//" in found else f"https://{found}"
        try:
            URLValidator(schemes=["http", "https"])(address)
        except ValidationError:
            raise Wrong(
                _("%(value)s is no address of a website, such as https://example.com")
                % {"value": found}
            ) from None
        return address
    return found


def _email(value: Any) -> str:
    found = text(value, 254).lower()
    if found:
        try:
            validate_email(found)
        except ValidationError:
            raise Wrong(
                _("%(value)s is no mail address, such as name@example.com") % {"value": found}
            ) from None
    return found


def _plain(name: str) -> Callable[[Any], str]:
    longest = Partner._meta.get_field(name).max_length or LONG_TEXT
    return lambda value: text(value, longest, lines=name in _LINES)


READERS: dict[str, Callable[[Any], Any]] = {
    "key": needed(100),
    "name": needed(200),
    "kind": _kind,
    "country": _country,
    "tags": tags,
    "website": _website,
    "email": _email,
    **{name: _plain(name) for name in ("region", "segment", "phone", "address", "description")},
}


def address_of(value: Any) -> str:
    """Return a person's mail address in small letters; raise Wrong where it is none."""
    found = _email(value)
    if not found:
        raise Wrong(_("this is needed"))
    return found
