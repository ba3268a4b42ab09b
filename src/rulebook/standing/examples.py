"""Runs a program's own examples: given these rows, is the answer as expected?

A figure is compared at the decimals that the document writes. Every difference is a
problem at its place; a program with a failing example can't be published.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from moneyed import CURRENCIES

from rulebook.dataset.data import Data, Value
from rulebook.dataset.given import Given
from rulebook.dataset.spec import Dataset
from rulebook.errors import Problem, RulebookError, nearest
from rulebook.expressions.typed import Type
from rulebook.meaning.parameters import read_as
from rulebook.metrics import Attested, Measured
from rulebook.program import Example, Program
from rulebook.reading.document import Document, undotted
from rulebook.standing.gaps import Gap
from rulebook.standing.result import LadderStanding, PartnerStanding
from rulebook.standing.run import Run
from rulebook.terms import read_day
from rulebook.values.money import Dated
from rulebook.values.numbers import plain, read_number, rounded

Raw = Any


def run_examples(program: Program, document: Document, spec: Dataset | None) -> list[Problem]:
    """Return what is wrong with the examples of a program on the tables of `spec` or `reads`."""
    tables = spec if spec is not None else program.reads
    if not program.examples:
        return []
    if tables is None and any(
        isinstance(metric, Measured)
        for _, ladder in program.ladders()
        for metric in ladder.metrics.values()
    ):
        return [
            document.problem(
                ("examples",), "examples need to know the tables", "add reads, or give --data"
            )
        ]
    return [
        problem
        for index, example in enumerate(program.examples)
        for problem in _Example(program, document, tables or Dataset(), example, index).problems()
    ]


class _Example:
    """One example of a program."""

    def __init__(
        self, program: Program, document: Document, spec: Dataset, example: Example, index: int
    ) -> None:
        self.program, self.document, self.spec, self.example = program, document, spec, example
        self.path: tuple[str | int, ...] = ("examples", index)
        self.found: list[Problem] = []

    def refuse(self, part: str, message: str, hint: str = "") -> None:
        text = f"{self.example.name}: {message}"
        path = (*self.path, *undotted(part))
        self.found.append(self.document.problem(path, text, hint))

    def problems(self) -> list[Problem]:
        """Return every difference between what is expected and what follows."""
        rest = {key: value for key, value in self.example.given.items() if key != "rates"}
        given = Given(
            self.spec,
            self.program.program,
            self.program.currency,
            self.program.time_zone,
            rest,
            lambda path, message, hint: self.refuse(f"given.{path}", message, hint),
        )
        data = given.data()
        pinned = self._rates()
        self._known_attested(data)
        if self.found:
            return self.found
        try:
            run = Run(self.program, self.document, data, pinned=pinned)
            standings = {row.partner: row for row in run.standings(self.example.as_of)}
        except RulebookError as error:
            for problem in error.problems:
                self.refuse("", str(problem))
            return self.found
        self._compare_all(standings, given.order[0])
        return self.found

    def _known_attested(self, data: Data) -> None:
        """Refuse an attested metric that the program doesn't have: it would count for nothing."""
        known = {
            name: None
            for track, ladder in self.program.ladders()
            for metric, kind in ladder.metrics.items()
            if isinstance(kind, Attested)
            for name in ([metric] if track is None else [metric, f"{track}.{metric}"])
        }
        for row in data.attestations:
            if row.metric not in known:
                hint = nearest(row.metric, known)
                self.refuse("given.attested", f"no attested metric {row.metric!r}", hint)

    def _rates(self) -> Dated:
        """Return the rates given, with 1 for constant currencies that none is given for."""
        rates: dict[str, list[tuple[date, Decimal]]] = {}
        rows = self.example.given.get("rates") or {}
        for row in rows if isinstance(rows, list) else [rows]:
            if not isinstance(row, Mapping):
                self.refuse("given.rates", "rates are {EUR: 1.08}")
                continue
            start = date.min
            for currency, text in sorted(row.items(), key=lambda item: item[0] != "from"):
                try:
                    if currency == "from":
                        start = read_day(text)
                    else:
                        rates.setdefault(currency, []).append((start, _rate(currency, text)))
                except ValueError as error:
                    self.refuse("given.rates", str(error))
        for facts in self.spec.facts.values():
            for entry in facts.columns.values():
                if entry.currency and facts.constant(entry.currency):
                    rates.setdefault(entry.currency, [(date.min, Decimal(1))])
        return {currency: sorted(dated) for currency, dated in rates.items()}

    def _compare_all(self, standings: Mapping[str, PartnerStanding], first: str) -> None:
        expect = dict(self.example.expect)
        others = expect.pop("partners", None) or {}
        self._compare(standings[first], expect, "expect")
        if not isinstance(others, Mapping):
            self.refuse("expect.partners", "a mapping of partners to what is expected")
            return
        for partner, expected in others.items():
            where = f"expect.partners.{partner}"
            if partner not in standings:
                self.refuse(where, f"unknown partner {partner!r}", nearest(partner, standings))
            elif isinstance(expected, Mapping):
                self._compare(standings[partner], expected, where)
            else:
                self.refuse(where, "a mapping of what is expected")

    def _compare(self, got: PartnerStanding, expect: Mapping[str, Raw], where: str) -> None:
        tracks = expect.get("tracks") or {}
        if not isinstance(tracks, Mapping):
            self.refuse(f"{where}.tracks", "a mapping of tracks to what is expected")
            tracks = {}
        for name, expected in tracks.items():
            track = got.tracks.get(name)
            if track is None:
                self.refuse(
                    f"{where}.tracks.{name}", f"unknown track {name!r}", nearest(name, got.tracks)
                )
                continue
            if not isinstance(expected, Mapping):
                self.refuse(f"{where}.tracks.{name}", "a mapping of what is expected")
                continue
            self._ladder(
                track.ladder, {**got.metrics, **track.metrics}, expected, f"{where}.tracks.{name}"
            )
        dotted = {f"{name}.{m}": v for name, t in got.tracks.items() for m, v in t.metrics.items()}
        rest = {key: value for key, value in expect.items() if key != "tracks"}
        self._ladder(got.ladder, {**got.metrics, **dotted}, rest, where)

    def _ladder(
        self,
        got: LadderStanding,
        metrics: Mapping[str, Value],
        expect: Mapping[str, Raw],
        where: str,
    ) -> None:
        for key, expected in expect.items():
            place = f"{where}.{key}"
            if key == "tier":
                self._same(place, "tier", got.qualified, expected)
            elif key == "held":
                self._same(place, "held", got.held, expected)
            elif key == "proposal":
                self._proposal(place, got, expected)
            elif key == "gaps":
                self._gaps(place, got, expected)
            elif key in metrics:
                self._value(place, key, metrics[key], expected)
            else:
                known = [*metrics, "tier", "held", "proposal", "gaps", "tracks"]
                self.refuse(place, f"unknown metric {key!r}", nearest(key, known))

    def _same(self, place: str, what: str, got: str | None, expected: Raw) -> None:
        if got != expected:
            self.refuse(place, f"{what} is {got or 'none'}, expected {expected or 'none'}")

    def _proposal(self, place: str, got: LadderStanding, expected: Raw) -> None:
        proposal = got.decision.proposal
        if expected is None or expected in ("none", "no"):
            if proposal is not None:
                self.refuse(
                    place, f"a {proposal.direction} to {proposal.tier} is proposed, none expected"
                )
            return
        if proposal is None:
            self.refuse(place, f"no proposal, expected {expected}")
            return
        wanted = (
            expected
            if isinstance(expected, Mapping)
            else (
                {"direction": expected}
                if expected in ("promotion", "demotion")
                else {"tier": expected}
            )
        )
        fields = {"direction": str(proposal.direction), "tier": proposal.tier}
        for key, value in wanted.items():
            if key not in fields:
                self.refuse(place, f"unknown key {key!r}", nearest(key, fields))
            elif fields[key] != value:
                self.refuse(place, f"the proposal's {key} is {fields[key]}, expected {value}")

    def _gaps(self, place: str, got: LadderStanding, expected: Raw) -> None:
        entries = [] if expected is None else expected
        if not isinstance(entries, list) or not all(isinstance(e, Mapping) for e in entries):
            self.refuse(place, "a list of gaps expected", "such as [{metric: revenue, short: 10}]")
            return
        if len(entries) != len(got.gaps):
            listed = ", ".join(f"{gap.metric} {gap.op or ''}".strip() for gap in got.gaps) or "none"
            self.refuse(place, f"the gaps are {listed}; {len(entries)} expected")
            return
        for index, (gap, entry) in enumerate(zip(got.gaps, entries, strict=True)):
            for key, value in entry.items():
                where = f"{place}[{index}].{key}"
                fields = gap_fields(gap, got.next_tier)
                if key not in fields:
                    self.refuse(where, f"unknown key {key!r}", nearest(key, fields))
                else:
                    self._value(where, key, fields[key], value)

    def _value(self, place: str, name: str, got: Value, expected: Raw) -> None:
        if not same(got, expected):
            self.refuse(place, f"{name} is {shown(got)}, expected {shown(expected)}")


def _rate(currency: str, text: Raw) -> Decimal:
    if currency not in CURRENCIES:
        raise ValueError(f"{currency!r} is not a currency code of ISO 4217")
    rate = read_number(str(text))
    if rate <= 0:
        raise ValueError(f"a rate is more than 0, not {text}")
    return rate


def gap_fields(gap: Gap, tier: str | None) -> dict[str, Value]:
    """Return the fields that an example can name of a gap."""
    return {
        "tier": tier,
        "metric": gap.metric,
        "op": gap.op,
        "have": gap.have,
        "need": gap.need,
        "short": gap.short,
    }


def same(got: Value, expected: Raw) -> bool:
    """Whether a figure is as a document writes it, at the decimals that it writes."""
    if got is None or expected is None:
        return got is None and expected is None
    if not isinstance(expected, str):
        return False
    kind = {Decimal: Type.NUMBER, bool: Type.BOOLEAN}.get(type(got), Type.TEXT)
    if isinstance(got, date):
        return got.isoformat() == expected
    try:
        wanted = read_as(expected, kind)
    except ValueError:
        return False
    if isinstance(got, Decimal) and isinstance(wanted, Decimal):
        written = len(expected.partition(".")[2])
        return rounded(got, written) == wanted
    return got == wanted


def shown(value: Raw) -> str:
    """Return a value as a message shows it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value) if isinstance(value, Decimal) else str(value)
