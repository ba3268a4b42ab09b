import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_only_grows"),
    ]

    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                ("events", models.BigIntegerField()),
                ("streams", models.PositiveIntegerField()),
                ("findings", models.JSONField(default=list)),
                ("found", models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
