"""Workers are killed, stopped and woken at random: nothing is lost, and nothing happens twice."""

import random
import signal
import time

import pytest

from tests.journeys.work import CHUNK, ROWS

WHOLE = [(number,) for number in range(CHUNK, ROWS + 1, CHUNK)]
LEASE = 1.0


def reached(place, batch: int) -> int:
    return place.one(f"SELECT reached FROM journeys_place WHERE batch = {batch}")


def rows(place, batch: int) -> tuple[int, int]:
    """How many rows a batch has, and how many different ones."""
    counted = "SELECT count(*), count(DISTINCT number) FROM journeys_row WHERE batch ="
    return place.query(f"{counted} {batch}")[0]


def test_killed_at_random_nothing_is_lost_and_nothing_written_twice(
    place, sample, figures, request
):
    kills, landed, tried, batch = sample(ci=10, proof=100), 0, 0, 0
    chance = random.Random(time.time_ns() if kills > 10 else 4)
    while landed < kills:
        batch += 1
        assert place.ask("enqueue", kind="journeys.write", payloads=[{"batch": batch}]) == "done"
        for _ in range(chance.randint(1, 3)):
            (worker,) = place.start(lease=LEASE)
            target = chance.randrange(reached(place, batch) + CHUNK, ROWS, CHUNK)
            place.until(lambda b=batch, t=target: reached(place, b) >= t)
            time.sleep(chance.random() * 0.02)
            place.kill(worker)
            tried += 1
            landed += CHUNK <= reached(place, batch) < ROWS
            if reached(place, batch) >= ROWS - CHUNK:
                break
        (worker,) = place.start(lease=LEASE)
        place.until(place.idle)
        place.kill(worker)
    assert [rows(place, number + 1) for number in range(batch)] == [(ROWS, ROWS)] * batch
    heard = "SELECT upto FROM journeys_heard WHERE batch = {} ORDER BY {}"
    at = "ctid" if place.url else "rowid"
    for number in range(1, batch + 1):
        assert place.query(heard.format(number, at)) == WHOLE  # once each, and in order
    assert place.query("SELECT DISTINCT state FROM jobs_job") == [("done",)]
    name = f"kill -9 between first and last commit, {request.node.callspec.params['place']}"
    said = f"{landed} landed of {tried}; {batch * ROWS} rows, 0 lost, 0 twice"
    figures.record("Workers killed", name, said)


def test_a_place_kept_beside_the_rows_is_found_to_write_twice(place):
    """The usual mistake: what the test above would say of it."""
    place.ask("enqueue", kind="journeys.write", payloads=[{"batch": 1, "fault": "careless"}])
    place.start(lease=LEASE)
    place.until(lambda: reached(place, 1) == ROWS // 2 - CHUNK)
    place.until(lambda: rows(place, 1)[0] == ROWS // 2)
    place.start(lease=LEASE)
    place.until(place.idle)
    assert rows(place, 1) == (ROWS + CHUNK, ROWS)


@pytest.mark.parametrize(("fault", "twice"), [("asleep", 0), ("unfenced", ROWS // 2)])
def test_who_slept_through_the_lease_writes_nothing_more(place, fault: str, twice: int):
    """Without a fence it does: that shows what holds it off."""
    place.ask("enqueue", kind="journeys.write", payloads=[{"batch": 1, "fault": fault}])
    (asleep,) = place.start(lease=LEASE, threads=1)
    place.until(lambda: reached(place, 1) == ROWS // 2)
    time.sleep(0.2)  # it stops itself after the commit
    place.start(lease=LEASE)
    place.until(lambda: reached(place, 1) == ROWS)
    place.until(place.idle)
    place.kill(asleep, signal.SIGCONT)
    if twice:
        place.until(lambda: rows(place, 1)[0] == ROWS + twice)
    else:
        time.sleep(1.0)
    assert rows(place, 1) == (ROWS + twice, ROWS)
