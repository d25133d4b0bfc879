"""Which segments does a person's cycle have up to a period, on which plans, and who was responsible for each?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Person, Placement, Plan, Position, ReportingLine, Unit
from app.rules import segments as rules
from app.rules.timeline import Span, value_on


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """Days of a cycle with the plan that held, where the person sat and to whom they reported."""

    plan: Plan
    first_day: date
    last_day: date
    position: str
    unit: str
    appraiser: str

    @property
    def days(self) -> int:
        """The length, by which the segment counts."""
        return (self.last_day - self.first_day).days + 1

    @property
    def is_whole_plan(self) -> bool:
        """Whether the segment begins with its plan, so that the plan is scored from its first day."""
        return self.first_day == self.plan.starts_on


def load_segments(session: Session, plans: Mapping[int, Sequence[Plan]], until: date) -> dict[int, list[SegmentFacts]]:
    """The segments up to a day of those people whose cycle falls into several; `plans` are all their versions.

    Most people have one plan and one manager all year: of them nothing is kept, and nothing more is asked.
    """
    lines = _lines(session, plans)
    found = {
        person_id: parts
        for person_id, versions in plans.items()
        if len(parts := rules.segments([(p.starts_on, p.ends_on) for p in versions], lines.get(person_id, ()), until))
        > 1
    }
    if not found:
        return {}
    seats = _seats(session, found)
    names = _names(session, {part.manager_id for parts in found.values() for part in parts if part.manager_id})
    return {
        person_id: [
            SegmentFacts(
                plans[person_id][part.plan],
                part.first_day,
                part.last_day,
                *(value_on(seats.get(person_id, ()), part.last_day) or ("", "")),
                names.get(part.manager_id or 0, ""),
            )
            for part in parts
        ]
        for person_id, parts in found.items()
    }


def _lines(session: Session, person_ids: Iterable[int]) -> dict[int, list[Span[int]]]:
    found: dict[int, list[Span[int]]] = {}
    wanted = select(
        ReportingLine.person_id, ReportingLine.starts_on, ReportingLine.ends_on, ReportingLine.manager_id
    ).where(ReportingLine.person_id.in_(list(person_ids)))
    for person_id, first, last, manager_id in session.execute(wanted):
        found.setdefault(person_id, []).append(Span(first, last, manager_id))
    return found


def _seats(session: Session, person_ids: Iterable[int]) -> dict[int, list[Span[tuple[str, str]]]]:
    found: dict[int, list[Span[tuple[str, str]]]] = {}
    wanted = (
        select(
            Placement.person_id,
            Placement.starts_on,
            Placement.ends_on,
            func.coalesce(Position.name, "").label("position"),
            func.coalesce(Unit.name, "").label("unit"),
        )
        .join(Position, Placement.position_id == Position.id)
        .join(Unit, Placement.unit_id == Unit.id)
        .where(Placement.person_id.in_(list(person_ids)))
    )
    for row in session.execute(wanted):
        found.setdefault(row.person_id, []).append(Span(row.starts_on, row.ends_on, (row.position, row.unit)))
    return found


def _names(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}
