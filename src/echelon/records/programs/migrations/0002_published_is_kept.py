"""The database itself refuses to edit a version that was published."""

from django.db import migrations

_EDITED = """
    OLD.state <> 'draft' AND (
        NEW.text <> OLD.text OR NEW.sha <> OLD.sha OR NEW.program_id <> OLD.program_id
        OR NEW.effective {differs} OLD.effective
        OR (NEW.state <> OLD.state AND NOT (OLD.state = 'published' AND NEW.state = 'withdrawn'))
    )
"""
_SAID = "a published version is never edited"


def add(_apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute(
            "CREATE TRIGGER programs_published_is_kept BEFORE UPDATE ON programs_version "
            f"WHEN {_EDITED.format(differs='IS NOT')} "
            f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
        )
        return
    editor.execute(
        "CREATE FUNCTION programs_published_is_kept() RETURNS trigger AS $$ BEGIN "
        f"RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$ LANGUAGE plpgsql"
    )
    editor.execute(
        "CREATE TRIGGER programs_published_is_kept BEFORE UPDATE ON programs_version FOR EACH ROW "
        f"WHEN ({_EDITED.format(differs='IS DISTINCT FROM')}) "
        "EXECUTE FUNCTION programs_published_is_kept()"
    )


def remove(_apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TRIGGER programs_published_is_kept")
        return
    editor.execute("DROP TRIGGER programs_published_is_kept ON programs_version")
    editor.execute("DROP FUNCTION programs_published_is_kept()")


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
