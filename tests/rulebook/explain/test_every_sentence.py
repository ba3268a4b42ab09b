"""Sentences of whole channels: some in a file that a channel manager can read, all of them sound.

`channel-sentences.txt` has, for both programs of the example channel, one partner for each way to
stand there. Read it after a change of words; `python -m tests.rulebook.explain.test_every_sentence`
writes it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from rulebook import Run, open_run, read_program
from rulebook.dataset.given import Given
from rulebook.dataset.spec import Dataset
from rulebook.explain import Requirements, Sentences
from rulebook.standing.result import PartnerStanding

EXAMPLES = Path(__file__).parents[3] / "examples"
CHANNEL = EXAMPLES / "channel"
FILE = Path(__file__).with_name("channel-sentences.txt")
DAY = date(2026, 6, 30)
PROGRAMS = ("reseller", "services")
DOCUMENTS = sorted(
    str(path.relative_to(EXAMPLES))
    for path in EXAMPLES.glob("*/*.yaml")
    if path.parent.name != "channel"
)
SOUND = re.compile(r"(?:[A-Z“][^{}\n]*[^ ]\.)(?: [A-Z“][^{}\n]*[^ ]\.)*")
ODD = re.compile(r"None|Decimal|True|False|\bnull\b|  |,,|\.\.|0E|you need [.;]|\(\)")


@cache
def run_of(name: str) -> Run:
    return open_run(CHANNEL / f"{name}.yaml", CHANNEL)


def ways(row: PartnerStanding) -> tuple[str, str, str]:
    ladder = row.ladder
    return str(ladder.qualified), str(ladder.held), str(ladder.decision.reason)


def read_aloud() -> Iterator[str]:
    """Yield the lines of the file."""
    for name in PROGRAMS:
        run = run_of(name)
        sentences, seen = Sentences(run, DAY), set()
        yield f"{run.program.name}, {DAY}"
        for row in run.standings(DAY):
            if ways(row) in seen:
                continue
            seen.add(ways(row))
            yield f"\n{row.partner}: {sentences.of(row)}"
            yield from (f"  {sentences.of(row, track)}" for track in row.tracks if row.enrolled)
        yield ""


def test_the_sentences_of_the_channel_are_those_that_were_read() -> None:
    assert "\n".join(read_aloud()) == FILE.read_text("utf-8")


def check(text: str) -> None:
    assert SOUND.fullmatch(text), text
    assert not ODD.search(text), text


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_sentence_of_the_channel_is_sound(name: str) -> None:
    run = run_of(name)
    sentences = Sentences(run, DAY)
    for row in run.standings(DAY):
        check(sentences.of(row))
        for track in row.tracks:
            check(sentences.of(row, track))
        for tier in run.program.tiers:
            check(sentences.of(row, tier=tier))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_sentence_of_the_example_programs_is_sound(document: str) -> None:
    program, lines = read_program(EXAMPLES / document)
    for example in program.examples:
        given = {key: value for key, value in example.given.items() if key != "rates"}
        rates = example.given.get("rates")
        if rates or program.fx.use != "daily":
            continue  # what rates do is tested elsewhere; here only words count
        tables = program.reads or Dataset()
        made = Given(tables, program.program, program.currency, program.time_zone, given, _refuse)
        run = Run(program, lines, made.data(), allow_bad_rows=True)
        sentences = Sentences(run, example.as_of)
        for row in run.standings(example.as_of):
            check(sentences.of(row))
            for track, ladder in program.tracks.items():
                for tier in (None, *ladder.tiers):
                    check(sentences.of(row, track, tier))


def _refuse(where: str, message: str, hint: str) -> None:
    raise AssertionError(f"{where}: {message} ({hint})")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_tree_is_met_where_the_partner_qualifies(name: str) -> None:
    run = run_of(name)
    requirements = Requirements(run.figures, DAY)
    for track, ladder in run.meaning.ladders.items():
        order = [tier.name for tier in ladder]
        for place, row in enumerate(run.standings(DAY)):
            standing = row.tracks[track].ladder if track else row.ladder
            met = [tier for tier in order if requirements.tier(track, tier, place).met]
            if row.enrolled:
                assert standing.qualified == (met[-1] if met else None)
            if standing.next_tier is not None:
                assert standing.next_tier not in met


if __name__ == "__main__":
    FILE.write_text("\n".join(read_aloud()), encoding="utf-8")
