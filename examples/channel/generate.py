"""Write the CSV files of the example channel, the same bytes every time.

The channel is made up: Highmesa Solar sells solar equipment through some 520
partners. It has the shape of real channels (a few partners carry most of the
sales, families of companies, seasons, returns) and their blemishes: lines that
were loaded twice, empty cells, sales of partners nobody knows.

Only `Random.random()` is drawn from, and it is only multiplied and truncated,
so that every Python version and machine gives the same numbers.

    python examples/channel/generate.py [FOLDER]
"""

from __future__ import annotations

import csv
import sys
from datetime import date
from pathlib import Path

from generator.chance import Row
from generator.orders import PRODUCTS, deals, sales
from generator.partners import PARTNERS_HEADER, make_partners, partner_row
from generator.people import certificates
from generator.rates import rates
from generator.services import activities, contracts
from generator.standings import attestations, enrollments, overrides

FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2026, 7, 12)


def tables() -> dict[str, list[Row]]:
    """Every file's rows, header first."""
    partners = make_partners()
    return {
        "partners.csv": [PARTNERS_HEADER, *(partner_row(p) for p in partners)],
        "products.csv": [("product_id", "name", "category", "list_price"), *PRODUCTS],
        "rates.csv": rates(),
        "sales.csv": sales(partners, FIRST_DAY, LAST_DAY),
        "deals.csv": deals(partners, FIRST_DAY, LAST_DAY),
        "certificates.csv": certificates(partners),
        "contracts.csv": contracts(partners),
        "activities.csv": activities(partners),
        "enrollments.csv": enrollments(partners),
        "overrides.csv": overrides(partners),
        "attestations.csv": attestations(partners),
    }


def write(folder: Path) -> None:
    """Write every table into the folder as UTF-8 with line feeds."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables().items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
