"""Who works in the demo organisation, where, as what, for whom, and since when?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from app.demo.content import Company, Division, Job, company
from app.demo.names import Register

FEWEST: Final = 5
"""Below this number there is no room for HR, an auditor, a manager and an employee."""
_SPAN: Final = 9
"""Up to so many people report to one manager directly."""
_TEAM: Final = 7
_MOST_BELOW: Final = 8
_FIRST_JOINED: Final = date(2011, 1, 3)
_JOINED_BY: Final = date(2025, 9, 1)


@dataclass(slots=True)
class UnitRow:
    """A unit of the tree."""

    id: int
    code: str
    name: str
    parent_id: int | None


@dataclass(slots=True)
class Seat:
    """Where somebody sits and as what, and to whom they report; from a day on, both days included."""

    unit: UnitRow
    job: Job
    manager_id: int | None
    starts_on: date
    ends_on: date | None = None


@dataclass(slots=True)
class Employee:
    """Somebody on the staff of the demo organisation."""

    id: int
    number: str
    name: str
    email: str
    division: str
    level: int
    """How many levels of people are below: 0 for staff, 1 for who leads staff."""
    joined_on: date
    seats: list[Seat]
    left_on: date | None = None
    team: list[int] = field(default_factory=list)

    @property
    def family(self) -> str:
        """The family of plans of the present position."""
        return self.seats[-1].job.family

    def seat_on(self, day: date) -> Seat:
        """The seat held on a day, or the last one before leaving."""
        return next((seat for seat in self.seats if seat.ends_on is None or day <= seat.ends_on), self.seats[-1])


@dataclass(slots=True)
class Organisation:
    """Everybody, with units and positions; the first person is the head of all."""

    units: list[UnitRow]
    jobs: dict[str, int]
    """Names of positions with their ids."""
    people: list[Employee]


def build(employees: int, seed: int) -> Organisation:
    """The organisation of so many people."""
    return _Builder(employees, seed).build()


class _Builder:
    def __init__(self, employees: int, seed: int) -> None:
        self._count = employees
        self._chance = Random(f"{seed}/organisation")
        self._register = Register()
        self._company: Company = company()
        self._organisation = Organisation([], {}, [])
        self._digits = max(4, len(str(employees)))

    def build(self) -> Organisation:
        root = self._unit("KP", self._company.name, None)
        office = self._unit("DIR", self._company.head_office, root)
        head = self._person(Job(self._company.head, ""), office, None, "", level=9)
        for division, size in self._sizes():
            unit = self._unit(division.code, division.name, root)
            self._tree(division, unit, division.head, size, head)
        return self._organisation

    def _sizes(self) -> Iterator[tuple[Division, int]]:
        """How many people each division has; the first ones, without which nothing works, have at least one."""
        divisions, people = self._company.divisions, self._count - 1
        whole = sum(division.share for division in divisions)
        must = {"PJL": 2, "SDM": 1, "AUD": 1}
        sizes = {d.code: max(must.get(d.code, 0), people * d.share // whole) for d in divisions}
        rests = sorted(divisions, key=lambda d: (-(people * d.share % whole), d.code))
        for place in range(people - sum(sizes.values())):
            sizes[rests[place % len(rests)].code] += 1
        excess = sum(sizes.values()) - people
        for code in ("PJL", "LPL", "OPS", "PMS", "KEU"):
            taken = min(excess, sizes[code] - must.get(code, 0))
            sizes[code] -= taken
            excess -= taken
        return ((division, sizes[division.code]) for division in divisions if sizes[division.code])

    def _tree(self, division: Division, unit: UnitRow, job: Job, size: int, above: Employee) -> None:
        """A manager with everybody below, level by level."""
        below = size - 1
        groups = [] if below <= _SPAN else _shared(below, min(_MOST_BELOW, max(2, below // _TEAM)))
        leader = self._person(job, unit, above, division.code, level=_levels(size))
        if not groups:
            for _ in range(below):
                self._person(self._job(division.staff), unit, leader, division.code, level=0)
        for place, group in enumerate(groups):
            level = _levels(group)
            job_below = division.managers[min(level, len(division.managers)) - 1]
            self._tree(division, self._unit_below(division, unit, place, level), job_below, group, leader)

    def _unit_below(self, division: Division, unit: UnitRow, place: int, level: int) -> UnitRow:
        """Areas get names, deeper levels numbers; a team deep down shares the unit of those above."""
        is_top = unit.code == division.code
        if level <= 1 and not is_top:
            return unit
        name = f"{unit.name} {place + 1}"
        if is_top and place < len(division.units):
            area = division.units[place]
            name = f"{division.name} {area}" if division.code == "PJL" else area
        return self._unit(f"{unit.code}-{place + 1:02}", name, unit)

    def _unit(self, code: str, name: str, parent: UnitRow | None) -> UnitRow:
        unit = UnitRow(len(self._organisation.units) + 1, code, name, parent.id if parent else None)
        self._organisation.units.append(unit)
        return unit

    def _job(self, jobs: Sequence[Job]) -> Job:
        return self._chance.choices(jobs, [job.share for job in jobs])[0]

    def _person(self, job: Job, unit: UnitRow, above: Employee | None, division: str, *, level: int) -> Employee:
        people, chance = self._organisation.people, self._chance
        self._organisation.jobs.setdefault(job.name, len(self._organisation.jobs) + 1)
        number = len(people) + 1
        name = self._register.name(chance)
        # Who leads has mostly been there for longer
        last = _JOINED_BY - timedelta(days=min(level, 4) * 700)
        joined_on = _FIRST_JOINED + timedelta(days=chance.randrange((last - _FIRST_JOINED).days))
        person = Employee(
            id=number,
            number=f"K{number:0{self._digits}}",
            name=name,
            email=self._register.email(name),
            division=division,
            level=level,
            joined_on=joined_on,
            seats=[Seat(unit, job, above.id if above else None, joined_on)],
        )
        people.append(person)
        if above is not None:
            above.team.append(number)
        return person


def line_start(person_joined_on: date, manager_joined_on: date) -> date:
    """From which day on somebody reports to a manager: both must be there."""
    return max(person_joined_on, manager_joined_on)


def _levels(size: int) -> int:
    """How many levels are below somebody who leads a group of this size, themselves included."""
    if size == 1:
        return 0
    below = size - 1
    if below <= _SPAN:
        return 1
    return 1 + _levels(max(_shared(below, min(_MOST_BELOW, max(2, below // _TEAM)))))


def _shared(people: int, groups: int) -> list[int]:
    """Groups of nearly equal size."""
    each, more = divmod(people, groups)
    return [each + (place < more) for place in range(groups)]
