"""Rows as they came to rows that may count, or to what is wrong with each.

The engine's own rules decide what a cell means and which row is bad, so that nothing passes here
that it would set aside later. To them come the ones that only the platform knows: the partner must
be one that whoever loads may load for, and a currency must have a rate.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.utils.translation import gettext as _

from rulebook.errors import nearest
from rulebook.loading.cells import Cells
from rulebook.loading.layout import Field, Layout
from rulebook.loading.rules import Rule, make_code_table, rules_of
from rulebook.loading.sql import connect, fetch, literal
from rulebook.loading.time_zones import work_out_days
from rulebook.loading.typing_sql import Shape, shapes, typed
from rulebook.values.numbers import shorten

#: How many bad rows of a batch are kept and explained. All are counted.
MOST_BAD = 10_000
_LONGEST_KEY = 200
_MEMORY = 512 << 20
_SEARCHES = 20

#: What a type's column is read from: a file's column by its name, or `{"value": …}` for all rows.
Source = str | Mapping[str, str]


@dataclass(frozen=True)
class Wrong:
    """A bad row: its cells by the type's columns, and a problem a rule broken."""

    line: int
    cells: dict[str, str]
    problems: list[dict[str, str]]


@dataclass
class Checked:
    """A block of rows, looked at: `good` has line, partner, date, key and payload."""

    good: pa.Table
    bad: list[Wrong] = field(default_factory=list)
    bad_count: int = 0


class Checker:
    """Looks at the rows of one type, block by block."""

    def __init__(
        self,
        layout: Layout,
        partners: Mapping[str, str],
        priced: frozenset[str],
        whose: str = "",
        owner: str = "",
    ) -> None:
        """Take the partners that may be named, as key to id; the currencies that have rates.

        `whose` is said of rows that name no partner, if there is just one it can be; `owner` is
        the column that names a person by mail address.
        """
        self.layout, self.partners, self.whose = layout, partners, whose
        self.owner = owner
        self.connection = connect("", _MEMORY)
        fetch(self.connection, "SET threads = 2")
        make_code_table(self.connection)
        keys, ids = list(partners), list(partners.values())
        known = pa.table({"key": pa.array(keys, pa.string()), "pid": pa.array(ids, pa.string())})
        self.connection.register("_partner_rows", known)
        fetch(self.connection, "CREATE TEMP TABLE _partner AS SELECT * FROM _partner_rows")
        self.rules = [*rules_of(layout, self.connection, False), *self._own_rules(priced)]
        self.kept = 0

    def check(self, cells: Cells, columns: Sequence[pa.Array | None]) -> Checked:
        """Return what is good and what is bad of a block; `columns` are those of the layout."""
        rows = len(cells.lines)
        named = {
            f"c{n}": pa.nulls(rows, pa.string()) if one is None else one
            for n, one in enumerate(columns)
        }
        self.connection.register("_raw", pa.table({**named, "_line": cells.lines}))
        texts = ", ".join(
            f"{self._text(n) if _is_text(named[f'c{n}']) else f'CAST(c{n} AS VARCHAR)'} AS c{n}"
            for n in range(len(columns))
        )
        fetch(
            self.connection,
            f"CREATE OR REPLACE TEMP VIEW _cells AS SELECT _line, {texts} FROM _raw",
        )
        fetch(self.connection, f"CREATE OR REPLACE TEMP TABLE _checked AS {self._query()}")
        self.connection.unregister("_raw")
        good = self.connection.sql(
            "SELECT _line AS line, pid AS partner, day AS date, key, payload "
            "FROM _checked WHERE NOT bad ORDER BY _line"
        ).to_arrow_table()
        bad, count = self._bad()
        hint = _("look for a comma or a quote inside a cell")
        broken = [Wrong(row.line, {}, [problem("", "", row.message, hint)]) for row in cells.broken]
        room = max(MOST_BAD - self.kept, 0)
        self.kept += len(broken[:room])
        return Checked(good, [*bad, *broken[:room]], count + len(cells.broken))

    def _text(self, number: int) -> str:
        """Return a cell as text; an owner's address in small letters, as people have theirs."""
        cell = _bare(f"c{number}")
        if self.layout.fields[number].name != self.owner:
            return cell
        return f"CASE WHEN contains({cell}, '@') THEN lower(trim({cell})) ELSE {cell} END"

    def _own_rules(self, priced: frozenset[str]) -> Iterable[Rule]:
        place = {one.name: n for n, one in enumerate(self.layout.fields)}
        at, day = place[self.layout.partner], place[self.layout.attained]
        yield Rule(at, f"c{at} IS NULL", _says(_("the partner is empty")))
        yield Rule(at, f"c{at} IS NOT NULL AND pid IS NULL", self._no_partner)
        yield Rule(day, f"c{day} IS NULL", _says(_("the date is empty")))
        keys = place[self.layout.key[0]]
        words = _("the key has more than {count} characters").format(count=_LONGEST_KEY)
        yield Rule(keys, f"length(key) > {_LONGEST_KEY}", _says(words))
        for column in {name for _amount, name in self.layout.money if priced}:
            number = place[column]
            codes = ", ".join(map(literal, sorted(priced)))
            broken = f"f{number} IN (SELECT code FROM _currency) AND f{number} NOT IN ({codes})"
            yield Rule(number, broken, _no_rates)

    def _no_partner(self, text: str | None) -> tuple[str, str]:
        name = text or ""
        hint = nearest(name, self.partners) if self.kept < _SEARCHES else ""
        return _("there is no partner {name}").format(name=shorten(name)), hint

    def _query(self) -> str:
        """Return the query of a block's rows: what they are worth, and whether they are bad."""
        fields = self.layout.fields
        seen = shapes(self.connection, "_cells", dict(enumerate(fields)))
        stamped = [f"c{n}" for n, shape in seen.items() if shape.stamps]
        if stamped:
            work_out_days(self.connection, "_cells", stamped, ZoneInfo("UTC"))
        parts, joins = ["_cells._line"], ""
        for number, one in enumerate(fields):
            shape, cell = seen[number], f"_cells.c{number}"
            stamps = f"s{number}" if shape.stamps else ""
            if stamps:
                joins += f" LEFT JOIN _stamps AS {stamps} ON {stamps}.text = {cell}"
            parts += [cell, f"{typed(cell, one.kind, shape, shape, stamps)} AS f{number}"]
        at = self._at(self.layout.partner)
        joins += f" LEFT JOIN _partner ON _partner.key = _cells.c{at}"
        inner = f"SELECT {', '.join(parts)}, _partner.pid FROM _cells{joins}"
        key = self._key(seen)
        broken = " OR ".join(f"coalesce({rule.broken}, false)" for rule in self.rules)
        return (
            f"SELECT *, f{self._at(self.layout.attained)} AS day, {broken} AS bad "
            f"FROM (SELECT *, {key} AS key, {self._payload(seen)} AS payload FROM ({inner}))"
        )

    def _at(self, column: str) -> int:
        return next(n for n, one in enumerate(self.layout.fields) if one.name == column)

    def _key(self, seen: Mapping[int, Shape]) -> str:
        """Return the expression of the key: its columns, told apart by a bar."""
        places = [self._at(name) for name in self.layout.key]
        parts = [_plain(n, self.layout.fields[n], seen[n]) for n in places]
        if len(parts) == 1:
            return parts[0]
        safe = [rf"replace(replace({part}, '\', '\\'), '|', '\|')" for part in parts]
        return " || '|' || ".join(safe)

    def _payload(self, seen: Mapping[int, Shape]) -> str:
        """Return the expression of a row's columns as JSON: text, by name, without nulls."""
        parts = []
        for name, number in sorted((one.name, n) for n, one in enumerate(self.layout.fields)):
            if name == self.layout.partner:
                continue
            one = self.layout.fields[number]
            label = json.dumps(name, ensure_ascii=False)
            if one.kind == "text":
                text = f"CAST(to_json(c{number}) AS VARCHAR)"
                parts.append(f"{literal(label + ':')} || {text}")
            else:
                text = _plain(number, one, seen[number])
                parts.append(f"{literal(label + ':' + chr(34))} || {text} || '\"'")
        return "'{' || concat_ws(',', " + ", ".join(parts) + ") || '}'"

    def _bad(self) -> tuple[list[Wrong], int]:
        count = fetch(self.connection, "SELECT count(*) FROM _checked WHERE bad")[0][0]
        room = MOST_BAD - self.kept
        if not count or room <= 0:
            return [], count
        fields = self.layout.fields
        cells = ", ".join(f"c{n}" for n in range(len(fields)))
        flags = ", ".join(f"coalesce({rule.broken}, false)" for rule in self.rules)
        found = []
        for line, *values in fetch(
            self.connection,
            f"SELECT _line, {cells}, {flags} FROM _checked WHERE bad ORDER BY _line LIMIT {room}",
        ):
            texts, broken = values[: len(fields)], values[len(fields) :]
            problems = [
                problem(fields[rule.column].name, texts[rule.column] or "", *_told(rule, texts))
                for rule, hit in zip(self.rules, broken, strict=True)
                if hit
            ]
            row = {one.name: text for one, text in zip(fields, texts, strict=True) if text}
            found.append(Wrong(line, row, problems))
            self.kept += 1
        return found, count


def problem(column: str, value: str, message: str, hint: str) -> dict[str, str]:
    """Return a problem of a row as it is kept: the type's column, its cell, what, what to do."""
    return {"column": column, "value": value, "message": message, "hint": hint}


def _told(rule: Rule, texts: Sequence[str | None]) -> tuple[str, str]:
    return rule.explain(texts[rule.column])


def _says(words: str) -> Any:
    return lambda _text: (words, "")


def _no_rates(text: str | None) -> tuple[str, str]:
    words = _("there are no exchange rates for {currency}").format(currency=text)
    return words, _("load rates that have it first")


def _plain(number: int, one: Field, shape: Shape) -> str:
    """Return the expression of a cell's canonical text: 12.50 and 12.5 are the same number."""
    if one.kind == "boolean":
        return f"CAST(f{number} AS VARCHAR)"
    if one.kind in ("integer", "number"):
        text = f"CAST(f{number} AS VARCHAR)"
        return f"rtrim(rtrim({text}, '0'), '.')" if shape.scale else text
    return f"c{number}"


def _bare(cell: str) -> str:
    """Return a cell without the mark that keeps spreadsheets from working it out."""
    marked = f"{cell}[1] = chr(39) AND {cell}[2] IN ('=', '+', '-', '@', chr(9), chr(13), chr(39))"
    return f"CASE WHEN {marked} THEN {cell}[2:] ELSE {cell} END"


def _is_text(column: pa.Array | pa.ChunkedArray) -> bool:
    return bool(pa.types.is_string(column.type))
