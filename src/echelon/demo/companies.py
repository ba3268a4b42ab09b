"""The partners of the demo: who they are, whose family they are in, and how business goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from ruamel.yaml import YAML

from echelon.demo import naming
from echelon.demo.calendar import beginning, gain, lapse
from echelon.demo.chance import Chance

#: How much what the n-th largest sells in a year, in US dollars: HARMONIC / (n + FLAT).
_HARMONIC, _FLAT, _SCALE = 9_000_000, 6, 300
#: Kinds with how often they come; distributors come with their families.
_KINDS = {"reseller": 50, "var": 20, "msp": 17, "si": 8, "consultant": 5}
#: Families beside the cast's: of so many companies one is a distributor, one a group's parent.
_DISTRIBUTOR_EACH, _GROUP_EACH = 22, 14
#: The most that stand right below one company: of a distributor, of a group.
_MOST_BELOW = {True: 7, False: 3}
SEGMENTS = ((250_000, "Enterprise"), (80_000, "Mid-market"), (0, "Small business"))


@dataclass(frozen=True)
class Company:
    """A partner, as its row in the file says it, and how its business goes."""

    key: str
    name: str
    domain: str
    kind: str
    where: naming.Place
    joined: date
    parent: str = ""
    role: str = ""  # in the story: see cast.yaml
    address: str = ""
    description: str = ""
    phone: str = ""
    vertical: str = ""
    tags: tuple[str, ...] = ()
    employees: int = 10
    #: Sales in the last year in US dollars, change a year in percent, and whether they fell off.
    yearly: int = 0
    trend: int = 0
    fades: bool = False
    #: People with certificates, and deals registered a year; None: as the size has it.
    certified: int | None = None
    deals: int | None = None
    #: The tier of the partner program that it began with.
    tier: str = "registered"
    #: The day on which all its certificates ran out, or on which the last was gained.
    lapses: date | None = None
    gains: date | None = None

    @property
    def segment(self) -> str:
        """Return how large it is, in the vendor's words."""
        return next(name for least, name in SEGMENTS if self.yearly >= least)

    @property
    def serves(self) -> bool:
        """Whether it looks after what others sold: a company of the services program."""
        return self.kind in {"msp", "si"} or self.role in {"reseller", "distributor"}


def companies(count: int, today: date, seed: int) -> list[Company]:
    """Return so many companies: the cast first, then others, parents before their children."""
    cast = _cast(today)
    taken = {each.domain for each in cast}
    found = list(cast[:count])
    chance = Chance(seed, "companies")
    sizes = chance.some(range(count), count)
    parents: list[Company] = []
    called: dict[str, str] = {}
    while len(found) < count:
        number = len(found)
        below = _parent(chance, [each for each in parents if _has_room(each, found)])
        where = _place(chance, below)
        group = called.get(below.key) if below and below.kind != "distributor" else None
        word, name, domain = _unused(chance, where, taken, group)
        made = Company(
            key=f"P{1001 + number}",
            name=name,
            domain=domain,
            kind=chance.weighted(list(_KINDS), list(_KINDS.values())),
            where=where,
            joined=_joined(chance, today),
            parent=below.key if below else "",
        )
        made = _with_business(chance, made, sizes[number] * _SCALE // count)
        if below is None and chance.below(_DISTRIBUTOR_EACH) == 0:
            made = replace(made, kind="distributor", joined=beginning(today))
            parents.append(made)
        elif below is None and chance.below(_GROUP_EACH) == 0:
            made = replace(made, joined=beginning(today))
            parents.append(made)
        called[made.key] = word
        found.append(_with_profile(chance, made))
    return found


def _cast(today: date) -> list[Company]:
    """Return those whom the story names."""
    said = YAML(typ="safe").load(Path(__file__).with_name("cast.yaml").read_text("utf-8"))
    found = []
    for number, each in enumerate(said["companies"]):
        country, city = each.pop("country"), each.pop("city")
        where, joined = naming.place(country), each.pop("joined_years", 3)
        found.append(
            Company(
                key=f"P{1001 + number}",
                where=where,
                joined=beginning(today) if joined == 3 else today - timedelta(days=365 * joined),
                address=f"{naming.address(Chance(0, each['domain']), where).split(',')[0]}, {city}",
                phone=f"{where.dial} 555 01{number:02d}",
                tags=tuple(each.pop("tags", ())),
                lapses=lapse(today) if each.pop("lapses", False) else None,
                gains=gain(today) if each.pop("gains", False) else None,
                **each,
            )
        )
    return found


def _joined(chance: Chance, today: date) -> date:
    """Return when a company came: most at the beginning, the others ever since."""
    if chance.percent(55):
        return beginning(today)
    return chance.day(beginning(today), today - timedelta(days=45))


def _place(chance: Chance, below: Company | None) -> naming.Place:
    """Return where a company is: in its distributor's region, in its group's country, anywhere."""
    if below is not None and below.kind != "distributor":
        return below.where
    known = naming.places()
    if below is not None:
        known = tuple(each for each in known if each.region == below.where.region)
    return chance.weighted(known, [each.weight for each in known])


def _parent(chance: Chance, parents: Sequence[Company]) -> Company | None:
    """Return a parent for the next company, of those that came last, or none."""
    return chance.pick(parents) if parents and chance.percent(32) else None


def _has_room(parent: Company, found: Sequence[Company]) -> bool:
    """Whether one more may stand below a company."""
    count = sum(each.parent == parent.key for each in found)
    return count < _MOST_BELOW[parent.kind == "distributor"]


def _unused(
    chance: Chance, where: naming.Place, taken: set[str], of_parent: str | None
) -> tuple[str, str, str]:
    """Return a word, a name with it and a domain that nobody else has.

    A company of a group has the group's word, any other one that is new if there is one.
    """
    for attempt in range(60):
        word = of_parent if of_parent and attempt < 20 else naming.word(chance, where)
        if word in taken and word != of_parent and attempt < 40:
            continue
        name, domain = naming.company(chance, where, word)
        if not taken & {name, domain}:
            break
    else:
        name, domain = f"{name} {len(taken)}", f"{domain}-{len(taken)}"
    taken |= {word, name, domain}
    return word, name, domain


def _with_business(chance: Chance, made: Company, rank: int) -> Company:
    """Return a company with what it sells: the rank-th of all, less where markets emerge."""
    yearly = _HARMONIC // (rank + _FLAT) * chance.between(80, 120) // 100
    if made.where.group == "emerging":
        yearly = yearly * 6 // 10
    return replace(
        made,
        yearly=yearly,
        trend=chance.between(-22, 38),
        fades=chance.percent(12),
        employees=max(3, yearly // chance.between(6_000, 16_000)),
    )


def _with_profile(chance: Chance, made: Company) -> Company:
    said = naming.words()
    city = chance.pick(made.where.cities)
    count = chance.between(0, 3)
    return replace(
        made,
        address=naming.address(chance, made.where),
        phone=f"{made.where.dial} 555 {chance.between(1000, 9999)}",
        description=chance.pick(said["descriptions"]).format(n=made.employees, city=city)
        if chance.percent(70)
        else "",
        vertical=chance.pick(said["verticals"]) if chance.percent(80) else "",
        tags=tuple(chance.some(said["tags"], count)),
    )
