"""Who acts on the last day of the story, at which moment, and on whose results?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from random import Random
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, managers_above
from app.demo.cases import Case
from app.demo.chapters import Setting
from app.demo.publication import new_code
from app.errors import KinerjaError
from app.models import Appraisal, Cycle, Period, Person, PublishedScorecard
from app.rules.vocabulary import AppraisalState, Role
from app.services.where import Where

_OPENS_AFTER: Final = timedelta(minutes=15)
_BETWEEN: Final = timedelta(minutes=2)


class Stage:
    """The people of the cast and of the manager's team, and the clock of the last day."""

    def __init__(self, session: Session, cycle: Cycle, setting: Setting) -> None:
        self.session = session
        self.cycle = cycle
        self.setting = setting
        self.period: Period = next(each for each in cycle.periods if each.code == setting.calendar.period)
        self._chance = Random(f"{setting.wish.seed}/last day")
        self._now = setting.calendar.now + _OPENS_AFTER

    @contextmanager
    def act(self) -> Iterator[None]:
        """One thing after the other; what cannot be done in an organisation this small is left out as a whole."""
        self._now += _BETWEEN
        with clock.stopped_at(self._now), suppress(KinerjaError), self.session.begin_nested():
            yield

    def code(self) -> str:
        """A verification code that comes out the same."""
        return new_code(self._chance)

    # --- People -------------------------------------------------------------------------------------------------------

    def by(self, person_id: int) -> Actor:
        """Somebody without a role."""
        return Actor(person_id, frozenset(), self.setting.calendar.now.date())

    @property
    def hr(self) -> Actor:
        """The head of HR."""
        return Actor(self.setting.cast.hr.id, frozenset({Role.HR}), self.setting.calendar.now.date())

    @property
    def manager(self) -> Actor:
        """The manager who can sign in."""
        return self.by(self.setting.cast.manager.id)

    @property
    def employee(self) -> Actor:
        """The employee who can sign in."""
        return self.by(self.setting.cast.employee.id)

    def managers_of(self, person_id: int) -> Sequence[int]:
        """Who leads somebody today, the nearest first."""
        return managers_above(self.session, person_id, self.hr.today)

    def second_of(self, person_id: int) -> Actor:
        """Who is above somebody's manager, or HR where nobody is."""
        above = self.managers_of(person_id)
        return self.by(above[1]) if len(above) > 1 and above[1] != self.hr.person_id else self.hr

    def where(self, person_id: int) -> Where:
        """Somebody's review of the latest month."""
        return Where(person_id, self.cycle.code, self.period.code)

    def team(self) -> Sequence[Person]:
        """The manager's people who are still there, the employee of the cast first."""
        wanted = select(Person).where(Person.id.in_(self.setting.cast.manager.team), Person.left_on.is_(None))
        return self.session.scalars(wanted.order_by(Person.id)).all()

    def published_team(self) -> Sequence[PublishedScorecard]:
        """The team's results of the latest month that are out; that of the employee of the cast waits for a receipt."""
        ids = [person.id for person in self.team() if person.id != self.employee.person_id]
        wanted = (
            select(PublishedScorecard)
            .join(PublishedScorecard.appraisal)
            .where(
                Appraisal.person_id.in_(ids),
                Appraisal.period_id == self.period.id,
                Appraisal.state == AppraisalState.PUBLISHED,
            )
            .options(joinedload(PublishedScorecard.appraisal))
            .order_by(Appraisal.person_id)
        )
        return self.session.scalars(wanted).all()

    def unpublished(self, *, in_team: bool, most: int) -> list[int]:
        """Whose latest month has no result yet."""
        team = self.setting.cast.manager.team
        found = [key for key, case in self.setting.cases.items() if case is Case.UNPUBLISHED]
        return sorted(key for key in found if (key in team) is in_team)[:most]
