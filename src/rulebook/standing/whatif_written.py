"""A what-if as JSON and CSV: the same bytes whenever the same is asked."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from rulebook.standing.costs import Cost, Spent
from rulebook.standing.simulate import LadderChange, Move, Mover, Tally, Tier, Version, WhatIf
from rulebook.standing.turned import Look, Turned
from rulebook.standing.whatif_words import mover_words
from rulebook.standing.written import value_text
from rulebook.values.numbers import plain, subtract

COLUMNS = (
    "partner", "track", "qualified_before", "qualified_after", "held_before", "held_after", "why",
)  # fmt: skip


def whatif_json(answer: WhatIf, changes: Sequence[str] = ()) -> dict[str, Any]:
    """Return a what-if; `changes` are the settings that led to the document after."""
    same = answer.before.currency == answer.after.currency
    return {
        "as_of": answer.as_of.isoformat(),
        "before": _version(answer.before),
        "after": _version(answer.after),
        "set": list(changes),
        "ladders": [_ladder(ladder) for ladder in answer.ladders],
        "movers": [_mover(mover) for mover in answer.movers],
        "costs": [_cost(cost, same) for cost in answer.costs],
        "cost": {
            "before": plain(answer.cost_before),
            "after": plain(answer.cost_after),
            "change": plain(subtract(answer.cost_after, answer.cost_before)) if same else None,
        },
    }


def whatif_csv(answer: WhatIf) -> str:
    """Return the movers as CSV with a header, one row a partner and ladder; none is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for mover in answer.movers:
        tiers = (mover.qualified.before, mover.qualified.after, mover.held.before, mover.held.after)
        writer.writerow(
            [mover.partner, mover.track, *(tier or "" for tier in tiers), mover_words(mover)]
        )
    return text.getvalue()


def _version(version: Version) -> dict[str, str]:
    return {
        "program": version.program,
        "version": version.version.isoformat(),
        "currency": version.currency,
        "digest": version.digest,
    }


def order(ladder: LadderChange) -> list[Tier]:
    """Return all tiers of a ladder before and after, the highest first, then none.

    A tier that only one document has stands above the one that is next below it there.
    """
    tiers = list(ladder.tiers_after)
    for index, tier in enumerate(ladder.tiers_before):
        if tier not in tiers:
            below = [t for t in ladder.tiers_before[:index] if t in tiers]
            tiers.insert(tiers.index(below[-1]) + 1 if below else 0, tier)
    return [*reversed(tiers), None]


def _ladder(ladder: LadderChange) -> dict[str, Any]:
    tiers = order(ladder)
    return {
        "track": ladder.track or None,
        "qualified": _tally(ladder.qualified, tiers),
        "held": _tally(ladder.held, tiers),
    }


def _tally(tally: Tally, tiers: Sequence[Tier]) -> dict[str, Any]:
    return {
        "counts": [
            {
                "tier": tier,
                "before": _count(tally.before, tier),
                "after": _count(tally.after, tier),
                "change": _count(tally.after, tier) - _count(tally.before, tier),
            }
            for tier in tiers
        ],
        "matrix": [
            {"from": one, "to": two, "partners": tally.matrix[one, two]}
            for one in tiers
            for two in tiers
            if tally.matrix.get((one, two))
        ],
    }


def _count(counts: Mapping[Tier, int], tier: Tier) -> int:
    return counts.get(tier, 0)


def _mover(mover: Mover) -> dict[str, Any]:
    return {
        "partner": mover.partner,
        "track": mover.track or None,
        "qualified": _move(mover.qualified),
        "held": _move(mover.held),
        "why": mover_words(mover),
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "from": move.before,
        "to": move.after,
        "reason": move.reason or None,
        "reason_before": move.reason_before or None,
        "turned": [_turned(turned) for turned in move.why],
    }


def _turned(turned: Turned) -> dict[str, Any]:
    return {"met": turned.met, "before": _look(turned.before), "after": _look(turned.after)}


def _look(look: Look | None) -> dict[str, Any] | None:
    if look is None:
        return None
    return {
        "path": look.path,
        "text": look.text,
        "metric": look.metric,
        "op": look.op,
        "have": value_text(look.have),
        "need": value_text(look.need),
        "met": look.met,
    }


def _cost(cost: Cost, same_currency: bool) -> dict[str, Any]:
    change = None
    if same_currency and cost.before is not None and cost.after is not None:
        change = plain(subtract(cost.after.amount, cost.before.amount))
    return {
        "track": cost.track or None,
        "benefit": cost.benefit,
        "label": cost.label,
        "before": _spent(cost.before),
        "after": _spent(cost.after),
        "change": change,
    }


def _spent(spent: Spent | None) -> dict[str, Any] | None:
    if spent is None:
        return None
    return {"amount": plain(spent.amount), "partners": spent.partners}
