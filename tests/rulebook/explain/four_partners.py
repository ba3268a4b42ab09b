"""Four partners in files that can be read here: a row for each reason, a metric of each kind."""

from __future__ import annotations

from datetime import date

DAY = date(2026, 6, 30)

FILES = {
    "dataset.yaml": """
        partners: {file: partners.csv, key: id, parent: parent, columns: {country: text}}
        facts:
          sales:
            file: sales.csv
            key: [number]
            partner: partner
            date: sold
            recorded: seen
            columns: {amount: {type: money, currency: currency}, channel: text, units: integer}
        enrollments: {file: enrollments.csv, partner: partner, start: start, end: end}
        attestations: {file: attested.csv}
        rates: {file: rates.csv, base: EUR}
        """,
    "partners.csv": """
        id,parent,country
        top,,DE
        shop,top,DE
        rival,,DE
        far,,US
        """,
    "sales.csv": """
        number,partner,sold,amount,currency,channel,units,seen
        1,top,2026-01-10,100.00,EUR,web,2,2026-01-11
        2,top,2026-02-01,50.005,USD,web,3,2026-07-02
        3,top,2025-06-30,999,USD,web,1,2025-07-01
        4,top,2026-03-01,70,USD,demo,1,2026-03-01
        5,top,2026-03-02,twelve,USD,web,1,2026-03-02
        6,top,2026-03-03,5,CHF,web,1,2026-03-03
        1,top,2026-01-10,100.00,EUR,web,2,2026-01-11
        7,shop,2026-01-12,10,USD,,4,2026-01-12
        8,rival,2026-01-12,500,USD,web,1,2026-01-12
        9,,2026-01-12,1,USD,web,1,2026-01-12
        10,nobody,2026-01-12,1,USD,web,1,2026-01-12
        11,top,,1,USD,web,1,2026-01-12
        """,
    "enrollments.csv": """
        partner,start,end
        top,2026-01-01,
        rival,2026-01-01,
        far,2026-01-01,
        """,
    "attested.csv": """
        partner,metric,value,from,until
        top,csat,4.1,2025-01-01,2026-01-01
        top,csat,4.3,2025-06-01,
        top,csat,4.6,2026-01-01,2027-01-01
        top,csat,5,2026-07-01,
        """,
    "rates.csv": """
        date,currency,rate
        2026-01-09,USD,1.2
        """,
}

PROGRAM = """
currency: USD
parameters:
  bar: {from 2026-01-01: {by: partner.country, values: {DE: 2, default: 9}}}
metrics:
  revenue:
    label: Revenue
    from: sales
    value: sum(amount)
    where: coalesce(channel, 'none') <> 'demo'
    window: trailing 12 months
  family_revenue: {from: sales, value: sum(amount), window: trailing 12 months, family: true}
  since_start: {from: sales, value: count(), window: "this year, enrolled"}
  big_channels:
    {from: sales, per: channel, having: sum(units) >= bar, value: count(), window: this year}
  best: {from: sales, per: month(sold), each: sum(amount), value: max(each), window: this year}
  web_units:
    {from: sales, value: "sum(units) filter (where channel = 'web') * 2", window: this year}
  share: {formula: revenue / family_revenue, unit: percent}
  steady: {of: revenue, each: month, last: 3, take: "count(>= 170)"}
  average: {of: revenue, each: month, last: 8, take: avg, newcomers: since_enrollment}
  place: {rank: revenue, within: partner.country}
  standing: {percentile: revenue}
  csat: {attested: number}
tiers:
  member: {}
  gold: {requires: [revenue >= 1, since_start >= 1, big_channels >= 1, best >= 1, web_units >= 1,
                    share >= 0, steady >= 1, average >= 1, place >= 1, standing >= 1, csat >= 1]}
"""
