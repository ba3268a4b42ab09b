"""A what-if as a page of text: counts, movers with their reasons, what the benefits cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from echelon.cli.screen import columns
from rulebook.standing.simulate import LadderChange, Move, Mover, Tally, Tier, WhatIf
from rulebook.standing.whatif_words import grouped, mover_words
from rulebook.standing.whatif_written import order
from rulebook.values.money import minor_unit
from rulebook.values.numbers import subtract


def table(answer: WhatIf, title: str, changes: Sequence[str]) -> str:
    """Return the whole page."""
    text = f"{title}, {answer.as_of}\nwhat if: {', '.join(changes)}\n"
    for ladder in answer.ladders:
        text += "\n" + counts(ladder)
        movers = [mover for mover in answer.movers if mover.track == ladder.track]
        if movers:
            text += "\n" + matrix("qualified", ladder.qualified, order(ladder))
            text += "\n" + listed(movers)
        else:
            text += "nobody moves\n"
    return text + ("\n" + costs(answer) if answer.costs else "")


def counts(ladder: LadderChange) -> str:
    """Return each tier's partners before and after, the highest tier first."""
    rows = [[ladder.track or "tier", "qualified", "", "", "", "held", "", "", ""]]
    for tier in order(ladder):
        cells = [*_change(ladder.qualified, tier), *_change(ladder.held, tier)]
        if tier is not None or any(cell not in ("0", "→", "") for cell in cells):
            rows.append([tier or "none", *cells])
    return columns(rows, frozenset((1, 3, 4, 5, 7, 8)))


def _change(tally: Tally, tier: Tier) -> list[str]:
    before, after = tally.before.get(tier, 0), tally.after.get(tier, 0)
    return [f"{before:,}", "→", f"{after:,}", signed(Decimal(after - before))]


def signed(value: Decimal) -> str:
    """Write a difference with its sign; none is empty."""
    if not value:
        return ""
    return ("+" if value > 0 else "−") + grouped(abs(value))


def matrix(word: str, tally: Tally, tiers: Sequence[Tier]) -> str:
    """Return from which tier (rows) to which (columns) partners go; a dot is nobody."""
    used = [t for t in tiers if tally.before.get(t) or tally.after.get(t)]
    rows = [[f"{word}, from ↓ to →", *(tier or "none" for tier in used)]]
    for one in used:
        cells = [tally.matrix.get((one, two), 0) for two in used]
        rows.append([one or "none", *(f"{cell:,}" if cell else "·" for cell in cells)])
    return columns(rows, frozenset(range(1, len(used) + 1)))


def listed(movers: Sequence[Mover]) -> str:
    """Return the movers, one a line, with the reason."""
    rows = [["partner", "qualified", "held", "why"]]
    rows += [[m.partner, _move(m.qualified), _held(m), mover_words(m)] for m in movers]
    return columns(rows)


def _move(move: Move) -> str:
    before, after = move.before or "none", move.after or "none"
    return f"{before} → {after}" if move.moved else after


def _held(mover: Mover) -> str:
    """Say what is held; where it stays though qualified moved, movement's word for it."""
    held = mover.held
    stays = not held.moved and held.after != mover.qualified.after and held.reason
    return f"{_move(held)} ({held.reason})" if stays else _move(held)


def costs(answer: WhatIf) -> str:
    """Return what each benefit costs before and after, and all of them."""
    currencies = (answer.before.currency, answer.after.currency)
    unit = currencies[0] if currencies[0] == currencies[1] else " → ".join(currencies)
    rows = [[f"cost, {unit}", "partners", "", "", "before", "", "after", ""]]
    for cost in answer.costs:
        name = f"{cost.track}.{cost.benefit}" if cost.track else cost.benefit
        sides = (cost.before, cost.after)
        heads = ["–" if side is None else f"{side.partners:,}" for side in sides]
        amounts = [None if side is None else side.amount for side in sides]
        rows.append([name, heads[0], "→", heads[1], *_money(amounts, currencies)])
    rows.append(
        ["in all", "", "", "", *_money([answer.cost_before, answer.cost_after], currencies)]
    )
    return columns(rows, frozenset((1, 3, 4, 6, 7)))


def _money(amounts: Sequence[Decimal | None], currencies: tuple[str, str]) -> list[str]:
    """Write two amounts, and in one currency their difference."""
    places = [minor_unit(currency) for currency in currencies]
    before, after = (
        "–" if amount is None else f"{amount:,.{digits}f}"
        for amount, digits in zip(amounts, places, strict=True)
    )
    if currencies[0] != currencies[1]:
        return [before, "→", after, ""]
    change = subtract(amounts[1] or Decimal(0), amounts[0] or Decimal(0))
    sign = "+" if change > 0 else "−"
    return [before, "→", after, f"{sign}{abs(change):,.{places[0]}f}" if change else ""]
