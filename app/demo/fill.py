"""How does an empty database become that of the demo organisation, in one transaction?"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.access import Actor
from app.demo.agreements import Agreements
from app.demo.biography import Biography, Desk
from app.demo.bulk import Bulk, Chain
from app.demo.calendar import CYCLE_OPENED, LIBRARY_READY, YEAR, Calendar
from app.demo.cases import Case, Cast, assign, cast_of
from app.demo.organisation import Organisation, build
from app.demo.publication import Office, Publisher
from app.demo.staff import Login, Staff
from app.errors import Conflict
from app.models import Cycle, KpiDefinition, Person
from app.rules.vocabulary import PeriodState, Role
from app.services.cycles import CycleValues, open_cycle
from app.services.library import seed_library
from app.settings import Settings

_AT_ONCE: Final = 250
"""People whose acts are put in order in the memory."""
Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How large the organisation shall be, how far in its year, and which of all possible ones."""

    employees: int = 40
    months: int = 10
    seed: int = 1


@dataclass(slots=True)
class Demo:
    """What was made."""

    logins: list[Login]
    cycle: str
    period: str
    published: list[str] = field(default_factory=list)
    """Numbers of the people whose scorecard for that period is published."""


def is_empty(session: Session) -> bool:
    """Whether nobody has begun to work with this database."""
    return not session.scalar(select(exists().where(Person.id.is_not(None)))) and not session.scalar(
        select(exists().where(Cycle.id.is_not(None)))
    )


def fill(session: Session, settings: Settings, wish: Wish, tell: Tell = lambda *_: None) -> Demo:
    """Make the organisation; Conflict where the database is not empty."""
    if not is_empty(session):
        raise Conflict("database_not_empty")
    return _Story(session, settings, wish, tell).play()


class _Story:
    def __init__(self, session: Session, settings: Settings, wish: Wish, tell: Tell) -> None:
        self._session = session
        self._settings = settings
        self._wish = wish
        self._tell = tell
        self._calendar = Calendar(wish.months)
        self._bulk = Bulk(session.connection())
        self._chain = Chain(session, self._bulk, wish.seed)
        self._missing: Counter[int] = Counter()
        """Entries that lack, by month."""

    def play(self) -> Demo:
        """From the first HR account to the published scorecards."""
        with clock.stopped_at(LIBRARY_READY):
            seed_library(self._session)
        organisation = build(self._wish.employees, self._wish.seed)
        cast = cast_of(organisation)
        cases = assign(organisation, cast, self._calendar, Random(f"{self._wish.seed}/cases"))
        staff = Staff(self._bulk, self._chain, organisation, cast)
        staff.write()
        logins = staff.accounts(self._wish.seed)
        self._bulk.write()
        demo = Demo(logins, str(YEAR), self._calendar.period)
        cycle = self._open_cycle(cast)
        self._people(organisation, cast, cases, cycle, demo)
        self._close_periods(cycle, cast)
        self._write_chain()
        return demo

    def _open_cycle(self, cast: Cast) -> Cycle:
        first, last = self._calendar.first_day, self._calendar.last_day
        hr = Actor(cast.hr.id, frozenset({Role.HR}), CYCLE_OPENED.date())
        values = CycleValues(code=str(YEAR), name=f"Kinerja {YEAR}", starts_on=first, ends_on=last)
        self._write_chain(CYCLE_OPENED)
        with clock.stopped_at(CYCLE_OPENED):
            opened = open_cycle(self._session, hr, values=values)
        wanted = select(Cycle).where(Cycle.id == opened.id)
        return self._session.scalars(wanted.options(selectinload(Cycle.periods), selectinload(Cycle.bands))).one()

    def _write_chain(self, until: datetime | None = None) -> None:
        for done in self._chain.write(until):
            self._tell("acts", done, self._chain.count)

    def _people(
        self, organisation: Organisation, cast: Cast, cases: Mapping[int, Case], cycle: Cycle, demo: Demo
    ) -> None:
        definitions = {each.code: each for each in self._session.scalars(select(KpiDefinition))}
        office = Office(organisation, self._settings, cast.hr.id)
        publisher = Publisher(self._bulk, self._chain, cycle, office)
        desk = Desk(self._bulk, self._chain, self._calendar, Agreements(cycle, definitions, self._bulk.ids), office)
        biography = Biography(desk, publisher, cycle, self._missing)
        for number, person in enumerate(organisation.people, start=1):
            chance = Random(f"{self._wish.seed}/{person.id}")
            if biography.write(person, cases.get(person.id, Case.NONE), chance):
                demo.published.append(person.number)
            if number % _AT_ONCE == 0:
                self._chain.set_aside()
                self._tell("people", number, len(organisation.people))

    def _close_periods(self, cycle: Cycle, cast: Cast) -> None:
        for period in cycle.periods:
            month = period.starts_on.month
            if month < self._calendar.months:
                period.state = PeriodState.CLOSED
                facts = {"cycle": cycle.code, "period": period.code, "missing": self._missing[month]}
                self._chain.note(
                    self._calendar.closed(month),
                    "period.closed",
                    actor_id=cast.hr.id,
                    about=("period", period.id),
                    details=facts,
                )
        self._session.flush()
