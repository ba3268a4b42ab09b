"""Lines of the addresses of this surface, in the order of its `urls.py`."""

from datetime import date

from django.db.models import Model
from django.utils import timezone

from tests.echelon.isolation.addresses import ready
from tests.echelon.isolation.lines import Line, Lines


def _answered(made: dict[str, Model]) -> None:
    """A move that somebody said no to just now."""
    given = {"answer": "rejected", "decided_at": timezone.now(), "left": None}
    type(made["proposal"]).objects.filter(pk=made["proposal"].pk).update(**given)  # type: ignore[attr-defined]


def _lasting(made: dict[str, Model]) -> None:
    """An override that is still in force."""
    row = made["override"]
    type(row).objects.filter(pk=row.pk).update(until=date(2090, 1, 1))  # type: ignore[attr-defined]


_IN_FORCE = "the version is in force: nothing is done, and the page says so"
_REQUEST = "vendor/moves/requests/<uuid:approval>/"
_PARTNER = "vendor/partners/<uuid:partner>/"
LINES: Lines = {
    ("vendor/", "GET"): Line("signed in"),
    ("vendor/partners/", "GET"): Line("company: read"),
    ("vendor/partners/export/", "POST"): Line("export of many", form={"form": "csv"}),
    ("vendor/partners/save/", "POST"): Line("company: read", form={"name": "Mine"}),
    ("vendor/partners/change/", "GET"): Line("company: manage", query={"chosen": "{partner}"}),
    ("vendor/partners/change/", "POST"): Line(
        "company: manage",
        form={"partners": "{partner}", "add_tags": "brand new", "act": "change"},
        unaudited="an archived company is left out, and the page says so",
    ),
    ("vendor/partners/lists/", "GET"): Line("company: read"),
    ("vendor/partners/lists/", "POST"): Line(
        "company: read",
        form={"view": "{view}", "name": "Anew"},
        also=(404,),
        unaudited="each keeps their own lists: others' can't be changed",
    ),
    ("vendor/partners/fields/", "GET"): Line("settings"),
    ("vendor/partners/fields/", "POST"): Line(
        "settings", form={"name": "brand_new", "label": "Brand new", "kind": "text"}
    ),
    ("vendor/partners/fields/<uuid:field>/", "GET"): Line("settings"),
    ("vendor/partners/fields/<uuid:field>/", "POST"): Line("settings", form={"label": "Anew"}),
    ("vendor/partners/enroll/", "GET"): Line("enrollments: manage", query={"chosen": "{partner}"}),
    ("vendor/partners/enroll/", "POST"): Line(
        "enrollments: manage",
        form={"partners": "{partner}", "program": "{program}", "start": "2031-01-01", "act": "do"},
        unaudited="who is enrolled for those days is left out, and the page says so",
    ),
    (f"{_PARTNER}family/", "GET"): Line("company: read"),
    (f"{_PARTNER}move/", "POST"): Line(
        "company: create", form={"parent": ""}, unaudited="one that stands at the top stays there"
    ),
    (f"{_PARTNER}archive/", "POST"): Line(
        "company: create", form={"act": "archive"}, unaudited="what has companies below stays"
    ),
    ("vendor/partners/new/", "GET"): Line("company: create"),
    ("vendor/partners/new/", "POST"): Line(
        "company: create", form={"key": "brand-new", "name": "Brand new"}
    ),
    ("vendor/partners/load/", "GET"): Line("company: create"),
    ("vendor/partners/load/", "POST"): Line(
        "company: create",
        files={"file": ("partners.csv", "key,name\nbrand-new,Brand new\n")},
        unaudited="nothing is changed yet: what is loaded is audited",
    ),
    (_PARTNER, "GET"): Line("company: read"),
    (f"{_PARTNER}edit/", "GET"): Line("company: manage"),
    (f"{_PARTNER}edit/", "POST"): Line("company: manage", form={"name": "Anew"}),
    (f"{_PARTNER}manager/", "POST"): Line(
        "company: create",
        form={"manager": ""},
        before=lambda made: (
            setattr(made["partner"], "manager", made["colleague"]) or made["partner"].save()
        ),
    ),
    (f"{_PARTNER}view/", "POST"): Line(
        "view as partner",
        unaudited="of an archived company there is no view: nothing is done, and the page says so",
    ),
    (f"{_PARTNER}people/", "GET"): Line("people: read"),
    (f"{_PARTNER}people/invite/", "POST"): Line(
        "people: manage",
        form={"name": "Ada", "email": "ada@new.test", "role": "partner_member"},
    ),
    (f"{_PARTNER}people/<uuid:person>/left/", "POST"): Line("people: manage"),
    ("vendor/moves/", "GET"): Line("moves: propose"),
    ("vendor/moves/decided/", "GET"): Line("moves: propose"),
    ("vendor/moves/decide/", "POST"): Line(
        "moves: decide", form={"proposals": "{proposal}", "answer": "reject", "reason": "Not yet"}
    ),
    ("vendor/moves/<uuid:proposal>/", "GET"): Line("moves: propose"),
    ("vendor/moves/<uuid:proposal>/undo/", "POST"): Line("moves: decide", before=_answered),
    ("vendor/moves/requests/", "GET"): Line("requests: read"),
    (_REQUEST, "GET"): Line("requests: read"),
    (f"{_REQUEST}decide/", "POST"): Line(
        "overrides: grant", form={"answer": "approve"}, before=ready.wanted
    ),
    (f"{_REQUEST}withdraw/", "POST"): Line("requests: read"),
    ("vendor/people/", "GET"): Line("settings"),
    ("vendor/people/invite/", "GET"): Line("settings"),
    ("vendor/people/invite/", "POST"): Line(
        "settings", form={"name": "Bea", "email": "bea@new.test", "role": "finance"}
    ),
    ("vendor/people/invitations/<uuid:invitation>/", "POST"): Line(
        "settings", form={"verb": "renew"}
    ),
    ("vendor/people/<uuid:colleague>/", "GET"): Line("settings"),
    ("vendor/people/<uuid:colleague>/role/", "POST"): Line("settings", form={"role": "finance"}),
    ("vendor/people/<uuid:colleague>/decide/", "POST"): Line("settings", form={"verb": "off"}),
    ("vendor/people/<uuid:colleague>/hand-over/", "POST"): Line(
        "settings",
        form={"manager": ""},
        before=lambda made: (
            setattr(made["partner"], "manager", made["colleague"]) or made["partner"].save()
        ),
    ),
    (f"{_PARTNER}standing/", "GET"): Line("standings: read"),
    (f"{_PARTNER}standing/level/", "POST"): Line("standings: run", form={"program": "{program}"}),
    (f"{_PARTNER}programs/<uuid:program>/history/", "GET"): Line("standings: read"),
    (f"{_PARTNER}counted/", "GET"): Line(
        "standings: read", query={"program": "{program}", "metric": "revenue"}
    ),
    (f"{_PARTNER}tier/", "GET"): Line("moves: propose"),
    (f"{_PARTNER}tier/", "POST"): Line(
        "moves: propose",
        form={"ladder": "{program}/", "tier": "silver", "reason": "Strategic"},
        before=ready.enrolled_since,
    ),
    (f"{_PARTNER}override/", "GET"): Line("overrides: propose"),
    (f"{_PARTNER}override/", "POST"): Line(
        "overrides: propose",
        form={
            "ladder": "{program}/",
            "kind": "lock",
            "start": "2090-01-01",
            "until": "2091-01-01",
            "reason": "Merger",
        },
    ),
    ("vendor/overrides/<uuid:override>/end/", "POST"): Line("overrides: grant", before=_lasting),
    ("vendor/standings/", "GET"): Line("standings: read"),
    ("vendor/standings/export/", "POST"): Line("export of many", form={"form": "csv"}),
    ("vendor/programs/<uuid:program>/pace/", "POST"): Line(
        "programs: publish", form={"every": "weekly"}
    ),
    ("vendor/versions/<uuid:version>/simulate/", "GET"): Line("programs: draft"),
    ("vendor/runs/", "GET"): Line("runs: read"),
    ("vendor/runs/ask/", "POST"): Line("runs: ask", form={"program": "{program}"}),
    ("vendor/runs/asked/", "GET"): Line("runs: read", also=(404,)),
    ("vendor/runs/<uuid:run>/", "GET"): Line("runs: read"),
    ("vendor/programs/", "GET"): Line("programs: read"),
    ("vendor/programs/new/", "GET"): Line("programs: draft"),
    ("vendor/programs/new/", "POST"): Line(
        "programs: draft", form={"name": "Brand new", "slug": "brand-new"}
    ),
    ("vendor/programs/<uuid:program>/", "GET"): Line("programs: read"),
    ("vendor/programs/<uuid:program>/policy/", "GET"): Line("programs: read"),
    ("vendor/programs/<uuid:program>/policy/set/", "POST"): Line(
        "programs: publish", form={"months": "12"}
    ),
    ("vendor/programs/<uuid:program>/terms/", "POST"): Line(
        "programs: publish", form={"text": "New terms"}
    ),
    ("vendor/programs/<uuid:program>/second-person/", "POST"): Line(
        "programs: publish", form={"asked": "yes"}
    ),
    ("vendor/programs/<uuid:program>/limit/", "GET"): Line("programs: publish"),
    ("vendor/programs/<uuid:program>/limit/", "POST"): Line(
        "programs: publish", form={"overrides": "on"}
    ),
    ("vendor/programs/<uuid:program>/draft/", "POST"): Line(
        "programs: draft", form={"version": "{version}"}
    ),
    ("vendor/tiers/", "GET"): Line("library: edit"),
    ("vendor/tiers/", "POST"): Line(
        "library: edit", form={"key": "brand_new", "name": "Brand new", "colour": "#c0a040"}
    ),
    ("vendor/tiers/<uuid:tierentry>/", "GET"): Line("library: edit"),
    ("vendor/tiers/<uuid:tierentry>/", "POST"): Line(
        "library: edit", form={"name": "Anew", "colour": "#c0a040"}
    ),
    ("vendor/tiers/<uuid:tierentry>/badge/", "POST"): Line("library: edit", form={"act": "clear"}),
    ("vendor/tiers/<uuid:tierentry>/remove/", "POST"): Line("library: edit"),
    ("vendor/versions/<uuid:version>/", "GET"): Line("programs: read"),
    ("vendor/versions/<uuid:version>/edit/", "GET"): Line("programs: draft"),
    ("vendor/versions/<uuid:version>/edit/", "POST"): Line(
        "programs: draft",
        form={"text": "program: x", "sha": ""},
        shows=False,
        unaudited=_IN_FORCE,
    ),
    **{
        (f"vendor/versions/<uuid:version>/{part}/", method): Line(
            "programs: draft", shows=False, unaudited=_IN_FORCE if method == "POST" else ""
        )
        for part in ("tiers", "bars", "benefits", "moves")
        for method in ("GET", "POST")
    },
    ("vendor/versions/<uuid:version>/publish/", "POST"): Line(
        "programs: publish", unaudited=_IN_FORCE
    ),
    ("vendor/versions/<uuid:version>/withdraw/", "POST"): Line(
        "programs: draft", unaudited=_IN_FORCE
    ),
    (f"{_PARTNER}enroll/", "GET"): Line("enrollments: manage"),
    (f"{_PARTNER}enroll/", "POST"): Line(
        "enrollments: manage",
        form={"program": "{program}", "start": "2031-01-01"},
        before=lambda made: (
            setattr(made["enrollment"], "end", date(2030, 1, 1)) or made["enrollment"].save()
        ),
    ),
    ("vendor/enrollments/", "GET"): Line("enrollments: read"),
    ("vendor/enrollments/change/", "GET"): Line(
        "enrollments: manage", query={"chosen": "{enrollment}", "verb": "terminate"}
    ),
    ("vendor/enrollments/change/", "POST"): Line(
        "enrollments: manage",
        form={"enrollments": "{enrollment}", "verb": "terminate", "reason": "R", "act": "do"},
    ),
    ("vendor/enrollments/<uuid:enrollment>/", "GET"): Line("enrollments: read"),
    ("vendor/enrollments/<uuid:enrollment>/primary-user/", "POST"): Line(
        "enrollments: manage",
        form={"user": "{person}"},
        before=ready.enrolled("active", user=None, tier=""),
    ),
    ("vendor/enrollments/<uuid:enrollment>/decide/", "POST"): Line(
        "enrollments: manage", form={"verb": "none"}, unaudited="no button of that name"
    ),
    ("vendor/audit/", "GET"): Line("audit: read"),
    ("vendor/audit/export/", "POST"): Line("audit: read", form={"form": "csv"}),
    ("vendor/audit/verify/", "POST"): Line("audit: read"),
    ("vendor/audit/<uuid:auditevent>/", "GET"): Line("audit: read"),
    ("vendor/settings/", "GET"): Line("settings"),
    ("vendor/settings/", "POST"): Line("settings", form={"name": "Anew", "time_zone": "UTC"}),
    ("vendor/settings/keys/", "GET"): Line("settings"),
    ("vendor/settings/keys/new/", "GET"): Line("settings"),
    ("vendor/settings/keys/new/", "POST"): Line(
        "settings", form={"name": "Import", "rights": ["facts.load"]}
    ),
    ("vendor/settings/keys/<uuid:apikey>/revoke/", "POST"): Line("settings"),
}
