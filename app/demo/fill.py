"""How does an empty database become that of the demo organisation, in one transaction?"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from app import clock
from app.access import Actor
from app.demo.bulk import Ids, Sheets, Writer
from app.demo.calendar import CYCLE_OPENED, LIBRARY_READY, YEAR
from app.demo.chain import Chain, Notes
from app.demo.chapters import Frame, Setting, Wish, Work, written
from app.demo.followed import follow_team
from app.demo.prepared import prepare
from app.demo.shown import show
from app.demo.staff import Login, Staff
from app.demo.stage import Stage
from app.errors import Conflict
from app.models import Cycle, KpiDefinition, Person
from app.rules.vocabulary import PeriodState, Role
from app.services.audit import SALTS
from app.services.behaviours import behaviours_of
from app.services.cycles import CycleValues, PolicyValues, open_cycle
from app.services.library import seed_library
from app.services.organisation import SETTINGS
from app.settings import Settings

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


_USUALLY: Final = Work()


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
    return not any(session.scalar(select(exists().where(model.id.is_not(None)))) for model in (Person, Cycle))


def fill(session: Session, settings: Settings, wish: Wish, tell: Tell = lambda *_: None, work: Work = _USUALLY) -> Demo:
    """Make the organisation; Conflict where the database is not empty."""
    if not is_empty(session):
        raise Conflict("database_not_empty")
    salts = Random(f"{wish.seed}/salts")
    # Whoever is told something in the story reads it in the service; no mail goes out
    told = {SETTINGS: settings.model_copy(update={"smtp_host": ""}), SALTS: lambda: f"{salts.getrandbits(128):032x}"}
    before = {name: session.info.get(name) for name in told}
    session.info.update(told)
    try:
        return _Story(session, settings, wish, tell, work).play()
    finally:
        session.info.update(before)
        for name in [name for name, value in before.items() if value is None]:
            del session.info[name]


class _Story:
    def __init__(self, session: Session, settings: Settings, wish: Wish, tell: Tell, work: Work) -> None:
        self._session = session
        self._settings = settings
        self._setting = Setting(wish)
        self._tell = tell
        self._work = work
        self._writer = Writer(session.connection())
        self._chain = Chain(session, self._writer)
        self._goals: dict[str, int] = {}

    def play(self) -> Demo:
        """From the first HR account to the published scorecards."""
        with clock.stopped_at(LIBRARY_READY):
            seed_library(self._session)
        demo = Demo(self._enter_staff(), str(YEAR), self._setting.calendar.period)
        self._write_chain(CYCLE_OPENED)
        cycle = self._open_cycle()
        missing = self._write_chapters(cycle, demo)
        self._close_periods(cycle, missing)
        self._write_chain()
        self._writer.finish()
        follow_team(self._session, cycle, self._setting.calendar, self._setting.cast)
        show(Stage(self._session, cycle, self._setting))
        return demo

    def _enter_staff(self) -> list[Login]:
        # People and what belongs to them were numbered by the organisation; words come after those of all chapters
        sheets = Sheets(self._session.connection().dialect, Ids())
        words = Sheets(self._session.connection().dialect, Ids(self._setting.wish.employees + self._work.people))
        notes = Notes(words, self._setting.wish.seed, 0)
        staff = Staff(sheets, notes, self._setting.organisation, self._setting.cast)
        staff.write()
        logins = staff.accounts(self._setting.wish.seed)
        self._writer.write(sheets.taken())
        self._writer.write(words.taken())
        self._chain.extend(notes.acts)
        return logins

    def _open_cycle(self) -> Cycle:
        calendar = self._setting.calendar
        hr = Actor(self._setting.cast.hr.id, frozenset({Role.HR}), CYCLE_OPENED.date())
        values = CycleValues(
            code=str(YEAR),
            name=f"Kinerja {YEAR}",
            starts_on=calendar.first_day,
            ends_on=calendar.last_day,
            policy=PolicyValues(asks_agreement=False),  # the next cycle will be the first one that asks for it
        )
        with clock.stopped_at(CYCLE_OPENED):
            opened = open_cycle(self._session, hr, values=values)
        self._writer.finish()  # what follows is numbered by the database
        self._goals = prepare(self._session, opened, calendar, self._setting.cast, self._setting.organisation)
        # As stored, with all decimals: scorecards freeze them
        wanted = select(Cycle).where(Cycle.id == opened.id).execution_options(populate_existing=True)
        return self._session.scalars(wanted.options(selectinload(Cycle.periods), selectinload(Cycle.bands))).one()

    def _write_chapters(self, cycle: Cycle, demo: Demo) -> Counter[int]:
        """Plans, entries and scorecards of everybody; the number of missing entries by month."""
        definitions = {each.code: each for each in self._session.scalars(select(KpiDefinition))}
        dialect, known = type(self._session.connection().dialect), behaviours_of(self._session, cycle.id)
        frame = Frame(cycle, definitions, self._settings, dialect, self._work.people, known, self._goals)
        missing: Counter[int] = Counter()
        people = self._setting.wish.employees
        for number, chapter in enumerate(written(self._setting, frame, self._work.processes), start=1):
            self._writer.write(chapter.rows)
            self._chain.extend(chapter.acts)
            missing.update(chapter.missing)
            demo.published += chapter.published
            self._tell("people", min(number * self._work.people, people), people)
        return missing

    def _close_periods(self, cycle: Cycle, missing: Counter[int]) -> None:
        """All months but the latest one with figures."""
        calendar = self._setting.calendar
        notes = Notes(Sheets(self._session.connection().dialect, Ids()), self._setting.wish.seed, 1_000_000)
        for period in cycle.periods:
            month = period.starts_on.month
            if month < calendar.months:
                period.state = PeriodState.CLOSED
                notes.act(
                    calendar.closed(month),
                    "period.closed",
                    actor_id=self._setting.cast.hr.id,
                    about=("period", period.id),
                    details={"cycle": cycle.code, "period": period.code, "missing": missing[month]},
                )
        self._session.flush()
        self._chain.extend(notes.acts)

    def _write_chain(self, until: datetime | None = None) -> None:
        for done in self._chain.write(until):
            self._tell("acts", done, self._chain.count)
