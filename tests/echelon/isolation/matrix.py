"""Every address by every method as every role with everybody's ids, judged by the table of roles.

A case is judged by five rules. Who may gets an answer that shows the object's canary. Who may not
gets, byte by byte, what an id that leads nowhere gets. Strangers are sent to sign in. And whatever
is answered, it holds no canary and no amount that the role may not see. What was changed left an
audit event, and what was refused left none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from django.conf import settings

from tests.echelon.isolation.asking import METHODS, PLACE, Answer, addresses, ask, difference
from tests.echelon.isolation.filling import canaries
from tests.echelon.isolation.lines import Line, Lines
from tests.echelon.isolation.roles import (
    KEYS,
    MODELS,
    NOTHING,
    RELATIONS,
    STRANGERS,
    VENDORS,
    cell,
    enters,
    whose,
)
from tests.echelon.isolation.world import World

SURFACES = ("vendor", "portal", "api")
_AMOUNT = re.compile(r"\d{1,3}(?:[,.’' \u00a0\u202f]?\d{3})+")
_ROWS = {model.lower().replace("z", "s"): row for model, row in MODELS.items()}


def surface_of(address: str) -> str:
    """Which surface an address belongs to."""
    first = address.partition("/")[0]
    return first if first in SURFACES else "shell"


def slots(address: str, line: Line, nouns: Iterable[str]) -> list[str]:
    """The ids that a request carries: in the path, and those in query and body."""
    said = str([line.query, line.form, line.json, line.files])
    named = [name for _, name in PLACE.findall(address)] + re.findall(r"\{(\w+)\}", said)
    known = set(nouns)
    return [name for name in dict.fromkeys(named) if name in known]


def judged(
    world: World, role: str, address: str, method: str, line: Line, count: Counter[str]
) -> Iterator[str]:
    """Ask one address by one method as one role in every way; yield what is wrong."""
    surface = surface_of(address)
    enter = enters(surface, role)
    reach = whose(line.row, role) if enter else frozenset[str]()
    nouns = slots(address, line, world.nouns())
    in_path = [name for _, name in PLACE.findall(address)]

    def asked(stage: str, **ids: str) -> Answer:
        count[role] += 1
        return ask(world, role, address, method, line, ids, stage)

    def wrong(answer: Answer, about: str, with_whose: str) -> str:
        said = " ".join(answer.text[:300].split())
        return f"{role} {method} {address} with {with_whose}: {about} ({answer.status} {said!r})"

    def faults(answer: Answer, relation: str = "own") -> Iterator[str]:
        yield from leaks(world, role, answer)
        if method != "GET":
            yield from untrailed(answer, line, relation)

    if not nouns:
        answer = asked("own")
        yield from (wrong(answer, fault, "no id") for fault in faults(answer))
        if enter and cell(line.row, role) != "-":
            if not succeeds(answer, line):
                yield wrong(answer, "should succeed", "no id")
        elif not refused(answer, role, surface):
            yield wrong(answer, "should be refused", "no id")
        return
    nothing = asked("own", **dict.fromkeys(nouns, NOTHING))
    if (in_path or not enter) and not refused(nothing, role, surface):
        yield wrong(nothing, "should be refused", "ids of nothing")
    for relation in RELATIONS:
        answer = asked(relation, **dict.fromkeys(nouns, relation))
        yield from (wrong(answer, fault, relation) for fault in faults(answer, relation))
        if relation not in reach:
            if answer.said != nothing.said:
                told = difference(answer, nothing)
                yield f"{role} {method} {address} with {relation}: tells that it is there: {told}"
        elif not succeeds(answer, line):
            yield wrong(answer, "should succeed", relation)
        elif method == "GET" and in_path and line.shows and not _shows(answer, relation):
            yield wrong(answer, "shows no canary of its own", relation)
    if "own" not in reach or len(reach) == len(RELATIONS):
        return
    for noun in nouns if len(nouns) > 1 else []:
        ids = dict.fromkeys(nouns, "own")
        nothing = asked("own", **{**ids, noun: NOTHING})
        for relation in RELATIONS:
            if relation in reach | _readable(noun, role):
                continue
            answer = asked("own", **{**ids, noun: relation})
            yield from (wrong(answer, fault, relation) for fault in faults(answer))
            if answer.said != nothing.said:
                told = difference(answer, nothing)
                yield f"{role} {method} {address} with {noun} of {relation}: tells that: {told}"


def filtered(
    world: World, role: str, address: str, line: Line, count: Counter[str]
) -> Iterator[str]:
    """Ask for a page with everybody's ids in the query, by every name that an id may have."""
    every = frozenset(RELATIONS)  # what may be read anyway tells nothing
    nouns = [
        noun
        for noun in world.nouns()
        if noun not in line.query and (noun not in _ROWS or whose(_ROWS[noun], role) != every)
    ]
    places = [name for _, name in PLACE.findall(address) if name in world.nouns()]
    own = dict.fromkeys(places, "own")

    def asked(relation: str) -> Answer:
        count[role] += 1
        asks = {noun: f"{{{noun}_}}" for noun in nouns}
        swapped = Line(line.row, query={**line.query, **asks}, before=line.before)
        ids = {**own, **{f"{noun}_": relation for noun in nouns}}
        return ask(world, role, address, "GET", swapped, ids, "own")

    nothing = asked(NOTHING)
    for relation in ("sibling", "other"):
        if relation in whose(line.row, role):
            continue
        answer = asked(relation)
        for leak in leaks(world, role, answer):
            yield f"{role} GET {address} filtered by ids of {relation}: {leak}"
        if answer.said != nothing.said:
            told = difference(answer, nothing)
            yield f"{role} GET {address} filtered by ids of {relation}: tells that: {told}"


def unlisted(world: World, role: str, lines: Lines, count: Counter[str]) -> Iterator[str]:
    """Ask every address by the methods that no line names: nobody is answered."""
    for address in addresses():
        for method in METHODS:
            if (address, method) in lines:
                continue
            count[role] += 1
            ids = dict.fromkeys((name for _, name in PLACE.findall(address)), "own")
            known = {noun: own for noun, own in ids.items() if noun in world.nouns()}
            answer = ask(world, role, address, method, Line("public"), known, "own")
            if answer.status not in {401, 403, 404, 405} and not _to_sign_in(answer):
                yield f"{role} {method} {address}: answers {answer.status}, and no line names it"


def leaks(world: World, role: str, answer: Answer) -> Iterator[str]:
    """Yield what an answer holds and this role may not see."""
    for relation, model in sorted(canaries(answer.whole)):
        row = _ROWS.get(model)
        if row is None:
            yield f"shows {model}, of which roles.MODELS doesn't say who may see it"
        elif relation not in whose(row, role) and (relation, model) != ("own", "user"):
            yield f"shows {model} of {relation}"
    for text in _AMOUNT.findall(answer.whole):
        owner = world.primes.get(int(re.sub(r"\D", "", text)))
        if owner is not None and owner not in whose("facts: read", role):
            yield f"shows an amount of {owner}"


def untrailed(answer: Answer, line: Line, relation: str) -> Iterator[str]:
    """Yield what is wrong between an answer to a change and the trail that it left.

    For an archived company a form may come back with the reason why not.
    """
    if not 200 <= answer.status < 400 or _to_sign_in(answer):
        if answer.events:
            yield "was refused and left an audit event: something was done"
    elif answer.status == 200 and relation == "archived":
        return
    elif not answer.events and not line.unaudited:
        yield "left no audit event"


def succeeds(answer: Answer, line: Line) -> bool:
    """Whether somebody got what they came for."""
    if answer.status in line.also:
        return True
    return 200 <= answer.status < 400 and not _to_sign_in(answer)


def refused(answer: Answer, role: str, surface: str) -> bool:
    """Whether somebody was told what everybody is told who may not, or who asks for nothing."""
    if role in STRANGERS and surface == "api":
        return answer.status == 401
    if role in STRANGERS:
        return _to_sign_in(answer)
    return answer.status == 404


def _to_sign_in(answer: Answer) -> bool:
    return answer.status == 302 and f"Location: {settings.LOGIN_URL}" in "\n".join(answer.headers)


def _shows(answer: Answer, relation: str) -> bool:
    return any(whose_row == relation for whose_row, _ in canaries(answer.whole))


def _readable(noun: str, role: str) -> frozenset[str]:
    """Whose objects of a kind a role may see elsewhere: those may be named beside own ones."""
    row = _ROWS.get(noun)
    return whose(row, role) if row and role in VENDORS | KEYS else frozenset()
