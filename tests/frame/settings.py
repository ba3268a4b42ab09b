"""The platform's own settings, with a home of its own and passwords that are quick to hash.

The database is SQLite in memory; `ECHELON_TEST_DATABASE` names a PostgreSQL server to use instead.
"""

import os
from tempfile import mkdtemp

os.environ["ECHELON_HOME"] = os.environ.get("ECHELON_TEST_HOME") or mkdtemp(prefix="echelon-")
os.environ["DATABASE_URL"] = os.environ.get("ECHELON_TEST_DATABASE", "")

from echelon.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
