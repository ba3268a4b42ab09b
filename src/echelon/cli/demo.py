"""`echelon demo`: a vendor that is made up, in a folder of its own, served like any other."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from datetime import datetime
from pathlib import Path
from time import monotonic

import typer

from echelon.cli.platform import answering, refuse, start
from echelon.cli.screen import columns, steps

#: Says that a folder is the demo's, which may be removed, and whether it was made to its end.
MARK = "demo.json"
#: What isn't taken from the environment: a demo never reaches a database that somebody uses.
_OTHERS = ("ECHELON_", "DATABASE_URL")
_KEPT = ("ECHELON_TRACEBACK", "ECHELON_LOG")
_PORT = 8000


def demo(
    folder: Path = typer.Option(Path(".demo"), help="Where the demo keeps all that it has."),
    fresh: bool = typer.Option(False, "--fresh", help="Make it anew, up to today."),
    host: str = typer.Option("127.0.0.1", help="The address to listen at."),
    port: int = typer.Option(0, help=f"The port to listen at; 0: {_PORT}, or the next free one."),
    partners: int = typer.Option(300, min=30, max=5000, help="How many partners it has."),
    only_make: bool = typer.Option(False, "--only-make", help="Make it, and don't serve it."),
) -> None:
    """Make a vendor with partners and three years of facts, and open it in the browser."""
    chosen = 0 if only_make else _free_port(host, port)
    folder = folder.absolute()
    alone(folder)
    made = _made(folder)
    if fresh or not (made and made["ready"]):
        _clear(folder)
        made = make(folder, partners)
    start()
    with answering():
        _migrate()
    typer.echo(_told(made))
    if not only_make:
        _serve(host, chosen)


def _serve(host: str, port: int) -> None:
    """Become the process that serves: threads and memory of making the demo are left behind."""
    command = [sys.executable, "-m", "echelon", "serve", "--host", host, "--port", str(port)]
    sys.stdout.flush()
    os.execv(sys.executable, [*command, "--processes", "1"])


def alone(folder: Path) -> None:
    """Have the platform use nothing but the demo's folder."""
    for name in list(os.environ):
        if name.startswith(_OTHERS) and name not in _KEPT:
            del os.environ[name]
    os.environ.setdefault("ECHELON_LOG", "warning")
    os.environ["ECHELON_HOME"] = str(folder)


def make(folder: Path, count: int) -> dict[str, object]:
    """Make the demo in a folder that is empty, showing how far it is."""
    begun = monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, {"ready": False})
    with steps() as say:
        say("Tables", 0, 1)
        start()
        from django.utils import timezone

        from echelon.demo.story.telling import tell

        with answering():
            _migrate()
            say("Tables", 1, 1)
            now = timezone.now().replace(microsecond=0)
            tell(now, count, say)
    made = {"ready": True, "partners": count, "made": now.isoformat()}
    _write(folder, made)
    typer.echo(f"{count} partners and three years of facts, in {monotonic() - begun:.0f} s.")
    return made


def _migrate() -> None:
    """Bring the tables in line with this version, where they aren't."""
    from django.core.management import call_command

    from echelon.config.checkup import tables_are_there

    if list(tables_are_there()):
        call_command("migrate", interactive=False, verbosity=0)


def _made(folder: Path) -> dict[str, object] | None:
    """Return what a folder says of the demo in it; None where nothing is."""
    if not folder.exists() or not any(folder.iterdir()):
        return None
    try:
        said: dict[str, object] = json.loads((folder / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        raise refuse(
            f"{folder} holds something that no demo has made", "echelon demo --folder another"
        ) from None
    return said


def _clear(folder: Path) -> None:
    """Remove a demo's folder."""
    if _made(folder) is not None:
        shutil.rmtree(folder)


def _write(folder: Path, said: dict[str, object]) -> None:
    (folder / MARK).write_text(json.dumps(said) + "\n", "utf-8")


def _told(made: dict[str, object]) -> str:
    """Return how to get in, as whom."""
    from echelon.demo.story.telling import password, sign_ins

    rows = [["sign in as", "", ""]]
    rows += [[f"  {who.role}", who.email, who.name] for who in sign_ins()]
    day = datetime.fromisoformat(str(made["made"])).date()
    return (
        f"\nLarkfield Data Protection is made up, up to {day}.\n\n{columns(rows)}"
        f"  password of all: {password()}\n\nStop with Ctrl+C; the next start takes seconds. "
        "--fresh makes it anew.\n"
    )


def _free_port(host: str, wanted: int) -> int:
    """Return the port to listen at; refuse one that was asked for and is taken."""
    for port in (wanted,) if wanted else range(_PORT, _PORT + 20):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((host, port))
            except OSError:
                continue
            return port
    raise refuse(
        f"port {wanted or _PORT} is taken at {host}", "choose another one: echelon demo --port 8100"
    )
