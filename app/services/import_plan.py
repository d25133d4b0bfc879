"""What would a file of people change? Compared with those who are there; nothing is written."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.people_file import PeopleFile, PersonRow, RowFault
from app.models import Person, Placement, Position, ReportingLine, Unit
from app.rules.faults import Fault
from app.rules.texts import folded
from app.rules.timeline import Span, circle, moved, value_on
from app.services.employment import Employed, Seat, lines_after, seats_after

FACTS: Final = ("name", "email", "joined_on")


class Kind(StrEnum):
    """What a row does."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT = "left"
    """The person has left: the row is passed over."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a row changes about a person, as shown: days are days, the rest is text."""

    field: str
    before: str | date
    after: str | date


@dataclass(slots=True)
class Known:
    """A person who is there already, or who will be; those to come have keys below 0."""

    key: int
    number: str
    name: str
    email: str
    joined_on: date
    left_on: date | None = None
    seats: list[Span[Seat]] = field(default_factory=list)
    lines: list[Span[int]] = field(default_factory=list)

    @property
    def employed(self) -> Employed:
        """The days of employment as a value of its own."""
        return Employed(self.key, self.joined_on, self.left_on)


@dataclass(slots=True)
class Names:
    """Units or positions by what a file may call them; new ones get keys below 0 as they are met."""

    keys: dict[str, int]
    """Folded name or code → key."""
    names: dict[int, str]
    new: list[str] = field(default_factory=list)

    def key_of(self, text: str) -> int | None:
        """The key of what a row names; a new one if nothing goes by that name."""
        if not text:
            return None
        key = self.keys.setdefault(folded(text), -len(self.new) - 1)
        if key == -len(self.new) - 1:
            self.new.append(text)
            self.names[key] = text
        return key


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row and what it would do; `person` is what the person would be."""

    row: PersonRow
    kind: Kind
    person: Known
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class ImportPlan:
    """What a file would do as a whole, and everything that stands against it."""

    rows: Sequence[PlannedRow]
    faults: Sequence[RowFault]
    units: Names
    positions: Names

    @cached_property
    def counts(self) -> Mapping[Kind, int]:
        """How many rows do what."""
        found = Counter(planned.kind for planned in self.rows)
        return {kind: found[kind] for kind in Kind}


def plan_import(session: Session, file: PeopleFile, day: date) -> ImportPlan:
    """Compare a file with the people who are there; changes of unit, position and manager hold from `day`."""
    return _Planner(session, file, day).plan()


class _Planner:
    """The comparison of one file; everybody is looked up by folded number, so that capitals make no difference."""

    def __init__(self, session: Session, file: PeopleFile, day: date) -> None:
        self.file = file
        self.day = day
        self.faults: list[RowFault] = list(file.faults)
        self.units = _names(session, Unit)
        self.positions = _names(session, Position)
        self.known = _staff(session)
        self.by_key = {person.key: person for person in self.known.values()}
        self.unread = {folded(number) for number in file.unread}

    def plan(self) -> ImportPlan:
        """All rows in the order of the file."""
        self._check_repeated()
        before = {number: _copy(person) for number, person in self.known.items()}
        rows = [self._take_facts(row, before.get(folded(row.number))) for row in self._first_rows()]
        for planned in rows:
            if planned.kind is not Kind.LEFT:
                self._take_seat(planned)
                self._take_manager(planned)
        self._check_emails(rows)
        self._check_circles(rows)
        finished = [self._finished(planned, before.get(folded(planned.row.number))) for planned in rows]
        faults = sorted(self.faults, key=lambda found: found.line)
        return ImportPlan(finished, faults, self.units, self.positions)

    def _refuse(self, line: int, at: str, code: str, **values: str) -> None:
        self.faults.append(RowFault(line, Fault(at, code, values)))

    def _first_rows(self) -> Iterator[PersonRow]:
        seen = set()
        for row in self.file.rows:
            if folded(row.number) not in seen:
                seen.add(folded(row.number))
                yield row

    def _check_repeated(self) -> None:
        for at, code in (("number", "number_repeated"), ("email", "email_repeated")):
            first: dict[str, int] = {}
            for row in self.file.rows:
                text = folded(getattr(row, at))
                if text and first.setdefault(text, row.line) != row.line:
                    self._refuse(row.line, at, code, row=str(first[text]))

    def _take_facts(self, row: PersonRow, before: Known | None) -> PlannedRow:
        if before is None:
            person = Known(-len(self.by_key) - 1, row.number, row.name, row.email, row.joined_on)
            self.known[folded(row.number)] = self.by_key[person.key] = person
            return PlannedRow(row, Kind.NEW, person)
        person = self.known[folded(row.number)]
        if person.left_on and person.left_on < self.day:
            return PlannedRow(row, Kind.LEFT, person)
        person.name = row.name
        if "email" in self.file.fields:
            person.email = row.email
        if person.left_on and row.joined_on > person.left_on:
            self._refuse(row.line, "joined_on", "joins_after_leaving")
            return PlannedRow(row, Kind.CHANGED, person)
        old, new = (person.joined_on, person.left_on), (row.joined_on, person.left_on)
        person.joined_on = row.joined_on
        person.seats, person.lines = moved(person.seats, old, new), moved(person.lines, old, new)
        return PlannedRow(row, Kind.CHANGED, person)

    def _take_seat(self, planned: PlannedRow) -> None:
        if not {"unit", "position"} <= self.file.fields:
            return
        row, person = planned.row, planned.person
        unit, position = self.units.key_of(row.unit), self.positions.key_of(row.position)
        seat = (unit, position) if unit is not None and position is not None else None
        first = person.joined_on if planned.kind is Kind.NEW and seat else None
        person.seats = seats_after(person.seats, person.employed, seat, first, self.day)

    def _take_manager(self, planned: PlannedRow) -> None:
        if "manager" not in self.file.fields:
            return
        row, person = planned.row, planned.person
        manager = self.known.get(folded(row.manager)) if row.manager else None
        if row.manager and manager is None:
            if folded(row.manager) not in self.unread:  # what is wrong with the manager's own row is said there
                self._refuse(row.line, "manager", "manager_unknown", number=row.manager)
            return
        if manager is person:
            self._refuse(row.line, "manager", "own_manager")
            return
        first = person.joined_on if planned.kind is Kind.NEW and manager else None
        if manager and manager.left_on and manager.left_on < person.employed.nearest(self.day):
            self._refuse(row.line, "manager", "manager_left", name=manager.name)
            return
        above = manager.employed if manager else None
        person.lines = lines_after(person.lines, person.employed, above, first, self.day)

    def _check_emails(self, rows: Sequence[PlannedRow]) -> None:
        """Nobody may be given the address of somebody whom the file does not give another one."""
        movable = {planned.person.key for planned in rows if planned.kind is not Kind.LEFT}
        keepers = {person.email.lower() for person in self.known.values() if person.email and person.key not in movable}
        for planned in rows:
            if planned.kind is not Kind.LEFT and planned.row.email in keepers:
                self._refuse(planned.row.line, "email", "already_taken")

    def _check_circles(self, rows: Sequence[PlannedRow]) -> None:
        reported: set[frozenset[int]] = set()
        for planned in rows:
            for line in planned.person.lines:
                chain = circle(lambda key: self.by_key[key].lines, planned.person.key, line)
                if chain is not None and frozenset(chain) not in reported:
                    reported.add(frozenset(chain))
                    path = " → ".join(self.by_key[key].name for key in (planned.person.key, *chain))
                    self._refuse(planned.row.line, "manager", "reporting_circle", path=path)

    def _finished(self, planned: PlannedRow, before: Known | None) -> PlannedRow:
        if planned.kind is not Kind.CHANGED or before is None:
            return planned
        changes = tuple(self._changes(before, planned.person))
        is_same = not changes and (before.seats, before.lines) == (planned.person.seats, planned.person.lines)
        return PlannedRow(planned.row, Kind.SAME if is_same else Kind.CHANGED, planned.person, changes)

    def _changes(self, before: Known, after: Known) -> Iterator[Change]:
        for name in FACTS:
            if getattr(before, name) != getattr(after, name):
                yield Change(name, getattr(before, name), getattr(after, name))
        day = after.employed.nearest(self.day)
        old, new = value_on(before.seats, day), value_on(after.seats, day)
        for place, (name, names) in enumerate((("unit", self.units), ("position", self.positions))):
            said = [names.names[seat[place]] if seat else "" for seat in (old, new)]
            if said[0] != said[1]:
                yield Change(name, said[0], said[1])
        managers = [value_on(lines, day) for lines in (before.lines, after.lines)]
        if managers[0] != managers[1]:
            said = ["" if key is None else self.by_key[key].name for key in managers]
            yield Change("manager", said[0], said[1])


def _staff(session: Session) -> dict[str, Known]:
    """Everybody who is or was there, with placements and lines, in three reads."""
    columns = (Person.id, Person.number, Person.name, Person.email, Person.joined_on, Person.left_on)
    by_id = {
        person_id: Known(person_id, number, name, email or "", joined_on, left_on)
        for person_id, number, name, email, joined_on, left_on in session.execute(select(*columns).order_by(Person.id))
    }
    seats = select(
        Placement.person_id, Placement.starts_on, Placement.ends_on, Placement.unit_id, Placement.position_id
    )
    for person_id, first, last, unit_id, position_id in session.execute(seats.order_by(Placement.starts_on)):
        by_id[person_id].seats.append(Span(first, last, (unit_id, position_id)))
    lines = select(ReportingLine.person_id, ReportingLine.starts_on, ReportingLine.ends_on, ReportingLine.manager_id)
    for person_id, first, last, manager_id in session.execute(lines.order_by(ReportingLine.starts_on)):
        by_id[person_id].lines.append(Span(first, last, manager_id))
    return {folded(person.number): person for person in by_id.values()}


def _names(session: Session, kind: type[Unit] | type[Position]) -> Names:
    rows = session.execute(select(kind.id, kind.code, kind.name)).all()
    # Where the name of one is the code of another, the code counts
    keys = {folded(name): key for key, _, name in rows} | {folded(code): key for key, code, _ in rows}
    return Names(keys, {key: name for key, _, name in rows})


def _copy(person: Known) -> Known:
    return Known(
        person.key, person.number, person.name, person.email, person.joined_on, person.left_on,
        list(person.seats), list(person.lines),
    )  # fmt: skip
