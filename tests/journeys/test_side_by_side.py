"""Several processes at once: each job is done by one, lines keep their order, calls are heard."""

import time
from itertools import pairwise

import pytest

from tests.frame.require import require_or_skip
from tests.journeys.conftest import opened
from tests.journeys.processes import FIRST


def test_no_job_is_done_by_two_and_lines_keep_their_order(place):
    alone = [{} for _ in range(60)]
    lines = [{"line": name} for name in "abc" for _ in range(10)]
    slow = [{"seconds": 5.0}]  # longer than a lease: it is renewed meanwhile
    assert place.ask("enqueue", kind="journeys.turn", payloads=[*slow, *alone, *lines]) == "done"
    place.start(processes=3, lease=2.0)
    place.until(place.idle)
    done = place.query("SELECT job, line, pid, began, ended FROM journeys_turn ORDER BY job")
    assert len(done) == len({job for job, *_ in done}) == 91
    assert len({pid for _, _, pid, *_ in done}) > 1
    for name in "abc":
        turns = [(began, ended) for _, line, _, began, ended in done if line == name]
        assert len(turns) == 10
        assert all(before[1] <= after[0] for before, after in pairwise(turns))


def test_each_due_time_is_asked_for_once_whoever_looks(place):
    assert place.ask("schedule") == "done"
    assert place.ask("tick", processes=4, times=30) == "done"
    asked = place.query("SELECT payload FROM jobs_job WHERE kind = 'journeys.due'")
    texts = {str(payload) for (payload,) in asked}
    assert len(asked) == len(texts) == 30
    assert any(FIRST.isoformat() in text for text in texts)


@pytest.mark.parametrize(("kind", "line"), [("postgresql", "postgres"), ("sqlite", "redis")])
def test_a_worker_that_would_look_in_a_minute_is_woken_at_once(request, tmp_path, kind, line):
    url = str(require_or_skip(line)) if line == "redis" else "own"
    with opened(request, kind, tmp_path, url) as place:
        place.start(lease=60.0, idle=60.0)
        time.sleep(2.0)  # it has looked, found nothing, and listens
        place.ask("enqueue", kind="journeys.turn", payloads=[{}])
        place.until(lambda: place.one("SELECT count(*) FROM journeys_turn"), seconds=20)
