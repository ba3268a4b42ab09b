"""The database itself refuses to change or delete what was done."""

from django.db import migrations

_SAID = "what was done is never changed or deleted"


def add(_apps, editor):
    if editor.connection.vendor == "sqlite":
        for what in ("UPDATE", "DELETE"):
            editor.execute(
                f"CREATE TRIGGER audit_no_{what.lower()} BEFORE {what} ON audit_auditevent "
                f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
            )
        return
    editor.execute(
        "CREATE FUNCTION audit_only_grows() RETURNS trigger AS $$ BEGIN "
        f"RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$ LANGUAGE plpgsql"
    )
    editor.execute(
        "CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON audit_auditevent "
        "FOR EACH ROW EXECUTE FUNCTION audit_only_grows()"
    )


def remove(_apps, editor):
    if editor.connection.vendor == "sqlite":
        for what in ("update", "delete"):
            editor.execute(f"DROP TRIGGER audit_no_{what}")
        return
    editor.execute("DROP TRIGGER audit_only_grows ON audit_auditevent")
    editor.execute("DROP FUNCTION audit_only_grows()")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
