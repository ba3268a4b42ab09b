"""Same in, same out: the order of rows, files and threads must not show in a single byte."""

from __future__ import annotations

import json
import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from rulebook import load_folder, read_program, run_on
from rulebook.standing.written import levelling_csv, levelling_json

CHANNEL = Path(__file__).parents[2] / "examples" / "channel"
AS_OF = date(2026, 6, 30)
PROGRAMS = ("reseller", "services")


def answer(program_name: str, folder: Path, threads: int = 2) -> str:
    program, document = read_program(CHANNEL / f"{program_name}.yaml")
    loaded = load_folder(folder, program)
    loaded.connection.execute(f"SET threads = {threads}")
    levelling = run_on(program, document, loaded).level(AS_OF)
    return json.dumps(levelling_json(levelling)) + levelling_csv(levelling, program)


@pytest.fixture(scope="module", params=PROGRAMS)
def program(request) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def first(program: str) -> str:
    return answer(program, CHANNEL)


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for path in (CHANNEL / "dataset.yaml", *CHANNEL.glob("*.csv")):
        shutil.copy(path, folder / path.name)
    return folder


def lines_of(path: Path) -> tuple[bytes, list[bytes]]:
    header, *rows = path.read_bytes().splitlines(keepends=True)
    return header, rows


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_rows(tmp_path: Path, program: str, first: str, seed: int):
    folder = copied(tmp_path)
    for path in folder.glob("*.csv"):
        header, rows = lines_of(path)
        random.Random(seed).shuffle(rows)
        path.write_bytes(header + b"".join(rows))
    assert answer(program, folder) == first


def test_one_thread_or_many(program: str, first: str):
    assert answer(program, CHANNEL, threads=1) == first
    assert answer(program, CHANNEL, threads=4) == first


def test_rows_repeated_as_they_are(tmp_path: Path, program: str, first: str):
    folder = copied(tmp_path)
    for name in ("sales", "deals", "certificates", "partners", "products"):
        header, rows = lines_of(folder / f"{name}.csv")
        (folder / f"{name}.csv").write_bytes(header + b"".join(rows + rows[::7]))
    assert answer(program, folder) == first


def test_one_file_or_several(tmp_path: Path, program: str, first: str):
    folder = copied(tmp_path)
    header, rows = lines_of(folder / "sales.csv")
    (folder / "sales.csv").unlink()
    for part in range(3):
        (folder / f"sales-{2 - part}.csv").write_bytes(header + b"".join(rows[part::3]))
    document = (folder / "dataset.yaml").read_text()
    (folder / "dataset.yaml").write_text(document.replace("file: sales.csv", "file: sales-*.csv"))
    assert answer(program, folder) == first


def test_a_changed_cell_changes_the_digest(tmp_path: Path, program: str, first: str):
    folder = copied(tmp_path)
    header, rows = lines_of(folder / "products.csv")
    (folder / "products.csv").write_bytes(header + b"".join(rows[1:]))
    assert answer(program, folder) != first
