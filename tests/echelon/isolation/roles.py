"""Who may do what: the truth that the answers of every route are compared with, kept by hand.

Not taken from the code, which is what is tested. A row is an object and what is done with it; a
cell says with whose: `-` nobody's, `o` own ones, `o+` own ones and those of companies below, `x`
all, `e` those of programs that the company is in or may join, `a` a page on the own area alone.
"""

from __future__ import annotations

#: Columns, in the order of the cells. An account manager's own are the partners assigned; `viewing`
#: is a program manager who looks at the portal as our company does.
COLUMNS = (
    "anonymous applicant member admin distributor distributor_admin account_manager"
    " program_manager finance compliance read_only vendor_admin key viewing"
).split()

_TABLE = """
                       an ap me ad di da am pm fi co ro va key vi
public                 x  x  x  x  x  x  x  x  x  x  x  x  x  x
signed in              -  x  x  x  x  x  x  x  x  x  x  x  -  x
me                     -  x  x  x  x  x  x  x  x  x  x  x  x  x
application: read      -  o  -  -  -  -  o  x  -  x  x  x  x  -
company: read          -  -  o  o  o+ o+ o  x  x  x  x  x  x  o
company: edit          -  -  -  o  o  o  o  x  -  -  -  x  x  -
company: manage        -  -  -  -  -  -  o  x  -  -  -  x  x  -
company: create        -  -  -  -  -  -  -  x  -  -  -  x  x  -
fields: read           -  -  -  -  -  -  x  x  x  x  x  x  x  -
people: read           -  -  o  o  o  o  o  x  -  x  x  x  x  o
people: manage         -  -  -  o  -  o  o  x  -  -  -  x  -  -
programs: read         -  -  e  e  e  e  x  x  x  x  x  x  x  e
documents: read        -  -  -  -  -  -  x  x  x  x  x  x  x  -
programs: draft        -  -  -  -  -  -  -  x  -  -  -  x  x  -
programs: publish      -  -  -  -  -  -  -  x  -  -  -  x  -  -
enrollments: read      -  -  o  o  o+ o+ o  x  x  x  x  x  x  o
enrollments: apply     -  -  -  o  -  o  -  -  -  -  -  -  -  -
enrollments: manage    -  -  -  -  -  -  o  x  -  -  -  x  x  -
facts: read            -  -  o  o  o+ o+ o  x  x  x  x  x  x  o
facts: load            -  -  -  o  o  o  o  x  -  -  -  x  x  -
facts: kinds           -  -  x  x  x  x  x  x  x  x  x  x  x  x
references: load       -  -  -  -  -  -  -  x  -  -  -  x  x  -
standings: read        -  -  o  o  o+ o+ o  x  x  x  x  x  x  o
figures: read          -  -  o  o  o  o  o  x  x  x  x  x  x  o
standings: run         -  -  -  -  -  -  o  x  -  -  -  x  x  -
runs: read             -  -  -  -  -  -  -  x  x  x  x  x  x  -
runs: ask              -  -  -  -  -  -  -  x  -  -  -  x  x  -
moves: propose         -  -  -  -  -  -  o  x  -  -  -  x  -  -
moves: decide          -  -  -  -  -  -  -  x  -  -  -  x  -  -
overrides: propose     -  -  -  -  -  -  o  x  -  -  -  x  -  -
overrides: grant       -  -  -  -  -  -  -  x  -  -  -  x  -  -
requests: read         -  -  -  -  -  -  o  x  -  -  -  x  -  -
benefits: read         -  -  o  o  o  o  o  x  x  x  x  x  x  o
library: edit          -  -  -  -  -  -  -  x  -  -  -  x  -  -
audit: read            -  -  -  -  -  -  -  -  a  x  -  x  -  -
export of many         -  -  -  -  -  -  o  x  x  x  -  x  x  -
settings               -  -  -  -  -  -  -  -  -  -  -  x  -  -
own notifications      -  -  -  o  o  o  -  -  -  -  -  -  -  -
view as partner        -  -  -  -  -  -  o  x  -  x  -  x  -  -
viewing: end           -  -  -  -  -  -  -  -  -  -  -  -  -  x
"""

ROWS: dict[str, dict[str, str]] = {
    line[:22].strip(): dict(zip(COLUMNS, line[22:].split(), strict=True))
    for line in _TABLE.strip("\n").splitlines()[1:]
}

#: Whose objects there are, seen from the company that the partner's people work for.
RELATIONS = ("own", "child", "sibling", "parent", "other", "archived")
#: Ids that lead to nothing.
NOTHING = "random"

#: Who asks, and by which column answers are judged. Who is disabled is a stranger; who has left
#: keeps what an applicant has; a key with few scopes has the rows in `NARROW` alone.
ROLES: dict[str, str] = {
    **{column: column for column in COLUMNS},
    "disabled": "anonymous",
    "disabled_partner": "anonymous",
    "left": "applicant",
    "narrow_key": "key",
    "revoked_key": "anonymous",
}
NARROW = frozenset({"public", "me", "company: read"})
VENDORS = frozenset(
    "account_manager program_manager finance compliance read_only vendor_admin".split()
)
STRANGERS = frozenset({"anonymous", "disabled", "disabled_partner", "revoked_key"})
KEYS = frozenset({"key", "narrow_key", "revoked_key"})

_REACHES = {
    "-": frozenset[str](),
    "a": frozenset[str](),
    "o": frozenset({"own"}),
    "e": frozenset({"own"}),
    "o+": frozenset({"own", "child"}),
    "x": frozenset(RELATIONS),
}


def cell(row: str, role: str) -> str:
    """The cell of a row for who asks."""
    if role == "narrow_key" and row not in NARROW:
        return "-"
    return ROWS[row][ROLES[role]]


def whose(row: str, role: str) -> frozenset[str]:
    """With whose objects a role may do what a row says."""
    return _REACHES[cell(row, role)]


def enters(surface: str, role: str) -> bool:
    """Whether a surface is made for a role, whatever the row says."""
    match surface:
        case "vendor":
            return role in VENDORS
        case "portal":
            return role not in VENDORS | KEYS | STRANGERS
        case _:
            return True


#: Which row says who may see a model's rows, wherever they turn up. A model of partners' rows that
#: isn't here is a finding: nobody has said who may see it.
MODELS: dict[str, str] = {
    "Partner": "company: read",
    "Field": "fields: read",  # what the vendor says of companies beside their profile
    "Person": "people: read",
    "User": "people: read",
    "ApiKey": "settings",
    "AuditEvent": "audit: read",
    "Colleague": "settings",  # the vendor's own people, beside those who look after partners
    "Invitation": "people: manage",
    "Program": "programs: read",
    "Version": "programs: read",
    "TierEntry": "library: edit",
    "Terms": "programs: read",
    "Enrollment": "enrollments: read",
    "View": "company: read",
    "StoredFile": "facts: load",
    "Mapping": "facts: load",
    "Batch": "facts: load",
    "BadRow": "facts: load",
    "Fact": "facts: read",
    "FactType": "facts: kinds",
    "ReferenceType": "facts: kinds",
    "Reference": "facts: kinds",
    "Attestation": "facts: read",
    "Run": "runs: read",
    "Standing": "standings: read",
    "Current": "standings: read",
    "Proposal": "standings: read",
    "Override": "standings: read",
    "Approval": "requests: read",
    "Viewing": "people: read",
}
