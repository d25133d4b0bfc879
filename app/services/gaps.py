"""Which entries of a period are still missing, and whose?"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from app.models import Entry, Kpi, Period, Person, Plan
from app.rules.aggregation import Slot, due_slots
from app.rules.vocabulary import BINDING


@dataclass(frozen=True, slots=True)
class Gap:
    """One KPI of one person with the spans for which an entry is due and none was recorded."""

    person_id: int
    person_name: str
    person_number: str
    kpi_id: int
    kpi_name: str
    missing: tuple[str, ...]


def gaps_of(session: Session, period: Period, of_whom: ColumnElement[bool] | None = None) -> list[Gap]:
    """All gaps of a period, by person; an entry fills every due span with whose days it shares one.

    `of_whom` narrows the plans; nobody is asked for permission here.
    """
    kpis = session.execute(
        select(Kpi.id, Kpi.name, Kpi.frequency, Plan.starts_on, Plan.ends_on, Person.id, Person.name, Person.number)
        .join(Plan, Kpi.plan_id == Plan.id)
        .join(Person, Plan.person_id == Person.id)
        .where(
            Plan.cycle_id == period.cycle_id,
            Plan.state.in_(BINDING),
            Plan.starts_on <= period.ends_on,
            Plan.ends_on >= period.starts_on,
            true() if of_whom is None else of_whom,
        )
        .order_by(Person.name, Person.id, Kpi.place)
    ).all()
    recorded = _recorded(session, period)
    gaps = []
    for kpi_id, kpi_name, frequency, starts_on, ends_on, person_id, name, number in kpis:
        slots = due_slots(frequency, max(starts_on, period.starts_on), min(ends_on, period.ends_on))
        missing = tuple(slot.on for slot in slots if not _is_filled(slot, recorded[kpi_id]))
        if missing:
            gaps.append(Gap(person_id, name, number, kpi_id, kpi_name, missing))
    return gaps


def _recorded(session: Session, period: Period) -> defaultdict[int, list[tuple[date, date]]]:
    rows = session.execute(
        select(Entry.kpi_id, Entry.starts_on, Entry.ends_on)
        .join(Kpi, Entry.kpi_id == Kpi.id)
        .join(Plan, Kpi.plan_id == Plan.id)
        # A yearly entry due in the last month begins long before it
        .where(Plan.cycle_id == period.cycle_id, Entry.starts_on <= period.ends_on)
    )
    spans: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    for kpi_id, starts_on, ends_on in rows:
        spans[kpi_id].append((starts_on, ends_on))
    return spans


def _is_filled(slot: Slot, spans: Sequence[tuple[date, date]]) -> bool:
    return any(first <= slot.last_day and slot.first_day <= last for first, last in spans)
