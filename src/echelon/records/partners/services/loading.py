"""Companies from a file: all of it or nothing, every mistake said where it stands.

A key that is there is updated, another one is new; a column that the file doesn't have stays as it
is, an empty cell empties. Parents are named by their keys, in any order of rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import EVERY, VENDOR_ROLES, Right, Scope
from echelon.foundation.accounts.models import User
from echelon.foundation.audit.services import record
from echelon.foundation.outbox.services import announce
from echelon.records.partners import sheets, values
from echelon.records.partners.errors import Refused
from echelon.records.partners.events import FamilyChanged
from echelon.records.partners.models import Partner
from echelon.records.partners.services.companies import difference, hold_family, own_fields
from rulebook.errors import nearest

COLUMNS = (*values.READERS, "parent", "manager")
#: More mistakes than these are counted and not listed.
MOST_SAID = 1000
_WRITTEN = (*values.READERS, "more", "parent", "manager", "changed_at", "sorting", "searched")


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a row: its line in the file, the column as the file calls it, the cell."""

    line: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        where = _("line %(line)s") % {"line": self.line}
        if self.column:
            where += _(", column %(column)s") % {"column": self.column}
        return f"{where}: {self.message}"


@dataclass
class Loaded:
    """What a file brings, or brought: keys of companies by what becomes of them."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: int = 0
    mistakes: list[Mistake] = field(default_factory=list)
    wrong: int = 0  # how many mistakes there are, listed or not
    written: bool = False


def load(
    scope: Scope,
    *,
    name: str,
    content: bytes,
    at: datetime,
    dry_run: bool = False,
    columns: Mapping[str, str] | None = None,
) -> Loaded:
    """Load a CSV or XLSX file, or with `dry_run` say what would come of it.

    `columns` says which of the file's columns is which, an empty name leaves one out; without it
    they have our names, or the labels of own fields. With any mistake nothing is written.
    """
    scope.demand(Right.COMPANY_CREATE)
    scope.demand(Right.COMPANY_MANAGE, EVERY)
    sheet = sheets.read(content)
    with transaction.atomic():
        hold_family()
        plan = _Plan(sheet, columns or {}, at)
        if dry_run or plan.loaded.wrong:
            return plan.loaded
        plan.write(scope, name, hashlib.sha256(content).hexdigest())
    return plan.loaded


def header_of(content: bytes) -> list[str]:
    """Return the names of a file's columns. Raises Refused for what is no table."""
    return sheets.read(content).header


class _Plan:
    """What a file asks for, compared with what is there."""

    def __init__(self, sheet: sheets.Sheet, columns: Mapping[str, str], at: datetime) -> None:
        self.at = at
        self.loaded = Loaded()
        self.fields = own_fields()
        self.titles = self._titles(sheet.header, columns)
        self.lines: dict[str, int] = {}
        self.wanted: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, Partner] = {}
        self.differences: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        #: Every company's id and its parent's key, as they will be.
        self.ids: dict[str, UUID] = dict(Partner.objects.values_list("key", "id"))
        known = Partner.objects.values_list("key", "parent__key")
        self.before: dict[str, str | None] = dict(known)
        self.above = dict(self.before)
        self.staff = {
            user.email: user for user in User.objects.filter(role__in=VENDOR_ROLES, is_active=True)
        }
        if self.loaded.wrong:
            return
        for line, cells in sheet.rows:
            self._read(line, cells)
        self._find_parents()
        if not self.loaded.wrong:
            self._compare()

    def _wrong(self, line: int, column: str, value: Any, message: str) -> None:
        self.loaded.wrong += 1
        if len(self.loaded.mistakes) < MOST_SAID:
            title = self.titles.get(column, column)
            shown = "" if value is None else str(value)[:200]
            self.loaded.mistakes.append(Mistake(line, title, shown, message))

    def _titles(self, header: list[str], columns: Mapping[str, str]) -> dict[str, str]:
        """Return our name of each column with the file's, in the file's order."""
        names = {**{name: name for name in COLUMNS}, **{f.name: f.name for f in self.fields}}
        labels = {field.label.casefold(): field.name for field in self.fields}
        self.titles: dict[str, str] = {}
        self.places = [n for n, title in enumerate(header) if columns.get(title) != ""]
        self.width = len(header)
        found: dict[str, str] = {}
        for title in (header[n] for n in self.places):
            word = columns.get(title, title).strip()
            name = names.get(word.casefold()) or labels.get(word.casefold())
            if name is None:
                near = nearest(word, [*names])
                hint = f" ({near})" if near else ""
                said = _("there is no column %(title)s%(hint)s") % {"title": title, "hint": hint}
                self._wrong(1, title, "", said)
            elif name in found:
                self._wrong(1, title, "", _("this column is there twice"))
            else:
                found[name] = title
        if "key" not in found:
            self._wrong(1, "key", "", _("the column of keys is missing"))
        return found

    def _read(self, line: int, cells: list[Any]) -> None:
        if len(cells) > self.width:
            self._wrong(line, "", "", _("this row has more cells than the header"))
            return
        cells = [cells[n] for n in self.places if n < len(cells)]
        padded = [*cells, *[None] * (len(self.titles) - len(cells))]
        given = dict(zip(self.titles, padded, strict=True))
        parent, manager = given.pop("parent", None), given.pop("manager", None)
        kept, problems = values.read(given, self.fields)
        key = kept.get("key", "")
        if key in self.lines:
            said = _("line %(line)s has this key already") % {"line": self.lines[key]}
            problems["key"] = said
        if key and key not in self.ids and "name" not in given:
            problems["name"] = _("a new company needs a name: add the column name")
        if "parent" in self.titles:
            kept["parent"] = "" if parent is None else str(parent).strip()
        if "manager" in self.titles:
            mail = "" if manager is None else str(manager).strip().lower()
            kept["manager"] = self.staff.get(mail)
            if mail and mail not in self.staff:
                problems["manager"] = _("none of the vendor's people has this mail address")
        for name, message in problems.items():
            self._wrong(line, name, {**given, "manager": manager}.get(name), message)
        if key and key not in self.lines:
            self.lines[key] = line
            self.wanted[key] = kept

    def _find_parents(self) -> None:
        for key, kept in self.wanted.items():
            parent = kept.get("parent", self.above.get(key))
            if parent and parent not in self.ids and parent not in self.wanted:
                said = _("there is no company %(key)s, here or in the file") % {"key": parent}
                self._wrong(self.lines[key], "parent", parent, said)
            self.above[key] = parent or None
        for key in self.wanted:
            line = self._line(key)
            if line and line[-1] == key:
                said = _("a company can't stand below itself: %(line)s") % {
                    "line": " → ".join([key, *line])
                }
                self._wrong(self.lines[key], "parent", self.above[key], said)

    def _line(self, key: str) -> list[str]:
        """Return the keys above a company; it ends where one comes back."""
        found: dict[str, None] = {}
        above = self.above.get(key)
        while above is not None and above not in found:
            found[above] = None
            if above == key:
                break
            above = self.above.get(above)
        return list(found)

    def _compare(self) -> None:
        there: dict[str, Partner] = {}
        keys = [key for key in self.wanted if key in self.ids]
        for start in range(0, len(keys), 500):
            rows = Partner.objects.select_for_update().filter(key__in=keys[start : start + 500])
            there.update((row.key, row) for row in rows)
        for key in self.wanted:
            if key not in there:
                self.ids[key] = uuid4()
        for key, kept in self.wanted.items():
            given = dict(kept)
            if "parent" in given:
                given["parent_id"] = self.ids.get(given.pop("parent"))
            if "manager" in given:
                manager = given.pop("manager")
                given["manager_id"] = manager and manager.pk
            new = Partner(id=self.ids[key], made_at=self.at)
            row = there.get(key, new)
            before, after = difference(row, given)
            if not after:
                self.loaded.same += 1
                continue
            self.differences[key] = before, after
            for name, value in after.items():
                setattr(row, name, value)
            row.changed_at = self.at
            row.derive()
            self.rows[key] = row
            (self.loaded.changed if key in there else self.loaded.created).append(key)

    def write(self, scope: Scope, name: str, digest: str) -> None:
        """Write what is new, with one event for the file and one announcement."""
        self.loaded.written = True
        if not self.rows:
            return
        Partner.objects.bulk_create(
            self.rows.values(),
            batch_size=500,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=_WRITTEN,
        )
        changed = {key: self.differences[key] for key in self.loaded.changed}
        record(
            scope,
            "partners.loaded",
            "file",
            digest,
            at=self.at,
            before={key: before for key, (before, _after) in changed.items()},
            after={
                "file": name,
                "created": self.loaded.created,
                "changed": {key: after for key, (_before, after) in changed.items()},
            },
        )
        if changed:
            announce(FamilyChanged(partners=self._concerned(changed)), at=self.at)

    def _concerned(
        self, changed: Mapping[str, tuple[dict[str, Any], dict[str, Any]]]
    ) -> list[UUID]:
        """Return the companies that changed, and all above those that moved, before and after."""
        found: dict[str, None] = dict.fromkeys(changed)
        after = self.above
        for above in (self.before, after):
            self.above = above
            for key, (_before, new) in changed.items():
                if "parent_id" in new:
                    found |= dict.fromkeys(self._line(key))
        return [self.ids[key] for key in found]


def refuse(loaded: Loaded) -> None:
    """Raise Refused with a file's mistakes, for callers that want no half answers."""
    if loaded.wrong:
        raise Refused(*map(str, loaded.mistakes))
