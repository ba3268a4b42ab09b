"""The SQL of the DuckDB peers: facts to metrics, tiers and gaps in one statement.

What made it fast, by trial: sales sorted by partner, keys as numbers, texts as ENUM, rates by
day (no date arithmetic), windows as columns beside each pair of ancestor and partner, product lines
as bits of one number instead of a DISTINCT, customers made distinct before they are counted, and
only the days that some window can reach.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.answers import CRITERIA, GROWTH_ONE, MEASURED, NO_VALUE, TIERS
from benchmarks.peers.small_tables import RATE_ONE, bars

WON = "status = 'won'"
STRATEGIC = "product_line IN ('L00', 'L01', 'L02', 'L03', 'L04', 'L05')"
CONVERTED = f"(cents * rate + {RATE_ONE // 2}) // {RATE_ONE}"

#: One row for each sales line and each of its partner's ancestors whose window it is in.
_LINES = f"""
line AS (
    SELECT partner_id, order_date, deal_type, product_line, {CONVERTED} AS usd
    FROM sales JOIN rate ON rate.currency = sales.currency AND rate.day = order_date
    WHERE {{where}} AND order_date BETWEEN {{first}} AND {{last}}
), counted AS (
    SELECT ancestor, usd, deal_type, product_line, order_date >= low AS here
    FROM line JOIN pair USING (partner_id)
    WHERE order_date BETWEEN low AND high OR order_date BETWEEN previous_low AND previous_high
)"""

_SUMS = f"""
sums AS (
    SELECT ancestor,
           sum(usd) FILTER (here) AS revenue,
           sum(usd) FILTER (here AND deal_type = 'new') AS new_revenue,
           sum(usd) FILTER (here AND {STRATEGIC}) AS strategic_revenue,
           sum(usd) FILTER (NOT here) AS previous_revenue,
           count(*) FILTER (here) AS deals,
           bit_count(bit_or(1::INTEGER << bit::INTEGER) FILTER (here)) AS product_lines
    FROM counted JOIN product USING (product_line) GROUP BY ancestor
), buyers AS (
    SELECT ancestor, count(*) AS customers
    FROM (SELECT DISTINCT ancestor, customer_id FROM sales JOIN pair USING (partner_id)
          WHERE {{where}} AND order_date BETWEEN low AND high
            AND order_date BETWEEN {{first}} AND {{last}})
    GROUP BY ancestor
), holders AS (
    SELECT ancestor, count(*) AS certificates
    FROM certificate JOIN pair USING (partner_id)
    WHERE valid_from <= {{last}} AND (valid_until IS NULL OR valid_until > {{last}})
    GROUP BY ancestor
)"""

_METRICS = """
metrics AS (
    SELECT ancestor, enrolled, coalesce(revenue, 0)::BIGINT AS revenue,
           coalesce(new_revenue, 0)::BIGINT AS new_revenue,
           coalesce(strategic_revenue, 0)::BIGINT AS strategic_revenue,
           coalesce(previous_revenue, 0)::BIGINT AS previous_revenue,
           coalesce(deals, 0) AS deals, coalesce(customers, 0) AS customers,
           coalesce(product_lines, 0)::BIGINT AS product_lines,
           coalesce(certificates, 0) AS certificates
    FROM span LEFT JOIN sums USING (ancestor) LEFT JOIN buyers USING (ancestor)
              LEFT JOIN holders USING (ancestor)
)"""


def _levelled() -> str:
    """Return the steps from metrics to tiers and gaps, the bars as constants."""
    # Growth in units of 10**-12, rounded half away from zero; above fivefold it closes no gap.
    growth = (
        f"CASE WHEN previous_revenue > 0 THEN ((2 * least(revenue, 6 * previous_revenue)::HUGEINT "
        f"* {GROWTH_ONE} + previous_revenue - CASE WHEN revenue < previous_revenue THEN 1 ELSE 0 "
        f"END) // (2 * previous_revenue) - {GROWTH_ONE})::BIGINT END"
    )
    asked = bars()
    met = [
        " AND ".join(f"{name} >= {bar}" for name, bar in zip(CRITERIA, row, strict=True))
        for row in asked
    ]
    tiers = " ".join(f"WHEN {test} THEN {place}" for place, test in reversed([*enumerate(met)]))
    shorts = []
    for place, name in enumerate(CRITERIA):
        needs = " ".join(f"WHEN {tier} THEN {row[place]}" for tier, row in enumerate(asked))
        short = f"coalesce(greatest(CASE next {needs} END - {name}, 0), 0)"
        if name == "growth":
            short = (
                f"CASE WHEN next < {len(TIERS)} AND growth IS NULL THEN {NO_VALUE} ELSE {short} END"
            )
        shorts.append(f"{short} AS short_{name}")
    columns = ", ".join((*MEASURED, "previous_revenue"))
    return f"""
grown AS (SELECT *, {growth} AS growth FROM metrics),
ladder AS (
    SELECT *, CASE WHEN NOT enrolled THEN -1 {tiers} ELSE -1 END AS tier FROM grown
), following AS (
    SELECT *, CASE WHEN enrolled THEN tier + 1 ELSE {len(TIERS)} END AS next FROM ladder
)
SELECT ancestor, {columns}, tier, {", ".join(shorts)} FROM following"""


def full_run(first: str, last: str) -> str:
    """Return the statement of a full run; `first` and `last` bound the days of any window."""
    steps = ",".join((_LINES, _SUMS, _METRICS, _levelled()))
    days = {"first": f"DATE '{first}'", "last": f"DATE '{last}'"}
    return "WITH " + steps.format(where=WON, **days)


def few(first: str, last: str, ancestors: Sequence[int], partners: Sequence[int]) -> str:
    """Return the statement of a full run over some ancestors and all partners below them."""
    above = ", ".join(str(number) for number in ancestors)
    below = ", ".join(str(number) for number in partners)
    some = (
        f"chosen_pair AS MATERIALIZED (SELECT * FROM pair WHERE ancestor IN ({above})), "
        f"chosen_span AS (SELECT * FROM span WHERE ancestor IN ({above})), "
    )
    steps = full_run(first, last).removeprefix("WITH ")
    for name in ("pair", "span"):
        for word in ("JOIN", "FROM"):
            steps = steps.replace(f"{word} {name} ", f"{word} chosen_{name} ")
    # Said of the lines too, so that blocks of other partners are not read.
    return f"WITH {some}" + steps.replace(WON, f"{WON} AND partner_id IN ({below})")


def metrics_only(first: str, last: str) -> str:
    """Return the statement of the metrics alone."""
    days = {"first": f"DATE '{first}'", "last": f"DATE '{last}'"}
    steps = ",".join((_LINES, _SUMS, _METRICS)).format(where=WON, **days)
    return f"WITH {steps} SELECT * EXCLUDE (enrolled) FROM metrics"


def revenue_only(where: str, first: str, last: str) -> str:
    """Return the statement that sums one money metric anew under another filter."""
    return f"""
SELECT ancestor, coalesce(sum({CONVERTED}), 0)::BIGINT AS revenue
FROM sales JOIN rate ON rate.currency = sales.currency AND rate.day = order_date
           JOIN pair USING (partner_id)
WHERE {where} AND order_date BETWEEN low AND high
  AND order_date BETWEEN DATE '{first}' AND DATE '{last}'
GROUP BY ancestor"""
