"""What is wrong with the program and with the data comes in one answer, in level as in check."""

from pathlib import Path

import pytest

from rulebook import RulebookError, check_program, open_run

DATASET = """
partners: {file: partners.csv}
facts:
  sales: {file: sales.csv, key: order, date: day}
"""
PROGRAM = """
program: p
version: 2026-01-01
metrics: {deals: {from: sales, value: count()}}
tiers: {gold: {requires: {deals: 1}}}
"""
BAD_NAME = PROGRAM.replace("requires: {deals", "requires: {deal")
BAD_KEY = BAD_NAME.replace("tiers:", "movement: {down: two}\ntiers:")
BAD_FORM = PROGRAM + "tiers: {gold: [\n"
ROW, BAD_ROW = "1,a,2026-01-31\n", "1,a,2026-02-30\n"

UNKNOWN = "tiers.gold.requires.deal"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dataset.yaml").write_text(DATASET)
    (tmp_path / "partners.csv").write_text("id\na\n")
    return tmp_path


@pytest.mark.parametrize(
    ("program", "row", "wrong"),
    [
        (BAD_NAME, ROW, [UNKNOWN]),
        (BAD_KEY, ROW, ["movement.down", UNKNOWN]),
        (PROGRAM, BAD_ROW, ["day"]),
        (BAD_NAME, BAD_ROW, [UNKNOWN, "day"]),
        (BAD_KEY, BAD_ROW, ["movement.down", UNKNOWN, "day"]),
        (BAD_FORM, ROW, [""]),
        (BAD_FORM, BAD_ROW, ["", "day"]),
    ],
)
def test_all_of_it_at_once(folder: Path, program: str, row: str, wrong: list[str]) -> None:
    path = folder / "program.yaml"
    path.write_text(program.lstrip())
    (folder / "sales.csv").write_text("order,partner,day\n" + row)
    with pytest.raises(RulebookError) as refusal:
        open_run(path, folder)
    assert [problem.path or problem.column for problem in refusal.value.problems] == wrong
    assert refusal.value.total == len(wrong)
    checked, _ = check_program(path, folder)
    assert [each.path or each.column for each in checked if not each.notice] == wrong


def test_what_is_right_opens(folder: Path) -> None:
    (folder / "program.yaml").write_text(PROGRAM.lstrip())
    (folder / "sales.csv").write_text("order,partner,day\n" + ROW)
    assert open_run(folder / "program.yaml", folder).data.partners.keys() == {"a"}
