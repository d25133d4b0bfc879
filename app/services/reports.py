"""How complete is a period: who has no plan, whose entries are missing, whose scorecard is not published?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.access import Actor, may, note_question, require
from app.models import Entry, Kpi, Period, Person, Placement, Plan, ReportingLine, Unit
from app.models.people import lasts_on_last_day
from app.rules.aggregation import due_slots
from app.rules.vocabulary import BINDING, Action, Frequency
from app.services.listing import Listing
from app.services.scorecard_lists import employed_in, has_plan, is_published


@dataclass(frozen=True, slots=True)
class Progress:
    """How far some people are in a period."""

    people: int = 0
    with_plan: int = 0
    kpis_due: int = 0
    """KPIs of which at least one entry is due in the period."""
    kpis_filled: int = 0
    published: int = 0

    @property
    def without_plan(self) -> int:
        """People without a plan in force."""
        return self.people - self.with_plan

    @property
    def kpis_missing(self) -> int:
        """KPIs that are due and have no entry in the period."""
        return self.kpis_due - self.kpis_filled

    @property
    def unpublished(self) -> int:
        """People with a plan whose scorecard is not published."""
        return self.with_plan - self.published


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """How far a unit is; people who sit nowhere stand under no unit."""

    unit: Unit | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A person with the KPIs that lack an entry for the period."""

    person: Person
    kpis: Sequence[str]


@dataclass(frozen=True, slots=True)
class ManagerProgress:
    """How far the people are who report to somebody; those who report to nobody stand under no manager."""

    manager: Person | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class LackingRow:
    """A person of whom something is missing, and what."""

    number: str
    name: str
    unit: str | None
    manager: str | None
    has_plan: bool
    is_published: bool
    kpis: Sequence[str]


def note_reading(session: Session) -> None:
    """Where there is no cycle yet there is nothing to be refused."""
    note_question(session, Action.REPORT_READ)


def progress_of(session: Session, actor: Actor, period: Period, action: Action = Action.SCORECARD_READ) -> Progress:
    """How far everybody is to whom the actor may do this, in five figures."""
    require(session, actor, Action.REPORT_READ)
    figures = [session.scalar(each) or 0 for each in _counts(actor, period, action)]
    return Progress(*figures)


def progress_by_unit(session: Session, actor: Actor, period: Period) -> list[UnitProgress]:
    """The same for each unit in which somebody sits, by its name; those without a unit come last."""
    require(session, actor, Action.REPORT_READ)
    found = _progress_by(session, actor, period, Placement, Placement.unit_id)
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(list(filter(None, found)))))}
    rows = [UnitProgress(units.get(unit_id or 0), progress) for unit_id, progress in found.items()]
    return sorted(rows, key=lambda row: (row.unit is None, row.unit.name if row.unit else ""))


def progress_by_manager(session: Session, actor: Actor, period: Period) -> list[ManagerProgress]:
    """The same for each to whom somebody reports, by name; those without a manager come last."""
    require(session, actor, Action.REPORT_READ)
    found = _progress_by(session, actor, period, ReportingLine, ReportingLine.manager_id)
    people = {
        person.id: person for person in session.scalars(select(Person).where(Person.id.in_(list(filter(None, found)))))
    }
    rows = [ManagerProgress(people.get(person_id or 0), progress) for person_id, progress in found.items()]
    return sorted(rows, key=lambda row: (row.manager is None, row.manager.name if row.manager else ""))


def list_lacking(session: Session, actor: Actor, period: Period, *, is_over: bool, limit: int) -> Listing[LackingRow]:
    """The people without a plan or an entry, and once the period is over without a published scorecard, by unit."""
    require(session, actor, Action.REPORT_READ)
    manager = aliased(Person)
    lacking = due_kpis(period).where(~is_filled(period)).with_only_columns(Plan.person_id)
    missing = [~has_plan(period), Person.id.in_(lacking), *([~is_published(period)] if is_over else [])]
    people = select(Person).where(
        may(actor, Action.SCORECARD_READ, Person.id),
        employed_in(period.starts_on, period.ends_on),
        or_(*missing),
    )
    total = session.scalar(people.with_only_columns(func.count())) or 0
    rows = session.execute(
        people.outerjoin(Placement, _on_last_day(Placement, period))
        .outerjoin(Unit, Placement.unit_id == Unit.id)
        .outerjoin(ReportingLine, _on_last_day(ReportingLine, period))
        .outerjoin(manager, ReportingLine.manager_id == manager.id)
        .with_only_columns(
            Person.id,
            Person.number,
            Person.name,
            Unit.name.label("unit"),
            manager.name.label("manager"),
            has_plan(period).label("has_plan"),
            is_published(period).label("is_published"),
        )
        .order_by(Unit.name.is_(None), Unit.name, Person.name, Person.id)
        .limit(limit)
    ).all()
    names = _names_of_missing(session, period, [row.id for row in rows])
    return Listing([LackingRow(*row[1:], kpis=names[row.id]) for row in rows], total)


def list_missing(
    session: Session, actor: Actor, period: Period, *, offset: int = 0, limit: int = 50
) -> Listing[MissingRow]:
    """The people who lack an entry, by name, each with the KPIs in question."""
    require(session, actor, Action.REPORT_READ)
    lacking = due_kpis(period).where(~is_filled(period)).with_only_columns(Plan.person_id)
    people = select(Person).where(
        may(actor, Action.SCORECARD_READ, Person.id),
        employed_in(period.starts_on, period.ends_on),
        Person.id.in_(lacking),
    )
    total = session.scalar(people.with_only_columns(func.count())) or 0
    page = session.scalars(people.order_by(Person.name, Person.id).offset(offset).limit(limit)).all()
    names = _names_of_missing(session, period, [person.id for person in page])
    return Listing([MissingRow(person, names[person.id]) for person in page], total)


def _progress_by(
    session: Session,
    actor: Actor,
    period: Period,
    kind: type[Placement | ReportingLine],
    key: InstrumentedAttribute[int],
) -> dict[int | None, Progress]:
    """The five figures for each unit or manager; None stands for people without one."""
    found: dict[int | None, list[int]] = {}
    for place, counted in enumerate(_counts(actor, period, Action.SCORECARD_READ)):
        grouped = counted.outerjoin(kind, _on_last_day(kind, period)).add_columns(key).group_by(key)
        for count, key_value in session.execute(grouped):
            found.setdefault(key_value, [0] * 5)[place] = count
    return {key_value: Progress(*figures) for key_value, figures in found.items()}


def _counts(actor: Actor, period: Period, action: Action) -> list[Select[int]]:
    """The five figures of Progress in their order, each as a select from people."""
    people = select(func.count(Person.id)).where(
        may(actor, action, Person.id), employed_in(period.starts_on, period.ends_on)
    )
    kpis = people.join(Plan, Plan.person_id == Person.id).join(Kpi, Kpi.plan_id == Plan.id).where(_is_due(period))
    return [
        people,
        people.where(has_plan(period)),
        kpis,
        kpis.where(is_filled(period)),
        people.where(is_published(period)),
    ]


def due_kpis(period: Period) -> Select[int]:
    """KPIs of plans in force of which an entry is due in the period; whoever calls narrows them to people."""
    return select(Kpi.id).join(Plan, Kpi.plan_id == Plan.id).where(_is_due(period))


def _is_due(period: Period) -> ColumnElement[bool]:
    """KPIs of the plans in force on the period's last day, of which an entry is due in the period."""
    later = aliased(Plan)
    is_superseded = exists().where(
        later.person_id == Plan.person_id,
        later.cycle_id == Plan.cycle_id,
        later.version_number > Plan.version_number,
        later.state.in_(BINDING),
        later.starts_on <= period.ends_on,
    )
    due = [each for each in Frequency if due_slots(each, period.starts_on, period.ends_on)]
    return and_(
        Plan.cycle_id == period.cycle_id,
        Plan.state.in_(BINDING),
        Plan.starts_on <= period.ends_on,
        Plan.ends_on >= period.ends_on,
        ~is_superseded,
        Kpi.frequency.in_(due),
    )


def is_filled(period: Period) -> ColumnElement[bool]:
    """Whether a KPI has an entry in the period."""
    return exists().where(Entry.kpi_id == Kpi.id, Entry.ends_on >= period.starts_on, Entry.ends_on <= period.ends_on)


def _names_of_missing(session: Session, period: Period, person_ids: Sequence[int]) -> Mapping[int, list[str]]:
    names: dict[int, list[str]] = {person_id: [] for person_id in person_ids}
    lacking = due_kpis(period).where(~is_filled(period), Plan.person_id.in_(person_ids))
    for row in session.execute(lacking.with_only_columns(Plan.person_id, Kpi.name).order_by(Kpi.place)):
        names[row.person_id].append(row.name)
    return names


def _on_last_day(kind: type[Placement | ReportingLine], period: Period) -> ColumnElement[bool]:
    return (kind.person_id == Person.id) & lasts_on_last_day(kind, period.ends_on)
