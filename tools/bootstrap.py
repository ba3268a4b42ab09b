"""Make the project's virtual environment with nothing but the standard library.

Usage: ``python3 tools/bootstrap.py .venv`` (the Makefile does this).

Debian's bare python3 can make an environment but has no ``ensurepip`` to put pip into it. Then
pip itself is fetched from PyPI: one wheel, named below with its digest. An environment made by
another interpreter is made anew, so that ``PYTHON=python3.12 make test`` means what it says.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import venv
from pathlib import Path

OLDEST = (3, 11)
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"


def main(folder: Path) -> None:
    if sys.version_info < OLDEST:
        sys.exit(
            f"Echelon needs Python {'.'.join(map(str, OLDEST))} or newer; this is "
            f"{sys.version.split()[0]}. Name another: PYTHON=python3.12 make …"
        )
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not made_by_this_interpreter(folder):
        venv.EnvBuilder(clear=True, with_pip=False, symlinks=os.name != "nt").create(folder)
    pip_comes_from = [["-m", "pip", "--version"], ["-m", "ensurepip", "--default-pip"]]
    if not any(succeeds(python, *arguments) for arguments in pip_comes_from):
        install_pip_from_index(python)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if failed := subprocess.run([*install, "-e", ".[dev]"]).returncode:
        sys.exit(failed)  # pip has said why


def made_by_this_interpreter(folder: Path) -> bool:
    """Whether the environment is there and its interpreter is the one that runs this."""
    try:
        text = (folder / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return False
    made_with = dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)
    home = str(Path(sys._base_executable).parent)
    return (made_with.get("home"), made_with.get("version")) == (home, sys.version.split()[0])


def succeeds(python: Path, *arguments: str) -> bool:
    return subprocess.run([python, *arguments], capture_output=True).returncode == 0


def install_pip_from_index(python: Path) -> None:
    """Fetch pip's wheel, check its digest, and let it install itself."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    with urllib.request.urlopen(index, timeout=60) as page:
        base, listing = page.url, page.read().decode()
    found = re.search(rf'href="([^"]*/{re.escape(PIP_WHEEL)})[#"]', listing)
    if found is None:
        sys.exit(f"{index} does not offer {PIP_WHEEL}. Install python3-venv, then try again.")
    with urllib.request.urlopen(urllib.parse.urljoin(base, found[1]), timeout=60) as answer:
        wheel = answer.read()
    if hashlib.sha256(wheel).hexdigest() != PIP_SHA256:
        sys.exit(f"{found[1]} is not the file that was expected: its digest differs.")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, PIP_WHEEL)
        path.write_bytes(wheel)
        # A wheel is a zip that Python can import from: pip runs out of its own.
        subprocess.run([python, path / "pip", "install", "--quiet", path], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
