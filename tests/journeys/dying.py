"""Has a worker stop at a statement of its work, to be killed just there, or woken later.

A statement is what goes to the database; what happens between two of them is met by kills that
come at any time. Without a statement to stop at, it is noted how long a piece of work is.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any


def watch(
    folder: str, kind: str = "", statement: int = 0, *, outside: bool = False, fault: str = ""
) -> None:
    """Stop this process after so many statements of the first job of a kind.

    `outside` waits for one outside of a transaction, that holds no locks. `folder` then has a
    file "stopped", and "woken" when that job has ended after all; after each whole job one of its
    kind, with the number of its statements and its seconds. `unfenced` is the usual mistake: to
    write with a lost lease.
    """
    from django.db.backends.signals import connection_created

    from echelon.foundation.jobs.kinds import KINDS
    from echelon.foundation.jobs.models import Job
    from echelon.foundation.jobs.task import Task

    place, here = Path(folder), threading.local()
    stopped: list[int] = []

    def counted(execute: Any, sql: Any, given: Any, many: bool, context: Any) -> Any:
        found = execute(sql, given, many, context)
        if getattr(here, "kind", ""):
            here.count += 1
            held = outside and context["connection"].in_atomic_block
            if here.kind == kind and here.count >= statement > 0 and not held and not stopped:
                stopped.append(here.count)
                (place / "stopped").write_text(f"{here.count} {sql}")
                os.kill(os.getpid(), signal.SIGSTOP)
        return found

    def working(name: str, work: Any) -> Any:
        def done(task: Any, at: Any) -> None:
            here.kind, here.count, begun = name, 0, time.monotonic()
            try:
                work(task, at)
                draft = place / f".{name}.{os.getpid()}"
                draft.write_text(f"{here.count} {time.monotonic() - begun}")
                draft.replace(place / name)
            finally:
                here.kind = ""
                if name == kind and stopped:
                    (place / "woken").touch()

        return done

    def connected(connection: Any, **_: Any) -> None:
        if counted not in connection.execute_wrappers:  # the same is opened for each job
            connection.execute_wrappers.append(counted)

    connection_created.connect(connected, weak=False)
    for name, known in KINDS.items():
        KINDS[name] = replace(known, work=working(name, known.work))
    if fault == "unfenced":
        Task._mine = lambda self: Job.objects.filter(pk=self.id)  # type: ignore[method-assign]
