"""What is missing, criterion by criterion, as it stands in "you need …"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from rulebook.explain.labels import metric_label, spoken, tier_label, track_label
from rulebook.explain.nouns import head, inside, proper_names, singular
from rulebook.explain.requirements import Checked, Needed, Node
from rulebook.explain.units import PLAIN, adds_up
from rulebook.explain.words import Words
from rulebook.expressions.typed import Op, Ref, Type
from rulebook.meaning import Meaning
from rulebook.meaning.model import AttestedMeaning, asked_criteria
from rulebook.meaning.scopes import MetricKey

_WAYS_SHOWN = 4


class Phrases:
    """Says criteria in words; labels are cut to their heads where that leaves them distinct."""

    def __init__(self, meaning: Meaning, words: Words) -> None:
        """Take the program and the language."""
        self.meaning, self.words = meaning, words
        labels = [metric_label(meaning.program, key) for key in meaning.metrics]
        self._choices: set[str] = set()
        self._names = proper_names(labels)
        self._heads = Counter(head(label) for label in self._asked_labels())

    def _asked_labels(self) -> set[str]:
        """Return the labels of all metrics that some tier asks for."""
        tiers = [tier for ladder in self.meaning.ladders.values() for tier in ladder]
        asked = [asked for tier in tiers for asked in (tier.requires, tier.keep)]
        keys = {_metric(each.left or each.test) for one in asked for each in asked_criteria(one)}
        return {metric_label(self.meaning.program, key) for key in keys if key is not None}

    # -- trees ------------------------------------------------------------------------------

    def missing(self, node: Node | None) -> list[str]:
        """Return what is missing for a requirement, one phrase for each thing to be done."""
        if node is None or node.met:
            return []
        if isinstance(node, Checked):
            return [self.criterion(node)]
        open_parts = [index for index, part in enumerate(node.parts) if not part.met]
        missing = node.need - node.have
        if missing >= len(open_parts):
            return [phrase for index in open_parts for phrase in self.missing(node.parts[index])]
        order = sorted(open_parts, key=lambda index: (index not in node.nearest, index))
        order = [index for index in order if missing > 1 or not _outdone(node, index, order)]
        return [self._choice(node, order, missing)]

    def _choice(self, node: Needed, order: list[int], missing: int) -> str:
        """Return the ways of which some are enough: the simplest first, then the nearest."""
        told = sorted((self.missing(node.parts[index]) for index in order), key=len)
        ways = [self._together(phrases) for phrases in told]
        if len(ways) > _WAYS_SHOWN:
            hidden = len(ways) - _WAYS_SHOWN + 1
            rest = self.words.say("one of {count} other ways", count=hidden)
            ways = [*ways[: _WAYS_SHOWN - 1], rest]
        either = self.words.listed(ways, "{first} or {last}")
        if len(ways) == 1:
            return either
        if missing == 1:
            phrase = self.words.say("either {ways}", ways=either)
        else:
            either = self.words.listed(ways)
            phrase = self.words.say("{count} of these: {ways}", count=missing, ways=either)
        self._choices.add(phrase)
        return phrase

    def _together(self, phrases: list[str]) -> str:
        if len(phrases) < 2:
            return "".join(phrases)
        both = self.words.listed(phrases)
        return self.words.say("both {things}", things=both) if len(phrases) == 2 else (
            self.words.say("all of {things}", things=both)
        )  # fmt: skip

    def needs(self, node: Node | None, more: Sequence[str] = ()) -> str:
        """Return all that is missing as one list: things, then tiers to reach, then choices.

        Where several are choices, semicolons keep them apart.
        """
        phrases = [*self.missing(node), *more]
        to_do = self.words.say("to ")
        choices = [phrase for phrase in phrases if phrase in self._choices]
        phrases.sort(key=lambda phrase: (phrase in choices, phrase.startswith(to_do)))
        if len(choices) > 1:
            last = self.words.say("and {last}", last=phrases[-1])
            return "; ".join([*phrases[:-1], last])
        return self.words.listed(phrases)

    # -- one criterion ----------------------------------------------------------------------

    def criterion(self, leaf: Checked) -> str:
        """Return what is missing of one criterion."""
        left = leaf.criterion.left
        if leaf.op is None or left is None:
            return self._yes_no(leaf)
        if left.type is Type.TIER:
            return self._tier(leaf, left)
        if isinstance(left, Op) and left.name == "count_true":
            return self._tracks(leaf)
        if leaf.need is None:
            return self.words.say("a value to compare with in “{text}”", text=leaf.text)
        if not isinstance(leaf.need, Decimal):
            return self._other(leaf)
        return self._number(leaf)

    def _yes_no(self, leaf: Checked) -> str:
        test = leaf.criterion.test
        wanted = leaf.need is True
        key = _metric(test.args[0] if isinstance(test, Op) and test.name == "not" else test)
        if key is None and not isinstance(test, Ref):
            return self.words.say("“{text}” to hold", text=leaf.text)
        if key is not None and isinstance(self.meaning.metrics[key], AttestedMeaning) and wanted:
            return self.words.say("confirmation of “{label}”", label=leaf.label)
        now = self._now(leaf)
        answer = self.words.yes_no(wanted)
        return self.words.say("a “{answer}” for “{label}” ({now})",
                              answer=answer, label=leaf.label, now=now)  # fmt: skip

    def _tier(self, leaf: Checked, left: object) -> str:
        assert isinstance(left, Ref)
        name = str(leaf.need)
        if left.kind == "program":
            tier, place = spoken(name), spoken(left.path[0])
            pattern = "to hold {tier} in {place}"
        else:
            tier = tier_label(self.meaning.program, left.path[0], name)
            place = track_label(self.meaning.program, left.path[0])
            pattern = "to reach {tier} in {place}"
        pattern = {
            ">": "to rise above {tier} in {place}",
            "<": "to be below {tier} in {place}",
            "<=": "to be at most {tier} in {place}",
            "<>": "not to be {tier} in {place}",
        }.get(leaf.op or "", pattern)
        return self.words.say(pattern, tier=tier, place=place)

    def _tracks(self, leaf: Checked) -> str:
        tier = leaf.label.removeprefix("Tracks at ")
        if leaf.short is None or leaf.op not in (">=", ">"):
            return self._number(leaf)
        count = leaf.short + 1 if leaf.op == ">" else leaf.short
        return self.words.say_many(
            "to reach {tier} in {count} more track",
            "to reach {tier} in {count} more tracks",
            count,
            tier=tier,
            count=self.words.number(count),
        )

    def _other(self, leaf: Checked) -> str:
        need = self.words.figure(leaf.need, leaf.unit)
        pattern = {
            "<>": "{label} other than {need} ({now})",
            "=": "{label} of {need} ({now})",
        }.get(leaf.op or "", "{label} {op} {need} ({now})")
        return self.words.say(
            pattern, label=self._label(leaf), op=leaf.op, need=need, now=self._now(leaf)
        )

    def _number(self, leaf: Checked) -> str:
        key = _metric(leaf.criterion.left)
        money = leaf.unit.kind == "money"
        one = None if self._is_quoted(leaf) else singular(self._short_label(leaf))
        grows = key is not None and adds_up(self.meaning, key) and leaf.unit.kind != "percent"
        if grows and (money or one) and leaf.op == ">=" and leaf.short is not None:
            return self._more(leaf, one)
        counted = bool(grows and one and not money)
        have, need = self.words.pair(leaf.have, leaf.need, PLAIN if counted else leaf.unit)
        label = self._label(leaf)
        pattern = _BARS_OF_THINGS if counted else _BARS
        of = leaf.op or "="
        if of == ">=" and not counted and " of " in label:
            of = ">= of"
        now = self._now(leaf, have)
        return self.words.say(pattern[of], label=label, need=need, now=now)

    def _more(self, leaf: Checked, one: str | None) -> str:
        """Return how much more it takes: "USD 42,300 more revenue", "1 more certified person"."""
        assert leaf.short is not None
        count, text = self.words.missing(leaf.short, leaf.unit)
        many = self._short_label(leaf)
        if self._is_quoted(leaf):
            return self.words.say("{amount} more of {label}", amount=text, label=self._label(leaf))
        things = self._inside(many)
        if leaf.unit.kind != "money":
            whole = int(count) if count == int(count) else 2
            things = self._inside(one or many, many, whole)
        return self.words.say("{amount} more {things}", amount=text, things=things)

    # -- labels -----------------------------------------------------------------------------

    def _short_label(self, leaf: Checked) -> str:
        if _metric(leaf.criterion.left) is None:
            return leaf.label
        short = head(leaf.label)
        return short if self._heads[short] <= 1 else leaf.label

    def _is_quoted(self, leaf: Checked) -> bool:
        """Whether a label would fall apart inside a sentence: an expression, or a long one."""
        if isinstance(leaf.criterion.left, Ref | None):
            label = self._short_label(leaf)
            return head(label) != label
        return True

    def _label(self, leaf: Checked) -> str:
        if self._is_quoted(leaf):
            return f"“{self.words.catalogue.gettext(leaf.label)}”"
        return self._inside(self._short_label(leaf))

    def _inside(self, label: str, many: str = "", count: int = 1) -> str:
        """Return a label as it stands inside a sentence; a translated one stays as it is."""
        catalogue = self.words.catalogue
        found = catalogue.ngettext(label, many, count) if many else catalogue.gettext(label)
        return inside(found, self._names) if found in (label, many) else found

    def _now(self, leaf: Checked, have: str | None = None) -> str:
        if leaf.have is None:
            return self.words.say("no value yet")
        shown = have or self.words.figure(leaf.have, leaf.unit)
        return self.words.say("now {value}", value=shown)


#: How a bar is said for what can't be counted, and for things that can.
_BARS = {
    ">=": "{label} of {need} ({now})",
    ">= of": "{label} of at least {need} ({now})",
    ">": "{label} above {need} ({now})",
    "<=": "{label} of at most {need} ({now})",
    "<": "{label} below {need} ({now})",
    "=": "{label} of exactly {need} ({now})",
    "<>": "{label} other than {need} ({now})",
}
_BARS_OF_THINGS = {
    ">=": "{need} {label} ({now})",
    ">": "more than {need} {label} ({now})",
    "<=": "at most {need} {label} ({now})",
    "<": "fewer than {need} {label} ({now})",
    "=": "exactly {need} {label} ({now})",
    "<>": "other than {need} {label} ({now})",
}


def _outdone(node: Needed, index: int, order: list[int]) -> bool:
    """Whether a nearer way asks for less of the same: then this one need not be told."""
    mine = _only_leaf(node.parts[index])
    if mine is None or mine.short is None:
        return False
    nearer = (_only_leaf(node.parts[other]) for other in order[: order.index(index)])
    return any(
        other is not None
        and other.short is not None
        and (other.criterion.left, other.op) == (mine.criterion.left, mine.op)
        and other.short <= mine.short
        for other in nearer
    )


def _only_leaf(node: Node) -> Checked | None:
    """Return the one criterion that closes a requirement, or None where it takes several."""
    if isinstance(node, Checked):
        return node
    open_parts = [part for part in node.parts if not part.met]
    return _only_leaf(open_parts[0]) if len(open_parts) == 1 else None


def _metric(tree: object) -> MetricKey | None:
    match tree:
        case Ref("metric", (track, name)):
            return (track, name)
    return None
