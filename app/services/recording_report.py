"""How well does a team record: whose figures of a period are missing, late, changed, verified or questioned?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from sqlalchemy import Row, Select, exists, select
from sqlalchemy.orm import Session, aliased

from app.access import Actor, note_question, require
from app.documents.spreadsheets import CSV_TYPE, write_csv
from app.models import Entry, EntryCheck, Kpi, Period, Person, Plan
from app.rules.aggregation import due_slots
from app.rules.data_quality import Check, Recorded, Tally, check_state, tally
from app.rules.vocabulary import BINDING, Action, Frequency
from app.services.actuals_grid import GridFilter, people_of_grid
from app.services.scorecard_facts import people_on

__all__ = ["CSV_TYPE", "PAGE", "RecordingReport", "RecordingRow", "note_reading", "recording_file", "recording_report"]

PAGE: Final = 50

_Entries = Select[int, int, date, date, int, int, datetime, date | None]
_Entry = Row[int, int, date, date, int, int, datetime, date | None]


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One person of whom figures are due in the period, with where they sit on its last day."""

    person_id: int
    number: str
    name: str
    unit: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class RecordingReport:
    """The people, those first who lack most; and all of them, those on other pages too, in sum."""

    rows: Sequence[RecordingRow]
    total: int
    whole: Tally


def note_reading(session: Session) -> None:
    """Where there is no cycle yet there is nothing to be refused."""
    note_question(session, Action.REPORT_READ)


def recording_report(
    session: Session,
    actor: Actor,
    *,
    period: Period,
    wanted: GridFilter | None = None,
    offset: int = 0,
    limit: int | None = PAGE,
) -> RecordingReport:
    """Everybody whose entries the actor may see but their own, in a number of selects that does not grow."""
    require(session, actor, Action.REPORT_READ)
    people = people_of_grid(actor, period, wanted or GridFilter())
    tallies = _tallies(session, period, people.with_only_columns(Person.id), actor.today)
    names = people.with_only_columns(Person.id, Person.name).where(Person.id.in_(_planned(period)))
    counted = [(each.id, each.name) for each in session.execute(names) if each.id in tallies]
    counted.sort(key=lambda each: (*_urgency(tallies[each[0]]), each[1].casefold(), each[0]))
    ids = [person_id for person_id, _ in counted[offset : None if limit is None else offset + limit]]
    placed = people_on(session, ids, period.ends_on)
    rows = [
        RecordingRow(each, placed[each].number, placed[each].name, placed[each].unit, tallies[each]) for each in ids
    ]
    return RecordingReport(rows, len(counted), sum((tallies[person_id] for person_id, _ in counted), Tally()))


def recording_file(
    session: Session,
    actor: Actor,
    *,
    period: Period,
    wanted: GridFilter,
    headings: Sequence[str],
    counts: Sequence[str],
) -> bytes:
    """The same people, all of them, as CSV: number, name, unit, and these counts of the tally."""
    found = recording_report(session, actor, period=period, wanted=wanted, limit=None)
    rows = [
        [row.number, row.name, row.unit, *(str(getattr(row.tally, count)) for count in counts)] for row in found.rows
    ]
    return write_csv(headings, rows)


def _urgency(found: Tally) -> tuple[int, ...]:
    """What lacks most comes first; of those alike who was questioned, who was late, who changed."""
    return -found.missing, -found.lacking, -found.questioned, -found.late, -found.changed


def _tallies(session: Session, period: Period, person_ids: Select[int], today: date) -> Mapping[int, Tally]:
    kpis = _kpis(period).where(Plan.person_id.in_(person_ids))
    entries = _by_kpi(session, _entries(period, kpis.with_only_columns(Kpi.id)))
    checks = _checks(session, period, kpis.with_only_columns(Kpi.id))
    slots_between = cache(due_slots)  # most plans hold for the whole period, so that few answers differ
    found: defaultdict[int, tuple[list[Recorded], list[date]]] = defaultdict(lambda: ([], []))
    for kpi in session.execute(kpis):
        there = entries.get(kpi.id, ())
        first, last = max(kpi.starts_on, period.starts_on), min(kpi.ends_on, period.ends_on)
        recorded, lacking = found[kpi.person_id]
        lacking += [
            slot.last_day
            for slot in slots_between(kpi.frequency, first, last)
            if not any(each.starts_on <= slot.last_day and slot.first_day <= each.ends_on for each in there)
        ]
        recorded += [
            Recorded(
                each.ends_on,
                each.first_recorded_on or each.recorded_at.date(),
                each.changes,
                check_state(each.version, checks.get(each.id, ())),
            )
            for each in there
            if period.starts_on <= each.ends_on <= period.ends_on
        ]
    return {
        person_id: tally(recorded, lacking, period.cycle.entry_grace_days, today)
        for person_id, (recorded, lacking) in found.items()
        if recorded or lacking
    }


def _planned(period: Period) -> Select[int]:
    """Those whose plan held in the period."""
    return select(Plan.person_id).where(
        Plan.cycle_id == period.cycle_id,
        Plan.state.in_(BINDING),
        Plan.starts_on <= period.ends_on,
        Plan.ends_on >= period.starts_on,
    )


def _kpis(period: Period) -> Select[int, Frequency, int, date, date]:
    """The KPIs of every version of a plan that held in the period, with the version's days."""
    later = aliased(Plan)
    is_superseded = exists().where(
        later.person_id == Plan.person_id,
        later.cycle_id == Plan.cycle_id,
        later.version_number > Plan.version_number,
        later.starts_on <= Plan.starts_on,
        later.state.in_(BINDING),
    )
    return (
        select(Kpi.id, Kpi.frequency, Plan.person_id, Plan.starts_on, Plan.ends_on)
        .join(Plan, Kpi.plan_id == Plan.id)
        .where(
            Plan.cycle_id == period.cycle_id,
            Plan.state.in_(BINDING),
            Plan.starts_on <= period.ends_on,
            Plan.ends_on >= period.starts_on,
            ~is_superseded,
        )
    )


def _entries(period: Period, kpi_ids: Select[int]) -> _Entries:
    """What was recorded for days of the period or beyond, as far as it is needed here."""
    return select(
        Entry.id,
        Entry.kpi_id,
        Entry.starts_on,
        Entry.ends_on,
        Entry.version,
        Entry.changes,
        Entry.recorded_at,
        Entry.first_recorded_on,
    ).where(Entry.kpi_id.in_(kpi_ids), Entry.starts_on <= period.ends_on, Entry.ends_on >= period.starts_on)


def _by_kpi(session: Session, entries: _Entries) -> Mapping[int, Sequence[_Entry]]:
    found: defaultdict[int, list[_Entry]] = defaultdict(list)
    for row in session.execute(entries):
        found[row.kpi_id].append(row)
    return found


def _checks(session: Session, period: Period, kpi_ids: Select[int]) -> Mapping[int, Sequence[Check]]:
    """By entry, in the order in which they were made."""
    found: defaultdict[int, list[Check]] = defaultdict(list)
    wanted = (
        select(EntryCheck.entry_id, EntryCheck.entry_version, EntryCheck.verdict)
        .where(EntryCheck.entry_id.in_(_entries(period, kpi_ids).with_only_columns(Entry.id)))
        .order_by(EntryCheck.id)
    )
    for row in session.execute(wanted):
        found[row.entry_id].append(Check(row.entry_version, row.verdict))
    return found
