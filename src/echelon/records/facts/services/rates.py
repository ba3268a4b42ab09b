"""Exchange rates, as the European Central Bank publishes them: one row a day, one euro's worth."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from moneyed import CURRENCIES

from echelon.foundation.access import EVERY, Right, Scope
from echelon.foundation.audit.services import record as audit
from echelon.records.facts.errors import Refused
from echelon.records.facts.models import Rate
from echelon.records.facts.switching import advance
from rulebook.values.numbers import plain, read_number

BASE = "EUR"
_MANY = 2_000
_SHOWN = 100
_LARGEST = 64 << 20
_ABSENT = {"", "N/A"}

Given = dict[tuple[date, str], str]


def import_ecb(scope: Scope, *, data: bytes, at: datetime) -> dict[str, int]:
    """Take the rates of a file such as eurofxref-hist.csv, or the ZIP that it comes in.

    A day's rate that was another is corrected. Returns how many were new, corrected, unchanged.
    Raises Refused with all that is wrong; nothing is taken then.
    """
    return add(scope, rates=_ecb(_unpacked(data)), at=at)


def add(scope: Scope, *, rates: Mapping[tuple[date, str], str], at: datetime) -> dict[str, int]:
    """Take rates by day and currency: units of it for one euro, as text. Raises Refused."""
    scope.demand(Right.FACTS_LOAD, EVERY)
    given = _checked(rates)
    with transaction.atomic():
        known = {
            (day, code): rate
            for day, code, rate in Rate.objects.values_list("date", "currency", "rate")
        }
        new = [
            Rate(date=d, currency=c, rate=r) for (d, c), r in given.items() if (d, c) not in known
        ]
        other = {key: rate for key, rate in given.items() if known.get(key, rate) != rate}
        counts = {"new": len(new), "corrected": len(other)}
        counts["unchanged"] = len(given) - sum(counts.values())
        if new or other:
            Rate.objects.bulk_create(new, batch_size=_MANY)
            for (day, code), rate in other.items():
                Rate.objects.filter(date=day, currency=code).update(rate=rate)
            advance("rates")
            changed = {f"{day} {code}": rate for (day, code), rate in list(other.items())[:_SHOWN]}
            before = {said: known[key] for said, key in zip(changed, other, strict=False)}
            after = {"counts": counts, "corrected": changed}
            audit(scope, "facts.rates_loaded", "rates", "EUR", at=at, before=before, after=after)
    return counts


def _checked(rates: Mapping[tuple[date, str], str]) -> Given:
    given, wrong = Given(), []
    for (day, code), text in rates.items():
        if code not in CURRENCIES:
            words = _("{code} is not a currency code of ISO 4217").format(code=repr(code))
            wrong.append(f"{day}: {words}")
            continue
        if code == BASE:
            words = _("rates are those of other currencies: one euro is one euro")
            wrong.append(f"{day} {code}: {words}")
            continue
        try:
            number = read_number(text)
        except ValueError as error:
            wrong.append(f"{day} {code}: {error}")
            continue
        if number <= 0:
            words = _("the rate {rate} is not above 0").format(rate=text)
            wrong.append(f"{day} {code}: {words}")
            continue
        given[day, code] = plain(Decimal(number))
    if wrong:
        raise Refused(wrong[:_SHOWN])
    return given


def _unpacked(data: bytes) -> str:
    if data[:4] == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                entry = packed.infolist()[0]
                if entry.file_size > _LARGEST:
                    raise Refused(_("the file is larger than rates can be"))
                data = packed.read(entry)
        except (zipfile.BadZipFile, IndexError, RuntimeError, NotImplementedError):
            raise Refused(_("the ZIP file can't be opened")) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(_("the file is not UTF-8: save it as UTF-8")) from None


def _ecb(text: str) -> Given:
    """Read a table of days by currencies; N/A says that there was no rate."""
    rows = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    header = [name.strip() for name in next(rows, [])]
    if not header or header[0] != "Date":
        raise Refused(_("line 1: not a file of the ECB: its header begins with Date"))
    found, wrong = Given(), list[str]()
    for line, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            day = _day(row[0].strip())
        except ValueError:
            words = _("{text} is not a date such as 2026-01-31").format(text=repr(row[0]))
            wrong.append(_("line {line}: ").format(line=line) + words)
            continue
        found |= {(day, code): rate for code, rate in _rates(header, row)}
    if wrong:
        raise Refused(wrong[:_SHOWN])
    return found


def _day(text: str) -> date:
    """Read a day; the file of the last day alone writes 30 June 2026."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.strptime(text, "%d %B %Y").date()


def _rates(header: list[str], row: list[str]) -> Iterator[tuple[str, str]]:
    for code, cell in zip(header[1:], row[1:], strict=False):
        if code and cell.strip() not in _ABSENT:
            yield code, cell.strip()
