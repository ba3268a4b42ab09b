"""Gives each kind of database to a process that measures on it, and keeps what it found."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from rich.console import Console
from rich.markdown import Markdown

from benchmarks import page
from benchmarks.machine import machine
from benchmarks.platform.told import section
from benchmarks.sizes import Size, read_size

ROOT = Path(__file__).parents[2]
#: A vendor with 200 partners.
SMALL = "20k"
DATABASES = ("PostgreSQL", "SQLite")
_SERVERS = (
    "postgresql:///postgres?host=/var/run/postgresql",
    "postgresql://127.0.0.1:5432/postgres",
)
PIPE = 140


def main(given: Sequence[str]) -> int:
    """Measure, show, and with `--write` keep and write the page."""
    arguments = _arguments(given)
    size, found = read_size(arguments.size), {}
    for database in DATABASES:
        if database.lower() in arguments.on.lower().split(","):
            print(f"{database}, {size.partners:,} partners", file=sys.stderr, flush=True)
            outcome = _measured(database, size, arguments.only.upper())
            if outcome is None:
                print(f"no {database} answers (DATABASE_URL names one)", file=sys.stderr)
            else:
                found[database] = outcome
    if not found:
        return 1
    kept = {"size": size.name, "machine": machine(), "commit": _commit(), "found": found}
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPE)
    console.print(Markdown(section(kept)))
    if arguments.write:
        page.keep_platform(kept)
        print(f"wrote {page.write()}")
    return 0


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks platform",
        description="Time the platform's pages, levelling, loading and trail.",
    )
    parser.add_argument(
        "--size", default=SMALL, help=f"lines of sales; 1M has 10,000 partners (default: {SMALL})"
    )
    parser.add_argument("--on", default=",".join(DATABASES), help="which databases")
    parser.add_argument("--only", default="", help="parts, such as P4,P2; each needs those before")
    parser.add_argument(
        "--write", action="store_true", help="keep the figures and write docs/performance.md"
    )
    return parser.parse_args(given)


def _measured(database: str, size: Size, parts: str) -> dict[str, Any] | None:
    with tempfile.TemporaryDirectory() as home, _database(database) as url:
        if url is None:
            return None
        out = Path(home) / "found.json"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ECHELON_", "DATABASE_"))}
        bench = {k: v for k, v in os.environ.items() if k == "ECHELON_BENCH"}
        given = {
            **kept, **bench, "ECHELON_HOME": home, "DATABASE_URL": url, "ECHELON_LOG": "error",
            "DJANGO_SETTINGS_MODULE": "echelon.config.settings",
        }  # fmt: skip
        command = [sys.executable, "-m", "benchmarks.platform.measure", size.name, str(out), parts]
        before = os.getloadavg()[0]
        subprocess.run(command, env=given, cwd=ROOT, check=True)
        found: dict[str, Any] = json.loads(out.read_text("utf-8"))
        return {**found, "load": [before, os.getloadavg()[0]]}


@contextmanager
def _database(kind: str) -> Iterator[str | None]:
    """Yield the URL of a database of our own, "" for SQLite, None where no server answers."""
    if kind == "SQLite":
        yield ""
        return
    server, name = _server(), f"echelon_bench_{uuid4().hex[:12]}"
    if server is None:
        yield None
        return
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield re.sub(r"^(\w+://[^/]*/)[^?]*", rf"\g<1>{name}", server)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _server() -> str | None:
    given = os.environ.get("DATABASE_URL", "")
    for url in [given] if given.startswith("postgres") else _SERVERS:
        try:
            psycopg.connect(url, connect_timeout=3).close()
        except psycopg.Error:
            continue
        return url
    return None


def _commit() -> str:
    def git(*given: str) -> str:
        try:
            ran = subprocess.run(["git", "-C", ROOT, *given], capture_output=True, text=True)
        except FileNotFoundError:
            return ""
        return ran.stdout.strip()

    changed = git("status", "--porcelain", "--", "src", "benchmarks/platform")
    return (git("log", "-1", "--format=%h") or "unknown") + (" and changes" if changed else "")
