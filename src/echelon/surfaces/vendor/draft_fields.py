"""What the forms of a draft show: each part's fields with their values, kinds and places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from echelon.records.programs.editing import benefits, grid, ladders, movement
from rulebook.errors import Problem
from rulebook.reading.document import Document, dotted

YES_NO = [("", "–"), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
#: How a criterion compares, as people say it.
COMPARES = {
    ">=": gettext_lazy("at least"),
    ">": gettext_lazy("more than"),
    "<=": gettext_lazy("at most"),
    "<": gettext_lazy("less than"),
    "=": gettext_lazy("exactly"),
    "<>": gettext_lazy("other than"),
    "is": gettext_lazy("yes or no"),
}
BAR_TITLES = {
    "requires": gettext_lazy("To reach a tier"),
    "keep": gettext_lazy("To keep it: a lower bar, where there is one"),
}


@dataclass
class Shown:
    """One field: `path` is where its value stands in the document, for what the check says."""

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    choices: Iterable[tuple[str, Any]] = ()
    path: str = ""
    number: int = 0
    error: str = ""
    theirs: str | None = None
    hint: str = ""
    note: str = ""
    #: The id of a list of what is known, to choose from while typing.
    known: str = ""


@dataclass
class Page:
    """A part of a draft as its page shows it: fields by name, and what the template lays out."""

    fields: dict[str, Shown] = field(default_factory=dict)
    layout: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, label: Any, **more: Any) -> Shown:
        """Add a field; return it for the layout."""
        self.fields[name] = Shown(name, str(label), number=len(self.fields) + 1, **more)
        return self.fields[name]

    def values(self, now: Mapping[str, str]) -> None:
        """Fill the fields."""
        for name, each in self.fields.items():
            each.value = now.get(name, "")

    def place(self, problems: Iterable[Problem]) -> list[Problem]:
        """Put what the check says beside the fields that it is about; return the rest."""
        rest = []
        by_path = sorted((each for each in self.fields.values() if each.path), key=_long)
        for problem in problems:
            at = next((each for each in by_path if _under(problem.path, each.path)), None)
            if at is None or problem.notice:
                rest.append(problem)
            else:
                hint = f" ({problem.hint})" if problem.hint else ""
                at.error = at.error or f"{problem.message}{hint}"
        return rest


def _long(field_: Shown) -> int:
    return -len(field_.path)


def _under(path: str, above: str) -> bool:
    return path == above or path.startswith((f"{above}.", f"{above}["))


def tiers(document: Document, track: str, _more: list[str]) -> Page:
    """Return the form of a ladder's tiers."""
    page, rows = Page(), []
    head = ".".join(ladders.ladder_path(track)) and dotted(ladders.ladder_path(track)) + "."
    for rung in ladders.rungs(document, track):
        path = f"{head}tiers.{rung.key}"
        name, key = {"tier": rung.label}, rung.key
        rows.append(
            {
                "rung": rung,
                "place": page.add(f"place|{key}", _("Place of %(tier)s") % name, kind="place"),
                "label": page.add(f"label|{key}", _("Name of %(tier)s") % name, path=path),
                "key": page.add(f"key|{key}", _("Key of %(tier)s") % name),
                "drop": page.add(f"drop|{key}", _("Remove %(tier)s") % name, kind="check"),
            }
        )
    page.layout = {
        "rows": rows,
        "new_key": page.add("new_key", _("Key of the new tier"), hint="platinum", known="known"),
        "new_label": page.add("new_label", _("Its name"), hint="Platinum"),
    }
    return page


def bars(document: Document, track: str, more: list[str]) -> Page:
    """Return the grids of what a ladder's tiers ask for."""
    page, grids = Page(), []
    said = grid.parameters(document)
    for bar in grid.BARS:
        shown = grid.grid(document, track, bar, grid.more_of(more, bar))
        rows = []
        for row in shown.rows:
            cells = [_cell(page, bar, row, rung, said) for rung in shown.tiers]
            rows.append({"row": row, "compares": COMPARES[row.op], "cells": cells})
        grids.append({"bar": bar, "title": BAR_TITLES[bar], "grid": shown, "rows": rows})
    page.layout = {
        "grids": grids,
        "metrics": grid.metrics(document, track),
        "compares": COMPARES,
        "more": more,
    }
    return page


def _cell(
    page: Page, bar: str, row: grid.Row, rung: ladders.Rung, said: Mapping[str, str]
) -> Shown:
    label = _("{tier}: {criterion}").format(tier=rung.label, criterion=row.label)
    cell = row.cells.get(rung.key)
    return page.add(
        f"{bar}|{rung.key}|{row.key}",
        label,
        kind="select" if row.yes_no else "bar",
        choices=YES_NO if row.yes_no else (),
        path=cell.path if cell else "",
        note=said.get(cell.value, "") if cell else "",
    )


def gifts(document: Document, track: str, _more: list[str]) -> Page:
    """Return the grid of what a ladder's tiers give."""
    page, rows = Page(), []
    shown = benefits.matrix(document, track)
    columns = [
        (benefits.EVERYONE, _("Everyone")),
        *((each.key, each.label) for each in shown.tiers),
    ]
    measured = [("", "–"), *grid.metrics(document, track).items()]
    for row in shown.rows:
        cells = [
            page.add(
                f"value|{row.key}|{key}",
                f"{row.label}: {label}",
                kind="select" if row.type == "yes_no" else "text" if row.type == "text" else "bar",
                choices=YES_NO if row.type == "yes_no" else (),
                path=f"{row.path}.{key}",
            )
            for key, label in columns
        ]
        rows.append({"row": row, "cells": cells, **_around(page, row, measured)})
    page.layout = {
        "columns": columns,
        "rows": rows,
        "new_key": page.add("new_key", _("Key of the new benefit"), hint="rebate"),
        "new_label": page.add("new_label", _("Its name"), hint="Back-end rebate"),
        "new_type": page.add(
            "new_type", _("Its values are"), kind="select",
            choices=[("", "–"), *benefits.TYPES.items()],
        ),
    }  # fmt: skip
    return page


def _around(page: Page, row: benefits.Row, measured: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return what a benefit's row has beside its values."""
    name, key, found = {"name": row.label}, row.key, {}
    if row.type == "percent":
        of, cap = _("%(name)s: percent of") % name, _("%(name)s: at most") % name
        found = {
            "of": page.add(f"of|{key}", of, kind="select", choices=measured, path=f"{row.path}.of"),
            "cap": page.add(f"cap|{key}", cap, kind="bar", path=f"{row.path}.cap"),
        }
    return {
        "type": benefits.TYPES.get(row.type, row.type),
        "label": page.add(f"label|{key}", _("Name of %(name)s") % name, path=row.path),
        "drop": page.add(f"drop|{key}", _("Remove %(name)s") % name, kind="check"),
        **found,
    }


def moves(_document: Document, track: str, _more: list[str]) -> Page:
    """Return the form of a ladder's movement policy."""
    page = Page()
    head = dotted((*ladders.ladder_path(track), "movement"))

    def chosen(name: str, label: Any, choices: Mapping[str, Any], path: str) -> Shown:
        return page.add(name, label, kind="select", choices=choices.items(), path=f"{head}.{path}")

    def span(name: str, label: Any, path: str) -> list[Shown]:
        count = page.add(f"{name}_count", label, kind="count", path=f"{head}.{path}")
        unit = page.add(f"{name}_unit", _("Unit"), kind="select", choices=movement.UNITS.items())
        return [count, unit]

    ways = []
    for way, title, step in (
        ("promote", _("Up"), "up"),
        ("demote", _("Down"), "down"),
    ):
        asked = "promotion" if way == "promote" else "demotion"
        ways.append(
            {
                "title": title,
                "fields": [
                    chosen(way, _("When tiers are looked at"), movement.CADENCES, way),
                    page.add(
                        f"{way}_days", _("Days of the year"), hint="01-15, 07-15", kind="when"
                    ),
                    chosen(f"{way}_each", _("Of each"), movement.PERIODS, way),
                    page.add(f"{way}_day", _("on day number"), kind="count"),
                    chosen(step, _("How far at once"), movement.STEPS, step),
                    chosen(asked, _("Who says yes"), movement.APPROVAL, f"approval.{asked}"),
                ],
            }
        )
    page.layout = {
        "ways": ways,
        "grace": span("grace", _("Grace: below the bar this long before a demotion"), "grace"),
        "hold": [
            chosen("hold", _("Hold: no demotion"), movement.HOLD, "hold"),
            *span("hold", _("For"), "hold"),
        ],
        "newcomers": span("newcomers", _("Newcomers: no demotion for"), "newcomers.hold"),
        "effective": chosen("effective", _("A move takes effect"), movement.EFFECTIVE, "effective"),
    }
    return page
