"""Random cases: a program of every construct over a data folder, with bars where figures lie.

The metrics are drawn first and worked out by the reference evaluator; tiers are then set at or
just beside the figures that occur, because that is where a wrong answer shows.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from rulebook.reading import read_program
from tests.reference.case import Case
from tests.reference.evaluator import World, open_world
from tests.reference.random_data import RATES, Shape, random_shape
from tests.reference.random_metrics import Metrics, attestation_rows
from tests.reference.random_tiers import Tiers
from tests.reference.source import Source
from tests.reference.yaml_text import yaml_text


def cases() -> st.SearchStrategy[Case]:
    """Cases by hypothesis, which draws their seeds; `reduce.py` makes a failing one small."""
    return st.integers(0, 2**48).map(seeded_case)


def seeded_case(seed: int) -> Case:
    """The case of a number, always the same."""
    case = random_case(Source(seed))
    case.seed = seed
    return case


def random_case(source: Source) -> Case:
    """One case: data, metrics over it, then tiers with bars at what the metrics come to."""
    shape = random_shape(source)
    metrics = Metrics(source, shape)
    metrics.random_parameters()
    for index in range(source.whole(2, 6)):
        metrics.add(f"m{index + 1}", "measured" if index == 0 else "")
    tracks = _track_metrics(source, metrics)
    program = _head(source, shape)
    program["parameters"] = metrics.parameters
    program["metrics"] = metrics.written
    attestation_rows(source, shape, metrics.attestations)
    if tracks:
        program["tracks"] = {name: {"metrics": track.written} for name, track in tracks.items()}
        both = all("total" in track.number for track in tracks.values())
        if both and source.chance(60):
            metrics.written["better"] = {"formula": "greatest(alpha.total, beta.total)"}
            metrics.number.append("better")
    with TemporaryDirectory() as folder:
        world = _world(program, shape, Path(folder))
        _tiers(source, program, metrics, tracks, world)
    if source.chance(1):
        metrics.written["huge"] = {"formula": f"{metrics.number[0]} * {'9' * 26}"}
    if not metrics.parameters:
        del program["parameters"]
    return Case(yaml_text(program), yaml_text(shape.spec), shape.files, shape.as_of)


def _head(source: Source, shape: Shape) -> dict[str, Any]:
    program: dict[str, Any] = {"program": "p", "version": "2019-01-01", "currency": shape.currency}
    if shape.zone:
        program["time_zone"] = shape.zone
    if source.chance(50):
        program["calendar"] = {"year_starts": source.pick(["02-01", "04-01", "10-15"])}
    use = source.pick(["daily", "daily", "fixed", "period_end"])
    if use != "daily":
        program["fx"] = {"use": use}
    if use == "fixed":
        codes = [code for code in ("EUR", *RATES) if code != shape.currency]
        first = {code: f"1.{source.whole(0, 99):02}" for code in codes}
        second = {code: f"0.9{source.whole(0, 9)}1234567891" for code in codes}
        program["fx"]["rates"] = [first, {"from": str(shape.as_of.replace(day=1)), **second}]
    return program


def _track_metrics(source: Source, metrics: Metrics) -> dict[str, Metrics]:
    """Sometimes two tracks, each with metrics of its own beside the shared ones."""
    tracks: dict[str, Metrics] = {}
    for name in ("alpha", "beta") if source.chance(25) else ():
        track = Metrics(source, metrics.shape)
        track.parameters, track.kinds = metrics.parameters, metrics.kinds
        track.number, track.yes_no = list(metrics.number), list(metrics.yes_no)
        track.day = list(metrics.day)
        kinds = ["measured", "over_time", "rank", "grouped", "percentile"]
        kind = source.pick(kinds if track.number else ["measured", "grouped"])
        track.add("total", kind)
        tracks[name] = track
    return tracks


def _world(program: dict[str, Any], shape: Shape, folder: Path) -> World:
    """The metrics alone, worked out by the reference."""
    content = {key: value for key, value in deepcopy(program).items() if value}
    case = Case(yaml_text(content), yaml_text(shape.spec), shape.files, shape.as_of)
    return open_world(read_program(case.program)[0], case.write(folder))


def _tiers(
    source: Source, program: dict[str, Any], metrics: Metrics, tracks: dict[str, Metrics],
    world: World,
) -> None:  # fmt: skip
    as_of = metrics.shape.as_of
    ladders: dict[str, list[str]] = {}
    for name, track in tracks.items():
        tiers = Tiers(source, track, world, name, as_of).ladder()
        program["tracks"][name]["tiers"] = tiers
        ladders[name] = list(tiers)
    if source.chance(95):
        own = Tiers(source, metrics, world, None, as_of)
        own.ladders = ladders
        program["tiers"] = own.ladder()
    if source.chance(20):
        program["sequential"] = "true"
