"""How companies and people are called, where they are, and how that is written in an address."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from echelon.demo.chance import Chance

#: Letters that don't come apart into a plain one and an accent.
_WHOLE = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "ł": "l", "Ł": "l", "ı": "i", "İ": "i"}
)


@dataclass(frozen=True)
class Place:
    """A country as companies of the demo are in it."""

    country: str
    region: str
    group: str
    money: str
    language: str
    dial: str
    weight: int
    legal: tuple[str, ...]
    cities: tuple[str, ...]


@cache
def words() -> dict[str, Any]:
    """Return all words that names are made of."""
    return dict(YAML(typ="safe").load(Path(__file__).with_name("names.yaml").read_text("utf-8")))


@cache
def places() -> tuple[Place, ...]:
    """Return all places, in the file's order."""
    return tuple(
        Place(**{**said, "legal": tuple(said["legal"]), "cities": tuple(said["cities"])})
        for said in words()["places"]
    )


def place(country: str) -> Place:
    """Return a country's place."""
    return next(each for each in places() if each.country == country)


def plain(text: str) -> str:
    """Return a name as an address has it: small letters, digits and hyphens."""
    apart = unicodedata.normalize("NFKD", text.translate(_WHOLE))
    kept = "".join(sign for sign in apart if not unicodedata.combining(sign)).lower()
    return re.sub("[^a-z0-9]+", "-", kept.replace("'", "")).strip("-")


def word(chance: Chance, where: Place) -> str:
    """Return what a company is called before its trade."""
    said = words()["languages"][where.language]
    if "starts" in said and chance.percent(70):
        return f"{chance.pick(said['starts'])}{chance.pick(said['ends'])}"
    return str(chance.pick(said["words"]))


def company(chance: Chance, where: Place, word: str) -> tuple[str, str]:
    """Return a company's name with a word in it, and the name in its addresses."""
    said = words()["languages"][where.language]
    trade = chance.pick(said["trades"])
    shown = said["form"].format(
        word=word.partition("|")[0],
        trade=trade.partition("|")[0],
        legal=chance.pick(where.legal),
    )
    return shown, "-".join(plain(part.partition("|")[2] or part) for part in (word, trade))


def people(language: str) -> list[tuple[str, str]]:
    """Return people's names with what stands before the @ of their addresses."""
    found = []
    for each in words()["languages"][language]["people"]:
        name, _, written = each.partition("|")
        found.append((name, written or plain(name).replace("-", ".")))
    return found


def address(chance: Chance, where: Place) -> str:
    """Return a street and a city."""
    streets = words()["streets"]
    street = chance.pick(streets.get(where.language, streets["en"]))
    return f"{street.format(n=chance.between(2, 180))}, {chance.pick(where.cities)}"
