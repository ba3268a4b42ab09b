"""On what was measured: cores, memory, versions. Ratios travel to other machines, times don't."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("duckdb", "polars", "pandas", "numpy", "pyarrow", "psycopg")


def machine() -> dict[str, Any]:
    """Return what a reader needs to judge a time."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory": memory,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "measured": datetime.now(UTC).date().isoformat(),
    }


def told(found: dict[str, Any]) -> str:
    """Return it in one line."""
    packages = ", ".join(f"{name} {number}" for name, number in found["packages"].items())
    return (
        f"{found['cores']} cores, {found['memory'] / 2**30:.0f} GiB, {found['system']}; "
        f"Python {found['python']}, {packages}; {found['measured']}"
    )


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
