"""What machines ask is answered without a sign-in, and says no more than they need."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection

from echelon.config import checkup
from echelon.foundation.jobs.models import Job

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def down(monkeypatch):
    def refuse(*_, **__):
        raise DatabaseError("no such host: db.internal")

    monkeypatch.setattr(connection, "cursor", refuse)


@pytest.mark.django_db
def test_it_is_ready_and_lives(client):
    for address in ("/health/live", "/health/ready"):
        answer = client.get(address)
        assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.usefixtures("down")
def test_without_a_database_it_lives_and_is_not_ready_and_says_only_that(client):
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (503, b"database: no\n")


@pytest.mark.django_db
def test_gauges(client, monkeypatch):
    Job.objects.create(kind="x", not_before=NOW, made_at=NOW)
    monkeypatch.setattr("echelon.config.health.timezone.now", lambda: NOW + timedelta(seconds=90))
    lines = client.get("/metrics").content.decode().splitlines()
    assert 'echelon_jobs{state="waiting"} 1' in lines
    assert 'echelon_jobs{state="failed"} 0' in lines
    assert "echelon_jobs_due_seconds 90.000" in lines


@pytest.mark.django_db
def test_gauges_are_for_who_shows_the_token_where_there_is_one(client, monkeypatch):
    monkeypatch.setenv("ECHELON_METRICS_TOKEN", "a-token")
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer a-token"}).status_code == 200


@pytest.mark.parametrize(
    ("given", "taken"), [("from-the-proxy-1", True), ("a b\nc", False), ("x" * 65, False)]
)
def test_every_answer_has_a_name_and_a_plain_one_is_taken_over(client, given, taken):
    name = client.get("/health/live", headers={"X-Request-Id": given})["X-Request-Id"]
    assert (name == given) is taken
    assert len(name) == (len(given) if taken else 32)


def test_a_page_runs_nothing_but_our_own_files(client):
    said = client.get("/health/live")["Content-Security-Policy"]
    parts = {part.strip() for part in said.split(";")}
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= parts
    assert "unsafe" not in said


def test_https_leaves_machines_their_plain_way(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health/live").status_code == 200
    assert client.get("/vendor/").status_code == 301


@pytest.mark.django_db
def test_work_that_nobody_does_is_noticed():
    assert list(checkup.work_is_done()) == []
    Job.objects.create(kind="x", not_before=NOW, made_at=NOW)
    Job.objects.create(kind="x", not_before=NOW, made_at=NOW, state="failed")
    said = [problem.message for problem in checkup.work_is_done()]
    assert said == ["work has been due since 2026-06-30 12:00 UTC", "1 jobs have failed for good"]


def test_a_folder_that_cannot_be_made_is_said(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.FILES_FOLDER, settings.CACHE_FOLDER = tmp_path / "file" / "files", tmp_path
    (problem,) = checkup.folders_can_be_written()
    assert str(problem).endswith("(ECHELON_HOME names another place)")
