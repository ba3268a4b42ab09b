"""Random data folders: families, money, references, validity, and everything that goes wrong.

Days lie where rules turn: at as-of, whole periods before it, month ends, 29 February.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.reference.source import Source

KEYS = ["A", "10", "9", "b", "Ä-1", "é", "B", "02", "Zoë & co", "7", "a", "名"]
COUNTRIES = ["DE", "FR", "Ö", "de", ""]
CHANNELS = ["web", "WEB", "var", "10", "9", "ß", ""]
ITEMS = ["i1", "i2", "i10", "missing", ""]
PERSONS = ["ann", "bob", "Ann", "eve", ""]
EXAMS = ["x", "y", "10", ""]
AS_OF = ["2020-05-31", "2020-02-29", "2020-03-31", "2021-02-28", "2020-06-30", "2020-01-01",
         "2020-12-31", "2020-08-15", "2021-01-03", "2020-03-30"]  # fmt: skip
CURRENCIES = ["USD", "EUR", "JPY", "KWD", "GBP"]
RATES = {"USD": "1.0831", "JPY": "121.37", "KWD": "0.3341", "GBP": "0.87655"}


@dataclass
class Shape:
    """What a folder has, for whoever writes a program over it."""

    as_of: date
    currency: str
    partners: list[str]
    zone: str = ""
    tables: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    families: bool = False
    enrolled: bool = False
    base: bool = False
    valid: list[str] = field(default_factory=list)
    dates: dict[str, str] = field(default_factory=dict)
    spec: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[list[str]]] = field(default_factory=dict)


def back(day: date, months: int) -> date:
    """A day so many months before, for tests' own data; clipped to the month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def any_day(source: Source, as_of: date) -> date:
    """A day near where windows turn, or anywhere in three years."""
    kind = source.whole(0, 5)
    if kind == 0:
        return as_of - timedelta(days=source.whole(0, 40))
    if kind in (1, 2):
        day = back(as_of, source.pick([0, 1, 2, 3, 6, 12, 13, 24]))
        return day + timedelta(days=source.whole(-1, 1))
    if kind == 3:
        month = back(as_of.replace(day=1), source.whole(0, 26))
        return month - timedelta(days=source.whole(0, 1))
    if kind == 4:
        return date(2020, 2, 29)
    return as_of - timedelta(days=source.whole(-60, 900))


def random_shape(source: Source) -> Shape:
    """A whole folder."""
    as_of = date.fromisoformat(source.pick(AS_OF))
    partners = source.some(KEYS, 3, 12)
    shape = Shape(as_of, source.pick(CURRENCIES[:4]), partners)
    shape.zone = source.pick(["Europe/Berlin", "America/New_York"]) if source.chance(15) else ""
    shape.spec = {"partners": {"file": "partners.csv", "key": "id"}, "facts": {}}
    _partners(source, shape)
    which = source.whole(0, 3)
    _references(source, shape)
    count = max(source.whole(0, 60), source.whole(0, 60))
    if which != 1:
        _sales(source, shape, count if which == 0 else count // 2)
    if which != 0:
        _certs(source, shape, count if which == 1 else count // 2)
    _rates(source, shape)
    if source.chance(60):
        _enrollments(source, shape)
    return shape


def _partners(source: Source, shape: Shape) -> None:
    shape.families = source.chance(60)
    rows = [["id", "parent", "country", "size", "joined", "vip"]]
    for index, key in enumerate(shape.partners):
        parent = ""
        if shape.families and index and source.chance(60):
            parent = shape.partners[source.whole(0, index - 1)]
        size = source.pick(["1", "2", "10", "0", ""])
        joined = source.pick([str(any_day(source, shape.as_of)), ""])
        vip = source.pick(["no", "yes", "true", ""])
        rows.append([key, parent, source.pick(COUNTRIES), size, joined, vip])
    columns = {"country": "text", "size": "integer", "joined": "date", "vip": "boolean"}
    shape.spec["partners"]["columns"] = columns
    if shape.families:
        shape.spec["partners"]["parent"] = "parent"
    # Rows in another order than their keys, so that nothing relies on it.
    shape.files["partners.csv"] = [rows[0], *rows[:0:-1]]


def _references(source: Source, shape: Shape) -> None:
    rows = [["sku", "category", "weight"]]
    for item in ITEMS[:3]:
        rows.append(
            [item, source.pick(["Bikes", "Parts", ""]), source.pick(["1.5", "2", "", "-1"])]
        )
    shape.spec["references"] = {
        "product": {"file": "products.csv", "key": "sku",
                    "columns": {"category": "text", "weight": "number"}}
    }  # fmt: skip
    shape.files["products.csv"] = rows


def _owner(source: Source, shape: Shape) -> str:
    if source.chance(6):
        return source.pick(["", "nobody"])
    # Half of the facts fall to the first few, so that some partners have many and some none.
    few = source.chance(50)
    return source.pick(shape.partners[: 1 + len(shape.partners) // 3] if few else shape.partners)


def _amount(source: Source) -> str:
    kind = source.whole(0, 4)
    if kind == 0:
        return source.pick(["100", "100.00", "0", "-50", ""])
    if kind == 1:
        return f"{source.whole(-3000, 3000)}"
    cents = source.whole(-2000, 90000)
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _score(source: Source) -> str:
    kind = source.whole(0, 5)
    if kind == 5:
        return f"0.{source.whole(0, 999999999999):012}"
    return source.pick(["1", "2", "2.5", "", "-1", "0", "90", f"{source.whole(0, 99)}.25", "+3"])


def _sales(source: Source, shape: Shape, count: int) -> None:
    both = source.chance(20)
    twice = source.chance(30)
    head = ["id", "partner", "sold_on", "amount", "currency", "qty", "score", "item", "second",
            "channel", "closed", "flag", "begin", "until"]  # fmt: skip
    rows = []
    for index in range(count):
        day = any_day(source, shape.as_of)
        begin = day + timedelta(days=source.pick([0, -30, 30]))
        amount = _amount(source)
        currency = source.pick(CURRENCIES[:3]) if amount or source.chance(50) else ""
        closed = str(any_day(source, shape.as_of)) if source.chance(60) else ""
        rows.append([
            f"s{index}", _owner(source, shape), _moment(source, shape, day), amount,
            currency, source.pick(["1", "2", "3", "0", "-2", "20", ""]), _score(source),
            source.pick(ITEMS), source.pick(ITEMS), source.pick(CHANNELS), closed,
            source.pick(["yes", "no", "true", "false", ""]), str(begin), _until(source, shape),
        ])  # fmt: skip
    columns: dict[str, Any] = {
        "amount": {"type": "money", "currency": "currency"}, "qty": "integer", "score": "number",
        "item": {"type": "text", "references": "product"},
        "second": {"type": "text", "references": "product"} if twice else "text",
        "channel": "text", "closed": "date", "flag": "boolean",
    }  # fmt: skip
    table: dict[str, Any] = {"file": "sales.csv", "key": "id", "date": "sold_on"}
    if both:
        table["valid"] = {"from": "begin", "until": "until"}
        shape.valid.append("sales")
    shape.spec["facts"]["sales"] = {**table, "columns": columns}
    via = "item" if twice else "product"
    shape.dates["sales"] = "closed"
    shape.tables["sales"] = {
        "number": ["amount", "amount", "score", "qty", f"{via}.weight"],
        "text": ["channel", "item", f"{via}.category", "currency", "partner.country"],
        "date": ["sold_on", "closed"],
        "bool": ["flag", "partner.vip"],
    }
    shape.files["sales.csv"] = _repeated(source, head, rows)


def _moment(source: Source, shape: Shape, day: date) -> str:
    """A day, seldom none; with a time zone some are moments that may belong to a day beside."""
    if source.chance(4):
        return ""
    if shape.zone and source.chance(40):
        clock = source.pick(["23:30:00Z", "00:30:00", "22:15:00-05:00", "00:10:00+09:00"])
        return f"{day}T{clock}"
    return str(day)


def _until(source: Source, shape: Shape) -> str:
    far = shape.as_of + timedelta(days=source.pick([0, 1, -1, 200, -200]))
    return str(far) if source.chance(70) else ""


def _certs(source: Source, shape: Shape, count: int) -> None:
    both = source.chance(50)
    head = ["number", "series", "who", "got", "begin", "until", "person", "exam", "hours", "fee"]
    rows = []
    for index in range(count):
        begin = any_day(source, shape.as_of)
        got = begin + timedelta(days=source.pick([0, -10, 10, 400]))
        rows.append([
            str(index // 2), "ab"[index % 2], _owner(source, shape),
            "" if both and source.chance(4) else str(got),
            "" if source.chance(5) else str(begin), _until(source, shape),
            source.pick(PERSONS), source.pick(EXAMS),
            source.pick(["1", "8", "0", "7.5", ""]), _amount(source),
        ])  # fmt: skip
    table: dict[str, Any] = {
        "file": "certs.csv", "key": ["number", "series"], "partner": "who",
        "valid": {"from": "begin", "until": "until"},
    }  # fmt: skip
    if both:
        table["date"] = "got"
    columns = {"person": "text", "exam": "text", "hours": "number",
               "fee": {"type": "money", "currency": "USD"}}  # fmt: skip
    if not both:
        columns["got"] = "date"
    shape.spec["facts"]["certs"] = {**table, "columns": columns}
    shape.valid.append("certs")
    shape.dates["certs"] = "got"
    shape.tables["certs"] = {
        "number": ["hours", "fee"],
        "text": ["person", "exam", "partner.country", "who"],
        "date": ["begin", "until", "got"],
        "bool": ["partner.vip"],
    }
    shape.files["certs.csv"] = _repeated(source, head, rows)


def _repeated(source: Source, head: list[str], rows: list[list[str]]) -> list[list[str]]:
    """The same fact may stand there twice; the order of rows means nothing."""
    again = [rows[source.whole(0, len(rows) - 1)] for _ in range(source.whole(0, 3)) if rows]
    return [head, *again, *rows]


def _rates(source: Source, shape: Shape) -> None:
    """Rates of each currency from long ago, then on few days, each currency its own."""
    rows = [["date", "currency", "rate"]]
    for currency, rate in RATES.items():
        rows.append(["2015-01-01", currency, rate])
        days = {any_day(source, shape.as_of) for _ in range(source.whole(0, 5))}
        for day in sorted(days, reverse=True):
            rows.append([str(day), currency, f"{rate}{source.whole(0, 9)}"])
    shape.files["rates.csv"] = rows
    shape.spec["rates"] = {"file": "rates.csv", "base": "EUR"}


def _enrollments(source: Source, shape: Shape) -> None:
    """Most are in force; some ended, come later, came back, or never were."""
    shape.enrolled = True
    shape.base = source.chance(40)
    rows = [["partner", "program", "start", "end", "tier"]]
    for key in shape.partners:
        day = any_day(source, shape.as_of)
        start = min(day, shape.as_of)
        ended = min(start, shape.as_of - timedelta(days=1))
        kind = source.pick(["force"] * 6 + ["open", "limited", "again", "ended", "future", "never"])
        spans = {
            "force": [(str(start), "")],
            "open": [("", "")],
            "limited": [(str(start), str(shape.as_of + timedelta(days=source.whole(0, 1))))],
            "again": [(str(ended - timedelta(days=300)), str(ended - timedelta(days=200))),
                      (str(start), "")],
            "ended": [(str(ended - timedelta(days=300)), str(ended))],
            "future": [(str(shape.as_of + timedelta(days=1)), "")],
            "never": [],
        }[kind]  # fmt: skip
        rows += [[key, "p", first, last, ""] for first, last in spans]
        if shape.base and source.chance(70):
            tier = source.pick(["blue", "green", "red", ""])
            last = source.pick(["", "", str(shape.as_of - timedelta(days=1))])
            rows.append([key, "base", str(ended), last, tier])
    shape.files["enrollments.csv"] = rows
    shape.spec["enrollments"] = {"file": "enrollments.csv"}
    if shape.base:
        shape.spec["programs"] = {"base": ["blue", "green", "red"]}
