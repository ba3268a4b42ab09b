"""A levelling as JSON and CSV: the same words and figures for files, programs and pages."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

from rulebook.columns import Column, Numbers
from rulebook.columns.plain import plain_texts
from rulebook.columns.rounding import comparable
from rulebook.dataset.data import Value
from rulebook.program import Program
from rulebook.standing.gaps import Gap
from rulebook.standing.result import LadderStanding, Levelling, PartnerStanding
from rulebook.standing.table import Table
from rulebook.values.numbers import plain


def value_text(value: Value) -> str | bool | None:
    """Return a value as JSON has it: numbers and days as text, yes/no and null as they are."""
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value


def gap_json(gap: Gap) -> dict[str, Any]:
    """Return a gap; `or` holds the other ways, each a list of gaps."""
    written: dict[str, Any] = {
        "metric": gap.metric,
        "op": gap.op,
        "have": value_text(gap.have),
        "need": value_text(gap.need),
        "short": value_text(gap.short),
    }
    if gap.gain:
        written["gain"] = {name: plain(value) for name, value in gap.gain.items()}
    if gap.others:
        written["or"] = [[gap_json(other) for other in way] for way in gap.others]
    return written


def ladder_json(ladder: LadderStanding) -> dict[str, Any]:
    """Return what is missing, and how the partner stands in movement."""
    decision = ladder.decision
    standing, proposal = decision.standing, decision.proposal
    written: dict[str, Any] = {"next": None}
    if ladder.next_tier is not None:
        written["next"] = {"tier": ladder.next_tier, "gaps": [gap_json(gap) for gap in ladder.gaps]}
    if ladder.keep is not None:
        written["keep"] = {
            "tier": ladder.keep.tier,
            "lost_from": value_text(ladder.keep.lost_from),
            "gaps": [gap_json(gap) for gap in ladder.keep.gaps],
        }
    if proposal is not None:
        written["proposal"] = {
            "direction": str(proposal.direction),
            "tier": proposal.tier,
            "since": value_text(proposal.since),
        }
    written["movement"] = {
        "reason": str(decision.reason),
        "since": value_text(standing.since),
        "below_since": value_text(standing.below_since),
        "reviewed": value_text(standing.reviewed),
        "suspended": decision.suspended,
    }
    return written


def partner_json(row: PartnerStanding) -> dict[str, Any]:
    """Return one partner."""
    return {
        "partner": row.partner,
        "qualified": row.ladder.qualified,
        "held": row.ladder.held,
        "metrics": {name: value_text(value) for name, value in row.metrics.items()},
        **ladder_json(row.ladder),
        "tracks": {
            name: {
                "qualified": track.ladder.qualified,
                "held": track.ladder.held,
                "metrics": {metric: value_text(value) for metric, value in track.metrics.items()},
                **ladder_json(track.ladder),
            }
            for name, track in row.tracks.items()
        },
    }


def levelling_json(levelling: Levelling) -> dict[str, Any]:
    """Return a whole levelling."""
    return {
        "program": levelling.program,
        "version": levelling.version.isoformat(),
        "as_of": levelling.as_of.isoformat(),
        "digest": levelling.digest,
        "set_aside": [
            {"table": row.table, "reason": row.reason, "count": row.count}
            for row in levelling.set_aside
        ],
        "partners": [partner_json(row) for row in levelling.partners],
    }


def cell(value: Value) -> str:
    """Return a value as a cell: null is empty."""
    text = value_text(value)
    if text is None:
        return ""
    return str(text).lower() if isinstance(text, bool) else text


def header(program: Program) -> list[str]:
    """Return the columns of a levelling, in the document's order."""
    columns = ["partner", "qualified", "held", *program.metrics]
    for name, track in program.tracks.items():
        columns += [f"{name}.qualified", f"{name}.held", *(f"{name}.{m}" for m in track.metrics)]
    return columns


def cell_columns(table: Table) -> list[list[str]]:
    """Return all partners as cells, column by column, in the order of the header."""
    program, columns = table.figures.program, [list(table.partners)]
    for track, _ in program.ladders():
        ladder = table.ladders[track or ""]
        for places in (ladder.qualified, ladder.held):
            columns.append([name or "" for name in ladder.names(places)])
        columns += [cells(column) for column in table.of(track or "").values()]
    return columns


def cells(column: Column) -> list[str]:
    """Return the values of a column as cells."""
    if not isinstance(column, Numbers) or column.same:
        return list(map(cell, column))
    number = comparable(column)
    texts = plain_texts(number.whole(), number.scale)
    if number.valid is None:
        return texts
    return [text if ok else "" for text, ok in zip(texts, number.valid.tolist(), strict=True)]


def levelling_csv(levelling: Levelling, program: Program) -> str:
    """Return a levelling as CSV with a header, one row a partner."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header(program))
    writer.writerows(zip(*cell_columns(levelling.partners.table), strict=True))
    return text.getvalue()
