"""Random parameters and metrics of every kind, over a folder's shape."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.reference.random_data import Shape, any_day
from tests.reference.random_expressions import NUMBERS, Words
from tests.reference.source import Source

UNITS = ["days", "weeks", "months", "quarters", "halves", "years"]
PERIODS = ["week", "month", "quarter", "half", "year", "fiscal year", "fiscal quarter",
           "fiscal half", "fiscal month"]  # fmt: skip
STEPS = ["month", "day", "week", "quarter", "half", "year", "fiscal quarter", "fiscal year"]


class Metrics:
    """Metrics as they are written, and of which type each is."""

    def __init__(self, source: Source, shape: Shape) -> None:
        self.source = source
        self.shape = shape
        self.parameters: dict[str, Any] = {}
        self.kinds: dict[str, list[str]] = {}
        self.written: dict[str, dict[str, Any]] = {}
        self.number: list[str] = []
        self.yes_no: list[str] = []
        self.day: list[str] = []
        self.attestations: dict[str, str] = {}

    def random_parameters(self) -> None:
        """Plain, by segment, by date, both; a list; a text."""
        s, day = self.source, self.shape.as_of
        value = lambda: s.pick([*NUMBERS, "10", "50"])  # noqa: E731

        def segmented() -> dict[str, Any]:
            by, keys = s.pick([("partner.country", ["DE", "Ö"]), ("partner.size", ["1", "10"]),
                               ("partner.id", self.shape.partners[:2])])  # fmt: skip
            values = {key: value() for key in s.some(keys, 1, 2)}
            return {"by": by, "values": {**values, "default": value()}}

        first, second = day - timedelta(days=s.whole(0, 90)), day + timedelta(days=s.whole(0, 1))
        choices: dict[str, Any] = {
            "p_plain": value(), "p_segment": segmented(),
            "p_dated": {f"from {first}": value(), f"from {second}": value()},
            "p_both": {f"from {first}": segmented(), f"from {second}": value()},
        }  # fmt: skip
        names = s.some(list(choices), 0, 3)
        self.parameters = {name: choices[name] for name in names}
        self.kinds["number"] = names
        if s.chance(30):
            self.parameters["p_list"] = s.pick([["web", "9"], ["i1", "ann", "x"], ["Bikes"]])
            self.kinds["list"] = ["p_list"]
        if s.chance(20):
            self.parameters["p_word"] = s.pick(["web", "i1", "ann"])
            self.kinds["text"] = ["p_word"]

    def add(self, name: str, kind: str = "") -> None:
        """One more metric, of a random kind."""
        s = self.source
        kinds = ["measured"] * 5 + ["grouped"] * 2
        if self.number:
            kinds += ["formula"] * 3 + ["over_time"] * 2 + ["rank", "percentile"]
        kinds += ["attested", "formula"]
        kind = kind or s.pick(kinds)
        self.written[name] = getattr(self, kind)(name)

    def rows(self, table: str) -> Words:
        known = self.shape.tables[table]
        days = known["date"] + (["enrollment.start"] if self.shape.enrolled else [])
        return Words(self.source, known["number"], known["text"], days, known["bool"], self.kinds)

    def formulas(self) -> Words:
        """The words of formulas and tiers."""
        days = ["partner.joined", *self.day]
        days += ["enrollment.start"] if self.shape.enrolled else []
        return Words(self.source, [*self.number, "partner.size"], ["partner.country"], days,
                     ["partner.vip", *self.yes_no], self.kinds)  # fmt: skip

    def window(self, spans_only: bool = False, small: bool = False) -> str:
        """A window, with up to two suffixes."""
        s = self.source
        unit, count = s.pick(UNITS), s.whole(1, 4)
        period = s.pick(PERIODS)
        if small:
            forms = ["this month", "trailing 20 days", "this week and 2 before", "last 3 weeks",
                     "last month"]  # fmt: skip
            text = s.pick(forms)
            return f"{text}, enrolled" if s.chance(10) else text
        forms = [
            "trailing 12 months", f"trailing {count * (20 if unit == 'days' else 1)} {unit}",
            f"this {period}", f"this {period} and {count} before", f"last {period}",
            f"last {count + 1} {period}s".replace("halfs", "halves"),
            f"since {any_day(s, self.shape.as_of)}",
        ]  # fmt: skip
        if not spans_only:
            forms += ["lifetime", "valid", "valid"]
        text = s.pick(forms)
        suffixes = [f"{s.whole(1, 12)} {s.pick(UNITS[:3])} ago", "1 years ago", "enrolled"]
        for _ in range(s.pick([0, 0, 0, 1, 1, 2])):
            text += f", {s.pick(suffixes)}"
        return text

    def measured(self, name: str, value: str = "") -> dict[str, Any]:
        s = self.source
        table = s.pick(list(self.shape.tables))
        words = self.rows(table)
        metric: dict[str, Any] = {"from": table}
        if not value and s.chance(5):
            metric["value"] = f"{s.pick(['min', 'max'])}({s.pick(words.date[:2])})"
            self.day.append(name)
        else:
            metric["value"] = value or words.aggregates()
            self.number.append(name)
        if s.chance(50):
            metric["where"] = words.condition(1)
        window = self.window()
        if window.startswith("valid") and table not in self.shape.valid:
            window = "this year"
        if window != "lifetime" or s.chance(50):
            metric["window"] = window
        if self.shape.families and s.chance(50):
            metric["family"] = s.pick(["yes", "true"])
        if s.chance(15):
            metric["date"] = self.shape.dates[table]
        return metric

    def grouped(self, name: str) -> dict[str, Any]:
        s = self.source
        each = s.chance(70)
        outer = f"{s.pick(['sum', 'max', 'min', 'avg', 'median', 'count'])}(each)"
        if each and s.chance(15):
            outer = s.pick(["count()", "sum(each) filter (where each > 1)",
                            "count(distinct each)", "sum(each) / count(each)"])  # fmt: skip
        metric = self.measured(name, outer if each else "count()")
        words = self.rows(metric["from"])
        day = words.day()
        keys = [*words.text, *words.text, f"month({day})", f"quarter({day})", f"year({day})",
                f"lower({words.text[0]})", words.number[-1]]  # fmt: skip
        keys += ["branch"] * (3 if metric.get("family") else 1)
        chosen = s.some(keys, 1, 2)
        metric["per"] = chosen[0] if len(chosen) == 1 else chosen
        if s.chance(40) or not each:
            metric["having"] = f"{words.aggregate()} {s.pick(['>=', '>', '<'])} {s.whole(0, 3)}"
        if each:
            inner = words.aggregate()
            metric["each"] = s.pick([inner, f"least({inner}, 2)", f"clamp({inner}, 0, 100)"])
        return metric

    def formula(self, name: str) -> dict[str, Any]:
        s = self.source
        words = self.formulas()
        if s.chance(15):
            self.yes_no.append(name)
            return {"formula": words.condition(1)}
        a = s.pick(words.number)
        b = s.pick(words.number)
        text = s.pick([f"{a} / {b} - 1", words.numeric(2), words.numeric(2),
                       f"if({words.condition(1)}, least(40, 40 * {a} / 6), 0)"])  # fmt: skip
        self.number.append(name)
        return {"formula": text}

    def over_time(self, name: str) -> dict[str, Any]:
        s = self.source
        metric: dict[str, Any] = {"of": s.pick(self.number), "each": s.pick(STEPS)}
        if s.chance(60):
            metric["last"] = str(s.whole(1, 4))
        elif metric["each"] in ("day", "week"):
            metric["over"] = self.window(small=True)
        else:
            metric["over"] = self.window(spans_only=True)
        bar = s.pick([*NUMBERS, *self.kinds.get("number", [])])
        metric["take"] = s.pick(["sum", "avg", "min", "max", f"count({s.pick(['>=', '<'])} {bar})"])
        if s.chance(30):
            metric["newcomers"] = "since_enrollment"
        self.number.append(name)
        return metric

    def _place(self, name: str, kind: str) -> dict[str, Any]:
        s = self.source
        metric: dict[str, Any] = {kind: s.pick(self.number)}
        if s.chance(50):
            metric["within"] = s.pick(["partner.country", "partner.vip", "partner.size"])
        self.number.append(name)
        return metric

    def rank(self, name: str) -> dict[str, Any]:
        return self._place(name, "rank")

    def percentile(self, name: str) -> dict[str, Any]:
        return self._place(name, "percentile")

    def attested(self, name: str) -> dict[str, Any]:
        kind = self.source.pick(["number", "yes_no"])
        (self.number if kind == "number" else self.yes_no).append(name)
        self.attestations[name] = kind
        return {"attested": kind}


def attestation_rows(source: Source, shape: Shape, kinds: dict[str, str]) -> None:
    """Confirmations of each attested metric: in force, over, to come, replaced, or none."""
    rows = [["partner", "metric", "value", "from", "until"]]
    for name, kind in kinds.items():
        for key in shape.partners:
            starts = sorted({any_day(source, shape.as_of) for _ in range(source.whole(0, 3))})
            for start in starts:
                numbers, answers = ["4.5", "4", "3.99", "-1", ""], ["yes", "no", "true", ""]
                value = source.pick(numbers if kind == "number" else answers)
                until = shape.as_of + timedelta(days=source.pick([0, 1, 100, -100]))
                ends = until > start and source.chance(50)
                rows.append([key, name, value, str(start), str(until) if ends else ""])
    if len(rows) > 1 or kinds:
        shape.files["attestations.csv"] = rows
        shape.spec["attestations"] = {"file": "attestations.csv"}
