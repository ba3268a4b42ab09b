"""One case: a program, a data folder and a date, as texts that a person can read."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path


@dataclass
class Case:
    """A program as YAML, `dataset.yaml`, and each file as rows of texts, the first its columns."""

    program: str
    dataset: str
    files: dict[str, list[list[str]]] = field(default_factory=dict)
    as_of: date = date(2020, 5, 31)
    seed: int | None = None

    def write(self, folder: Path) -> Path:
        """Put the data where a run reads it."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "dataset.yaml").write_text(self.dataset, encoding="utf-8")
        (folder / "program.yaml").write_text(self.program, encoding="utf-8")
        for name, rows in self.files.items():
            with (folder / name).open("w", encoding="utf-8", newline="") as lines:
                csv.writer(lines).writerows(rows)
        return folder

    def __str__(self) -> str:
        parts = [
            f"as of {self.as_of}, from seed {self.seed}",
            self.program,
            "# dataset.yaml",
            self.dataset,
        ]
        for name, rows in self.files.items():
            parts += [f"# {name}", *(",".join(row) for row in rows)]
        return "\n".join(parts)


def csv_rows(text: str) -> list[list[str]]:
    """Rows of a small table as written in a test: a line a row, cells between commas."""
    return [[cell.strip() for cell in line.split(",")] for line in text.strip().splitlines()]
