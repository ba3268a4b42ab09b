"""A partner's standing as a page of text: the sentence, the trees with bars, benefits, tracks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from textwrap import fill
from typing import Any

from echelon.cli.screen import columns
from rulebook import Run
from rulebook.explain import BenefitLine, Checked, Needed, Sentences, TierView, benefit_lines
from rulebook.explain.labels import tier_label, track_label
from rulebook.explain.words import Words
from rulebook.program import Program
from rulebook.standing.result import LadderStanding, Levelling, PartnerStanding
from rulebook.values.numbers import divide

BAR = 10
_SIGNS = {">=": "≥ ", "<=": "≤ ", "<>": "≠ ", "=": "= ", ">": "> ", "<": "< "}
_HEADS = {"all": "all of these", "any": "any of these"}


def standing_page(run: Run, answer: Levelling, wanted: tuple[str, str] | None) -> str:
    """Return the whole page for the one partner of a levelling."""
    row, sentences = answer.partners[0], Sentences(run, answer.as_of)
    text = heading(run, row.partner, sentences)
    for track, ladder in run.program.ladders():
        name = track or ""
        asked = wanted[1] if wanted is not None and wanted[0] == name else None
        if not ladder.tiers and (name or run.program.tracks):
            continue
        text += "\n" + (f"── {track_label(run.program, name)} ──\n\n" if name else "")
        text += sentences.of(row, name, asked) + "\n"
        if row.enrolled:
            text += ladder_part(run, row, name, asked, sentences)
        elif name or not run.program.tracks:
            continue
        else:
            break
    names = [".".join(part for part in key if part) for key in run.meaning.metrics]
    return text + "\n" + fill(f"Open a figure with --metric: {', '.join(names)}", 100) + "\n"


def heading(run: Run, partner: str, sentences: Sentences) -> str:
    """Return whom and what the page is about."""
    name = run.data.partners[partner].get("name")
    title = f"{partner}  {name}" if name else partner
    program = run.program.name or run.program.program
    return f"{title}\n{program}, {sentences.words.day(sentences.day)}\n"


def views(
    sentences: Sentences, row: PartnerStanding, track: str, asked: str | None
) -> list[TierView]:
    """Return the tiers to show: the one asked for; else the bar to keep and the tier above.

    At the top, the tier held.
    """
    requirements, place = sentences.requirements, sentences.place(row.partner)
    if asked is not None:
        return [requirements.tier(track, asked, place)]
    if not row.enrolled:
        return []
    ladder = row.tracks[track].ladder if track else row.ladder
    found = []
    if ladder.keep is not None:
        found.append(requirements.tier(track, ladder.keep.tier, place, keep=True))
    if (above := sentences.above(row, track)) is not None:
        found.append(requirements.tier(track, above, place))
    if not found and ladder.held is not None:
        found.append(requirements.tier(track, ladder.held, place))
    return found


def ladder_part(
    run: Run, row: PartnerStanding, track: str, asked: str | None, sentences: Sentences
) -> str:
    """Return the standing on one ladder, its trees and its benefits."""
    ladder = row.tracks[track].ladder if track else row.ladder
    words = sentences.words
    text = "\n" + columns(list(standing_rows(run, track, ladder, words)))
    for view in views(sentences, row, track, asked):
        text += "\n" + tree(view, words, run.program)
    other = asked or sentences.above(row, track)
    lines = benefit_lines(run.program, track, ladder.held, other, enrolled=row.enrolled)
    if lines:
        titles = [tier_label(run.program, track, ladder.held)]
        titles += [] if other is None else [tier_label(run.program, track, other)]
        text += "\n" + benefits(lines, titles, words)
    return text


def standing_rows(
    run: Run, track: str, ladder: LadderStanding, words: Words
) -> Iterator[tuple[str, str]]:
    """Yield what is held, what is qualified, and what movement says beside them."""
    standing, decision = ladder.decision.standing, ladder.decision
    held = tier_label(run.program, track, ladder.held)
    since = "" if standing.since is None else f", since {words.day(standing.since)}"
    yield "held", held + since
    yield "qualified", tier_label(run.program, track, ladder.qualified)
    if str(decision.reason) != "kept":
        yield "why", str(decision.reason)
    if standing.below_since is not None:
        yield "below its bar", f"since {words.day(standing.below_since)}"
    if ladder.keep is not None and ladder.keep.lost_from is not None:
        yield "may be lost", f"from {words.day(ladder.keep.lost_from)}"
    if decision.proposal is not None:
        to = tier_label(run.program, track, decision.proposal.tier)
        day = words.day(decision.proposal.since)
        yield "proposed", f"{decision.proposal.direction} to {to}, since {day}"
    if standing.pending is not None:
        to = tier_label(run.program, track, standing.pending.tier)
        yield "decided", f"{to}, from {words.day(standing.pending.effective)}"


# -- trees ----------------------------------------------------------------------------------


def tree(view: TierView, words: Words, program: Program) -> str:
    """Return a tier's requirements as lines with marks, bars, and what is had and needed."""
    title = f"To keep {view.label}" if view.bar == "keep" else f"For {view.label}"
    if view.below:
        title += f" (after {', '.join(view.below)})"
    if view.tree is None:
        return f"✓ {title}: nothing is asked\n"
    rows: list[list[str]] = []
    root = view.tree
    if isinstance(root, Needed) and root.kind == "all":
        for part in root.parts:
            rows += node_rows(part, words, program, 1)
    else:
        rows += node_rows(root, words, program, 1)
    mark = "✓" if view.met else "✗"
    lines = columns([[f"{mark} {title}", "", "have", "need", ""], *rows], frozenset((2,)))
    return lines


def node_rows(
    node: Needed | Checked, words: Words, program: Program, depth: int, nearest: bool = False
) -> list[list[str]]:
    """Return a requirement and what is under it, one row each."""
    mark, indent = "✓" if node.met else "✗", "  " * depth
    note = "nearest" if nearest else ""
    if isinstance(node, Needed):
        head = _HEADS.get(node.kind, f"{node.need} of these")
        rows = [[f"{indent}{mark} {head}", "", f"{node.have}", f"{node.need}", note]]
        choice = node.kind != "all" and not node.met
        for index, part in enumerate(node.parts):
            near = choice and index in node.nearest and len(node.parts) > node.need
            rows += node_rows(part, words, program, depth + 1, near)
        return rows
    have, need = words.pair(node.have, node.need, node.unit)
    if node.track is not None:
        have, need = (tier_label(program, node.track, str(t)) for t in (node.have, node.need))
    have = "–" if node.have is None else have
    notes = [note] if note else []
    notes += [f"{part.name}: {part.how}" for part in node.parts if part.kind == "parameter"]
    sign = _SIGNS.get(node.op or "", "")
    cells = [f"{indent}{mark} {node.label}", bar(node), have, f"{sign}{need}", "; ".join(notes)]
    return [cells]


def bar(leaf: Checked) -> str:
    """Return how far a figure is towards its bar; nothing where that can't be drawn."""
    have, need = leaf.have, leaf.need
    if leaf.op not in (">=", ">") or not isinstance(need, Decimal) or need <= 0:
        return ""
    share = Decimal(0)
    if isinstance(have, Decimal):
        share = min(max(divide(have, need) or Decimal(0), Decimal(0)), Decimal(1))
    full = BAR if leaf.met else min(int(share * BAR), BAR - 1)
    return "█" * full + "░" * (BAR - full)


# -- benefits -------------------------------------------------------------------------------


def benefits(lines: list[BenefitLine], titles: list[str], words: Words) -> str:
    """Return the benefits of the tier held, and what another tier gives instead."""
    rows = [["Benefits", *titles]]
    for line in lines:
        cells = [worth(line, line.at_held, words)]
        if len(titles) > 1:
            cells.append(f"→ {worth(line, line.at_other, words)}" if line.differs else "")
        rows.append([f"  {line.label}", *cells])
    return columns(rows)


def worth(line: BenefitLine, value: Any, words: Words) -> str:
    """Return what a benefit gives, in its type's words."""
    if value is None or value is False:
        return "–"
    if line.benefit.type == "percent":
        text = words.percent(value, 2)
        if line.of:
            text += f" of {line.benefit.of}"
        cap = line.benefit.cap
        return f"{text}, at most {words.money(cap)}" if cap is not None else text
    if line.benefit.type == "amount":
        return words.money(value)
    return words.figure(value)
