"""Which figures does a team owe for a period, which are there, and what happens to a grid full of new ones?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from app.access import Actor, may, note_question, require
from app.errors import Conflict, Invalid, NotFound
from app.models import Entry, Kpi, Period, Person, Placement, Plan, ReportingLine, Unit
from app.rules import aggregation
from app.rules.entries import Figure, FigureForm, Span, entry_span, overlap_fault, slot_of
from app.rules.faults import Fault, Refused
from app.rules.methods import Scoring
from app.rules.progress import AgreedKpi, SpanTarget, in_period
from app.rules.vocabulary import BINDING, Action, Frequency, MeasureKind
from app.services.actuals import Desk, EntryValues
from app.services.entry_books import Book, books_of, entry_value, form_of, span_of
from app.services.plan_values import measure_of, scoring_of

PAGE: Final = 25
"""People on one page of the grid."""
_OFTEN: Final = (Frequency.DAILY, Frequency.WEEKLY)


@dataclass(frozen=True, slots=True)
class GridFilter:
    """Whom the grid shows: by words in name or number, by unit with all below it, by manager."""

    search: str = ""
    unit_id: int | None = None
    manager: str = ""
    offset: int = 0
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Square:
    """One figure that is due: of a KPI, for a span of days."""

    book: Book
    span: Span
    entry: Entry | None
    parts: tuple[Entry, ...]
    """Entries of shorter spans, which stand in place of one figure for all the days."""
    parts_due: int
    target: Scoring
    """What was agreed, for these days."""
    previous: Fraction | None
    """What came out for the days before."""
    reached_before: Mapping[str, str]
    """Milestones reached earlier, with the span in which they were."""
    closed: str | None
    """Why nothing may be recorded here, as a code."""

    @property
    def kpi(self) -> Kpi:
        """The KPI that the figure is of."""
        return self.book.kpi

    @property
    def is_filled(self) -> bool:
        """Whether a figure is there."""
        return self.entry is not None or bool(self.parts)

    @property
    def total(self) -> Fraction | None:
        """What the entries of shorter spans come to."""
        return _outcome(self.book, self.parts)


@dataclass(frozen=True, slots=True)
class Row:
    """One employee with the figures that are due, by KPI in the order of the plan; and the KPIs of which none is."""

    person: Person
    placement: Placement | None
    plan: Plan
    squares: Mapping[int, tuple[Square, ...]]
    not_due: tuple[Kpi, ...]
    is_writable: bool

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
    people = _people(actor, period, wanted)
    planned = people.where(Person.id.in_(_plans(period).with_only_columns(Plan.person_id)))
    total = session.scalar(select(func.count()).select_from(planned.subquery())) or 0
    everybody = session.scalar(select(func.count()).select_from(people.subquery())) or 0
    in_order = planned.options(*_places()).order_by(Person.name, Person.id)
    page = session.scalars(in_order.offset(wanted.offset).limit(wanted.limit)).all()
    return Grid(period, _rows(session, actor, period, page), total, everybody - total)


def own_grid(session: Session, actor: Actor, *, period: Period) -> Grid:
    """The actor's own figures, to be read."""
    require(session, actor, Action.ENTRY_READ, actor.person_id)
    people = session.scalars(select(Person).where(Person.id == actor.person_id).options(*_places())).all()
    rows = _rows(session, actor, period, people)
    return Grid(period, rows, len(rows), len(people) - len(rows))


def units_of_grid(session: Session, actor: Actor) -> Sequence[Unit]:
    """The units in which somebody works whose figures the actor may see."""
    note_question(session, Action.ENTRY_READ)
    placed = select(Placement.unit_id).where(
        may(actor, Action.ENTRY_READ, Placement.person_id),
        Placement.person_id != actor.person_id,
        _lasts(Placement.starts_on, Placement.ends_on, actor.today),
    )
    return session.scalars(select(Unit).where(Unit.id.in_(placed)).order_by(Unit.name, Unit.id)).all()


def _people(actor: Actor, period: Period, wanted: GridFilter) -> Select[Person]:
    employed = (Person.joined_on <= period.ends_on) & or_(Person.left_on.is_(None), Person.left_on >= period.starts_on)
    people = select(Person).where(may(actor, Action.ENTRY_READ, Person.id), Person.id != actor.person_id, employed)
    for word in wanted.search.split():
        people = people.where(_is_called(Person.name, Person.number, word))
    if wanted.unit_id is not None:
        placed = select(Placement.person_id).where(
            Placement.unit_id.in_(_units_below(wanted.unit_id)),
            _lasts(Placement.starts_on, Placement.ends_on, actor.today),
        )
        people = people.where(Person.id.in_(placed))
    if wanted.manager.strip():
        people = people.where(Person.id.in_(_reports_of(wanted.manager, actor.today)))
    return people


def _reports_of(manager: str, on: date) -> Select[int]:
    chief = aliased(Person)
    reports = (
        select(ReportingLine.person_id)
        .join(chief, ReportingLine.manager_id == chief.id)
        .where(_lasts(ReportingLine.starts_on, ReportingLine.ends_on, on))
    )
    for word in manager.split():
        reports = reports.where(_is_called(chief.name, chief.number, word))
    return reports


def _is_called(name: InstrumentedAttribute[str], number: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return or_(name.icontains(word, autoescape=True), number.icontains(word, autoescape=True))


def _units_below(unit_id: int) -> Select[int]:
    below = select(Unit.id).where(Unit.id == unit_id).cte("units_below", recursive=True)
    child = aliased(Unit)
    below = below.union(select(child.id).where(child.parent_id == below.c.id))
    return select(below.c.id)


def _lasts(
    starts_on: InstrumentedAttribute[date], ends_on: InstrumentedAttribute[date | None], on: date
) -> ColumnElement[bool]:
    return (starts_on <= on) & or_(ends_on.is_(None), ends_on >= on)


def _places() -> tuple[_AbstractLoad, ...]:
    placements = selectinload(Person.placements)
    return placements.joinedload(Placement.unit), placements.joinedload(Placement.position)


def _plans(period: Period) -> Select[Plan]:
    """The plans that hold in a period."""
    return select(Plan).where(
        Plan.cycle_id == period.cycle_id,
        Plan.state.in_(BINDING),
        Plan.starts_on <= period.ends_on,
        Plan.ends_on >= period.starts_on,
    )


def _rows(session: Session, actor: Actor, period: Period, people: Sequence[Person]) -> tuple[Row, ...]:
    ids = [person.id for person in people]
    # Of several versions the latest counts: it takes the place of one that began on the same day
    found = session.scalars(_plans(period).where(Plan.person_id.in_(ids)).order_by(Plan.version_number))
    plans = {plan.person_id: plan for plan in found}
    kpis = session.execute(
        select(Kpi.plan_id, Kpi.id)
        .where(Kpi.plan_id.in_([plan.id for plan in plans.values()]))
        .order_by(Kpi.plan_id, Kpi.place)
    ).all()
    books = books_of(session, [kpi_id for _, kpi_id in kpis], between=(_begin_before(period), period.ends_on))
    writable = set(
        session.scalars(select(Person.id).where(Person.id.in_(ids), may(actor, Action.ENTRY_WRITE, Person.id)))
    )
    return tuple(
        _row(
            person,
            plans[person.id],
            [books[kpi_id] for plan_id, kpi_id in kpis if plan_id == plans[person.id].id],
            period,
            actor.today,
            is_writable=person.id in writable,
        )
        for person in people
        if person.id in plans
    )


def _row(person: Person, plan: Plan, books: Sequence[Book], period: Period, today: date, *, is_writable: bool) -> Row:
    squares = {book.kpi.id: squares_of(book, period, today) for book in books}
    day = min(max(today, period.starts_on), period.ends_on)
    placement = next(
        (p for p in reversed(person.placements) if p.starts_on <= day and (p.ends_on is None or day <= p.ends_on)), None
    )
    not_due = tuple(book.kpi for book in books if not squares[book.kpi.id])
    return Row(person, placement, plan, {k: v for k, v in squares.items() if v}, not_due, is_writable)


def _begin_before(period: Period) -> date:
    """The first day of the period before, whose figures are shown for comparison."""
    before = [each.starts_on for each in period.cycle.periods if each.starts_on < period.starts_on]
    return max(before, default=period.starts_on)


# --- What is due of one KPI -------------------------------------------------------------------------------------------


def squares_of(book: Book, period: Period, today: date) -> tuple[Square, ...]:
    """The figures of a KPI that are due in a period: one for each slot, or one for all its days and weeks together."""
    plan, kpi = book.plan, book.kpi
    first, last = max(plan.starts_on, period.starts_on), min(plan.ends_on, period.ends_on)
    slots = aggregation.due_slots(kpi.frequency, first, last)
    if kpi.frequency in _OFTEN and slots:
        days = Span(period.code, period.starts_on, period.ends_on)
        before = [each for each in period.cycle.periods if each.ends_on < period.starts_on]
        earlier = Span(before[-1].code, before[-1].starts_on, before[-1].ends_on) if before else None
        return (_square(book, days, earlier, len(slots), today),)
    return tuple(
        _square(book, Span(*slot), Span(*slot_of(kpi.frequency, slot.first_day - timedelta(days=1))), 1, today)
        for slot in slots
    )


def slots_of(book: Book, period: Period, today: date) -> tuple[Square, ...]:
    """The figures of a KPI in a period slot by slot: each day or week on its own."""
    first, last = max(book.plan.starts_on, period.starts_on), min(book.plan.ends_on, period.ends_on)
    return tuple(
        _square(book, Span(*slot), None, 1, today) for slot in aggregation.due_slots(book.kpi.frequency, first, last)
    )


def _square(book: Book, span: Span, earlier: Span | None, parts_due: int, today: date) -> Square:
    parts = [entry for entry in _within(book, span) if entry.on != span.on]
    return Square(
        book=book,
        span=span,
        entry=book.entries.get(span.on),
        parts=tuple(parts),
        parts_due=parts_due,
        target=in_period(_agreed(book), span.first_day, span.last_day, today).scoring,
        previous=_outcome(book, _within(book, earlier)) if earlier else None,
        reached_before={
            stage.name: entry.on
            for entry in reversed(book.entries.values())
            if entry.ends_on < span.first_day
            for stage in entry.reached
        },
        closed=_closed(book, span, parts),
    )


def _closed(book: Book, span: Span, parts: Sequence[Entry]) -> str | None:
    if isinstance(entry_span(book.calendar, span.on), Fault):
        return "days_only"  # a plan that ends inside a period leaves no figure for the whole of it
    others = [span_of(entry) for entry in book.entries.values() if entry not in parts]
    return "covered" if overlap_fault(span, others) else book.closed_because(span)


def _within(book: Book, span: Span) -> list[Entry]:
    """The entries that end in the span and are no longer than it; weeks may begin before it."""
    length = span.last_day - span.first_day
    return [
        entry
        for entry in book.entries.values()
        if span.first_day <= entry.ends_on <= span.last_day and entry.ends_on - entry.starts_on <= length
    ]


def _agreed(book: Book) -> AgreedKpi:
    kpi = book.kpi
    targets = [
        SpanTarget(each.period.starts_on, each.period.ends_on, Fraction(each.target)) for each in kpi.period_targets
    ]
    return AgreedKpi(
        measure=measure_of(kpi),
        scoring=scoring_of(kpi),
        frequency=kpi.frequency,
        first_day=book.plan.starts_on,
        last_day=book.plan.ends_on,
        period_targets=tuple(targets),
    )


def _outcome(book: Book, entries: Sequence[Entry]) -> Fraction | None:
    """What the entries come to, for comparison: of a growth measure the level itself, of milestones nothing."""
    if not entries or book.kpi.measure is MeasureKind.MILESTONE:
        return None
    values = [entry_value(entry) for entry in entries]
    if book.kpi.measure is MeasureKind.GROWTH:
        latest = max(values, key=lambda entry: entry.last_day).value
        return None if latest is None else Fraction(latest)
    try:
        return aggregation.actual(measure_of(book.kpi), values)
    except Refused:
        return None


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
    """Access to the plans of all these KPIs, in one select; the first that is refused says how."""
    note_question(session, Action.ENTRY_WRITE)
    wanted = select(Kpi.id, Plan.person_id).join(Plan, Kpi.plan_id == Plan.id).where(Kpi.id.in_(kpi_ids))
    subjects = {row.id: row.person_id for row in session.execute(wanted)}
    if subjects.keys() != kpi_ids:
        raise NotFound
    people = set(subjects.values())
    allowed = session.scalars(select(Person.id).where(Person.id.in_(people), may(actor, Action.ENTRY_WRITE, Person.id)))
    for person_id in sorted(people.difference(allowed)):
        require(session, actor, Action.ENTRY_WRITE, person_id)


def _save(desk: Desk, book: Book, cell: Cell, result: GridResult) -> None:
    acts = len(desk.acts)
    if cell.figure is not None:
        desk.write(book, on=cell.on, values=EntryValues(cell.figure), version=cell.version)
        result.saved += len(desk.acts) - acts
    elif cell.on in book.entries:
        desk.erase(book, on=cell.on, version=cell.version)
        result.removed += 1
