"""What a test may need from outside: asked for by name, found or said to be absent.

At a desk an absent service or data set is a skip that the summary counts. Named in
``ECHELON_REQUIRE`` (as ``.ci/run`` does) it is a failure: a build can't go green by not looking.
"""

import os
import re
import shutil
import socket
import struct
import subprocess
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
ABSENT = "absent: "
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)


class Absent(Exception):
    """The reason why something can't be had here."""


def shared() -> Path:
    """The AdventureWorks folder in ``../shared``, or in ECHELON_SHARED."""
    shelf = Path(os.environ.get("ECHELON_SHARED", ROOT.parent / "shared"))
    folder = shelf / "data" / "adventureworks"
    if not (folder / "dataset.yaml").is_file():
        raise Absent(f"no data set in {folder} (ECHELON_SHARED names another shelf)")
    return folder.resolve()


def postgres() -> str:
    """The URL of a PostgreSQL server that answers: DATABASE_URL, else one on this machine."""
    given = os.environ.get("DATABASE_URL", "")
    if urlsplit(given).scheme in ("postgres", "postgresql"):
        candidates = [given]
    else:
        candidates = [
            "postgresql:///postgres?host=/var/run/postgresql",
            "postgresql:///postgres?host=/tmp",
            "postgresql://127.0.0.1:5432/postgres",
        ]
    for url in candidates:
        if _is_postgres(url):
            return url
    raise Absent(f"no server answers at {' or '.join(candidates)} (DATABASE_URL names another)")


def database_at(server: str, name: str) -> str:
    """The URL of another database of a server.

    Not urlunsplit: it loses the slashes of a server that is a socket.
    """
    return re.sub(r"^(\w+://[^/]*/)[^?]*", rf"\g<1>{name}", server)


def pages() -> Path:
    """The folder of what the pages use of others; axe, which only tests use, is in build/pages."""
    folder = ROOT / "src" / "echelon" / "surfaces" / "shell" / "static" / "fetched"
    if not (folder / "tabler.min.css").is_file():
        raise Absent("the pages' files were not fetched (python tools/fetch_pages.py)")
    return folder


def chromium() -> str:
    """The path of a Chromium: CHROMIUM, else one on PATH."""
    given = os.environ.get("CHROMIUM", "")
    for name in (given, "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    raise Absent("no chromium on PATH (CHROMIUM names one)")


def redis() -> str:
    """The URL of a Redis server that answers: REDIS_URL, else one on this machine."""
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port or 6379), timeout=2) as line:
            line.sendall(b"PING\r\n")
            if line.recv(1) in (b"+", b"-"):  # -NOAUTH is an answer too
                return url
    except OSError:
        pass
    raise Absent(f"no server answers at {url} (REDIS_URL names another)")


def java() -> str:
    """The path of a Java that runs."""
    found = shutil.which("java", path=os.environ.get("JAVA_HOME", "") + "/bin") or shutil.which(
        "java"
    )
    if found is None or subprocess.run([found, "-version"], capture_output=True).returncode:
        raise Absent("no java on PATH or in JAVA_HOME")
    return found


def spark() -> str:
    """The version of a pyspark that is installed beside a Java that runs."""
    java()
    try:
        return version("pyspark")
    except PackageNotFoundError:
        raise Absent("pyspark is not installed (the extra `spark`)") from None


def _is_postgres(url: str) -> bool:
    """Whether the answer to an SSL request is PostgreSQL's one letter; needs no driver."""
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or "/var/run/postgresql"])[0]
    port = parts.port or 5432
    try:
        if host.startswith("/"):
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(2)
            line.connect(f"{host}/.s.PGSQL.{port}")
        else:
            line = socket.create_connection((host, port), timeout=2)
        with line:
            line.sendall(_SSL_REQUEST)
            return line.recv(1) in (b"S", b"N")
    except OSError:
        return False


FINDERS: dict[str, Callable[[], object]] = {
    "chromium": chromium,
    "java": java,
    "pages": pages,
    "postgres": postgres,
    "redis": redis,
    "shared": shared,
    "spark": spark,
}


@cache
def _find(name: str) -> tuple[object, str | None]:
    try:
        return FINDERS[name](), None
    except Absent as reason:
        return None, str(reason)


def required() -> set[str]:
    """The names in ECHELON_REQUIRE; a name nobody knows would require nothing, so it is refused."""
    names = {name.strip() for name in os.environ.get("ECHELON_REQUIRE", "").split(",")} - {""}
    for name in sorted(names - FINDERS.keys()):
        near = get_close_matches(name, FINDERS, 1) or sorted(FINDERS)
        raise pytest.UsageError(f"ECHELON_REQUIRE: {name!r} is unknown; did you mean {near[0]}?")
    return names


def require_or_skip(name: str) -> object:
    """What ``name`` stands for (a folder, a URL, a path), or the end of this test."""
    found, reason = _find(name)
    if reason is None:
        return found
    if name in required():
        pytest.fail(f"{name} is named in ECHELON_REQUIRE, but {reason}", pytrace=False)
    pytest.skip(f"{ABSENT}{name}, {reason}")


@pytest.fixture(scope="session")
def require() -> Callable[[str], object]:
    """``folder = require("shared")``: skips, or fails where ECHELON_REQUIRE names it."""
    return require_or_skip


def pytest_configure() -> None:
    required()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what was not run, by what was absent."""
    missed: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        if reason.startswith(ABSENT):
            missed[reason] = missed.get(reason, 0) + 1
    if missed:
        terminalreporter.section("not run here")
        for reason, count in sorted(missed.items()):
            terminalreporter.line(f"{count} × {reason}")
