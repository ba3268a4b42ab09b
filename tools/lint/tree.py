"""What a lint sees: the text of the project's files, by path. A sample in a test is one too."""

import ast
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """What is wrong, and where. A warning is shown and fails nothing."""

    path: str
    line: int
    message: str
    warning: bool = False


@dataclass(frozen=True)
class Tree:
    """Files by path, with ``/`` between folders. Files that aren't UTF-8 text are left out."""

    files: Mapping[str, str]
    _parsed: dict[str, ast.Module] = field(default_factory=dict)

    @classmethod
    def from_disk(cls, root: Path) -> "Tree":
        """All that git tracks or would track: work not yet committed is linted too."""
        listing = subprocess.run(
            ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            check=True,
        ).stdout.decode()
        files = {}
        for name in filter(None, listing.split("\0")):
            try:
                files[name] = (root / name).read_text(encoding="utf-8")
            except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
                continue
        return cls(files)

    def text(self, *suffixes: str) -> Iterator[tuple[str, str]]:
        """The files with one of these endings."""
        return ((path, text) for path, text in self.files.items() if path.endswith(suffixes))

    def python(self, *folders: str) -> Iterator[tuple[str, ast.Module]]:
        """The parsed modules under these folders, or everywhere."""
        for path, text in self.text(".py"):
            if not folders or path.startswith(tuple(f"{folder}/" for folder in folders)):
                if path not in self._parsed:
                    self._parsed[path] = ast.parse(text, path)
                yield path, self._parsed[path]
