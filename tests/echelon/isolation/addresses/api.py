"""Lines of the addresses of this surface, in the order of its rooms."""

from datetime import date

from tests.echelon.isolation.addresses import ready
from tests.echelon.isolation.lines import Line, Lines

_V1 = "api/v1"
_PARTNER = f"{_V1}/partners/<uuid:partner>"
_STANDING = f"{_PARTNER}/standings/<uuid:program>"
_INVITATION = f"{_V1}/invitations/<uuid:invitation>"
_PROGRAM = f"{_V1}/programs/<uuid:program>"
_VERSION = f"{_V1}/versions/<uuid:version>"
_ENROLLMENT = f"{_V1}/enrollments/<uuid:enrollment>"
_BATCH = f"{_V1}/batches/<uuid:batch>"
_PROPOSAL = f"{_V1}/proposals/<uuid:proposal>"
_REQUEST = f"{_V1}/requests/<uuid:approval>"
_OVERRIDE = f"{_V1}/overrides/<uuid:override>"
_OVER = {"start": date(2026, 1, 1), "end": date(2026, 2, 1)}
_BOTH = {"partner": "{partner}", "program": "{program}"}
_LOCK = {
    **_BOTH,
    "kind": "lock",
    "start": "2031-01-01",
    "until": "2032-01-01",
    "reason": "A merger",
}
_FILE = ",".join(ready.SALE) + "\n" + ",".join(ready.SALE.values()) + "\n"

LINES: Lines = {
    (f"{_V1}/reference", "GET"): Line("public"),
    **{
        ("api/<anything:elsewhere>", method): Line("public", also=(404,))
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    },
    (f"{_V1}/me", "GET"): Line("me"),
    (f"{_V1}/partners", "GET"): Line("company: read", query={"parent": "{partner}"}),
    (f"{_V1}/partners", "POST"): Line(
        "company: create", json={"key": "brand-new", "name": "Brand new"}
    ),
    (_PARTNER, "GET"): Line("company: read"),
    (_PARTNER, "PATCH"): Line("company: edit", json={"website": "https://anew.example"}),
    (f"{_PARTNER}/move", "POST"): Line(
        "company: create", json={"parent": None}, before=ready.below
    ),
    (f"{_PARTNER}/assign", "POST"): Line(
        "company: create", json={"manager": None}, before=ready.managed
    ),
    (f"{_PARTNER}/archive", "POST"): Line("company: create", json={}, before=ready.alone),
    (f"{_PARTNER}/restore", "POST"): Line("company: create", json={}, before=ready.archived),
    (f"{_PARTNER}/family", "GET"): Line("company: read", shows=False),
    (f"{_PARTNER}/people", "GET"): Line("people: read"),
    (f"{_V1}/invitations", "GET"): Line("people: manage", query={"partner": "{partner}"}),
    (f"{_PARTNER}/invitations", "POST"): Line(
        "people: manage",
        json={"name": "Ada", "email": "ada@new.test"},
        before=ready.working,
    ),
    (f"{_INVITATION}/renew", "POST"): Line("people: manage", json={}),
    (f"{_INVITATION}/withdraw", "POST"): Line("people: manage", json={}),
    (f"{_V1}/programs", "GET"): Line("programs: read"),
    (f"{_V1}/programs", "POST"): Line(
        "programs: draft", json={"slug": "brand-new", "name": "Brand new"}
    ),
    (_PROGRAM, "GET"): Line("programs: read"),
    (_PROGRAM, "PATCH"): Line("programs: publish", json={"second_person": True}),
    (f"{_PROGRAM}/versions", "GET"): Line("documents: read"),
    (f"{_PROGRAM}/versions", "POST"): Line("programs: draft", json={}),
    (_VERSION, "GET"): Line("documents: read"),
    (_VERSION, "PUT"): Line(
        "programs: draft", json={"text": "program: x"}, before=ready.draft, headers=ready.MATCH
    ),
    (_VERSION, "PATCH"): Line(
        "programs: draft",
        json={"settings": ["gold.revenue=9000"]},
        before=ready.draft,
        headers=ready.MATCH,
    ),
    (f"{_VERSION}/check", "GET"): Line("programs: draft", shows=False),
    (f"{_VERSION}/publish", "POST"): Line("programs: publish", json={}, before=ready.sound_draft),
    (f"{_VERSION}/withdraw", "POST"): Line("programs: draft", json={}, before=ready.draft),
    (f"{_VERSION}/compare", "GET"): Line(
        "documents: read", query={"other": "{version}"}, shows=False
    ),
    (f"{_VERSION}/simulate", "GET"): Line("programs: draft", shows=False),
    (f"{_V1}/enrollments", "GET"): Line("enrollments: read"),
    (f"{_V1}/enrollments", "POST"): Line(
        "enrollments: manage",
        json={**_BOTH, "start": "2031-01-01"},
        before=ready.enrolled("active", end=date(2030, 1, 1)),
    ),
    (f"{_V1}/enrollments/apply", "POST"): Line(
        "enrollments: apply",
        json={**_BOTH, "terms": 1},
        before=ready.enrolled("expired", {"self_application": True}, **_OVER),
    ),
    (_ENROLLMENT, "GET"): Line("enrollments: read"),
    (_ENROLLMENT, "PATCH"): Line(
        "enrollments: manage", json={"end": "2031-01-01", "tier": "silver"}
    ),
    (f"{_ENROLLMENT}/submit", "POST"): Line(
        "enrollments: manage", json={}, before=ready.enrolled("draft")
    ),
    (f"{_ENROLLMENT}/approve", "POST"): Line(
        "enrollments: manage", json={}, before=ready.enrolled("submitted")
    ),
    (f"{_ENROLLMENT}/accept", "POST"): Line(
        "enrollments: apply", json={"terms": 1}, before=ready.enrolled("submitted")
    ),
    (f"{_ENROLLMENT}/reject", "POST"): Line(
        "enrollments: manage", json={"reason": "Not yet"}, before=ready.enrolled("submitted")
    ),
    (f"{_ENROLLMENT}/decline", "POST"): Line(
        "enrollments: apply", json={"reason": "Not now"}, before=ready.enrolled("submitted")
    ),
    (f"{_ENROLLMENT}/terminate", "POST"): Line("enrollments: manage", json={"reason": "Closed"}),
    (f"{_ENROLLMENT}/renew", "POST"): Line(
        "enrollments: manage",
        json={},
        before=ready.enrolled("active", {"can_renew": True}, end=date(2030, 1, 1)),
    ),
    (f"{_V1}/fact-types", "GET"): Line("facts: kinds"),
    (f"{_V1}/facts", "GET"): Line("facts: read"),
    (f"{_V1}/facts", "POST"): Line("facts: load", json={"type": "sales", "rows": [ready.SALE]}),
    (f"{_V1}/facts/history", "GET"): Line("facts: read", query={"type": "sales", "key": "S1|1"}),
    (f"{_V1}/facts/withdraw", "POST"): Line(
        "facts: load", json={"type": "sales", "keys": ["S1|1"]}, before=ready.sold
    ),
    (f"{_V1}/references", "GET"): Line("facts: kinds", query={"type": "product"}),
    (f"{_V1}/references", "PUT"): Line(
        "references: load", json={"type": "product", "rows": [{"product_id": "P1"}]}
    ),
    (f"{_V1}/exchange-rates", "GET"): Line("facts: kinds"),
    (f"{_V1}/exchange-rates", "PUT"): Line(
        "references: load",
        json={"rates": [{"date": "2031-01-02", "currency": "USD", "rate": "1.1"}]},
    ),
    (f"{_V1}/batches", "GET"): Line("facts: load"),
    (f"{_V1}/batches", "POST"): Line(
        "facts: load", form={"type": "sales"}, files={"file": ("sales.csv", _FILE)}
    ),
    (_BATCH, "GET"): Line("facts: load"),
    (f"{_BATCH}/errors", "GET"): Line("facts: load"),
    (f"{_BATCH}/errors/<int:line>", "PUT"): Line(
        "facts: load", json={"cells": {"number": "anew"}}, before=ready.batch("checked")
    ),
    (f"{_BATCH}/map", "POST"): Line(
        "facts: load",
        json={"columns": {"number": "a", "who": "b", "day": "c"}},
        before=ready.batch("uploaded", header=["a", "b", "c"]),
        unaudited="nothing counts yet: what is mapped is only looked at",
    ),
    (f"{_BATCH}/commit", "POST"): Line(
        "facts: load",
        json={},
        before=ready.batch("checked"),
        unaudited="a job commits it, and leaves the event",
    ),
    (f"{_BATCH}/undo", "POST"): Line("facts: load", json={}, before=ready.batch("committed")),
    (f"{_BATCH}/drop", "POST"): Line("facts: load", json={}, before=ready.batch("uploaded")),
    (f"{_V1}/standings", "GET"): Line("standings: read"),
    (f"{_V1}/tiers", "GET"): Line("standings: read"),
    (_STANDING, "GET"): Line("figures: read"),
    (f"{_STANDING}/timeline", "GET"): Line("figures: read"),
    (f"{_STANDING}/evidence", "GET"): Line(
        "figures: read", query={"metric": "revenue", "as_of": "2026-06-30"}, shows=False
    ),
    (f"{_V1}/runs", "GET"): Line("standings: read"),
    (f"{_V1}/runs", "POST"): Line(
        "standings: run", json={"program": "{program}", "partners": ["{partner}"]}
    ),
    (f"{_V1}/runs/asked", "POST"): Line("runs: ask", json={"program": "{program}"}),
    (f"{_V1}/runs/asked/<int:job>", "GET"): Line("runs: read", also=(404,)),
    (f"{_V1}/runs/<uuid:run>", "GET"): Line("runs: read"),
    (f"{_V1}/proposals", "GET"): Line("moves: propose"),
    (_PROPOSAL, "GET"): Line("moves: propose"),
    (f"{_PROPOSAL}/approve", "POST"): Line("moves: decide", json={}),
    (f"{_PROPOSAL}/reject", "POST"): Line("moves: decide", json={"reason": "Not yet"}),
    (f"{_PROPOSAL}/undo", "POST"): Line("moves: decide", json={}, before=ready.answered),
    (f"{_V1}/requests", "GET"): Line("requests: read", query={"partner": "{partner}"}),
    (f"{_V1}/requests/overrides", "POST"): Line("overrides: propose", json=_LOCK),
    (f"{_V1}/requests/moves", "POST"): Line(
        "moves: propose",
        json={**_BOTH, "tier": "silver", "reason": "Strategic"},
        before=ready.enrolled_since,
    ),
    (_REQUEST, "GET"): Line("requests: read"),
    (f"{_REQUEST}/approve", "POST"): Line("overrides: grant", json={}, before=ready.wanted),
    (f"{_REQUEST}/refuse", "POST"): Line("overrides: grant", json={"reason": "Not yet"}),
    (f"{_REQUEST}/withdraw", "POST"): Line("requests: read", json={}),
    (f"{_V1}/overrides", "GET"): Line("overrides: propose"),
    (f"{_V1}/overrides", "POST"): Line("overrides: grant", json=_LOCK),
    (_OVERRIDE, "GET"): Line("overrides: propose"),
    (f"{_OVERRIDE}/end", "POST"): Line("overrides: grant", json={}),
    (f"{_V1}/audit", "GET"): Line("audit: read"),
}
