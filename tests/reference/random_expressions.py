"""Random expressions that are well typed, as text: over facts, over groups, over metrics."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.reference.source import Source

NUMBERS = ["0", "1", "2", "2.5", "100", "0.01", "-3", "3"]
WORDS = {"channel": ["web", "WEB", "9"], "country": ["DE", "Ö"], "category": ["Bikes", "Parts"],
         "person": ["ann", "eve"], "exam": ["x", "10"], "currency": ["USD", "EUR"]}  # fmt: skip
COMPARISONS = [">=", ">", "<", "<=", "=", "<>"]


@dataclass
class Words:
    """The names that an expression may use, by type."""

    source: Source
    number: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    date: list[str] = field(default_factory=list)
    bool: list[str] = field(default_factory=list)
    parameters: dict[str, list[str]] = field(default_factory=dict)

    def numeric(self, depth: int = 2) -> str:
        """A number."""
        s = self.source
        names = self.number + [f"({name} + 0)" for name in self.parameters.get("number", [])]
        if depth == 0 or s.chance(35):
            return s.pick(names) if names and not s.chance(15) else s.pick(NUMBERS)
        a, b = self.numeric(depth - 1), self.numeric(depth - 1)
        day = self.day()
        forms = [
            f"({a} + {b})", f"({a} - {b})", f"({a} * {s.pick(NUMBERS)})", f"({a} / {b})",
            f"coalesce({a}, {b})", f"abs({a})", f"round({a}, {s.whole(0, 3)})", f"round({a})",
            f"least({a}, {b})", f"greatest({a}, {b})", f"clamp({a}, -2, 7.5)", f"(-({a}))",
            f"if({self.condition(depth - 1)}, {a}, {b})",
            f"case when {self.condition(depth - 1)} then {a} else {b} end",
            f"case when {self.condition(0)} then {a} when {self.condition(0)} then {b} end",
            f"year({day})", f"(month({day}) + 0)", f"(quarter({day}) * 2)", f"day({day})",
            f"days_between({day}, {self.day()})",
        ]  # fmt: skip
        if self.text:
            name = s.pick(self.text)
            forms.append(f"case {name} when {self.word(name)} then {a} else {b} end")
        return s.pick(forms)

    def day(self) -> str:
        """A date."""
        s = self.source
        base = s.pick([*self.date, *self.date, "as_of", "date '2020-02-29'"])
        if s.chance(75):
            return base
        unit = s.pick(["day", "month", "year"])
        return f"date_add({base}, {s.whole(-3, 3)}, '{unit}')"

    def word(self, name: str) -> str:
        """A text that the named column may have."""
        known = WORDS.get(name.rsplit(".", 1)[-1], ["i1", "A", "10"])
        return f"'{self.source.pick(known)}'"

    def about_text(self) -> str:
        """A condition on a text."""
        s = self.source
        name = s.pick(self.text)
        first, second = self.word(name), self.word(name)
        forms = [
            f"{name} = {first}", f"{name} <> {first}", f"{name} in ({first}, {second})",
            f"{name} not in ({first}, {second})", f"lower({name}) = 'web'", f"{name} < {first}",
            f"{name} >= {first}", f"{name} is null", f"{name} is not null",
            f"coalesce({name}, {first}) = {first}", f"{name} between '1' and 'b'",
        ]  # fmt: skip
        forms += [f"{name} in {listed}" for listed in self.parameters.get("list", [])]
        forms += [f"{name} = {word}" for word in self.parameters.get("text", [])]
        return s.pick(forms)

    def about_days(self) -> str:
        """A condition on dates."""
        s = self.source
        a, b = self.day(), self.day()
        part = s.pick(["month", "quarter"])
        return s.pick([
            f"{a} {s.pick(COMPARISONS)} {b}", f"{part}({a}) = {part}({b})",
            f"{part}({a}) {s.pick(COMPARISONS)} {s.whole(1, 5)}", f"{part}({a}) in (1, 2, 5)",
            f"{part}({a}) < {part}({b})", f"year({a}) = year({b})", f"{a} is null",
            f"{a} between date '2020-01-01' and {b}",
        ])  # fmt: skip

    def condition(self, depth: int = 1) -> str:
        """Yes, no, or null."""
        s = self.source
        if depth > 0 and s.chance(40):
            a, b = self.condition(depth - 1), self.condition(depth - 1)
            return s.pick([f"({a} and {b})", f"({a} or {b})", f"not ({a})"])
        a = self.numeric(max(depth - 1, 0))
        forms = [
            f"{a} {s.pick(COMPARISONS)} {s.pick(NUMBERS)}",
            f"{a} {s.pick(COMPARISONS[:4])} {self.numeric(0)}", f"{a} between 1 and 50",
            f"{a} in (1, 2, 100)", f"{a} is null", f"{a} is not null", f"{a} not between 0 and 2",
            f"{a} not in (1, 2)", self.about_days(),
        ]  # fmt: skip
        for name in self.parameters.get("number", []) if self.number else []:
            forms.append(f"{s.pick(self.number)} {s.pick(COMPARISONS)} {name}")
        forms += [self.about_text(), self.about_text()] if self.text else []
        forms += [*self.bool, *(f"{name} = false" for name in self.bool)]
        return s.pick(forms)

    def aggregate(self) -> str:
        """One aggregate, some with a filter."""
        s = self.source
        a = self.numeric(1)
        part = s.pick(["month", "quarter", "year"])
        forms = [
            f"sum({a})", "count()", f"count({a})", f"avg({a})", f"min({a})", f"max({a})",
            f"median({a})", f"count(distinct {a})", f"count(distinct {part}({self.day()}))",
        ]  # fmt: skip
        if self.text:
            forms += [f"count(distinct {s.pick(self.text)})", f"count({s.pick(self.text)})"]
        text = s.pick(forms)
        return f"{text} filter (where {self.condition(1)})" if s.chance(20) else text

    def aggregates(self) -> str:
        """An aggregate expression: mostly one aggregate, sometimes two put together."""
        s = self.source
        text = self.aggregate()
        if s.chance(80):
            return text
        other = self.aggregate()
        return s.pick([
            f"({text} / {other})", f"({text} - {other})", f"coalesce({text}, 0)", f"{text} * 2",
            f"round({text}, 2)", f"if({text} > {other}, {text}, {other})",
            f"greatest({text}, 0)",
        ])  # fmt: skip
