"""What files are for: who may bring and who may take them, of which kinds, and how large.

One list for all rooms, so that it can be read against the roles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from echelon.foundation.access import Right

MIB, GIB = 2**20, 2**30


@dataclass(frozen=True)
class Purpose:
    """`bring` and `take` are rights, `limit` is in bytes.

    A file of no partner takes a right that reaches all of them, unless it is `opened` to everybody
    who has the right at all, or `personal`: then only who kept it may take it.
    """

    bring: Right
    take: Right
    kinds: frozenset[str]
    limit: int
    personal: bool = False
    opened: bool = False


_TABLES = frozenset({"csv", "xlsx", "parquet"})
_IMAGES = frozenset({"png", "jpeg", "webp"})

PURPOSES: Mapping[str, Purpose] = MappingProxyType(
    {
        "facts.upload": Purpose(Right.FACTS_LOAD, Right.FACTS_LOAD, _TABLES, 4 * GIB),
        "facts.refused": Purpose(Right.FACTS_LOAD, Right.FACTS_LOAD, _TABLES, 4 * GIB),
        "facts.rates": Purpose(Right.FACTS_LOAD, Right.FACTS_LOAD, frozenset({"csv"}), 64 * MIB),
        "facts.attestation": Purpose(
            Right.FACTS_LOAD, Right.FACTS_READ, _IMAGES | {"pdf"}, 20 * MIB
        ),
        "partners.upload": Purpose(
            Right.COMPANY_CREATE, Right.COMPANY_CREATE, _TABLES, 256 * MIB, personal=True
        ),
        "export": Purpose(Right.EXPORT_MANY, Right.EXPORT_MANY, _TABLES, 4 * GIB, personal=True),
        "programs.badge": Purpose(
            Right.LIBRARY_EDIT, Right.PROGRAMS_READ, _IMAGES, MIB, opened=True
        ),
        "programs.terms": Purpose(
            Right.PROGRAMS_DRAFT, Right.PROGRAMS_READ, frozenset({"pdf"}), 20 * MIB, opened=True
        ),
    }
)
