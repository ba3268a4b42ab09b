"""What counted: a figure of the company opened to its records, those that don't count with why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import questions
from echelon.outcomes.standings.errors import Refused
from echelon.records.enrollments import selectors as enrollments
from echelon.records.partners import selectors as partners
from echelon.records.programs import selectors as programs
from echelon.surfaces.portal import stands
from echelon.surfaces.portal.stands import Stand
from echelon.surfaces.portal.templatetags.figures import amount, number_of
from echelon.surfaces.shell.tables import FORMS, file_of

SIZE = 50
#: The engine's words for why a record doesn't count, as a partner reads them.
REASONS = {
    "bad row": gettext_lazy("Something in it can't be read"),
    "duplicate": gettext_lazy("It is there twice"),
    "no date": gettext_lazy("It has no date"),
    "no rate": gettext_lazy("There is no exchange rate for it yet"),
    "not enrolled": gettext_lazy("Outside your enrollment"),
    "window": gettext_lazy("Outside the days that count"),
    "filter": gettext_lazy("Not of the kind that counts"),
    "not visible": gettext_lazy("Owned by somebody whom your primary user may not see"),
    "group": gettext_lazy("Its group doesn't reach what is asked for"),
}


@dataclass(frozen=True)
class Metric:
    """A figure that can be opened: its name, what it is called, its unit, its value."""

    name: str
    label: str
    unit: str
    currency: str
    value: Any


@dataclass(frozen=True)
class Record:
    """One record of the company, or of one below whose records the reader may see."""

    key: str
    day: date | None
    until: date | None
    whose: str
    amounts: Sequence[dict[str, Any]]
    columns: dict[str, Any]
    counts_as: Any
    reason: str
    late: bool
    running: Decimal | None = None

    @property
    def month(self) -> str:
        """The month that it lies in, such as 2026-05."""
        return self.day.isoformat()[:7] if self.day else ""


@guarded(Right.STANDINGS_READ)
@require_GET
def shown(request: HttpRequest, program: UUID) -> HttpResponse:
    """Show what a figure is made of, page by page, adding up to it."""
    scope, query = scope_of(request), request.GET
    found, standing = _standing(scope, program)
    metrics = _metrics(standing)
    metric = _chosen(metrics, standing, query.get("metric", ""))
    context: dict[str, Any] = {"program": found, "tab": "counted", "metrics": metrics}
    if metric is None:
        return render(request, "portal/counted.html", context)
    context |= {"metric": metric, "as_of": standing[0].current.as_of}
    try:
        figure = _figure(scope, program, metric, standing[0])
    except Refused as refused:
        return render(request, "portal/counted.html", context | {"problems": refused.problems})
    context |= {
        "figure": figure,
        "lags": figure["value"] != metric.value,
        "rule": _rule(figure["how"]),
        "filter_query": urlencode({"metric": metric.name}),
        "parts": [(part, _value(part, metrics)) for part in figure["parts"]],
    }
    if "records" in figure:
        context |= _page(scope, figure["records"], query)
    return render(request, "portal/counted.html", context)


@guarded(Right.STANDINGS_READ)
@require_GET
def file(request: HttpRequest, program: UUID) -> HttpResponse:
    """Give the records of a figure as a file: counted and not, each with its reason."""
    scope, query, at = scope_of(request), request.GET, timezone.now()
    form = query.get("form", "csv")
    found, standing = _standing(scope, program)
    metrics = _metrics(standing)
    metric = _chosen(metrics, standing, query.get("metric", ""))
    if metric is None or form not in FORMS:
        raise Hidden
    try:
        figure = _figure(scope, program, metric, standing[0])
    except Refused:
        raise Hidden from None
    records = figure.get("records")
    rows, below = _records(scope, records) if records else ([], [])
    about = [
        ("program", found.name),
        ("figure", metric.label),
        ("value", str(figure["value"])),
        ("worked out as", figure["how"]),
        ("of", standing[0].current.as_of.isoformat()),
    ]
    headings = ["record", "day", "until", "company", "amount", "currency", "rate", "converted",
                "counts as", "counted", "reason", "details"]  # fmt: skip
    if below:
        about.append(("records of companies below", str(len(below))))
        about.append(("their part", str(sum(map(_number, below), Decimal(0)))))
    return file_of(form, metric.name, headings, map(_cells, rows), about=about, at=at)


def _standing(scope: Scope, program: UUID) -> tuple[Any, list[Stand]]:
    """Return a program that the company is in or may join, and where it stands there."""
    found = [stand for own in scope.own for stand in stands.of(scope, own, program, since=False)]
    if found:
        return found[0].current.program, found
    return programs.program(scope, program, among=enrollments.programs_open_to(scope)), []


def _metrics(standing: list[Stand]) -> list[Metric]:
    """Return every figure of a program and its tracks, once."""
    found: dict[str, Metric] = {}
    for stand in standing:
        track = stand.current.track
        for name, said in stand.ladder.metrics.items():
            own = name.removeprefix(f"{track}.") if track else name
            if own in stand.now.metrics and (own != name or not track):
                found[name] = Metric(
                    name, said["label"], said["unit"], stand.ladder.currency, stand.now.metrics[own]
                )
    return list(found.values())


def _chosen(metrics: list[Metric], standing: list[Stand], name: str) -> Metric | None:
    """Return the figure that an address names; without a name, the first that a tier asks for."""
    if name:
        found = next((metric for metric in metrics if metric.name == name), None)
        if found is None:
            raise Hidden
        return found
    goal = standing[0].goal if standing else None
    asked = _first(goal.tree) if goal else ""
    return next((metric for metric in metrics if metric.name == asked), None) or next(
        iter(metrics), None
    )


def _first(tree: Any) -> str:
    """Return the first figure that a requirement looks at."""
    if tree is None:
        return ""
    for part in getattr(tree, "parts", ()):
        if found := _first(part):
            return found
    return next(iter(getattr(tree, "metrics", ())), "")


def _figure(scope: Scope, program: UUID, metric: Metric, stand: Stand) -> dict[str, Any]:
    return questions.evidence(
        scope, partner=stand.current.partner_id, program=program, metric=metric.name,
        as_of=stand.current.as_of,
    )  # fmt: skip


def _rule(how: str) -> str:
    """Return the condition of a figure as its document has it; "" where every record may count."""
    return how.partition(" where ")[2].partition(" per ")[0]


def _value(part: dict[str, Any], metrics: list[Metric]) -> str:
    known = next((each for each in metrics if each.name == part["name"]), None)
    return amount(part["value"], known.unit if known else "", known.currency if known else "")


# -- records --------------------------------------------------------------------------------


def _page(scope: Scope, records: dict[str, Any], query: Any) -> dict[str, Any]:
    """Return one page of the records, and sums that add up to the figure."""
    others, month = query.get("part") == "others", query.get("month", "")
    rows, below = _records(scope, records)
    every = [row for row in rows if bool(row.reason) == others]
    every.sort(key=lambda row: row.day or date.min, reverse=True)
    months = sorted({row.month for row in every if row.month}, reverse=True)
    month = month if month in months else ""
    chosen = [row for row in every if not month or row.month == month]
    adds = not others and _adds(records)
    start = int(query["from"]) if query.get("from", "").isdecimal() else 0
    start = min(start, len(chosen)) // SIZE * SIZE
    return {
        "records": records,
        "first": _day(records["from"]),
        "last": _day(records["to"]),
        "others": others,
        "months": [(each, _spoken(each)) for each in months],
        "month": month,
        "month_spoken": _spoken(month) if month else "",
        "rows": list(_running(chosen, start)) if adds else chosen[start : start + SIZE],
        "count": len(chosen),
        "from": start + 1,
        "to": min(start + SIZE, len(chosen)),
        "next": start + SIZE if start + SIZE < len(chosen) else "",
        "before": start - SIZE if start > SIZE else "",
        "begun": start > 0,
        "adds": adds,
        "sum": sum((_number(row) for row in chosen), Decimal(0)),
        "rest": sum((_number(row) for row in every if month and row.month != month), Decimal(0)),
        "below": [row for row in below if bool(row.reason) == others],
        "below_sum": sum((_number(row) for row in below), Decimal(0)),
        "reasons": [
            (REASONS.get(reason, reason), count)
            for reason, count in records["others"]["reasons"].items()
        ],
    }


def _records(scope: Scope, records: dict[str, Any]) -> tuple[list[Record], list[Record]]:
    """Return the records that the reader may see, and those of companies below that it may not.

    Of the latter a page tells no more than their number and what they add up to: the figure itself
    tells that.
    """
    sides = (*records["counted"]["facts"], *records["others"]["facts"])
    if not records["family"]:
        return [_record(row, "") for row in sides], []
    seen = partners.keys(scope, Right.FACTS_READ)
    own = {key for key, partner in seen.items() if partner in scope.own}
    shown = [
        _record(row, "" if row["partner"] in own else row["partner"])
        for row in sides
        if row["partner"] in seen
    ]
    return shown, [_record(row, "") for row in sides if row["partner"] not in seen]


def _record(row: dict[str, Any], whose: str) -> Record:
    reason = row.get("reason", "")
    inputs = [each for each in row.get("inputs", []) if each is not None]
    valid = row.get("valid") or [row.get("day"), None]
    return Record(
        key=" · ".join(str(value) for value in row["key"].values()),
        day=_day(valid[0]),
        until=_day(valid[1]),
        whose=whose,
        amounts=row.get("amounts", ()),
        columns=row.get("columns", {}),
        counts_as=inputs[0] if len(inputs) == 1 else None,
        reason=str(REASONS.get(reason, reason)),
        late=bool(row.get("late")),
    )


def _running(rows: Sequence[Record], start: int) -> Iterator[Record]:
    """Yield a page of records with the sum up to each."""
    total = sum((_number(row) for row in rows[:start]), Decimal(0))
    for row in rows[start : start + SIZE]:
        total += _number(row)
        yield Record(**{**vars(row), "running": total})


def _adds(records: dict[str, Any]) -> bool:
    """Whether the figure is the sum of what each record counts as."""
    inner = records["aggregates"]
    simple = len(inner) == 1 and inner[0]["text"].startswith(("sum(", "count()"))
    return simple and "per" not in records and inner[0]["value"] == records["total"]


def _number(row: Record) -> Decimal:
    return number_of(row.counts_as) or Decimal(0)


def _cells(row: Record) -> list[Any]:
    first = row.amounts[0] if row.amounts else {}
    return [
        row.key,
        row.day,
        row.until,
        row.whose,
        *(first.get(name) for name in ("amount", "currency", "rate", "converted")),
        row.counts_as,
        _("no") if row.reason else _("yes"),
        row.reason,
        ", ".join(f"{name}: {value}" for name, value in row.columns.items()),
    ]


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None


def _spoken(month: str) -> str:
    return f"{MONTHS[int(month[5:])]} {month[:4]}"
