"""Who calls, and what they may do."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from echelon.foundation.access.routes import public, scope_of
from echelon.surfaces.api.shapes import Told

TAG = "Me"
router = Router()


class Me(Told):
    """Whoever shows a key or has a session."""

    kind: str
    id: UUID
    name: str
    rights: dict[str, str]
    partners: list[UUID]


@router.get("/me", response=Me)
@public("who calls reads of themselves; that they are known is asked of every call")
def read(request: HttpRequest) -> Me:
    """Say who calls, with which rights.

    `rights` says how far each reaches: `own` companies, those `below` them too, or `all`.
    `partners` are the own ones.
    """
    scope = scope_of(request)
    return Me(
        kind=scope.actor.kind,
        id=UUID(scope.actor.id),
        name=scope.actor.name,
        rights={right.value: reach.value for right, reach in sorted(scope.rights.items())},
        partners=sorted(scope.own),
    )
