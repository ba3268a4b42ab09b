"""Work for processes that are killed: a thousand rows in chunks, each with its place and its news.

The place reached is kept in the transaction of the rows, and read once at the start, as a real
import does it. `careless` and `unfenced` are the usual mistakes: the tests show what they cost.
"""

import os
import signal
import time

from django.db import connection, transaction

from echelon.foundation.jobs.services import job
from echelon.foundation.outbox.services import Event, announce, subscribe

ROWS, CHUNK, PAUSE = 1000, 50, 0.01
TABLES = """
CREATE TABLE journeys_row (batch int, number int);
CREATE TABLE journeys_place (batch int PRIMARY KEY, reached int);
CREATE TABLE journeys_heard (batch int, upto int);
CREATE TABLE journeys_turn (job int, line text, pid int, began float, ended float)
"""


class Written(Event):
    """Rows of a batch were written, up to a number."""

    batch: int
    upto: int


def execute(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


@subscribe(Written)
def heard(event, at):
    execute("INSERT INTO journeys_heard VALUES (%s, %s)", event.batch, event.upto)


@job("journeys.write")
def write(task, at):
    batch, fault = task.payload["batch"], task.payload.get("fault")
    found = execute("SELECT reached FROM journeys_place WHERE batch = %s", batch)
    reached = found[0][0] if found else 0
    while reached < ROWS:
        reached += CHUNK
        with transaction.atomic():
            for number in range(reached - CHUNK, reached):
                execute("INSERT INTO journeys_row VALUES (%s, %s)", batch, number)
            if fault != "careless":
                _keep_place(batch, reached)
            announce(Written(batch=batch, upto=reached), at=at)
            if fault != "unfenced":
                task.fence()
        first = task.attempt == 1 and reached == ROWS // 2
        if fault == "careless":
            if first:
                os.kill(os.getpid(), signal.SIGKILL)
            _keep_place(batch, reached)
        elif fault and first:
            os.kill(os.getpid(), signal.SIGSTOP)  # and may be woken when others have taken over
            time.sleep(PAUSE)
        time.sleep(PAUSE)


def _keep_place(batch: int, reached: int) -> None:
    if not execute("UPDATE journeys_place SET reached = %s WHERE batch = %s RETURNING 1", reached,
                   batch):  # fmt: skip
        execute("INSERT INTO journeys_place VALUES (%s, %s)", batch, reached)


@job("journeys.turn")
def turn(task, at):
    began = time.time()
    time.sleep(task.payload.get("seconds", 0.005))
    values = (task.id, task.payload.get("line", ""), os.getpid(), began, time.time())
    execute("INSERT INTO journeys_turn VALUES (%s, %s, %s, %s, %s)", *values)


@job("journeys.due")
def due(task, at):
    """Nothing: what is tested is how often it is asked for."""
