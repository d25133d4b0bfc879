"""What does an employee set out to learn or change, with whose support, until when, and what is due?"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, allow, may, note_question, require
from app.errors import Conflict, Invalid, NotFound
from app.models import Appraisal, BehaviourRating, DevelopmentItem, Period, Person
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy_lines
from app.rules.vocabulary import RELEASED, Action, DevelopmentState
from app.services import audit, scorecards
from app.services.causes import due_faults
from app.services.cycles import current_cycle
from app.services.following import KpiFollowing, follow
from app.services.listing import Listing

LONGEST: Final = 2_000
MOST: Final = 40
"""Items of one person that are open; nobody works on more at a time."""
LOW_LEVEL: Final = 2
"""The level of a behaviour up to which it is offered as a gap."""
_ALIVE: Final = (DevelopmentState.OPEN, DevelopmentState.RUNNING)


@dataclass(frozen=True, slots=True)
class ItemValues:
    """One item: what is lacking, what is done about it, who or what helps, until when, and where it stands."""

    gap: str
    development_action: str
    support: str
    due_on: date | None
    state: DevelopmentState = DevelopmentState.OPEN
    kpi_code: str = ""


@dataclass(frozen=True, slots=True)
class DevelopmentPlan:
    """A person's items, the open ones first, and gaps that the figures suggest."""

    person: Person
    items: list[DevelopmentItem]
    weakest: list[KpiFollowing]
    behaviours: list[BehaviourRating]
    may_write: bool


def development_of(session: Session, actor: Actor, *, person_id: int) -> DevelopmentPlan:
    """The development plan of somebody whose card the actor may see."""
    require(session, actor, Action.SCORECARD_READ, person_id)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    items = session.scalars(
        select(DevelopmentItem)
        .where(DevelopmentItem.person_id == person_id)
        .options(joinedload(DevelopmentItem.changed_by))
        .order_by(DevelopmentItem.state.not_in(_ALIVE), DevelopmentItem.due_on, DevelopmentItem.id)
    ).all()
    taken = {item.kpi_code for item in items if item.state in _ALIVE}
    return DevelopmentPlan(
        person=person,
        items=list(items),
        weakest=[each for each in _weakest(session, actor, person_id) if each.kpi.code not in taken],
        behaviours=_low_behaviours(session, person_id),
        may_write=allow(session, actor, Action.DEVELOPMENT_WRITE, person_id).is_allowed,
    )


def check_may_write(session: Session, actor: Actor, *, person_id: int) -> None:
    """Refuse whoever may not, before anything else is looked at."""
    require(session, actor, Action.DEVELOPMENT_WRITE, person_id)


def get_item(session: Session, actor: Actor, *, item_id: int) -> DevelopmentItem:
    """One item for changing it; employee, managers and HR."""
    note_question(session, Action.DEVELOPMENT_WRITE)
    item = session.scalar(
        select(DevelopmentItem).where(DevelopmentItem.id == item_id).options(joinedload(DevelopmentItem.person))
    )
    if item is None:
        raise NotFound
    require(session, actor, Action.DEVELOPMENT_WRITE, item.person_id)
    return item


def enter_item(session: Session, actor: Actor, *, person_id: int, values: ItemValues) -> DevelopmentItem:
    """Add an item to a development plan; employee, managers and HR."""
    require(session, actor, Action.DEVELOPMENT_WRITE, person_id)
    alive = select(func.count(DevelopmentItem.id)).where(
        DevelopmentItem.person_id == person_id, DevelopmentItem.state.in_(_ALIVE)
    )
    if (session.scalar(alive) or 0) >= MOST:
        raise Conflict("too_many_items", {"most": str(MOST)})
    faults = [*_faults(values), *due_faults(values.due_on, actor.today)]
    now = clock.now()
    item = DevelopmentItem(
        person_id=person_id,
        state=DevelopmentState.OPEN,
        entered_at=now,
        entered_by_id=actor.person_id,
    )
    _write(item, actor, values, faults)
    session.add(item)
    session.flush()
    _record(session, actor, item, "development.entered")
    return item


def change_item(
    session: Session, actor: Actor, *, item_id: int, version: int | None, values: ItemValues
) -> DevelopmentItem:
    """Change an item or move it on; a later day may be agreed, and an item that is done keeps its day."""
    item = get_item(session, actor, item_id=item_id)
    locked = select(DevelopmentItem).where(DevelopmentItem.id == item_id).with_for_update(of=DevelopmentItem)
    session.scalar(locked.execution_options(populate_existing=True))
    if version is not None and item.version != version:
        raise Conflict("stale")
    faults = _faults(values)
    if values.due_on != item.due_on:  # what is late may stay late
        faults += due_faults(values.due_on, actor.today)
    _write(item, actor, values, faults)
    item.state = values.state
    session.flush()
    _record(session, actor, item, "development.changed")
    return item


def due_items(
    session: Session, actor: Actor, *, until: date | None = None, offset: int = 0, limit: int = 50
) -> Listing[DevelopmentItem]:
    """What is open of everybody whose card the actor may see, those first that are due first."""
    note_question(session, Action.SCORECARD_READ)
    wanted = select(DevelopmentItem).where(
        DevelopmentItem.state.in_(_ALIVE), may(actor, Action.SCORECARD_READ, DevelopmentItem.person_id)
    )
    if until is not None:
        wanted = wanted.where(DevelopmentItem.due_on <= until)
    total = session.scalar(wanted.with_only_columns(func.count())) or 0
    page = wanted.options(joinedload(DevelopmentItem.person)).order_by(DevelopmentItem.due_on, DevelopmentItem.id)
    return Listing(list(session.scalars(page.offset(offset).limit(limit))), total)


def _faults(values: ItemValues) -> list[Fault]:
    faults: list[Fault] = []
    texts = (("gap", values.gap, True), ("development_action", values.development_action, True))
    for name, text, required in (*texts, ("support", values.support, False)):
        faults += text_faults(name, tidy_lines(text), limit=LONGEST, required=required)
    return [*faults, *text_faults("kpi_code", values.kpi_code, limit=40, required=False)]


def _write(item: DevelopmentItem, actor: Actor, values: ItemValues, faults: list[Fault]) -> None:
    if faults or values.due_on is None:
        raise Invalid(faults)
    item.gap, item.development_action = tidy_lines(values.gap), tidy_lines(values.development_action)
    item.support, item.due_on, item.kpi_code = tidy_lines(values.support), values.due_on, values.kpi_code
    item.changed_at, item.changed_by_id = clock.now(), actor.person_id


def _record(session: Session, actor: Actor, item: DevelopmentItem, action: str) -> None:
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        about=("development_item", item.id),
        subject_id=item.person_id,
        details={"state": item.state.value, "due_on": item.due_on, "version": item.version},
        words={"gap": item.gap, "development_action": item.development_action, "support": item.support},
    )


def _weakest(session: Session, actor: Actor, person_id: int) -> list[KpiFollowing]:
    """The KPIs with which most is to be won in the present cycle."""
    cycle = current_cycle(session, actor.today)
    if cycle is None:
        return []
    try:
        found = scorecards.period_card(session, actor, person_id=person_id, cycle_code=cycle.code)
    except NotFound:
        return []
    return follow(found).weakest


def _low_behaviours(session: Session, person_id: int) -> list[BehaviourRating]:
    """The behaviours that were rated low in the last result that is out; before that they are the appraiser's."""
    last = (
        select(Appraisal.id)
        .join(Appraisal.period)
        .where(Appraisal.person_id == person_id, Appraisal.state.in_(RELEASED))
        .order_by(Period.ends_on.desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = select(BehaviourRating).where(BehaviourRating.appraisal_id == last, BehaviourRating.level <= LOW_LEVEL)
    return list(session.scalars(wanted.options(joinedload(BehaviourRating.behaviour)).order_by(BehaviourRating.level)))
