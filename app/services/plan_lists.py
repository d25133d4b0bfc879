"""Who has a plan for a cycle, in which state is it, and what does each draft still lack?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql import ColumnElement

from app.access import Actor, may, note_question
from app.errors import NotFound
from app.models import Cycle, Kpi, Objective, Person, Placement, Plan
from app.models.people import not_left_before
from app.rules.faults import Fault
from app.rules.vocabulary import IN_MAKING, Action, PlanState
from app.services.cycles import list_cycles
from app.services.employment import placement_on
from app.services.listing import Listing
from app.services.planning import findings, with_parts


class PlanFilter(StrEnum):
    """Which people a list of plans is narrowed to."""

    ACTIVE = "active"
    AGREEING = "agreeing"
    """Proposed, answered or accepted, and not in force yet."""
    DRAFT = "draft"
    NONE = "none"


_AGREEING: Final = tuple(state for state in IN_MAKING if state is not PlanState.DRAFT)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One person of the list: the version in force, the draft if there is one, and how far it is."""

    person: Person
    placement: Placement | None
    active: Plan | None
    draft: Plan | None
    objectives: int
    kpis: int
    missing: Sequence[Fault]
    """What the draft still lacks."""
    may_write: bool


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """How many of the visible people have what; somebody whose plan is being revised counts twice."""

    people: int
    active: int
    draft: int
    agreeing: int
    none: int


def cycles_of_plans(session: Session, actor: Actor) -> list[Cycle]:
    """The cycles for which plans are written, the latest first."""
    note_question(session, Action.PLAN_READ)
    return list_cycles(session, actor)


def list_plans(  # noqa: PLR0913 - what a list can be narrowed to
    session: Session,
    actor: Actor,
    *,
    cycle_id: int,
    search: str = "",
    person_id: int | None = None,
    only: PlanFilter | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Listing[PlanRow]:
    """The people on whose plans the actor may look, by name, with their plans for a cycle; or one of them alone."""
    note_question(session, Action.PLAN_READ)
    cycle = session.get(Cycle, cycle_id)
    if cycle is None:
        raise NotFound
    people = _people(actor, cycle, search)
    if person_id is not None:
        people = people.where(Person.id == person_id)
    if only is not None:
        people = people.where(_has(only, cycle))
    total = session.scalar(people.with_only_columns(func.count())) or 0
    page = session.scalars(
        people.order_by(Person.name, Person.id)
        .offset(offset)
        .limit(limit)
        .options(
            selectinload(Person.placements).joinedload(Placement.unit),
            selectinload(Person.placements).joinedload(Placement.position),
        )
    ).all()
    return Listing(_rows(session, actor, cycle, page), total)


def count_plans(session: Session, actor: Actor, *, cycle_id: int, search: str = "") -> PlanCounts:
    """The same list in four figures."""
    note_question(session, Action.PLAN_READ)
    cycle = session.get(Cycle, cycle_id)
    if cycle is None:
        raise NotFound

    def count(*conditions: ColumnElement[bool]) -> int:
        people = _people(actor, cycle, search).where(*conditions)
        return session.scalar(people.with_only_columns(func.count())) or 0

    return PlanCounts(
        people=count(),
        active=count(_has(PlanFilter.ACTIVE, cycle)),
        draft=count(_has(PlanFilter.DRAFT, cycle)),
        agreeing=count(_has(PlanFilter.AGREEING, cycle)),
        none=count(_has(PlanFilter.NONE, cycle)),
    )


def plans_of_person(session: Session, actor: Actor, *, person_id: int) -> Sequence[Plan]:
    """The plans of one person on which the actor may look: of each cycle those that were not replaced, latest first."""
    note_question(session, Action.PLAN_READ)
    query = (
        select(Plan)
        .join(Cycle, Plan.cycle_id == Cycle.id)
        .where(
            Plan.person_id == person_id,
            Plan.state != PlanState.REPLACED,
            may(actor, Action.PLAN_READ, Plan.person_id),
        )
        .order_by(Cycle.starts_on.desc(), Plan.version_number)
        .options(selectinload(Plan.cycle))
    )
    return session.scalars(query).all()


def copyable_plans(
    session: Session, actor: Actor, *, person_id: int, cycle_id: int, search: str = "", limit: int = 50
) -> Sequence[Plan]:
    """Plans of others from which a new one may be copied, those in force, by the name of their employee."""
    note_question(session, Action.PLAN_READ)
    query = (
        select(Plan)
        .join(Person, Plan.person_id == Person.id)
        .where(
            Plan.cycle_id == cycle_id,
            Plan.person_id != person_id,
            Plan.state == PlanState.ACTIVE,
            may(actor, Action.PLAN_READ, Plan.person_id),
        )
        .order_by(Person.name, Plan.id)
        .limit(limit)
        .options(
            selectinload(Plan.person).selectinload(Person.placements).joinedload(Placement.position),
            selectinload(Plan.objectives).selectinload(Objective.kpis),
        )
    )
    if search:
        query = query.where(_is_called(search))
    return session.scalars(query).all()


def _people(actor: Actor, cycle: Cycle, search: str) -> Select[Person]:
    people = select(Person).where(
        may(actor, Action.PLAN_READ, Person.id),
        Person.joined_on <= cycle.ends_on,
        not_left_before(cycle.starts_on),
    )
    return people.where(_is_called(search)) if search else people


def _is_called(search: str) -> ColumnElement[bool]:
    return or_(Person.name.icontains(search, autoescape=True), Person.number.icontains(search, autoescape=True))


def _has(only: PlanFilter, cycle: Cycle) -> ColumnElement[bool]:
    plans = exists().where(Plan.person_id == Person.id, Plan.cycle_id == cycle.id)
    if only is PlanFilter.NONE:
        return ~plans
    if only is PlanFilter.AGREEING:
        return plans.where(Plan.state.in_(_AGREEING))
    return plans.where(Plan.state == PlanState(only.value))


def _rows(session: Session, actor: Actor, cycle: Cycle, people: Sequence[Person]) -> list[PlanRow]:
    ids = [person.id for person in people]
    of_people = select(Plan).where(Plan.cycle_id == cycle.id, Plan.person_id.in_(ids))
    active = {plan.person_id: plan for plan in session.scalars(of_people.where(Plan.state == PlanState.ACTIVE))}
    drafts = {
        plan.person_id: plan
        for plan in session.scalars(of_people.where(Plan.state.in_(IN_MAKING)).options(*with_parts()))
    }
    writable = set(
        session.scalars(select(Person.id).where(Person.id.in_(ids), may(actor, Action.PLAN_WRITE, Person.id)))
    )
    counts = _counts(session, [plan.id for plan in (*active.values(), *drafts.values())])
    day = min(max(actor.today, cycle.starts_on), cycle.ends_on)
    rows = []
    for person in people:
        draft, in_force = drafts.get(person.id), active.get(person.id)
        shown = draft or in_force
        objectives, kpis = counts.get(shown.id, (0, 0)) if shown else (0, 0)
        rows.append(
            PlanRow(
                person=person,
                placement=placement_on(person, day),
                active=in_force,
                draft=draft,
                objectives=objectives,
                kpis=kpis,
                missing=findings(draft) if draft else (),
                may_write=person.id in writable,
            )
        )
    return rows


def _counts(session: Session, plan_ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    rows = session.execute(
        select(Objective.plan_id, func.count(Objective.id.distinct()), func.count(Kpi.id))
        .outerjoin(Kpi, Kpi.objective_id == Objective.id)
        .where(Objective.plan_id.in_(plan_ids))
        .group_by(Objective.plan_id)
    )
    return {plan_id: (objectives, kpis) for plan_id, objectives, kpis in rows}
