"""Whatever is read: an answer or a refusal that people can read. Never a crash, never a hang."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from rulebook import RulebookError, check_program
from rulebook.dataset.given import read_cell
from rulebook.expressions import ExpressionError, parse, show
from rulebook.program import Program
from rulebook.reading import read_document
from rulebook.reading.document import Document
from rulebook.reading.programs import bind_program
from rulebook.values.calendar import Calendar
from rulebook.values.numbers import read_number
from rulebook.values.windows import Term, read_window
from tests.frame.figures import Figures
from tests.rulebook.expressions.random_trees import Trees
from tests.rulebook.fuzzing import (
    SPLINTERS,
    judge,
    mutated_content,
    mutated_text,
    parts_of,
    randomness,
    seeds,
    soon,
)

Sample = Callable[..., int]
SHARDS = range(4)


def told(message: str, *more: bool) -> None:
    """Fail where a refusal says nothing."""
    assert message
    assert all(more)


def look(path: Path, source: str) -> bool:
    """Check a document as the command does; return whether it is fine."""
    path.write_bytes(source.encode("utf-8", "surrogatepass"))
    problems, _ = soon(lambda: check_program(path), source)
    judge(problems, source)
    return all(problem.notice for problem in problems)


@pytest.mark.parametrize("shard", SHARDS)
def test_documents_spoilt_as_texts(
    shard: int, tmp_path: Path, sample: Sample, figures: Figures
) -> None:
    random, texts = randomness(shard), seeds()
    words = sorted({word for text in texts for word in text.split()})
    size = sample(ci=1_000, proof=50_000) // len(SHARDS)
    fine = sum(
        look(tmp_path / "fuzz.yaml", mutated_text(random.choice(texts), random, words))
        for _ in range(size)
    )
    assert 0 < fine < size
    figures.record(
        "Fuzz", f"documents spoilt as texts, part {shard + 1}", f"{size:,}, {fine:,} fine"
    )


@pytest.mark.parametrize("shard", SHARDS)
def test_documents_spoilt_as_content(
    shard: int, tmp_path: Path, sample: Sample, figures: Figures
) -> None:
    """Written as JSON, so that every one is readable and what follows has its turn."""
    random, texts = randomness(shard), [text for text in seeds() if "cases:" not in text]
    contents = [read_document(text).content for text in texts]
    pool = [part for text in texts for part in parts_of(text)]
    size = sample(ci=1_000, proof=50_000) // len(SHARDS)
    fine = 0
    for _ in range(size):
        content = mutated_content(random.choice(contents), random, pool)
        fine += look(tmp_path / "fuzz.json", json.dumps(content, ensure_ascii=False))
    assert 0 < fine < size
    figures.record(
        "Fuzz", f"documents spoilt as content, part {shard + 1}", f"{size:,}, {fine:,} fine"
    )


def spoilt_expression(random: Random) -> str:
    """An expression's text with characters dropped, doubled and put in, or only splinters."""
    if random.random() < 0.2:
        return " ".join(random.choice(SPLINTERS) for _ in range(random.randint(1, 6)))
    text = show(Trees(random).any(random.randint(0, 3)))
    for _ in range(random.randint(0, 3)):
        place = random.randint(0, len(text))
        match random.randrange(4):
            case 0:
                text = text[:place] + text[place + random.randint(1, 4) :]
            case 1:
                text = text[:place] + random.choice("()'\"+-*/<>=,.; \n\\;#%0aé") + text[place:]
            case 2:
                text = text[:place] + " " + random.choice(SPLINTERS) + " " + text[place:]
            case _:
                text = text[:place] + text[: random.randint(0, len(text))] + text[place:]
    return text


@pytest.mark.parametrize("shard", SHARDS)
def test_expressions(shard: int, sample: Sample, figures: Figures) -> None:
    random = randomness(shard)
    size = sample(ci=2_000, proof=100_000) // len(SHARDS)
    parsed = 0
    for _ in range(size):
        text = spoilt_expression(random)
        try:
            tree = soon(lambda text=text: parse(text), text).tree
        except ExpressionError as refusal:
            told(refusal.message, 0 <= refusal.at <= len(text))
            continue
        parsed += 1
        assert parse(show(tree)).tree == tree, text
    assert 0 < parsed < size
    figures.record("Fuzz", f"expressions, part {shard + 1}", f"{size:,}, {parsed:,} parsed")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "((" * 30 + "1" + "))" * 30,
        "not " * 4_000 + "a",
        "-" * 10_000 + "1",
        "a" + "+a" * 9_000,
        "a" + " and a" * 3_000,
        "least(" * 3_000 + "1" + ")" * 3_000,
        "case when a then " * 1_000 + "1" + " end" * 1_000,
        "a in (" + "1," * 6_000 + "1)",
        "'" * 19_999,
        "a." * 9_000 + "a",
        "if(" * 55 + "a" + ", 1, 2)" * 55,
        "x" * 20_001,
        " " * 19_999,
        "1" * 19_999,
        "sum(" * 59 + "a" + ")" * 59,
    ],
)
def test_expressions_that_are_made_to_hurt(text: str) -> None:
    def answered() -> bool:
        try:
            tree = parse(text).tree
        except ExpressionError:
            return False
        return parse(show(tree)).tree == tree

    assert soon(answered, text[:50]) in (True, False)


@pytest.mark.parametrize("text", ["a" + "+a" * 249, "least(" * 59 + "a" + ", a)" * 59])
def test_as_deep_as_allowed_it_is_worked_out(text: str, tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_text(
        f"program: p\nversion: 2026-01-01\nmetrics: {{a: {{attested: number}}}}\n"
        f"tiers: {{gold: {{requires: ['{text} >= 1']}}}}\nexamples: [{{name: deep, "
        "as_of: 2026-01-01, given: {attested: {a: 1}}, expect: {tier: gold}}]\n"
    )
    problems, ran = check_program(tmp_path / "deep.yaml")
    assert ([problem for problem in problems if not problem.notice], ran) == ([], 1)


def nested(form: str, inner: str, times: int) -> str:
    for _ in range(times):
        inner = form.format(inner)
    return inner


MANY = "".join(f"  metric_number_{n}: {{formula: metrik_number_{n} + 1}}\n" for n in range(1_000))
BETWEEN = nested("if({} between 1 and 2, 1, 2)", "1", 40)
CASE = nested("case {} when 1 then 2 when 2 then 3 end", "1", 40)
ALL = " + ".join(f"m{n}" for n in range(100))
HURTING = {
    "many slips among many names": MANY,
    "between in between": f"  a: {{formula: '{BETWEEN}'}}\n",
    "case in case": f"  a: {{formula: '{CASE}'}}\n",
    "suffixes": "  a: {from: s, value: count(), window: 'valid" + ", enrolled" * 5_000 + "'}\n",
    "a circle of all": "".join(f"  m{n}: {{formula: {ALL}}}\n" for n in range(100)),
}


@pytest.mark.parametrize("name", HURTING)
def test_documents_that_are_made_to_hurt(name: str, tmp_path: Path) -> None:
    assert not look(
        tmp_path / "hurt.yaml", f"program: p\nversion: 2026-01-01\nmetrics:\n{HURTING[name]}"
    )


WINDOW_WORDS = (
    "trailing this last since lifetime valid enrolled ago and before fiscal day days week months "
    "quarter quarters half halves year years 1 3 12 0 9999 10000 99999999999 2026-01-01 0001-01-01 "
    "9999-12-31 2026-02-30 , , ,  trail -1 1.5 ٣"
).split(" ")
ENDS = (date.min, date(1, 1, 31), date(2024, 2, 29), date(2026, 6, 30), date.max)


@pytest.mark.parametrize("shard", SHARDS)
def test_windows(shard: int, sample: Sample) -> None:
    """What is read stands for days on every date there is, and reads the same as it is written."""
    random = randomness(shard)
    forms = (
        "trailing 3 months",
        "this year",
        "last 2 quarters",
        "valid",
        "lifetime",
        "since 2020-01-01",
    )
    read = 0
    for _ in range(sample(ci=2_000, proof=100_000) // len(SHARDS)):
        words = random.choice(forms).split() if random.random() < 0.5 else []
        words += [random.choice(WINDOW_WORDS) for _ in range(random.randint(0, 6))]
        text = " ".join(words)
        try:
            window = read_window(text)
        except ValueError as refusal:
            told(str(refusal))
            continue
        read += 1
        assert read_window(str(window)) == window
        calendar = Calendar(random.randint(1, 12), random.randint(1, 28))
        for day in ENDS:
            span = window.span(day, calendar, lambda _: Term(date(2020, 1, 1), None))
            assert span is not None
            assert span.empty or span.high <= day
    assert read > 20


CELLS = (
    *SPLINTERS,
    *"+5 -.5 5. . + 1.2.3 2026-01-31T10:00:00Z 9999-12-31T23:59:59-14:00".split(),
    *"0001-01-01T00:00+14:00 2026-01-31T24:00:00 2026-01-31T10:00:00.1234567890".split(),
)


@pytest.mark.parametrize("kind", ["text", "integer", "number", "boolean", "date", "money"])
def test_cells_and_numbers(kind: str, sample: Sample) -> None:
    random, zone = randomness(0), ZoneInfo("Pacific/Kiritimati")
    for _ in range(sample(ci=2_000, proof=100_000)):
        text = random.choice(CELLS)
        if random.random() < 0.5:
            place = random.randint(0, len(text))
            text = text[:place] + random.choice("0123456789-+.:TZ ,eE") + text[place:]
        try:
            found = read_cell(text, kind, zone)
        except ValueError as refusal:
            told(str(refusal))
            continue
        if kind in ("integer", "number", "money"):
            assert found == read_number(text)
            assert "E" not in text.upper()


@pytest.mark.parametrize("shard", SHARDS)
def test_content_of_every_kind(shard: int, sample: Sample) -> None:
    """Parts in any shape, bound without being written: keys and values that no YAML would give."""
    random = randomness(shard)
    pool = [part for text in seeds() if "cases:" not in text for part in parts_of(text)]
    keys = (*Program.model_fields, "x")
    for _ in range(sample(ci=2_000, proof=100_000) // len(SHARDS)):
        content = {"program": "p", "version": "2026-01-01"}
        content |= {random.choice(keys): random.choice(pool) for _ in range(random.randint(1, 6))}
        try:
            bind_program(Document("fuzz", content))
        except RulebookError as error:
            judge(error.problems, str(content))
