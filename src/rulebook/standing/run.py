"""One program over one set of data: understood, checked, its rates found, ready to level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from rulebook.backends.backend import Backend, MissingRate
from rulebook.backends.by_record import ByRecord
from rulebook.backends.families import Families
from rulebook.checks import check
from rulebook.dataset.data import NO_RATE, Data
from rulebook.errors import DataError, Problem, ProgramError
from rulebook.expressions.typed import refs
from rulebook.meaning import Meaning, understand
from rulebook.meaning.model import MeasuredMeaning
from rulebook.measuring import Figures
from rulebook.measuring.alike import alike, converts_alike
from rulebook.plan.build import exchanged, is_money
from rulebook.plan.steps import Exchanged
from rulebook.program import Program
from rulebook.reading.document import Document
from rulebook.standing.digest import digest_of
from rulebook.standing.fitting import fitted
from rulebook.standing.level import Leveller
from rulebook.standing.result import Levelling, SetAside, Standings
from rulebook.standing.table import Table
from rulebook.values.money import Dated, Exchange

LIMIT = 100


class Traceable(Backend, Protocol):
    """A backend, and what walks the same facts one by one: for evidence."""

    @property
    def by_record(self) -> ByRecord:
        """The facts, walked."""


class MakeBackend(Protocol):
    """Makes the engine that runs plans; a folder in bulk, an example fact by fact."""

    def __call__(
        self,
        data: Data,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> Traceable:
        """Return a backend."""


class Run:
    """A program ready to be levelled on any date.

    Raises ProgramError where the program is wrong on these tables, DataError where an
    amount that it reads has no rate (unless `allow_bad_rows`, which sets such facts aside).
    """

    exchange: Exchange
    by_record: ByRecord
    backend: Traceable
    aside: Counter[tuple[str, str]]
    _unrated: dict[str, set[tuple[str, int]]]

    def __init__(
        self,
        program: Program,
        document: Document,
        data: Data,
        *,
        allow_bad_rows: bool = False,
        make: MakeBackend | None = None,
        pinned: Dated | None = None,
        lender: Run | None = None,
    ) -> None:
        """Understand the program on the data's tables and look up the rates.

        A `lender` has run another document over the same facts: what both measure alike is
        taken from it. See `beside`.
        """
        self.program, self.document, self.data = program, document, data
        meaning, problems = understand(program, document, data.spec)
        found = problems or check(meaning)
        wrong = [problem for problem in found if not problem.notice]
        if wrong:
            raise ProgramError(wrong)
        self.notices = [problem for problem in found if problem.notice]
        self.meaning = meaning
        self.families = Families(data.partners, data.parents)
        self.amounts = amounts_read(meaning)
        self.allow_bad_rows, self.make, self.pinned = allow_bad_rows, make, pinned
        if lender is not None and lender.converts(program, self.amounts):
            self.exchange, self.by_record = lender.exchange, lender.by_record
            self.backend, self.aside, self._unrated = lender.backend, lender.aside, lender._unrated
        else:
            self._open()
        self.figures = Figures(meaning, data, self.backend, self._without_rate)
        if lender is not None:
            same = alike(lender.meaning, lender.amounts, meaning, self.amounts)
            self.figures.borrow(lender.figures, same)
        self.leveller = Leveller(self.figures)

    def facts_changed(self) -> None:
        """Forget what rests on facts: some were added. Ask again for partners or for all."""
        changed = getattr(self.backend, "facts_changed", None)
        if changed is not None:
            changed()
        self._look_up_rates()
        self.figures = self.figures.again()
        self.leveller = self.leveller.of(self.figures)

    def beside(self, program: Program, document: Document) -> Run:
        """Return a run of another document over the same facts, ready to be compared with this.

        What both measure alike is measured once, whichever is asked first: when only bars
        change, no fact is read again. Standings before are fitted to the other's tiers.
        """
        return Run(
            program,
            document,
            fitted(self.data, program),
            allow_bad_rows=self.allow_bad_rows,
            make=self.make,
            pinned=self.pinned,
            lender=self,
        )

    def converts(self, program: Program, amounts: Mapping[str, Sequence[Exchanged]]) -> bool:
        """Whether another program reads the same amounts at the same rates as this one."""
        tables = {*amounts, *self.amounts}
        return converts_alike(program, self.program) and all(
            set(amounts.get(table, ())) == set(self.amounts.get(table, ())) for table in tables
        )

    def _open(self) -> None:
        """Make what runs plans, and look for missing rates."""
        at_end = self.program.fx.use == "period_end"
        self.exchange = exchange_of(self.program, self.data, self.pinned)
        given = (self.data, self.exchange, self.families, self.amounts, at_end)
        self.backend = (self.make or ByRecord)(*given)
        self.by_record = self.backend.by_record
        self.aside = Counter(self.data.aside)
        self._unrated = {}
        if not at_end:
            self._look_up_rates()

    def _look_up_rates(self) -> None:
        """Look for amounts without a rate on their day; pinned and daily rates are known by now."""
        missing: list[MissingRate] = []
        for table, amounts in self.amounts.items():
            day = self.data.spec.facts[table].attained
            missing += self.backend.missing_rates(table, amounts, day)
        self._without_rate(missing)

    def _without_rate(self, missing: list[MissingRate]) -> None:
        """Refuse facts whose amounts have no rate, or count them as set aside."""
        if missing and not self.allow_bad_rows:
            problems = [
                Problem(
                    f"no rate for {row.currency} on {row.day} or before",
                    row.file,
                    row.line,
                    column=row.column,
                )
                for row in missing[:LIMIT]
            ]
            raise DataError(problems, len(missing))
        for row in missing:
            self._unrated.setdefault(row.table, set()).add((row.file, row.line))
            self.aside[row.table, NO_RATE] = len(self._unrated[row.table])

    def check_segments(self, day: date) -> None:
        """Raise ProgramError where a partner's segment has no value in some parameter's entry."""
        for name, parameter in self.meaning.parameters.items():
            for start in {day, *(entry.start for entry in parameter.entries if entry.start)}:
                self.figures.parameter(name, start)

    def level(self, as_of: date, partners: Sequence[str] | None = None) -> Levelling:
        """Return the standing of every partner (or of those named) on a date."""
        standings = self.standings(as_of, partners)  # first: measuring can set facts aside
        return Levelling(
            self.program.program,
            self.program.version,
            as_of,
            digest_of(self.document.content, as_of, self.data.digest),
            [
                SetAside(table, reason, count)
                for (table, reason), count in sorted(self.aside.items())
                if count
            ],
            standings,
        )

    def standings(self, as_of: date, partners: Sequence[str] | None = None) -> Standings:
        """Return the standings alone."""
        return self._leveller(as_of, partners).level(as_of)

    def table(self, as_of: date, partners: Sequence[str] | None = None) -> Table:
        """Return metrics, tiers and what is short as columns, of everybody or of those named."""
        return self._leveller(as_of, partners).table(as_of)

    def _leveller(self, as_of: date, partners: Sequence[str] | None) -> Leveller:
        """Return what levels these partners, in the order of their keys, and measures no others.

        But with rates of the window's last day, facts of all partners are set aside and counted.
        """
        if partners is None:
            return self.leveller
        if self.program.fx.use == "period_end":
            self.leveller.table(as_of)
        order = self.figures.order
        return self.leveller.of(self.figures.about(sorted(partners, key=order.__getitem__)))


def exchange_of(program: Program, data: Data, pinned: Dated | None = None) -> Exchange:
    """Return the rates that a program uses: the market's, those it pins, or those given."""
    fixed: dict[str, list[tuple[date, Any]]] = {}
    for entry in program.fx.rates:
        for currency, rate in entry.rates.items():
            fixed.setdefault(currency, []).append((entry.start or date.min, rate))
    for dated in fixed.values():
        dated.sort(key=lambda pair: pair[0])
    if pinned is not None:
        fixed = {**{currency: list(rates) for currency, rates in pinned.items()}, **fixed}
    use_pinned = pinned is not None or program.fx.use == "fixed"
    return Exchange(
        program.currency, data.rates.base, data.rates.by_currency, fixed if use_pinned else None
    )


def amounts_read(meaning: Meaning) -> dict[str, list[Exchanged]]:
    """Return for each fact table the amounts that some metric of the program reads."""
    found: dict[str, dict[str, Exchanged]] = {}
    for metric in meaning.metrics.values():
        if not isinstance(metric, MeasuredMeaning) or metric.facts is None:
            continue
        for ref in (ref for tree in metric.trees for ref in refs(tree)):
            if ref.kind == "column" and len(ref.path) == 1 and is_money(metric.facts, ref.path[0]):
                amount = exchanged(metric.facts, ref.path[0])
                found.setdefault(metric.metric.table, {})[amount.column] = amount
    return {table: list(amounts.values()) for table, amounts in found.items()}
