"""Who may do what to which partners: rights, roles, scopes, and the one door for rows."""

from echelon.foundation.access.rights import Reach, Right
from echelon.foundation.access.roles import RIGHTS, VENDOR_ROLES, Role
from echelon.foundation.access.scope import EVERY, NOBODY, Actor, Every, Hidden, Scope, system

__all__ = [
    "EVERY",
    "NOBODY",
    "RIGHTS",
    "VENDOR_ROLES",
    "Actor",
    "Every",
    "Hidden",
    "Reach",
    "Right",
    "Role",
    "Scope",
    "system",
]
