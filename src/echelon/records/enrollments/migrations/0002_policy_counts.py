"""Which facts count in a program; as before, all of the account and its family."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="policy",
            name="counts",
            field=models.CharField(
                choices=[
                    ("account", "Everything of the account and its family"),
                    ("primary_user", "Only records of people whom the primary user may see"),
                ],
                default="account",
                max_length=12,
            ),
        ),
    ]
