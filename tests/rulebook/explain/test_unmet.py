"""What is said of many is word for word what is said of one, with less worked out."""

from datetime import date

import pytest

from rulebook.explain import Sentences
from rulebook.opening import open_run
from tests.examples.test_channel import CHANNEL

AS_OF = date(2026, 6, 30)


@pytest.mark.parametrize("each", [1, 7])
@pytest.mark.parametrize("program", ["reseller.yaml", "services.yaml"])
def test_every_sentence_of_the_example_channel_is_the_same(program, each):
    """Of everybody, and of every seventh partner: then nobody else is measured."""
    run = open_run(CHANNEL / program, CHANNEL)
    some = None if each == 1 else list(run.figures.partners)[::each]
    answer = run.level(AS_OF, some)
    ours, theirs = Sentences.levelled(run, answer.partners.table), Sentences(run, AS_OF)
    said = 0
    for standing in answer.partners:
        for track in ("", *run.program.tracks):
            tiers = run.program.tracks[track].tiers if track else run.program.tiers
            for tier in (None, *tiers):
                assert ours.of(standing, track, tier) == theirs.of(standing, track, tier)
                said += 1
    assert said > len(answer.partners)


def test_who_was_not_levelled_is_not_measured_for_a_sentence():
    run = open_run(CHANNEL / "reseller.yaml", CHANNEL)
    answer = run.level(AS_OF, list(run.figures.partners)[:1])
    ours = Sentences.levelled(run, answer.partners.table)
    run.figures.evaluate = run.figures.measure = None
    assert ours.of(answer.partners[0])
