"""Who gets a plan when many are made in one step, and what do those plans begin with?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor, has_team, may, note_question, require
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import Cycle, Person, Placement, Plan, Position, Unit
from app.rules.carry_over import DIGITS, MOST_PERCENT, Terms
from app.rules.faults import Fault
from app.rules.numbers import shown
from app.rules.texts import text_faults, tidy
from app.rules.vocabulary import Action, CycleState, PlanState
from app.services import audit
from app.services.last_actuals import last_actuals
from app.services.people_lists import units_below
from app.services.plan_copies import Change, copy_parts, renewed_titles
from app.services.plan_kpis import LONGEST_TITLE
from app.services.plan_weights import weigh_plan
from app.services.planning import get_plan, with_parts
from app.services.units import list_units, units_in_view

_AT_A_TIME: Final = 250
"""How many source plans are held in the memory together."""


class Outcome(StrEnum):
    """What becomes of one person when plans are made for many."""

    GETS_PLAN = "gets_plan"
    HAS_PLAN = "has_plan"
    """There is one for the cycle already; it is left as it is."""
    LEFT_OUT = "left_out"
    """Whoever makes the plans has left this person out."""
    NO_SOURCE = "no_source"
    """Nothing was in force in the cycle from which plans are carried over."""
    NOT_EMPLOYED = "not_employed"
    OWN = "own"
    """Nobody writes their own plan."""


@dataclass(frozen=True, slots=True)
class BulkWish:
    """For which cycle plans are made, with what they begin, for whom, and how targets change.

    They begin either with one plan for all (`source_plan_id`) or with each one's own plan of another cycle.
    """

    cycle_id: int
    source_plan_id: int | None = None
    source_cycle_id: int | None = None
    unit_id: int | None = None
    """With the units below it; none for all units."""
    position_id: int | None = None
    person_ids: frozenset[int] | None = None
    """These people alone."""
    left_out: frozenset[int] = frozenset()
    terms: Terms = field(default_factory=Terms)
    with_actuals: bool = False
    """Whether each KPI begins with its last actual as the value before; only for plans that are carried over."""
    renews_years: bool = False
    """Whether titles that name a year of their cycle name the new one."""
    titles: Mapping[int, str] = field(default_factory=dict)
    """Titles that were written anew, by the id of the source's objective."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person and what becomes of them."""

    person_id: int
    number: str
    name: str
    unit: str
    position: str
    outcome: Outcome
    source_id: int | None


def may_make_many(session: Session, actor: Actor) -> bool:
    """Whether there is anybody whose plan the actor may write; the question without consequences."""
    return actor.is_hr or has_team(session, actor)


def check_may_write(session: Session, actor: Actor) -> None:
    """Refuse those who may write nobody's plan."""
    note_question(session, Action.PLAN_WRITE)
    if not may_make_many(session, actor):
        raise NotAllowed


def recipients(session: Session, actor: Actor, wish: BulkWish) -> list[Recipient]:
    """Everybody whom the wish concerns, by name, each with what becomes of them; nothing is written."""
    check_may_write(session, actor)
    cycle = _checked(session, actor, wish)
    having = set(session.scalars(select(Plan.person_id).where(Plan.cycle_id == cycle.id)))
    sources = _sources(session, wish)
    rows = session.execute(_people(actor, cycle, wish).order_by(Person.name, Person.id)).all()
    found = []
    for row in rows:
        if row.left_on is not None and row.left_on < actor.today:
            continue  # nobody expects a plan for those who have left already
        source_id = wish.source_plan_id if sources is None else sources.get(row.id)
        is_employed = row.joined_on <= cycle.ends_on and (row.left_on is None or row.left_on >= cycle.starts_on)
        outcome = _outcome(actor, wish, row.id, source_id, having) if is_employed else Outcome.NOT_EMPLOYED
        found.append(Recipient(row.id, row.number, row.name, row.unit or "", row.position or "", outcome, source_id))
    return found


def make_plans(session: Session, actor: Actor, wish: BulkWish) -> list[Recipient]:
    """A draft for everybody who gets one, all or none; done again it finds them there and makes nothing twice."""
    check_may_write(session, actor)
    # Whoever makes plans for the same cycle at the same time waits, and then finds these
    session.execute(select(Cycle.id).where(Cycle.id == wish.cycle_id).with_for_update())
    everybody = recipients(session, actor, wish)
    waiting = iter([each for each in everybody if each.outcome is Outcome.GETS_PLAN])
    cycle = session.get_one(Cycle, wish.cycle_id)
    while chunk := list(islice(waiting, _AT_A_TIME)):
        _make(session, actor, cycle, chunk, wish)
    return everybody


def cycle_to_carry_from(session: Session, actor: Actor, *, person_id: int, cycle_id: int) -> Cycle | None:
    """The latest other cycle that began earlier and in which this person has a plan in force."""
    require(session, actor, Action.PLAN_WRITE, person_id)
    start = select(Cycle.starts_on).where(Cycle.id == cycle_id).scalar_subquery()
    query = (
        select(Cycle)
        .join(Plan, Plan.cycle_id == Cycle.id)
        .where(Plan.person_id == person_id, Plan.state == PlanState.ACTIVE, Cycle.starts_on < start)
        .order_by(Cycle.starts_on.desc())
        .limit(1)
    )
    return session.scalar(query)


def carry_plan(session: Session, actor: Actor, *, person_id: int, wish: BulkWish) -> Plan:
    """One person's draft that begins with their own plan of another cycle, refused where they cannot get one."""
    require(session, actor, Action.PLAN_WRITE, person_id)
    made = make_plans(session, actor, replace(wish, person_ids=frozenset({person_id})))
    outcome = made[0].outcome if made else Outcome.NOT_EMPLOYED
    if outcome is not Outcome.GETS_PLAN:
        raise Conflict(_REFUSALS[outcome])
    return session.scalars(select(Plan).where(Plan.person_id == person_id, Plan.cycle_id == wish.cycle_id)).one()


_REFUSALS: Final = {
    Outcome.HAS_PLAN: "plan_exists",
    Outcome.NOT_EMPLOYED: "not_employed_in_cycle",
    Outcome.NO_SOURCE: "no_plan_to_carry",
}


@dataclass(frozen=True, slots=True)
class Places:
    """The units and positions for which the actor may make plans, by id and name."""

    units: Sequence[tuple[int, str]]
    positions: Sequence[tuple[int, str]]


def places_to_choose(session: Session, actor: Actor) -> Places:
    """Where the people sit whose plans the actor may write; HR sees the tree of units, each below its own."""
    check_may_write(session, actor)
    if actor.is_hr:
        units = [(each.item.id, "\u2013 " * each.depth + each.item.name) for each in list_units(session, actor)]
    else:
        units = [(unit.id, unit.name) for unit in units_in_view(session, actor)]
    held = select(Placement.position_id).where(may(actor, Action.PLAN_WRITE, Placement.person_id))
    positions = session.execute(
        select(Position.id, Position.name).where(Position.id.in_(held)).order_by(Position.name, Position.id)
    )
    return Places(units, [(row.id, row.name) for row in positions])


def source_plans(session: Session, actor: Actor, *, limit: int) -> Sequence[Plan]:
    """Plans in force that others may begin with, the latest cycle first, by the name of their employee."""
    check_may_write(session, actor)
    query = (
        select(Plan)
        .join(Cycle, Plan.cycle_id == Cycle.id)
        .join(Person, Plan.person_id == Person.id)
        .where(Plan.state == PlanState.ACTIVE, may(actor, Action.PLAN_READ, Plan.person_id))
        .order_by(Cycle.starts_on.desc(), Person.name, Plan.id)
        .limit(limit)
        .options(joinedload(Plan.person), joinedload(Plan.cycle))
    )
    return session.scalars(query).all()


def plans_with_parts(session: Session, plan_ids: Collection[int]) -> dict[int, Plan]:
    """Plans with all that a copy needs; permission was asked for the people."""
    query = select(Plan).where(Plan.id.in_(plan_ids)).options(*with_parts())
    return {plan.id: plan for plan in session.scalars(query)}


def _checked(session: Session, actor: Actor, wish: BulkWish) -> Cycle:
    """The cycle for which plans are made, if the wish can be fulfilled at all."""
    cycle = session.get(Cycle, wish.cycle_id)
    if cycle is None:
        raise NotFound
    if faults := _faults(session, wish):
        raise Invalid(faults)
    if cycle.state is CycleState.CLOSED:
        raise Conflict("cycle_closed")
    if wish.source_plan_id is not None:
        require(session, actor, Action.PLAN_READ, get_plan(session, actor, plan_id=wish.source_plan_id).person_id)
    return cycle


def _faults(session: Session, wish: BulkWish) -> list[Fault]:
    faults = []
    if (wish.source_plan_id is None) == (wish.source_cycle_id is None):
        faults.append(Fault("source_plan", "one_source_needed"))
    elif wish.source_cycle_id == wish.cycle_id:
        faults.append(Fault("source_cycle", "same_cycle"))
    elif wish.source_cycle_id is not None and session.get(Cycle, wish.source_cycle_id) is None:
        faults.append(Fault("source_cycle", "choice_unknown"))
    for objective_id, title in wish.titles.items():
        faults += text_faults(f"title_{objective_id}", tidy(title), limit=LONGEST_TITLE)
    return faults + _term_faults(wish.terms)


def _term_faults(terms: Terms) -> list[Fault]:
    faults, percent, digits = [], terms.percent, terms.digits
    if percent > MOST_PERCENT:
        faults.append(Fault("percent", "too_large", {"maximum": str(MOST_PERCENT)}))
    elif percent < -MOST_PERCENT:
        faults.append(Fault("percent", "too_small", {"minimum": str(-MOST_PERCENT)}))
    elif shown(percent) != percent:
        faults.append(Fault("percent", "more_than_2_decimals"))
    if digits is not None and digits not in DIGITS:
        faults.append(Fault("digits", "choice_unknown"))
    return faults


def _outcome(actor: Actor, wish: BulkWish, person_id: int, source_id: int | None, having: set[int]) -> Outcome:
    if person_id in having:
        return Outcome.HAS_PLAN
    if person_id == actor.person_id:
        return Outcome.OWN
    if source_id is None:
        return Outcome.NO_SOURCE
    return Outcome.LEFT_OUT if person_id in wish.left_out else Outcome.GETS_PLAN


def _sources(session: Session, wish: BulkWish) -> Mapping[int, int] | None:
    """Each one's own plan in force in the other cycle; None where one plan is for all."""
    if wish.source_cycle_id is None:
        return None
    query = select(Plan.person_id, Plan.id).where(Plan.cycle_id == wish.source_cycle_id, Plan.state == PlanState.ACTIVE)
    return {person_id: plan_id for person_id, plan_id in session.execute(query)}  # noqa: C416 - rows are no pairs


def _people(actor: Actor, cycle: Cycle, wish: BulkWish) -> Any:
    """Those whose plans the actor may write, and the actor, where they sit when the cycle runs."""
    day = min(max(actor.today, cycle.starts_on), cycle.ends_on)
    query = (
        select(
            Person.id,
            Person.number,
            Person.name,
            Person.joined_on,
            Person.left_on,
            Unit.name.label("unit"),
            Position.name.label("position"),
        )
        .outerjoin(
            Placement,
            and_(
                Placement.person_id == Person.id,
                or_(Placement.starts_on <= day, Placement.starts_on <= Person.joined_on),
                or_(Placement.ends_on.is_(None), Placement.ends_on >= day, Placement.ends_on >= Person.left_on),
            ),
        )
        .outerjoin(Unit, Placement.unit_id == Unit.id)
        .outerjoin(Position, Placement.position_id == Position.id)
        .where(or_(may(actor, Action.PLAN_WRITE, Person.id), Person.id == actor.person_id))
    )
    return query.where(*_narrowed(wish))


def _narrowed(wish: BulkWish) -> Iterable[ColumnElement[bool]]:
    if wish.unit_id is not None:
        yield Placement.unit_id.in_(units_below(wish.unit_id))
    if wish.position_id is not None:
        yield Placement.position_id == wish.position_id
    if wish.person_ids is not None:
        yield Person.id.in_(wish.person_ids)


def _make(session: Session, actor: Actor, cycle: Cycle, chosen: Sequence[Recipient], wish: BulkWish) -> None:
    sources = plans_with_parts(session, {each.source_id for each in chosen if each.source_id is not None})
    change = Change(wish.terms)
    if wish.source_cycle_id is not None and wish.with_actuals:
        change = replace(change, actuals=last_actuals(session, sources.values()))
    people = {
        person.id: person
        for person in session.scalars(select(Person).where(Person.id.in_([each.person_id for each in chosen])))
    }
    now = clock.now()
    plans = []
    with session.no_autoflush:
        for each in chosen:
            person = people[each.person_id]
            plan = Plan(
                person=person,
                cycle=cycle,
                starts_on=max(cycle.starts_on, person.joined_on),
                ends_on=min(cycle.ends_on, person.left_on or cycle.ends_on),
                state=PlanState.DRAFT,
                objectives=[],
                changed_at=now,
            )
            source = sources[each.source_id or 0]
            titles = renewed_titles(source, cycle) if wish.renews_years else {}
            titles |= {objective_id: tidy(title) for objective_id, title in wish.titles.items()}
            copy_parts(source, plan, replace(change, titles=titles))
            weigh_plan(plan)
            plans.append(plan)
    session.add_all(plans)
    session.flush()
    acts = [_act(plan, each, wish) for plan, each in zip(plans, chosen, strict=True)]
    audit.record_many(session, acts, actor_id=actor.person_id)


def _act(plan: Plan, each: Recipient, wish: BulkWish) -> audit.Act:
    details: dict[str, object] = {"version": plan.version, "source": each.source_id, "cycle": plan.cycle.code}
    if wish.terms.percent:
        details |= {"percent": str(wish.terms.percent), "meaning": wish.terms.meaning.value}
    if wish.terms.digits is not None:
        details["digits"] = wish.terms.digits
    action = "plan.copied" if wish.source_cycle_id is None else "plan.carried"
    return audit.Act(action, ("plan", plan.id), plan.person_id, details)


def count_of(everybody: Iterable[Recipient]) -> dict[Outcome, int]:
    """How many people have each outcome, those too that nobody has."""
    counts = dict.fromkeys(Outcome, 0)
    for each in everybody:
        counts[each.outcome] += 1
    return counts
