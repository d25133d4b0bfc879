"""What changes when somebody joins, moves, gets another manager or leaves? Dated rows, with nothing overlapping."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.access import Actor
from app.models import Person, Placement, ReportingLine
from app.rules.faults import Fault
from app.rules.timeline import Span, changed, circle, moved, value_on
from app.services import audit

V = TypeVar("V")
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
            ReportingLine.starts_on <= day,
            or_(ReportingLine.ends_on.is_(None), ReportingLine.ends_on >= day),
        )
    )


def seats(person: Person) -> list[Span[Seat]]:
    """The placements of a person as values of the rules."""
    return [Span(row.starts_on, row.ends_on, (row.unit_id, row.position_id)) for row in person.placements]


def lines(person: Person) -> list[Span[int]]:
    """The reporting lines of a person as values of the rules; the value is the manager's id."""
    return [Span(row.starts_on, row.ends_on, row.manager_id) for row in person.reporting_lines]


def place(person: Person, seat: Seat | None, day: date | None, today: date) -> None:
    """Let the person hold a seat from a day on; without a day from today, if it is not theirs already."""
    if day is None and _present(seats(person), person, today) == seat:
        return
    write_seats(person, changed(seats(person), day or _clamped(person, today), seat, person.left_on))


def report(person: Person, manager: Person | None, day: date | None, today: date) -> Span[int] | None:
    """Let the person report to somebody from a day on, in the same way; the new line, if there is one.

    Nobody reports to a manager before that manager has joined or after they have left.
    """
    manager_id = manager.id if manager else None
    if day is None and _present(lines(person), person, today) == manager_id:
        return None
    start = day or _clamped(person, today)
    until = person.left_on
    if manager is not None:
        start = max(start, manager.joined_on)
        until = min((last for last in (until, manager.left_on) if last), default=None)
    after = changed(lines(person), start, manager_id, until)
    write_lines(person, after)
    return next((span for span in after if span.holds_on(start)), None) if manager else None


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


def circle_fault(session: Session, person: Person, line: Span[int]) -> Fault | None:
    """Why a new line cannot be: somebody would be above themselves, on whatever day."""
    chain = circle(lambda person_id: _lines_of(session, person_id), person.id, line)
    if chain is None:
        return None
    names = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(chain))).tuples().all())
    path = " → ".join(names[each] for each in (person.id, *chain))
    return Fault("manager_id", "reporting_circle", {"path": path})


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
    return [Span(*row) for row in session.execute(query.where(ReportingLine.person_id == person_id)).tuples()]


def _present(spans: Sequence[Span[V]], person: Person, today: date) -> V | None:
    return value_on(spans, _clamped(person, today))


def _clamped(person: Person, day: date) -> date:
    """The day, or the nearest one on which the person is employed."""
    day = max(day, person.joined_on)
    return min(day, person.left_on) if person.left_on else day


def _holds(row: Placement | ReportingLine, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)


def _is_last(line: ReportingLine) -> bool:
    return all(other.starts_on <= line.starts_on for other in line.person.reporting_lines)
