"""A type says which column names whose record a fact is; built-in types get such a column.

The vendor's own columns stay: a built-in type that it has given an `owner` of another sort is left
as it is.
"""

from django.db import migrations, models

BUILT_IN = (
    "activities",
    "certifications",
    "course_completions",
    "deal_registrations",
    "leads",
    "opportunities",
    "sales",
)


def name_owners(apps, _schema_editor):
    """Give the built-in types that were used already what new ones have from the start."""
    for kind in apps.get_model("facts", "FactType").objects.filter(slug__in=BUILT_IN):
        columns = kind.spec.get("columns") or {}
        if columns.setdefault("owner", "text") == "text":
            kind.spec = {**kind.spec, "columns": columns}
            kind.owner = "owner"
            kind.save(update_fields=["spec", "owner"])


class Migration(migrations.Migration):
    dependencies = [("facts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="facttype",
            name="owner",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.RunPython(name_owners, migrations.RunPython.noop),
    ]
