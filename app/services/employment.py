"""What changes when somebody joins, moves, gets another manager or leaves? Dated rows, with nothing overlapping."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.models import Person, Placement, ReportingLine
from app.models.people import lasts_on
from app.rules.faults import Fault
from app.rules.timeline import Span, changed, circle, moved, value_on
from app.services import audit

Seat = tuple[int, int]
"""Unit and position."""


def placement_on(person: Person, day: date) -> Placement | None:
    """The unit and position that a person holds on a day."""
    return next((row for row in person.placements if _holds(row, day)), None)


def line_on(person: Person, day: date) -> ReportingLine | None:
    """The reporting line of a person on a day."""
    return next((row for row in person.reporting_lines if _holds(row, day)), None)


def manager_on(session: Session, person_id: int, day: date) -> Person | None:
    """To whom a person reports on a day."""
    return session.scalar(
        select(Person)
        .join(ReportingLine, ReportingLine.manager_id == Person.id)
        .where(
            ReportingLine.person_id == person_id,
            lasts_on(ReportingLine, day),
        )
    )


def seats(person: Person) -> list[Span[Seat]]:
    """The placements of a person as values of the rules."""
    return [Span(row.starts_on, row.ends_on, (row.unit_id, row.position_id)) for row in person.placements]


def lines(person: Person) -> list[Span[int]]:
    """The reporting lines of a person as values of the rules; the value is the manager's id."""
    return [Span(row.starts_on, row.ends_on, row.manager_id) for row in person.reporting_lines]


@dataclass(frozen=True, slots=True)
class Employed:
    """The days from joining to leaving of a person who is known by some number."""

    key: int
    joined_on: date
    left_on: date | None = None

    def nearest(self, day: date) -> date:
        """The day, or the nearest one on which they are employed."""
        day = max(day, self.joined_on)
        return min(day, self.left_on) if self.left_on else day


def employed(person: Person) -> Employed:
    """A person of the database as such a value."""
    return Employed(person.id, person.joined_on, person.left_on)


def seats_after(
    spans: Sequence[Span[Seat]], person: Employed, seat: Seat | None, day: date | None, today: date
) -> list[Span[Seat]]:
    """The placements when a seat is held from a day on; without a day from today, if it is not held already."""
    if day is None and value_on(spans, person.nearest(today)) == seat:
        return list(spans)
    return changed(spans, day or person.nearest(today), seat, person.left_on)


def lines_after(
    spans: Sequence[Span[int]], person: Employed, manager: Employed | None, day: date | None, today: date
) -> list[Span[int]]:
    """The reporting lines when somebody else is reported to, in the same way.

    Nobody reports to a manager before that manager has joined or after they have left.
    """
    key = manager.key if manager else None
    if day is None and value_on(spans, person.nearest(today)) == key:
        return list(spans)
    start = day or person.nearest(today)
    if manager is None:
        return changed(spans, start, None, person.left_on)
    until = min((last for last in (person.left_on, manager.left_on) if last), default=None)
    return changed(spans, max(start, manager.joined_on), key, until)


def place(person: Person, seat: Seat | None, day: date | None, today: date) -> None:
    """Let the person hold a seat; see `seats_after`."""
    write_seats(person, seats_after(seats(person), employed(person), seat, day, today))


def report(person: Person, manager: Person | None, day: date | None, today: date) -> None:
    """Let the person report to somebody; see `lines_after`."""
    above = employed(manager) if manager else None
    write_lines(person, lines_after(lines(person), employed(person), above, day, today))


def employ(person: Person, old: tuple[date, date | None]) -> None:
    """Fit placements and lines to changed days of joining and leaving; `old` are the former ones."""
    new = (person.joined_on, person.left_on)
    write_seats(person, moved(seats(person), old, new))
    write_lines(person, moved(lines(person), old, new))


def release_reports(session: Session, actor: Actor, manager: Person, old_left_on: date | None) -> None:
    """End the lines to a manager who leaves, and take them up again when they stay after all."""
    query = select(ReportingLine).where(ReportingLine.manager_id == manager.id).order_by(ReportingLine.id)
    for line in session.scalars(query):
        before = line.ends_on
        if manager.left_on and line.starts_on > manager.left_on:
            session.delete(line)
        elif manager.left_on and (line.ends_on is None or line.ends_on > manager.left_on):
            line.ends_on = manager.left_on
        elif old_left_on and line.ends_on == old_left_on and _is_last(line):
            line.ends_on = min((last for last in (line.person.left_on, manager.left_on) if last), default=None)
        else:
            continue
        session.flush()
        session.expire(line.person, ["reporting_lines"])
        audit.record(
            session,
            "person.manager_left",
            actor_id=actor.person_id,
            about=("reporting_line", line.id),
            subject_id=line.person_id,
            details={"manager": manager.id, "ends_on": [before, line.ends_on]},
        )


def circle_fault(session: Session, person: Person) -> Fault | None:
    """Why the lines of a person cannot be: somebody would be above themselves, on whatever day."""
    for line in lines(person):
        chain = circle(lambda person_id: _lines_of(session, person_id), person.id, line)
        if chain is not None:
            rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(chain)))
            names = {key: name for key, name in rows}  # noqa: C416 - dict() does not take rows for pairs
            path = " → ".join(names[each] for each in (person.id, *chain))
            return Fault("manager_id", "reporting_circle", {"path": path})
    return None


def write_seats(person: Person, spans: Sequence[Span[Seat]]) -> None:
    """Make the placements of a person those of the spans, keeping rows that begin on the same day."""
    rows = {row.starts_on: row for row in person.placements}
    wanted = []
    for span in spans:
        row = rows.get(span.first) or Placement(starts_on=span.first)
        (row.unit_id, row.position_id), row.ends_on = span.value, span.last
        wanted.append(row)
    person.placements = wanted


def write_lines(person: Person, spans: Sequence[Span[int]]) -> None:
    """The same for reporting lines."""
    rows = {row.starts_on: row for row in person.reporting_lines}
    wanted = []
    for span in spans:
        row = rows.get(span.first) or ReportingLine(starts_on=span.first)
        row.manager_id, row.ends_on = span.value, span.last
        wanted.append(row)
    person.reporting_lines = wanted


def _lines_of(session: Session, person_id: int) -> list[Span[int]]:
    query = select(ReportingLine.starts_on, ReportingLine.ends_on, ReportingLine.manager_id)
    rows = session.execute(query.where(ReportingLine.person_id == person_id))
    return [Span(first, last, manager_id) for first, last, manager_id in rows]


def _holds(row: Placement | ReportingLine, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)


def _is_last(line: ReportingLine) -> bool:
    return all(other.starts_on <= line.starts_on for other in line.person.reporting_lines)
