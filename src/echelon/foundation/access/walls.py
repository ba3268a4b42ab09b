"""The second wall, on PostgreSQL: the database itself shows only rows of partners in the scope.

The first wall is `rows.visible`. This one stands when that was forgotten: each table of partners'
rows has a policy keyed on settings that `entered` makes for one transaction (or, outside of one,
until it is left). With nothing set there are no rows. The policies are forced on the owner too;
where the owner may make roles, requests also take on a role that owns nothing.

A model says how its rows lead to their partner (`partner_path`, a column of its own, so that the
wall is a test of one column), whether a distributor sees those of the companies below it
(`shared_upward`), whether anybody may add rows for any partner (`added_by_all`: the audit), and
which column marks rows that stand outside the wall (`opened_by`: files such as badges).
What it doesn't catch: a right that is missing, since it knows partners and not rights.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from echelon.foundation.access.rights import UNOWNED, Reach
from echelon.foundation.access.scope import Scope

#: What `app.partners` says when all partners are in the scope.
ALL = "all"
#: Partners, those below them, and the role that serves.
Wall = tuple[str, str, str]
#: What the innermost block has set on each connection.
_STANDING: WeakKeyDictionary[BaseDatabaseWrapper, Wall | None] = WeakKeyDictionary()
#: Databases of this process in which the role was found.
_FOUND: set[tuple[str, str]] = set()

_IDS = "(SELECT string_to_array(nullif(nullif(current_setting('{0}', true), 'all'), ''), ',')::uuid[])::uuid[]"  # noqa: E501
_OWN = f"(SELECT current_setting('app.partners', true) = 'all') OR {{column}} = ANY ({_IDS.format('app.partners')})"  # noqa: E501
_BELOW = f" OR {{column}} = ANY ({_IDS.format('app.below')})"


def role() -> str:
    """Return the name of the role that serves; one vendor's can't read another's tables."""
    return f"echelon_{settings.VENDOR}"


def reached(scope: Scope) -> tuple[str, str]:
    """Return the wall's two settings: partners in reach (or "all"), and those below them."""
    owned = [reach for right, reach in scope.rights.items() if right not in UNOWNED]
    if Reach.ALL in owned:
        return ALL, ""
    own = ",".join(sorted(map(str, scope.own))) if owned else ""
    below = ",".join(sorted(map(str, scope.below))) if Reach.BELOW in owned else ""
    return own, below


@contextmanager
def entered(scope: Scope, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let the database show what a scope reaches, until the block ends. Blocks may be nested.

    Inside a transaction the settings end with it at the latest, whatever happens; outside, as in a
    job that makes several, they last for the block. Nothing to do on SQLite.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        yield
        return
    wanted, standing = (*reached(scope), _serving(connection)), _STANDING.get(connection)
    if wanted == standing:  # as the block around this one has it
        yield
        return
    _STANDING[connection] = wanted
    try:
        with _settings(connection, wanted):
            yield
    finally:
        _STANDING[connection] = standing


@contextmanager
def _settings(connection: BaseDatabaseWrapper, wanted: Wall) -> Iterator[None]:
    local = connection.in_atomic_block
    before = _set(connection, wanted, local)
    try:
        yield
    except BaseException:
        if not (local and connection.needs_rollback):
            try:
                _set(connection, before, local)
            except DatabaseError:  # a transaction that has failed takes its settings with it
                if not local:
                    connection.close()
        raise
    if not (local and connection.needs_rollback):
        _set(connection, before, local)


def _set(connection: BaseDatabaseWrapper, values: Wall, local: bool) -> Wall:
    """Set partners, those below and role; return what they were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.partners', true), ''),"
            " coalesce(current_setting('app.below', true), ''), current_setting('role'),"
            " set_config('app.partners', %s, %s), set_config('app.below', %s, %s),"
            " set_config('role', %s, %s)",
            [values[0], local, values[1], local, values[2], local],
        )
        partners, below, who = cursor.fetchone()[:3]
    return partners, below, who


def _serving(connection: BaseDatabaseWrapper) -> str:
    """Return the role to take on: the one that serves, or none where the owner couldn't make it."""
    where = (connection.alias, str(connection.settings_dict["NAME"]))
    if where not in _FOUND:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_has_role(session_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = %s",
                [role()],
            )
            if cursor.fetchone() != (True,):
                return "none"
        _FOUND.add(where)
    return role()


def raise_walls(app_config: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Build the policies of a room's tables after its migrations, and let the role in."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in app_config.get_models(include_auto_created=True):
            if getattr(model, "partner_path", None) is not None:
                _wall(cursor, model)
        if _role_made(cursor):
            _let_in(cursor)


def _wall(cursor: Any, model: type[Model]) -> None:
    table = f'"{model._meta.db_table}"'
    column = f'"{model._meta.get_field(model.partner_path).column}"'  # type: ignore[attr-defined]
    seen = (_OWN + (_BELOW if getattr(model, "shared_upward", False) else "")).format(column=column)
    if opened := getattr(model, "opened_by", ""):
        seen += f' OR "{opened}"'
    added = "true" if getattr(model, "added_by_all", False) else seen
    said = f"{seen} | {added}"
    cursor.execute(
        "SELECT obj_description(oid, 'pg_policy') FROM pg_policy"
        " WHERE polrelid = to_regclass(%s) AND polname = 'partners_added'",
        [table],
    )
    if cursor.fetchone() == (said,):
        return
    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for policy, command in (
        ("seen", f"FOR SELECT USING ({seen})"),
        ("changed", f"FOR UPDATE USING ({seen}) WITH CHECK ({seen})"),
        ("removed", f"FOR DELETE USING ({seen})"),
        ("added", f"FOR INSERT WITH CHECK ({added})"),
    ):
        cursor.execute(f"DROP POLICY IF EXISTS partners_{policy} ON {table}")
        cursor.execute(f"CREATE POLICY partners_{policy} ON {table} {command}")
    quoted = said.replace("'", "''")
    cursor.execute(f"COMMENT ON POLICY partners_added ON {table} IS '{quoted}'")


def _role_made(cursor: Any) -> bool:
    """Make the role that serves if it isn't there and may be made; return whether it is there."""
    cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone() == (True,):
        cursor.execute(
            f"""DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role()}') THEN
                    CREATE ROLE "{role()}" NOLOGIN;
                END IF;
                IF NOT pg_has_role(current_user, '{role()}', 'MEMBER') THEN
                    GRANT "{role()}" TO CURRENT_USER;
                END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$"""
        )
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role()])
    return cursor.fetchone() is not None


def _let_in(cursor: Any) -> None:
    """Give the role rows, never tables; what only grows can't be changed by it."""
    who = f'"{role()}"'
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {who}")
    cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {who}")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {who}")
    for model in apps.get_models():
        if getattr(model, "only_grows", False):
            cursor.execute(f'REVOKE UPDATE, DELETE ON "{model._meta.db_table}" FROM {who}')


@register()
def every_table_has_its_wall(**_: Any) -> list[Error]:
    """Refuse a model of ours that doesn't say, by a column of its own, whose its rows are."""
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith("echelon."):
            continue
        hint = "partner_path = the name of a field of this model, or None if rows are nobody's"
        if not hasattr(model, "partner_path"):
            found.append(Error(f"{model.__name__} doesn't say whose its rows are", hint, id="E002"))
        elif model.partner_path is not None:
            try:
                model._meta.get_field(model.partner_path)
            except FieldDoesNotExist:
                found.append(
                    Error(f"{model.__name__} has no column {model.partner_path!r}", hint, id="E003")
                )
    return found
