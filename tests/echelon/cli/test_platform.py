"""From nothing to pages that answer and work that is done, by the commands alone."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

ADMIN = {
    "ECHELON_ADMIN_EMAIL": "ann@vendor.test",
    "ECHELON_ADMIN_NAME": "Ann",
    "ECHELON_ADMIN_PASSWORD": "correct-horse-staple",
}
ENQUEUE = """
import django; django.setup()
from django.utils import timezone
from echelon.foundation.jobs.services import enqueue
enqueue("jobs.sweep", at=timezone.now())
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("ECHELON_", "DJANGO_"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("ECHELON_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: str, **more: str) -> tuple[int, str, str]:
    ran = subprocess.run(
        [sys.executable, "-m", "echelon", *arguments],
        env={**os.environ, **more}, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return ran.returncode, ran.stdout, ran.stderr


@contextmanager
def serving() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "echelon", "serve", "--port", port]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)


def answer(address: str, until: str = "", seconds: float = 60) -> str:
    """What is answered; asked again until it says what is waited for, a pattern."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urlopen(address, timeout=5) as page:
                said = page.read().decode()
            if re.search(until, said) or time.monotonic() > end:
                return said
        except OSError:
            if time.monotonic() > end:
                raise
        time.sleep(0.2)


@pytest.mark.usefixtures("home")
def test_from_nothing_to_pages_and_work():
    status, _, said = run("serve")
    assert status == 1
    assert "migrations are not applied (run echelon migrate)" in said
    assert run("migrate")[0] == 0
    assert run("createadmin", **ADMIN)[1] == "ann@vendor.test can sign in.\n"
    assert run("createadmin", **ADMIN)[1] == "ann@vendor.test is known already; nothing changed.\n"
    said = [line for line in run("doctor")[1].splitlines() if "static files" not in line]
    assert {line[0] for line in said} == {"✓"}, said
    with serving() as address:
        assert answer(f"{address}/health/ready") == "ok\n"
        django = {**os.environ, "DJANGO_SETTINGS_MODULE": "echelon.config.settings"}
        subprocess.run([sys.executable, "-c", ENQUEUE], env=django, check=True)
        # One that a schedule enqueues meanwhile is done and counted too.
        done = r'echelon_jobs\{state="done"\} [1-9]'
        assert re.search(done, answer(f"{address}/metrics", until=done))


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL: 'mysql' is no database"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "the database doesn't answer"),
        ({"ECHELON_JOBS_URL": "amqp://x"}, "ECHELON_JOBS_URL: 'amqp' calls no workers"),
        ({"ECHELON_JOBS_THREADS": "many"}, "ECHELON_JOBS_THREADS: 'many' is no whole number"),
    ],
)
def test_what_is_wrong_is_said_in_words(variables: dict[str, str], said: str):
    status, out, err = run("migrate", **variables)
    assert status == 1
    assert said in err
    assert "Traceback" not in out + err


@pytest.mark.usefixtures("home")
def test_a_key_is_made_by_an_administrator_with_rights_that_keys_have():
    assert run("migrate")[0] == 0
    made = ("createkey", "Warehouse", "--admin", "ann@vendor.test")
    assert "ann@vendor.test is no administrator" in run(*made)[2]
    assert run("createadmin", **ADMIN)[0] == 0
    assert "audit.read is no right of keys" in run(*made, "--right", "audit.read")[2]
    status, said, _ = run(*made, "--right", "facts.load")
    assert (status, said[:4], len(said)) == (0, "ech_", 48)


@pytest.mark.usefixtures("home")
def test_a_short_password_is_refused_and_nobody_made():
    assert run("migrate")[0] == 0
    status, _, said = run("createadmin", **{**ADMIN, "ECHELON_ADMIN_PASSWORD": "short"})
    assert (status, said.split(". ")[0]) == (1, "error: This password is too short")
    assert "! administrator: nobody can sign in yet (run echelon createadmin)" in run("doctor")[1]


def test_engine_commands_import_no_django():
    code = "import sys, echelon.cli; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.usefixtures("home")
def test_checked_for_deployment_it_is_clean():
    status, said, _ = run("doctor", ECHELON_HTTPS="1", ECHELON_HOSTS="partners.example.com")
    assert status == 1  # nothing is migrated
    assert said.splitlines()[0] == "✓ settings"
