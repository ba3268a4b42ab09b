"""`echelon explain`: where a partner stands and why, down to the records behind a figure."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from echelon.cli import terms
from echelon.cli.explain_records import figure_page
from echelon.cli.explain_table import standing_page, views
from echelon.cli.level import notices
from echelon.cli.opening import open_run
from rulebook import Run
from rulebook.errors import DataError, Problem, nearest
from rulebook.explain import Evidence, Sentences, benefit_lines
from rulebook.explain.written import benefit_json, figure_json, tier_json
from rulebook.standing.result import Levelling, PartnerStanding
from rulebook.standing.written import levelling_json

ROWS = 20

Partner = Annotated[str, typer.Option("--partner", help="the partner's key")]
Metric = Annotated[str | None, typer.Option("--metric", help="open this figure: revenue, track.x")]
Tier = Annotated[str | None, typer.Option("--tier", help="what this tier asks for: gold, track.x")]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=0, help=f"rows listed, 0 is all; {ROWS} in a table, all in JSON"),
]


def explain(
    program: terms.Program,
    data: terms.DataFolder,
    as_of: terms.AsOf,
    partner: Partner,
    metric: Metric = None,
    tier: Tier = None,
    format: terms.OutputFormat = terms.Format.TABLE,
    limit: Limit = None,
    out: terms.Out = None,
    allow_bad_rows: terms.AllowBadRows = False,
) -> None:
    """Say why: the sentence, what a tier asks for, the records behind a metric."""
    if format is terms.Format.CSV:
        raise typer.BadParameter("explain writes table or json", param_hint="--format")
    run = open_run(program, data, allow_bad_rows)
    known = terms.known_partner(run, partner)
    wanted = None if tier is None else tier_of(run, tier)
    as_json = format is terms.Format.JSON
    if metric is not None:
        evidence = Evidence(run)
        figure = evidence.open(evidence.key(metric), known, as_of)
        notices(run, as_of)
        if as_json:
            text = dumped({**head(run.level(as_of, [])), "partner": known}
                          | {"figure": figure_json(figure, limit or 0)})  # fmt: skip
        else:
            text = figure_page(run, figure, ROWS if limit is None else limit)
    else:
        answer = run.level(as_of, [known])
        notices(run, as_of)
        if as_json:
            text = dumped(explanation(run, answer, wanted))
        else:
            text = standing_page(run, answer, wanted)
    terms.write(coloured(text) if out is None and sys.stdout.isatty() else text, out)


def tier_of(run: Run, name: str) -> tuple[str, str]:
    """Return the track ("" for the program's own ladder) and the tier that a name means."""
    known = {
        ".".join(part for part in (track or "", tier) if part): (track or "", tier)
        for track, ladder in run.program.ladders()
        for tier in ladder.tiers
    }
    if name not in known:
        hint = nearest(name, known) or f"tiers: {', '.join(known)}"
        raise DataError([Problem(f"there is no tier {name!r}", hint=hint)])
    return known[name]


def head(answer: Levelling) -> dict[str, Any]:
    """Return what every explanation begins with: program, version, date, digest."""
    whole = levelling_json(answer)
    return {name: whole[name] for name in ("program", "version", "as_of", "digest")}


def explanation(run: Run, answer: Levelling, wanted: tuple[str, str] | None) -> dict[str, Any]:
    """Return a partner's standing with sentence, requirements and benefits, as `level` has it."""
    row = answer.partners[0]
    written = levelling_json(answer)["partners"][0]
    tracks = written.pop("tracks")
    sentences = Sentences(run, answer.as_of)
    written |= _told(run, row, sentences, "", wanted)
    written["tracks"] = {
        track: {**standing, **_told(run, row, sentences, track, wanted)}
        for track, standing in tracks.items()
    }
    return {**head(answer), **written}


def _told(
    run: Run,
    row: PartnerStanding,
    sentences: Sentences,
    track: str,
    wanted: tuple[str, str] | None,
) -> dict[str, Any]:
    asked = wanted[1] if wanted is not None and wanted[0] == track else None
    ladder = row.tracks[track].ladder if track else row.ladder
    other = asked or sentences.above(row, track)
    lines = benefit_lines(run.program, track, ladder.held, other, enrolled=row.enrolled)
    return {
        "sentence": sentences.of(row, track, asked),
        "requirements": [tier_json(view) for view in views(sentences, row, track, asked)],
        "benefits": [benefit_json(line) for line in lines],
    }


def dumped(written: dict[str, Any]) -> str:
    """Return JSON as every command writes it."""
    return json.dumps(written, ensure_ascii=False, indent=1) + "\n"


def coloured(text: str) -> str:
    """Return a page with its marks in colour, for a terminal."""
    text = text.replace("✓", typer.style("✓", fg="green"))
    return text.replace("✗", typer.style("✗", fg="red"))
