"""A what-if in words: why a partner moves, in a line that a channel manager can pass on."""

from __future__ import annotations

from decimal import Decimal

from rulebook.dataset.data import Value
from rulebook.standing.simulate import Move, Mover
from rulebook.standing.turned import Look, Turned
from rulebook.standing.written import value_text
from rulebook.values.numbers import comparable, plain, rounded

DECIMALS = 4


def grouped(value: Decimal) -> str:
    """Write a number with its thousands apart: 1,234,567.5."""
    whole, point, rest = plain(value).partition(".")
    return f"{int(whole):,}" + point + rest if whole != "-0" else f"-0{point}{rest}"


def mover_words(mover: Mover) -> str:
    """Say what made a partner move."""
    qualified, held = mover.qualified, mover.held
    why = "; ".join(map(turned_words, qualified.why)) or qualified.reason
    if held.moved and (held.why != qualified.why or not why):
        other = "; ".join(map(turned_words, held.why)) or _moved(held)
        return f"{why}; held: {other}" if why else other
    return why


def _moved(held: Move) -> str:
    """Say that it is movement that makes the difference: what it does now, and what before."""
    was = f" (was: {held.reason_before})" if held.reason_before != held.reason else ""
    return f"movement: {held.reason}{was}"


def turned_words(turned: Turned) -> str:
    """Say what one criterion asks and what there is, now and before."""
    before, after = turned.before, turned.after
    if after is None:
        return "" if before is None else f"no longer asked: {_one(before)}"
    if before is None:
        return f"new: {_one(after)}"
    if after.op is None or before.op is None:
        was = f" (was {before.text})" if before.text != after.text else ""
        return f"{after.text}{was}: {_met(after)}, was {_met(before)}"
    if after.metric == after.text and before.text != after.text:  # of a group
        return f"{after.text} (was {before.text}): has {_shown(after.have, after.need)}"
    asks = f"{after.metric} {after.op} {_shown(after.need, after.have)}"
    if (before.op, before.need) != (after.op, after.need):
        sign = "" if before.op == after.op else f"{before.op} "
        asks += f" (was {sign}{_shown(before.need, before.have)})"
    has = f"has {_shown(after.have, after.need)}"
    if before.have != after.have:
        has += f" (had {_shown(before.have, before.need)})"
    return f"{asks}: {has}"


def _one(look: Look) -> str:
    if look.op is None:
        return f"{look.text}: {_met(look)}"
    asks = f"{look.metric} {look.op} {_shown(look.need, look.have)}"
    return f"{asks}: has {_shown(look.have, look.need)}"


def _met(look: Look) -> str:
    return "met" if look.met else "not met" if look.have is not None else "no value yet"


def _shown(value: Value, beside: Value) -> str:
    """Write a value short, but not so short that it looks like what it is compared with."""
    if value is None:
        return "no value yet"
    if not isinstance(value, Decimal):
        return str(value_text(value))
    short = rounded(comparable(value), DECIMALS)
    if isinstance(beside, Decimal) and short == rounded(comparable(beside), DECIMALS):
        return grouped(value)
    return grouped(short)
