"""The platform's own settings, with a home of its own and passwords that are quick to hash.

The database is SQLite in memory; `ECHELON_TEST_DATABASE` names a PostgreSQL server to use instead.
`DATABASE_URL`, by which other tests find a server, stays as it was.
"""

import os
from tempfile import mkdtemp
from unittest.mock import patch

os.environ["ECHELON_HOME"] = os.environ.get("ECHELON_TEST_HOME") or mkdtemp(prefix="echelon-")

with patch.dict(os.environ, {"DATABASE_URL": os.environ.get("ECHELON_TEST_DATABASE", "")}):
    from echelon.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
API_CALLS_A_MINUTE = 10_000_000  # whoever tests the limit sets it
