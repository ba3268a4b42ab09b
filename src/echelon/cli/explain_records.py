"""An opened figure as a page of text: its records with a total that is the figure, or its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from echelon.cli.screen import columns
from rulebook import Run
from rulebook.explain import Figure, Part, Peers, Record, Records
from rulebook.explain.figure import Aggregate
from rulebook.explain.units import PLAIN, Unit
from rulebook.explain.words import Words
from rulebook.expressions.functions import AGGREGATES
from rulebook.values.numbers import SHOWN_DECIMALS, plain, rounded

Column = tuple[str, bool, Callable[[Record], str]]  # title, to the right, the cell


def figure_page(run: Run, figure: Figure, limit: int) -> str:
    """Return the whole page; `limit` rows of each list (0: all)."""
    words = Words(run.program.currency)
    name = run.data.partners[figure.partner].get("name")
    title = f"{figure.partner}  {name}" if name else figure.partner
    text = f"{title}\n{run.program.name or run.program.program}, {words.day(figure.day)}\n\n"
    text += f"{figure.label} ({figure.name}): {words.figure(figure.value, figure.unit)}\n"
    text += f"  {figure.how}\n"
    if figure.records is not None:
        text += records_part(figure, figure.records, words, limit)
    elif figure.kind == "attested":
        text += attested_part(figure, words)
    else:
        text += parts_part(figure, words, limit)
    return text


# -- measured -------------------------------------------------------------------------------


def records_part(figure: Figure, records: Records, words: Words, limit: int) -> str:
    """Return the facts that count, their total, and the others by reason."""
    text = f"  {span(records)}"
    text += ", with all branches\n" if records.family else "\n"
    text += parameters(figure.parts, words)
    if records.groups:
        text += "\n" + groups(records, figure.unit, words, limit)
    in_all = len(records.counted) + len(records.others)
    text += f"\nCounted: {len(records.counted):,} of {in_all:,} facts in {records.table}\n"
    if records.counted:
        text += listed(records, records.counted, words, limit)
    text += totals(figure, records, words)
    text += f"\nNot counted: {len(records.others):,}\n"
    if records.others:
        rows = [[f"  {reason}", f"{count:,}"] for reason, count in records.reasons.items()]
        text += columns(rows, frozenset((1,))) + "\n"
        text += listed(records, records.others, words, limit)
    return text


def span(records: Records) -> str:
    """Return the window and the days that it came to."""
    if records.high is None:
        return f"{records.window}: never enrolled, no day"
    if records.holds is not None:
        return f"{records.window}: holding on {records.holds}, begun by {records.high}"
    low = "the beginning" if records.low is None else str(records.low)
    return f"{records.window}: {low} to {records.high}"


def parameters(parts: Sequence[Part], words: Words) -> str:
    """Return the values that a condition names."""
    return "".join(
        f"  {part.name} = {words.figure(part.value)}{f' ({part.how})' if part.how else ''}\n"
        for part in parts
        if part.kind != "as_of"
    )


def totals(figure: Figure, records: Records, words: Words) -> str:
    """Return each aggregate with what it came to, and the figure where that takes more."""
    over = records.over if records.per else records.aggregates
    what = f"{len(records.groups):,} groups" if records.per else f"{len(records.counted):,} facts"
    text = "".join(
        f"  {each.text} over {what} = {shown(each.value, _unit(each, figure), words)}\n"
        for each in over
    )
    if len(over) != 1 or over[0].text != records.value:
        text += f"  {records.value} = {words.figure(figure.value, figure.unit)}\n"
    return text


def _unit(aggregate: Aggregate, figure: Figure) -> Unit:
    return PLAIN if aggregate.name == "count" else figure.unit


def shown(value: Any, unit: Unit, words: Words) -> str:
    """Return a value in its unit, a dash for none."""
    return "–" if value is None else words.figure(value, unit)


def groups(records: Records, unit: Unit, words: Words, limit: int) -> str:
    """Return the groups that count, with what each brought."""
    found = sorted(records.groups, key=lambda group: tuple(map(str, group.keys)))
    cut = found[:limit] if limit else found
    titles = [*records.per, *(each.text for each in records.aggregates)]
    has_each = any(group.each is not None for group in found)
    rows = [[f"  {titles[0]}", *titles[1:], *(["each"] if has_each else [])]]
    for group in cut:
        cells = [words.figure(key) for key in group.keys]
        cells += [shown(total, PLAIN, words) for total in group.totals]
        cells += [shown(group.each, unit, words)] if has_each else []
        rows.append([f"  {cells[0]}", *cells[1:]])
    right = frozenset(range(len(records.per), len(rows[0])))
    return f"Groups: {len(found):,}\n{columns(rows, right)}{more(len(found), len(cut))}"


def listed(records: Records, rows: Sequence[Record], words: Words, limit: int) -> str:
    """Return facts as a table by day; those that don't count by reason, the latest first.

    What all of them leave empty has no column.
    """
    ordered = sorted(rows, key=lambda row: (str(row.day), row.file, row.line))
    if rows[0].reason is not None:
        ordered.reverse()
        ordered.sort(key=lambda row: str(row.reason))
    cut = ordered[:limit] if limit else ordered
    used = [
        (title, right, cells)
        for title, right, cell in _columns(records, rows[0], words)
        if any(cells := [cell(record) for record in cut])
    ]
    table = [[title for title, _, _ in used]]
    table += [[cells[index] for _, _, cells in used] for index in range(len(cut))]
    table = [[f"  {row[0]}", *row[1:]] for row in table]
    right = frozenset(index for index, (_, right, _) in enumerate(used) if right)
    return columns(table, right) + more(len(ordered), len(cut))


def more(found: int, told: int) -> str:
    """Say how many rows were left out."""
    return f"  … {found - told:,} more (--limit 0 lists all)\n" if found > told else ""


def _columns(records: Records, first: Record, words: Words) -> list[Column]:
    """Return the columns of a list of facts, by what the metric reads."""
    found: list[Column] = []
    if first.reason is not None:
        found.append(("reason", False, lambda row: str(row.reason)))
    found.append(("date", False, lambda row: cell(row.day)))
    found.append(("until", False, lambda row: cell(row.valid_until)))
    found += [
        (name, False, lambda row, at=index: cell(row.key[at][1]))  # type: ignore[misc]
        for index, (name, _) in enumerate(first.key)
    ]
    if records.family:
        found.append(("partner", False, lambda row: row.partner))
    for index, (name, _) in enumerate(first.columns):
        found.append((name, False, lambda row, at=index: cell(row.columns[at][1])))  # type: ignore[misc]
    for index, amount in enumerate(first.amounts):
        found += _amount_columns(index, amount.column, words)
    simple = {f"{name}({a.column})" for name in AGGREGATES for a in first.amounts} | {"count()"}
    for index, aggregate in enumerate(records.aggregates):
        if aggregate.text not in simple and first.reason is None:
            found.append((aggregate.text, True, lambda row, at=index: cell(row.inputs[at])))  # type: ignore[misc]
    found.append(("recorded", False, _recorded))
    found.append(("file", False, lambda row: f"{row.file.rsplit('/', 1)[-1]}:{row.line}"))
    return found


def _amount_columns(index: int, column: str, words: Words) -> list[Column]:
    def amount(row: Record) -> str:
        value = row.amounts[index].amount
        if value is None:
            return ""
        exact = value == rounded(value, 2)
        return f"{value:,.2f}" if exact else words.number(value, SHOWN_DECIMALS)

    def rate(row: Record) -> str:
        value = row.amounts[index].rate
        return "" if value is None else plain(value)

    def converted(row: Record) -> str:
        value = row.amounts[index].converted
        return "" if value is None else f"{value:,.{words.minor}f}"

    return [
        (column, True, amount),
        ("", False, lambda row: row.amounts[index].currency),
        ("rate", True, rate),
        (words.currency, True, converted),
    ]


def _recorded(row: Record) -> str:
    return cell(row.recorded) + (" came late" if row.late else "")


def cell(value: Any) -> str:
    """Return a value of a fact as it was written, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value) if hasattr(value, "as_tuple") else str(value)


# -- the other kinds ------------------------------------------------------------------------


def parts_part(figure: Figure, words: Words, limit: int) -> str:
    """Return what a formula, a place or a metric over time is made of."""
    text = "\n"
    if figure.kind == "over time":
        rows = [["  date", figure.parts[0].name if figure.parts else "", ""]]
        cut = figure.parts[:limit] if limit else figure.parts
        rows += [[f"  {p.day}", shown(p.value, p.unit, words), _date_note(p)] for p in cut]
        return text + columns(rows, frozenset((1,))) + more(len(figure.parts), len(cut))
    rows = [
        [f"  {part.name}", shown(part.value, part.unit, words), part.label, part.how]
        for part in figure.parts
    ]
    text += columns(rows, frozenset((1,))) if rows else ""
    return text + (peers_part(figure.peers) if figure.peers is not None else "")


def _date_note(part: Part) -> str:
    if not part.counts:
        return part.how
    return "" if part.passes is None else ("✓" if part.passes else "✗")


def peers_part(peers: Peers) -> str:
    """Return among how many others a place is, without their names."""
    where = f" where {peers.within} is {cell(peers.segment) or 'empty'}" if peers.within else ""
    return (
        f"\n  among {peers.others:,} other enrolled partners with a value{where}:\n"
        f"  {peers.higher:,} higher, {peers.equal:,} the same, {peers.lower:,} lower\n"
    )


def attested_part(figure: Figure, words: Words) -> str:
    """Return what was attested, when, and which of it counts."""
    if not figure.attested:
        return "\n  nothing was attested\n"
    rows = [["  value", "from", "until", ""]]
    for row in figure.attested:
        value = shown(row.value, figure.unit, words)
        rows.append([f"  {value}", cell(row.start), cell(row.until), row.state])
    return "\n" + columns(rows)
