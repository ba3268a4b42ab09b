"""Ways to spoil a document: as text (lines, characters) and as content (parts put elsewhere)."""

import copy
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from rulebook.errors import Problem
from rulebook.reading import read_document
from tests.frame.size import PROOF

ROOT = Path(__file__).parents[2]
SECONDS = 5.0

#: What hurts readers: numbers and dates at their ends, YAML's own signs, smuggled statements.
SPLINTERS = (
    """
1e400|NaN|-Infinity|0|-1|0.5|99999999999999999999999999|123456789012345678901234567|00|1_000
0x10|٣|null|~|yes|no|[]|{}|[[]]|{a: b}|[a, b]|- a|? a|: |# |*a|&a x|!!python/object:os.system x
<<: *a|---|...|%YAML 1.1|'|"|\\|\t|,|:|@|`|>|\u0000|\u2028|\ufeff|\u200b|\U0001f600|é|A
0000-00-00|0001-01-01|9999-12-31|2026-02-29|2024-02-29|2026-13-01|from 2026-01-01|02-29|15-01
(select 1)|; drop table x|-- x|/* x */|1 = 1|x'; --|count(*)|sum(amount)|sum(each)
date '2026-02-30'|revenue >= 1|track(x) >= gold|count_tracks(>= gold)|program(x) >= gold
partner.country|enrollment.start|as_of|each|branch|if(a, b, c)|case when a then b end
a in (1, null)|not a|- - a|((((a))))|a between b and c|date_add(as_of, 99999, 'year')
date_add(as_of, -99999, 'year') > as_of|1 / 0|round(1 / 3, 99)|trailing 12 months
this fiscal quarter, 3 years ago, enrolled|last 9999 years|since 0001-01-01|valid|lifetime
immediately|anniversary|fiscal quarterly|90 days|99999 years|next fiscal year|until_anniversary
at_least: 1|all: []|any: [a]|of: [a]|requires: a|keep: {a: 1}|values: {a: 1}|by: a|keys: [a]
entries: []|partners: [a]|tracks: {a: {}}|gaps: [a]|attested: {a: 1}|rates: {EUR: 1}|reads:
parent: a|id: [a]|Europe/Berlin|../../etc/passwd|USD|JPY|XXX|text|money|number|boolean|date
integer|yes_no|percent|fixed
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


def randomness(shard: int) -> Random:
    """The same on every run of a build, fresh in the proof."""
    return Random(os.urandom(16) if PROOF else shard)


def seeds(limit: int = 5_000) -> list[str]:
    """The project's own documents that are small enough to be read often."""
    paths = [*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("tests/rulebook/bad-input/*.yaml")]
    texts = [path.read_text(encoding="utf-8") for path in sorted(paths)]
    return [text for text in texts if len(text) <= limit and "metrics:" in text]


def mutated_text(text: str, random: Random, words: list[str]) -> str:
    """Return a text with a few lines or characters dropped, doubled, swapped or replaced."""
    lines = text.split("\n")
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        place = random.randrange(len(lines))
        line = lines[place]
        cut = random.randint(0, len(line))
        match random.randrange(9):
            case 0:
                lines[place] = ""
            case 1:
                lines.insert(place, line)
            case 2:
                other = random.randrange(len(lines))
                lines[place], lines[other] = lines[other], line
            case 3:
                lines[place] = line[:cut] + line[cut + 1 :]
            case 4:
                lines[place] = line[:cut] + random.choice(SPLINTERS) + line[cut:]
            case 5:
                lines[place] = line.partition(":")[0] + ": " + random.choice(SPLINTERS)
            case 6:
                lines[place] = line.replace(
                    random.choice(line.split() or ["x"]), random.choice(words), 1
                )
            case 7:
                lines[place] = " " * random.randrange(8) + line.lstrip()
            case _:
                parts = re.split(r"([:,{}\[\]])", line)
                parts[random.randrange(len(parts))] = " " + random.choice(SPLINTERS + words)
                lines[place] = "".join(parts)
    return "\n".join(lines)


def mutated_content(content: Any, random: Random, pool: list[Any]) -> Any:
    """Return content with a few parts dropped, renamed, nested, or taken from elsewhere."""
    content = copy.deepcopy(content)
    for _ in range(random.choice((1, 1, 2, 3))):
        places = list(_places(content))
        if not places:
            return content
        holder, key = random.choice(places)
        match random.randrange(8):
            case 0:
                del holder[key]
            case 1:
                holder[key] = copy.deepcopy(random.choice(pool))
            case 2 | 3:
                holder[key] = random.choice(SPLINTERS)
            case 4:
                holder[key] = {random.choice(SPLINTERS): holder[key]}
            case 5:
                holder[key] = [holder[key], copy.deepcopy(random.choice(pool))]
            case 6 if isinstance(holder, dict):
                holder[random.choice((*SPLINTERS, *(str(k) for h, k in places)))] = holder.pop(key)
            case _:
                if isinstance(holder[key], str):
                    words = holder[key].split(" ")
                    words[random.randrange(len(words))] = random.choice(SPLINTERS)
                    holder[key] = " ".join(words)
    return content


def _places(content: Any) -> Iterator[tuple[Any, Any]]:
    keys = content if isinstance(content, dict) else range(len(content))
    for key in list(keys):
        yield content, key
        if isinstance(content[key], dict | list):
            yield from _places(content[key])


def parts_of(text: str) -> list[Any]:
    """Return every part of a document, to be put elsewhere."""
    content = read_document(text).content
    return [holder[key] for holder, key in _places(content)]


#: Words that a person should never read: they come from a library or from the inside.
INSIDE = re.compile(
    r"Input should|validation error|Traceback|NoneType|<class|object at 0x|Error\b|Pydantic"
)


def judge(problems: list[Problem] | tuple[Problem, ...], source: str) -> None:
    """Fail where a message is no message for people."""
    for problem in problems:
        text = str(problem)
        text.encode()
        assert problem.message, source
        assert text.isprintable(), f"{text}\n{source}"
        assert not INSIDE.search(problem.message), f"{text}\n{source}"


def soon(work: Callable[[], Any], source: str) -> Any:
    """Return what a piece of work gives; fail where it takes long."""
    began = time.process_time()
    found = work()
    assert time.process_time() - began < SECONDS, source
    return found
