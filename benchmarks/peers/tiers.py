"""Tiers and gaps from metrics in numpy: 100,000 partners are small once facts are summed up."""

from __future__ import annotations

import numpy as np

from benchmarks.answers import CRITERIA, GROWTH_ONE, MEASURED, NO_VALUE, Answer

_SIX = 10**6


def growth(revenue: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """Return revenue / previous - 1 in units of 10**-12, rounded half away from zero.

    Two divisions of six digits each stay within 64 bits where one of twelve would not. Above
    fivefold the exact figure closes no gap, so it stands at fivefold.
    """
    below = np.where(previous > 0, previous, 1)
    capped = np.minimum(revenue, 6 * below)
    whole, rest = np.divmod(capped, below)
    high, rest = np.divmod(rest * _SIX, below)
    low, rest = np.divmod(rest * _SIX, below)
    # Half away from zero, and growth is below zero where revenue is below what it was.
    rounded_up = np.where(capped >= below, 2 * rest >= below, 2 * rest > below)
    return whole * GROWTH_ONE + high * _SIX + low + rounded_up - GROWTH_ONE


def criteria(metrics: Answer) -> tuple[np.ndarray, np.ndarray]:
    """Return the eight criteria's values, one row each, and where growth has no value."""
    rows = [metrics[name].astype(np.int64) for name in MEASURED]
    revenue, previous = rows[0], metrics["previous_revenue"].astype(np.int64)
    return np.array([*rows, growth(revenue, previous)]), previous == 0


def tiers_of(
    values: np.ndarray, nothing: np.ndarray, enrolled: np.ndarray, bars: np.ndarray
) -> np.ndarray:
    """Return the place of the highest tier whose every bar is met, -1 for none."""
    tier = np.full(values.shape[1], -1, dtype=np.int64)
    for place, asked in enumerate(bars):
        met = (values >= asked[:, None]).all(axis=0) & ~nothing & enrolled
        tier[met] = place
    return tier


def levelled(metrics: Answer, enrolled: np.ndarray, bars: np.ndarray) -> Answer:
    """Return metrics, tiers and what each criterion is short of the next tier (0: nothing)."""
    values, nothing = criteria(metrics)
    tier = tiers_of(values, nothing, enrolled, bars)
    has_next = enrolled & (tier < len(bars) - 1)
    need = bars[np.where(has_next, tier + 1, 0)].T
    short = np.where(has_next, np.maximum(need - values, 0), 0)
    short[-1] = np.where(nothing & has_next, NO_VALUE, short[-1])
    shorts = {f"short_{name}": row for name, row in zip(CRITERIA, short, strict=True)}
    return {**metrics, "tier": tier, **shorts}
