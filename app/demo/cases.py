"""Which people have something special about them, so that every state of the product can be looked at?"""

from datetime import date, timedelta
from enum import Enum, auto
from random import Random
from typing import Final, NamedTuple

from app.demo.calendar import MONTHS, YEAR, Calendar
from app.demo.organisation import Employee, Organisation, Seat


class Case(Enum):
    """What is special about somebody."""

    NONE = auto()
    NO_PLAN = auto()
    """Has just joined."""
    UNFINISHED = auto()
    """Joined lately; the plan is still being written."""
    READY = auto()
    """Joined lately; the plan is complete and waits for HR."""
    LEFT = auto()
    JOINED = auto()
    """Joined in the course of the year and has a plan for the rest of it."""
    REVISED = auto()
    """Moved to another team, with a new version of the plan."""
    IN_REVISION = auto()
    """A new version of the plan is being written while the old one holds."""
    UNPUBLISHED = auto()
    TYPED_WEIGHTS = auto()
    RANKED = auto()
    OVERRIDDEN = auto()


_SHARES: Final = (
    (Case.LEFT, 30),
    (Case.REVISED, 25),
    (Case.UNFINISHED, 15),
    (Case.NO_PLAN, 15),
    (Case.JOINED, 45),
    (Case.UNPUBLISHED, 100),
    (Case.OVERRIDDEN, 25),
    (Case.TYPED_WEIGHTS, 30),
    (Case.RANKED, 30),
    (Case.READY, 15),
    (Case.IN_REVISION, 15),
)
"""How many of a thousand people; at least one of each, in this order, as long as there is staff."""


Teams = dict[str, list[Employee]]
_TRIES: Final = 10
_SETTLED, _WAITING = 4, 3
"""Of the manager's team: the first ones have their results, some of the others not yet."""


class Cast(NamedTuple):
    """Those who can sign in."""

    hr: Employee
    manager: Employee
    employee: Employee
    auditor: Employee


def cast_of(organisation: Organisation) -> Cast:
    """The first of their kind: the head of HR, a manager of staff with the largest team, and one of that team."""
    people = organisation.people
    managers = [person for person in people if person.division == "PJL" and person.team]
    lowest = [person for person in managers if person.level == 1] or managers
    manager = max(lowest, key=lambda person: (min(len(person.team), 8), -person.id))
    return Cast(
        hr=next(person for person in people if person.division == "SDM"),
        manager=manager,
        employee=people[manager.team[0] - 1],
        auditor=next(person for person in people if person.division == "AUD"),
    )


def assign(organisation: Organisation, cast: Cast, calendar: Calendar, chance: Random) -> dict[int, Case]:
    """Who is which case; days of joining and leaving and moves are written to the people at once."""
    staff = [person for person in organisation.people if not person.team and person not in cast]
    chance.shuffle(staff)
    # Some whom the manager has yet to score
    waiting = [key for key in cast.manager.team[_SETTLED:] or cast.manager.team[-1:] if key != cast.employee.id]
    waiting = waiting[-_WAITING:]
    teams = _teams(organisation)
    cases: dict[int, Case] = {person.id: Case.UNPUBLISHED for person in staff if person.id in waiting}
    # The others of the team come last, so that most of what can happen to a result happens to them
    staff = sorted(
        (each for each in staff if each.id not in waiting), key=lambda each: each.id not in cast.manager.team
    )
    for case, share in _SHARES:
        for _ in range(max(1, share * len(organisation.people) // 1000)):
            if not staff or (case is Case.REVISED and revised_from(calendar) is None):
                break
            person = staff.pop()
            cases[person.id] = case
            _write(person, case, calendar, teams, chance)
    return cases


def revised_from(calendar: Calendar) -> date | None:
    """The day on which plans were revised, if the year has come so far."""
    month = min(7, calendar.months - 1)
    return date(YEAR, month, 1) if month > 1 else None


def _write(person: Employee, case: Case, calendar: Calendar, teams: Teams, chance: Random) -> None:
    if case is Case.NO_PLAN:
        _join(person, calendar.recorded_until + timedelta(days=2 if calendar.is_running else -3))
    elif case in (Case.UNFINISHED, Case.READY):
        _join(person, date(YEAR, calendar.months, 5 + chance.randrange(5)))
    elif case is Case.JOINED:
        _join(person, date(YEAR, chance.randrange(1, max(2, calendar.months - 1)), chance.choice((1, 5, 15))))
    elif case is Case.LEFT:
        last = min(calendar.months, MONTHS - 1)
        person.left_on = date(YEAR, chance.randrange(min(3, last), last + 1), chance.randrange(10, 27))
        person.seats[-1].ends_on = person.left_on
    elif case is Case.REVISED and (day := revised_from(calendar)):
        _move(person, day, teams, chance)


def _join(person: Employee, day: date) -> None:
    person.joined_on = person.seats[0].starts_on = day


def _teams(organisation: Organisation) -> Teams:
    """Those who lead staff, by division."""
    teams: Teams = {}
    for person in organisation.people:
        if person.level == 1:
            teams.setdefault(person.division, []).append(person)
    return teams


def _move(person: Employee, day: date, teams: Teams, chance: Random) -> None:
    """Let somebody join another team of the same division, if one in another unit is found."""
    seat = person.seats[-1]
    found = (chance.choice(teams.get(person.division, [person])) for _ in range(_TRIES))
    manager = next((other for other in found if other.seats[-1].unit is not seat.unit), None)
    if manager is None:
        return
    seat.ends_on = day - timedelta(days=1)
    person.seats.append(Seat(manager.seats[-1].unit, seat.job, manager.id, day))
