from django.db import migrations, models


def as_the_browser_asks(apps, _):
    """Nobody could choose a language until now: English was only where everybody began."""
    apps.get_model("accounts", "User").objects.filter(language="en").update(language="")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Vendor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=80)),
                ("language", models.CharField(blank=True, default="", max_length=12)),
                ("time_zone", models.CharField(default="UTC", max_length=60)),
                ("second_factor", models.BooleanField(default=False)),
            ],
        ),
        migrations.RemoveField(model_name="user", name="region"),
        migrations.AddField(
            model_name="invitation",
            name="regions",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="user",
            name="regions",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="user",
            name="theme",
            field=models.CharField(blank=True, default="", max_length=5),
        ),
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.RunPython(as_the_browser_asks, migrations.RunPython.noop),
    ]
