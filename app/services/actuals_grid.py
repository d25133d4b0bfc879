"""Which figures does a team owe for a period, which are there, and what happens to a grid full of new ones?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from app.access import Actor, is_named_recorder, may, may_on_kpi, note_question, require, require_kpi
from app.errors import Conflict, Invalid
from app.models import Entry, Kpi, Period, Person, Placement, Plan, ReportingLine, Unit
from app.models.people import lasts_on, not_left_before
from app.rules.entries import Figure, FigureForm
from app.rules.faults import Fault
from app.rules.vocabulary import BINDING, Action
from app.services.actuals import Desk, EntryValues
from app.services.entry_books import Book, books_of, form_of
from app.services.grid_squares import Square, squares_of
from app.services.people_lists import placed_in

PAGE: Final = 25
"""People on one page of the grid."""


@dataclass(frozen=True, slots=True)
class GridFilter:
    """Whom the grid shows: by words in name or number, by unit with all below it, by manager."""

    search: str = ""
    unit_id: int | None = None
    manager: str = ""
    offset: int = 0
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Row:
    """One employee with the figures that are due, by KPI in the order of the plan; and the KPIs of which none is."""

    person: Person
    placement: Placement | None
    plan: Plan
    squares: Mapping[int, tuple[Square, ...]]
    not_due: tuple[Kpi, ...]
    writable: frozenset[int]
    """The KPIs that the reader may record."""

    @property
    def is_writable(self) -> bool:
        """Whether the reader may record anything here."""
        return bool(self.writable)

    @property
    def all_squares(self) -> list[Square]:
        """Every figure that is due."""
        return [square for squares in self.squares.values() for square in squares]


@dataclass(frozen=True, slots=True)
class Grid:
    """A team's figures for a period, one page of people."""

    period: Period
    rows: tuple[Row, ...]
    total: int
    """People on all pages."""
    without_plan: int
    """People whom the filter shows but who have no plan in force."""

    @property
    def due(self) -> int:
        """Figures that are due on this page."""
        return sum(len(row.all_squares) for row in self.rows)

    @property
    def filled(self) -> int:
        """Those of them that are there."""
        return sum(square.is_filled for row in self.rows for square in row.all_squares)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it comes from the grid; none means that the entry is to be taken back."""

    kpi_id: int
    on: str
    figure: Figure | None
    version: int

    @property
    def key(self) -> tuple[int, str]:
        """What the cell is about."""
        return self.kpi_id, self.on


@dataclass(slots=True)
class GridResult:
    """What became of a grid: how many figures were saved and taken back; which cells were refused, with all reasons."""

    saved: int = 0
    removed: int = 0
    faults: dict[tuple[int, str], tuple[Fault, ...]] = field(default_factory=dict)
    overtaken: dict[tuple[int, str], Entry | None] = field(default_factory=dict)
    """Refused cells that somebody else changed meanwhile, with what is there now."""


# --- Showing ----------------------------------------------------------------------------------------------------------


def team_grid(session: Session, actor: Actor, *, period: Period, wanted: GridFilter | None = None) -> Grid:
    """The figures of everybody below the actor, of all for HR and auditors; never the actor's own."""
    note_question(session, Action.ENTRY_READ)
    wanted = wanted or GridFilter()
    people = people_of_grid(actor, period, wanted)
    planned = people.where(Person.id.in_(_plans(period).with_only_columns(Plan.person_id)))
    total = session.scalar(select(func.count()).select_from(planned.subquery())) or 0
    everybody = session.scalar(select(func.count()).select_from(people.subquery())) or 0
    in_order = planned.options(*_places()).order_by(Person.name, Person.id)
    page = session.scalars(in_order.offset(wanted.offset).limit(wanted.limit)).all()
    return Grid(period, _rows(session, actor, period, page), total, everybody - total)


def own_grid(session: Session, actor: Actor, *, period: Period) -> Grid:
    """The actor's own figures, of which some may be theirs to record."""
    require(session, actor, Action.ENTRY_READ, actor.person_id)
    people = session.scalars(select(Person).where(Person.id == actor.person_id).options(*_places())).all()
    rows = _rows(session, actor, period, people)
    return Grid(period, rows, len(rows), len(people) - len(rows))


def others_grid(session: Session, actor: Actor, *, period: Period, limit: int = 100) -> Grid:
    """The KPIs of other people that name the actor as their recorder, and nothing else of these people."""
    note_question(session, Action.ENTRY_READ)
    named = select(Plan.person_id).join(Kpi, Kpi.plan_id == Plan.id).where(is_named_recorder(actor), _holds_in(period))
    found = select(Person).where(Person.id.in_(named)).options(*_places())
    people = session.scalars(found.order_by(Person.name, Person.id).limit(limit)).all()
    rows = _rows(session, actor, period, people, only=is_named_recorder(actor))
    return Grid(period, tuple(replace(row, placement=None) for row in rows), len(rows), 0)


def records_for_others(session: Session, actor: Actor) -> bool:
    """Whether a KPI of somebody else names the actor as its recorder."""
    named = select(Kpi.id).join(Plan, Kpi.plan_id == Plan.id).where(is_named_recorder(actor))
    return session.scalar(named.limit(1)) is not None


def units_of_grid(session: Session, actor: Actor) -> Sequence[Unit]:
    """The units in which somebody works whose figures the actor may see."""
    note_question(session, Action.ENTRY_READ)
    placed = select(Placement.unit_id).where(
        may(actor, Action.ENTRY_READ, Placement.person_id),
        Placement.person_id != actor.person_id,
        lasts_on(Placement, actor.today),
    )
    return session.scalars(select(Unit).where(Unit.id.in_(placed)).order_by(Unit.name, Unit.id)).all()


def people_of_grid(actor: Actor, period: Period, wanted: GridFilter) -> Select[Person]:
    """Those whose figures of a period the actor may see, narrowed to who is wanted; never the actor."""
    employed = (Person.joined_on <= period.ends_on) & not_left_before(period.starts_on)
    people = select(Person).where(may(actor, Action.ENTRY_READ, Person.id), Person.id != actor.person_id, employed)
    for word in wanted.search.split():
        people = people.where(_is_called(Person.name, Person.number, word))
    if wanted.unit_id is not None:
        people = people.where(Person.id.in_(placed_in(wanted.unit_id, actor.today)))
    if wanted.manager.strip():
        people = people.where(Person.id.in_(_reports_of(wanted.manager, actor.today)))
    return people


def _reports_of(manager: str, on: date) -> Select[int]:
    chief = aliased(Person)
    reports = (
        select(ReportingLine.person_id)
        .join(chief, ReportingLine.manager_id == chief.id)
        .where(lasts_on(ReportingLine, on))
    )
    for word in manager.split():
        reports = reports.where(_is_called(chief.name, chief.number, word))
    return reports


def _is_called(name: InstrumentedAttribute[str], number: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return or_(name.icontains(word, autoescape=True), number.icontains(word, autoescape=True))


def _places() -> tuple[_AbstractLoad, ...]:
    placements = selectinload(Person.placements)
    return placements.joinedload(Placement.unit), placements.joinedload(Placement.position)


def _plans(period: Period) -> Select[Plan]:
    """The plans that hold in a period."""
    return select(Plan).where(_holds_in(period))


def _holds_in(period: Period) -> ColumnElement[bool]:
    return (
        (Plan.cycle_id == period.cycle_id)
        & Plan.state.in_(BINDING)
        & (Plan.starts_on <= period.ends_on)
        & (Plan.ends_on >= period.starts_on)
    )


def _rows(
    session: Session,
    actor: Actor,
    period: Period,
    people: Sequence[Person],
    *,
    only: ColumnElement[bool] | None = None,
) -> tuple[Row, ...]:
    """The rows of these people, with all their KPIs or `only` those for which a condition holds."""
    ids = [person.id for person in people]
    # Of several versions the latest counts: it takes the place of one that began on the same day
    found = session.scalars(_plans(period).where(Plan.person_id.in_(ids)).order_by(Plan.version_number))
    plans = {plan.person_id: plan for plan in found}
    kpis = session.execute(
        select(Kpi.plan_id, Kpi.id, may_on_kpi(actor, Action.ENTRY_WRITE).label("is_writable"))
        .join(Plan, Kpi.plan_id == Plan.id)
        .where(Kpi.plan_id.in_([plan.id for plan in plans.values()]), true() if only is None else only)
        .order_by(Kpi.plan_id, Kpi.place)
    ).all()
    books = books_of(session, [kpi.id for kpi in kpis], between=(_begin_before(period), period.ends_on))
    writable = frozenset(kpi.id for kpi in kpis if kpi.is_writable)
    return tuple(
        _row(
            person,
            plans[person.id],
            [books[kpi.id] for kpi in kpis if kpi.plan_id == plans[person.id].id],
            period,
            actor.today,
            writable,
        )
        for person in people
        if person.id in plans
    )


def _row(
    person: Person, plan: Plan, books: Sequence[Book], period: Period, today: date, writable: frozenset[int]
) -> Row:
    squares = {book.kpi.id: squares_of(book, period, today) for book in books}
    day = min(max(today, period.starts_on), period.ends_on)
    placement = next(
        (p for p in reversed(person.placements) if p.starts_on <= day and (p.ends_on is None or day <= p.ends_on)), None
    )
    not_due = tuple(book.kpi for book in books if not squares[book.kpi.id])
    return Row(person, placement, plan, {k: v for k, v in squares.items() if v}, not_due, writable & squares.keys())


def _begin_before(period: Period) -> date:
    """The first day of the period before, whose figures are shown for comparison."""
    before = [each.starts_on for each in period.cycle.periods if each.starts_on < period.starts_on]
    return max(before, default=period.starts_on)


# --- Saving -----------------------------------------------------------------------------------------------------------


def save_grid(session: Session, actor: Actor, *, cells: Sequence[Cell]) -> GridResult:
    """Save every cell that can be saved; the others come back with all their reasons, and nothing of them is kept."""
    _require_all(session, actor, {cell.kpi_id for cell in cells})
    books = books_of(session, {cell.kpi_id for cell in cells}, for_change=True)
    desk, result = Desk(session, actor), GridResult()
    for cell in cells:
        try:
            _save(desk, books[cell.kpi_id], cell, result)
        except Invalid as refused:
            result.faults[cell.key] = refused.faults
        except Conflict as refused:
            result.faults[cell.key] = (Fault("", refused.code, refused.values),)
            if refused.code == "stale_version":
                result.overtaken[cell.key] = books[cell.kpi_id].entries.get(cell.on)
    desk.close()
    return result


def forms_of(session: Session, actor: Actor, *, kpi_ids: set[int]) -> dict[int, FigureForm]:
    """What entries of these KPIs have to say, for who may record them."""
    _require_all(session, actor, kpi_ids)
    kpis = select(Kpi).where(Kpi.id.in_(kpi_ids)).options(selectinload(Kpi.inputs), selectinload(Kpi.milestones))
    return {kpi.id: form_of(kpi) for kpi in session.scalars(kpis)}


def _require_all(session: Session, actor: Actor, kpi_ids: set[int]) -> None:
    """Access to all these KPIs, in one select; the first that is refused says how."""
    note_question(session, Action.ENTRY_WRITE)
    wanted = select(Kpi.id).join(Plan, Kpi.plan_id == Plan.id).where(Kpi.id.in_(kpi_ids))
    allowed = session.scalars(wanted.where(may_on_kpi(actor, Action.ENTRY_WRITE)))
    for kpi_id in sorted(kpi_ids.difference(allowed)):
        require_kpi(session, actor, Action.ENTRY_WRITE, kpi_id)


def _save(desk: Desk, book: Book, cell: Cell, result: GridResult) -> None:
    acts = len(desk.acts)
    if cell.figure is not None:
        desk.write(book, on=cell.on, values=EntryValues(cell.figure), version=cell.version)
        result.saved += len(desk.acts) - acts
    elif cell.on in book.entries:
        desk.erase(book, on=cell.on, version=cell.version)
        result.removed += 1
