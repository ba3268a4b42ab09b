"""Lines of the addresses of this surface, in the order of its `urls.py`."""

from datetime import date

from tests.echelon.isolation.lines import Line, Lines


def _put(made, **values):
    """Change the company's enrollment as a line needs it."""
    for name, value in values.items():
        setattr(made["enrollment"], name, value)
    made["enrollment"].save()


def _over_and_open(made):
    """Its enrollment has ended, and the program is open to its country alone."""
    _put(made, state="expired", end=date(2026, 1, 31))
    made["partner"].country = "LI"
    made["partner"].save()
    made["policy"].self_application, made["policy"].countries = True, ["LI"]
    made["policy"].needs_acceptance = False
    made["policy"].save()


_ENROLLMENT = "portal/enrollments/<uuid:enrollment>/"
LINES: Lines = {
    ("portal/", "GET"): Line("signed in"),
    ("portal/programs/", "GET"): Line("programs: read"),
    ("portal/programs/<uuid:program>/", "GET"): Line("programs: read"),
    ("portal/programs/<uuid:program>/apply/", "POST"): Line(
        "enrollments: apply", before=_over_and_open
    ),
    ("portal/programs/<uuid:program>/counted/", "GET"): Line("programs: read"),
    ("portal/programs/<uuid:program>/counted/file/", "GET"): Line(
        "programs: read", also=(404,), shows=False
    ),
    (_ENROLLMENT, "GET"): Line("enrollments: read"),
    (f"{_ENROLLMENT}accept/", "POST"): Line(
        "enrollments: apply", unaudited="where it is active already nothing is done"
    ),
    (f"{_ENROLLMENT}decline/", "POST"): Line(
        "enrollments: apply",
        form={"reason": "No"},
        before=lambda made: _put(made, state="submitted"),
    ),
    ("portal/timeline/", "GET"): Line("benefits: read"),
    ("portal/people/", "GET"): Line("people: read"),
    ("portal/people/invite/", "POST"): Line(
        "people: manage",
        form={"name": "Ada", "email": "ada@new.test", "role": "partner_member"},
    ),
    ("portal/people/<uuid:person>/role/", "POST"): Line(
        "people: manage", form={"role": "partner_admin"}
    ),
    ("portal/people/<uuid:person>/left/", "POST"): Line("people: manage"),
    ("portal/invitations/<uuid:invitation>/again/", "POST"): Line("people: manage"),
    ("portal/company/", "GET"): Line("company: read"),
    ("portal/company/edit/", "GET"): Line("company: edit"),
    ("portal/company/edit/", "POST"): Line("company: edit", form={"website": "https://new.test"}),
    ("portal/companies/", "GET"): Line("company: read"),
    ("portal/companies/<uuid:partner>/", "GET"): Line("company: read"),
    ("portal/viewing/end/", "POST"): Line("viewing: end"),
}
