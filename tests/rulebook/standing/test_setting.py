"""`--set`: what a path means, what a bar becomes, and what is refused, all at once."""

from __future__ import annotations

import pytest

from rulebook import ProgramError, read_program
from rulebook.reading.document import undotted
from rulebook.standing.setting import changed
from tests.rulebook.standing.small import PROGRAM

TRACKS = """program: two
version: 2026-01-01
metrics: {points: {attested: number}, certified: {attested: yes_no}}
tracks:
  north:
    metrics: {score.x: {attested: number}}
    tiers:
      basic: {requires: "points >= 1"}
      top: {requires: [points >= 5, certified], keep: {points: 3}}
  south:
    tiers:
      basic: {requires: {points: 2}}
      top: {requires: {any: [points >= 9, "not certified"]}}
""".replace("score.x", "score")


def content(text: str, *settings: str) -> object:
    program, document = read_program(text, "small.yaml")
    before = repr(document.content)
    answer = changed(program, document, settings).content
    assert repr(document.content) == before  # the document given stays as it is
    return answer


def at(node: object, path: str) -> object:
    for part in undotted(path):
        node = node[part]  # type: ignore[index]
    return node


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        # a bar replaces the right side of a criterion
        ("tiers.gold.requires[0]=250000", "tiers.gold.requires.all[0]", "revenue >= 250000"),
        ("tiers.gold.requires.all[0]=2 * gold_bar", "tiers.gold.requires.all[0]",
         "revenue >= 2 * gold_bar"),
        ("tiers.gold.requires[1].any[1]=4.7", "tiers.gold.requires.all[1].any[1]", "csat > 4.7"),
        ("tiers.platinum.requires.all[0]=7", "tiers.platinum.requires[0]", "revenue >= 7"),
        ("tiers.silver.requires.revenue=1", "tiers.silver.requires.revenue", "1"),
        ("gold.csat=4.7", "tiers.gold.requires.all[1].any[1]", "csat > 4.7"),
        ("silver.revenue=99", "tiers.silver.requires.revenue", "99"),
        ("gold.keep.revenue=1", None, None),
        ("tiers.gold.keep.revenue=1", "tiers.gold.keep.revenue", "1"),
        # a comparison replaces the criterion, an operator its operator too
        ("gold.csat=csat >= 3 and audited", "tiers.gold.requires.all[1].any[1]",
         "csat >= 3 and audited"),
        ("tiers.gold.requires[0]=deals_won >= 8", "tiers.gold.requires.all[0]", "deals_won >= 8"),
        ("gold.csat=>= 4.7", "tiers.gold.requires.all[1].any[1]", "csat >= 4.7"),
        ("platinum.audited=no", "tiers.platinum.requires[1].of[2]", "not audited"),
        # anything else is replaced as written
        ("tiers.platinum.requires[1].at_least=3", "tiers.platinum.requires[1].at_least", "3"),
        ("tiers.gold.requires=revenue >= 5", "tiers.gold.requires", "revenue >= 5"),
        ("tiers.gold.requires=[revenue >= 5, audited]", "tiers.gold.requires",
         ["revenue >= 5", "audited"]),
        ("parameters.gold_bar=7", "parameters.gold_bar", "7"),
        ("parameters.gold_bar.values.default=7", "parameters.gold_bar.values.default", "7"),
        ("parameters.gold_bar.values.FR=7", "parameters.gold_bar.values.FR", "7"),
        ("metrics.revenue.window=trailing 6 months", "metrics.revenue.window",
         "trailing 6 months"),
        ("metrics.revenue.where=amount > 5", "metrics.revenue.where", "amount > 5"),
        ("benefits.rebate.gold=4", "benefits.rebate.gold", "4"),
        ("benefits.rebate.member=1", "benefits.rebate.member", "1"),
        ("movement.grace=90 days", "movement.grace", "90 days"),
        ("movement.approval.demotion=required", "movement.approval.demotion", "required"),
        ("benefits.rebate.cap=null", "benefits.rebate.cap", None),
    ],
)  # fmt: skip
def test_what_a_setting_changes(setting: str, path: str | None, value: object) -> None:
    if path is None:
        with pytest.raises(ProgramError):
            content(PROGRAM, setting)
        return
    answer = content(PROGRAM, setting)
    assert at(answer, path) == value


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("tracks.south.tiers.basic.requires.points=4", "tracks.south.tiers.basic.requires.points",
         "4"),
        ("tracks.north.tiers.basic.requires=4", "tracks.north.tiers.basic.requires", "points >= 4"),
        ("north.top.points=6", "tracks.north.tiers.top.requires[0]", "points >= 6"),
        ("south.basic.points=6", "tracks.south.tiers.basic.requires.points", "6"),
        ("south.top.certified=yes", "tracks.south.tiers.top.requires.any[1]", "certified"),
    ],
)  # fmt: skip
def test_tracks(setting: str, path: str, value: object) -> None:
    assert at(content(TRACKS, setting), path) == value


def test_nothing_takes_a_criterion_out_and_the_others_keep_their_places() -> None:
    answer = content(
        PROGRAM, "tiers.gold.requires[0]=null", "tiers.gold.requires[1].any[1]=5",
        "silver.revenue=", "tiers.platinum.requires[1].of[0]=~", "platinum.csat=3",
    )  # fmt: skip
    assert at(answer, "tiers.gold.requires") == {"all": [{"any": ["deals_won >= 3", "csat > 5"]}]}
    assert at(answer, "tiers.silver.requires") == {"deals_won": "1"}
    assert at(answer, "tiers.platinum.requires[1].of") == ["csat >= 3", "audited"]


def test_settings_add_up() -> None:
    answer = content(PROGRAM, "silver.revenue=5", "silver.revenue=6", "silver.deals_won=2")
    assert at(answer, "tiers.silver.requires") == {"revenue": "6", "deals_won": "2"}


@pytest.mark.parametrize(
    ("text", "setting", "says"),
    [
        (PROGRAM, "goldd.csat=1", "goldd.csat: there is no section, tier or track 'goldd' "
         "(did you mean gold?)"),
        (PROGRAM, "tiers.goldd.requires=1", "tiers.goldd: there is no 'goldd' in tiers "
         "(did you mean gold?)"),
        (PROGRAM, "metrics.revenu.window=lifetime", "metrics.revenu: there is no 'revenu' in "
         "metrics (did you mean revenue?)"),
        (PROGRAM, "parameters.gold_br=1", "there is no 'gold_br' in parameters "
         "(did you mean gold_bar?)"),
        (PROGRAM, "tiers.gold.requires[5]=1", "tiers.gold.requires.all[5]: tiers.gold.requires.all "
         "has no [5] (tiers.gold.requires.all[0] to [1] are there)"),
        (PROGRAM, "tiers.platinum.requires.revenue=1", "tiers.platinum.requires is a list"),
        (PROGRAM, "gold.revenues=1", "no criterion of gold is about 'revenues' "
         "(did you mean gold.revenue?)"),
        (PROGRAM, "member.revenue=1", "no criterion of member is about 'revenue'"),
        (PROGRAM, "version.year=1", "there is nothing below version: it is '2026-01-01'"),
        (PROGRAM, "tiers[0]=1", "tiers is not a list"),
        (PROGRAM, "silver.revenue=revenue > 5", "'revenue > 5' compares"),
        (PROGRAM, "tiers.gold.requires=[a", "tiers.gold.requires: not readable"),
        (PROGRAM, "gold", "a setting is PATH=VALUE"),
        (PROGRAM, "=5", "a setting is PATH=VALUE"),
        (PROGRAM, "[0]=5", "there is no section, tier or track"),
        (TRACKS, "top.points=1", "top.points could mean 2 criteria (say which: "
         "tracks.north.tiers.top.requires[0], tracks.south.tiers.top.requires.any[0])"),
        (TRACKS, "norht.top.points=1", "(did you mean north.top?)"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, setting: str, says: str) -> None:
    with pytest.raises(ProgramError) as refused:
        content(text, setting)
    assert says in str(refused.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ProgramError) as refused:
        content(PROGRAM, "goldd.csat=1", "silver.revenue=7", "tiers.gld.keep=1")
    assert [p.path for p in refused.value.problems] == ["goldd.csat", "tiers.gld"]
