"""P1: how long the pages of lists and details take, and how many queries each asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test import Client

from benchmarks.platform.vendor import Vendor
from benchmarks.sizes import AS_OF
from echelon.outcomes.standings.models import Standing

#: So often each page is asked for, each time for another partner.
TIMES = 20
#: A page that has taken so many seconds by then isn't asked for again.
_LONG = 20
#: What isn't asked of data: transactions, and what the second wall says of itself.
_BESIDE = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SELECT COALESCE(CURRENT_SETTING")


class Asked:
    """Counts the queries of a page."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.count += not sql.lstrip().upper().startswith(_BESIDE)
        return execute(sql, params, many, context)


def addresses(vendor: Vendor) -> dict[str, tuple[Any, list[str]]]:
    """Return by page who asks for it, and at which addresses."""
    ids = list(vendor.partners.values())
    some = [ids[number * len(ids) // TIMES] for number in range(TIMES)]
    of = urlencode({"program": vendor.program, "metric": "revenue", "day": AS_OF.isoformat()})
    staff, person, of_one = vendor.manager, vendor.person, "/vendor/partners/{}/"
    return {
        "vendor: partners": (staff, ["/vendor/partners/", "/vendor/partners/?order=-name"]),
        "vendor: one partner": (staff, [of_one.format(each) for each in some]),
        "vendor: its standing": (staff, [f"{of_one.format(each)}standing/" for each in some]),
        "vendor: standings": (staff, ["/vendor/standings/", "/vendor/standings/?risk=yes"]),
        "vendor: moves that wait": (staff, ["/vendor/moves/"]),
        "vendor: what counted": (
            staff,
            [f"{of_one.format(each)}counted/?{of}" for each in some],
        ),
        "portal: home": (person, ["/portal/"]),
        "portal: what counted": (person, [f"/portal/programs/{vendor.program}/counted/"]),
    }


def measured(vendor: Vendor) -> dict[str, Any]:
    """Return by page the median, the 95th of a hundred, the slowest, and queries."""
    assert Standing.objects.exists()
    found = {}
    for name, (user, paths) in addresses(vendor).items():
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        times, queries = [], []
        for number in range(-1, TIMES):  # the first isn't counted
            path, asked = paths[max(number, 0) % len(paths)], Asked()
            begun = time.perf_counter()
            with connection.execute_wrapper(asked):
                answer = client.get(path)
                body = answer.content
            spent = time.perf_counter() - begun
            if answer.status_code != 200:
                raise SystemExit(f"{path} answers {answer.status_code}")
            if number >= 0 or spent > _LONG:
                times.append(spent)
                queries.append(asked.count)
            if sum(times) > _LONG:
                break
        times.sort()
        found[name] = {
            "median": median(times), "p95": times[(len(times) * 95 + 99) // 100 - 1],
            "slowest": times[-1], "queries": max(queries), "bytes": len(body),
        }  # fmt: skip
    return found
