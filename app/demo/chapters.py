"""How are many people's years written by several processes, with the same outcome as by one?"""

import gc
import os
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from random import Random
from typing import Final

from sqlalchemy import Dialect

from app.demo.agreements import Agreements
from app.demo.biography import Biography, Desk
from app.demo.bulk import Ids, Rows, Sheets
from app.demo.calendar import Calendar
from app.demo.cases import Case, Cast, assign, cast_of
from app.demo.chain import Act, Notes
from app.demo.organisation import Organisation, build
from app.demo.past import Lore
from app.demo.publication import Office, Publisher
from app.models import Behaviour, Cycle, KpiDefinition
from app.settings import Settings

_WORTH_IT: Final = 4
"""From how many chapters on further processes earn the second that they take to start."""
_MOST_PROCESSES: Final = 4
_GARBAGE: Final = 50_000
"""Objects between two searches for garbage: plans are large, live shortly, and leave little else behind."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How large the organisation shall be, how far in its year, and which of all possible ones."""

    employees: int = 40
    months: int = 10
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Work:
    """How the work is split; the outcome is the same."""

    people: int = 250
    """In a chapter."""
    processes: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What every chapter rests on and no wish can say."""

    cycle: Cycle
    definitions: dict[str, KpiDefinition]
    settings: Settings
    dialect: type[Dialect]
    people: int
    """In a chapter."""
    behaviours: list[Behaviour]
    goals: dict[str, int]
    """By the beginning of the codes of KPIs whose objectives serve them."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """What happened to some people: rows, acts, and what is counted over all chapters."""

    rows: Rows
    acts: list[Act]
    missing: Counter[int]
    """Entries that lack, by month."""
    published: list[str]
    """Numbers of people whose scorecard of the latest period is published."""


class Setting:
    """The organisation as it follows from the wish alone."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.calendar = Calendar(wish.months)
        self.organisation: Organisation = build(wish.employees, wish.seed)
        self.cast: Cast = cast_of(self.organisation)
        self.cases: dict[int, Case] = assign(self.organisation, self.cast, self.calendar, Random(f"{wish.seed}/cases"))


class Author:
    """Writes chapters."""

    def __init__(self, setting: Setting, frame: Frame) -> None:
        self._setting = setting
        self._frame = frame
        names = {person.id: person.name for person in setting.organisation.people if person.team}
        team = setting.cast.manager.team
        lore = Lore(frame.behaviours, setting.calendar.now, frozenset(team))
        self._office = Office(setting.organisation, frame.settings, setting.cast.hr.id, names, lore)

    def write(self, number: int) -> Chapter:
        """One chapter; it depends on no other one."""
        setting, frame = self._setting, self._frame
        sheets = Sheets(frame.dialect(), Ids(number * frame.people))
        notes = Notes(sheets, setting.wish.seed, number + 1)
        office = self._office
        agreements = Agreements(frame.cycle, frame.definitions, sheets.ids)
        detailed = frozenset(setting.cast.manager.team)
        desk = Desk(sheets, notes, setting.calendar, agreements, office, frame.goals, detailed)
        missing: Counter[int] = Counter()
        biography = Biography(desk, Publisher(sheets, notes, frame.cycle, office), frame.cycle, missing)
        published = []
        for person in setting.organisation.people[number * frame.people : (number + 1) * frame.people]:
            chance = Random(f"{setting.wish.seed}/{person.id}")
            if biography.write(person, setting.cases.get(person.id, Case.NONE), chance):
                published.append(person.number)
        return Chapter(sheets.taken(), notes.acts, missing, published)


def written(setting: Setting, frame: Frame, processes: int | None) -> Iterator[Chapter]:
    """All chapters in their order."""
    chapters = range(-(-setting.wish.employees // frame.people))
    if processes is None:
        processes = 1 if len(chapters) < _WORTH_IT else min(os.cpu_count() or 1, _MOST_PROCESSES)
    if processes == 1:
        yield from map(Author(setting, frame).write, chapters)
        return
    # Processes that begin anew know nothing of the database connection of this one
    start = get_context("spawn")
    with ProcessPoolExecutor(processes, start, initializer=_begin, initargs=(setting.wish, frame)) as pool:
        waiting: deque[Future[Chapter]] = deque()
        for number in chapters:
            waiting.append(pool.submit(_write, number))
            if len(waiting) > processes + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


_authors: list[Author] = []
"""The one of this process, where it is one of several."""


def _begin(wish: Wish, frame: Frame) -> None:
    gc.set_threshold(_GARBAGE)
    _authors.append(Author(Setting(wish), frame))


def _write(number: int) -> Chapter:
    return _authors[0].write(number)
