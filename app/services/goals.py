"""What do company and units want to reach in a cycle, which objectives serve it, and what is the organisation for?"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.access import Actor, may, note_question, require
from app.errors import Conflict, Invalid, NotFound
from app.models import Cycle, Goal, Objective, ObjectiveGoal, OrganisationProfile, Person, Plan, Unit
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy, tidy_lines
from app.rules.vocabulary import IN_MAKING, Action, PlanState
from app.services import audit
from app.services.plan_drafts import draft_for_change, note_change, objective_of

LONGEST_TITLE: Final = 300
LONGEST_TEXT: Final = 2_000
MOST_NAMED: Final = 1_000
"""Objectives that are named on one page; the others are counted."""
MOST_LOOSE: Final = 50
_LIVE: Final = (*IN_MAKING, PlanState.ACTIVE)


@dataclass(frozen=True, slots=True)
class GoalValues:
    """What is typed about a goal."""

    title: str
    owner_id: int
    description: str = ""
    unit_id: int | None = None
    parent_id: int | None = None
    figure: Decimal | None = None
    unit_of_measure: str = ""


class Served(NamedTuple):
    """An objective that serves a goal, of a plan that the reader may see."""

    goal_id: int
    plan_id: int
    person_name: str
    title: str


class ServedGoal(NamedTuple):
    """The goal that an objective serves."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal in its place in the tree, with the objectives that serve it."""

    goal: Goal
    depth: int
    named: Sequence[Served]
    unnamed: int
    """Objectives of plans that the reader may not see, and those beyond what is listed."""


class Loose(NamedTuple):
    """An objective that serves no goal."""

    plan_id: int
    person_name: str
    title: str


# --- Reading ----------------------------------------------------------------------------------------------------------


def list_goals(session: Session, actor: Actor, *, cycle_id: int) -> list[GoalRow]:
    """The goals of a cycle as a tree, those of the company first; objectives are named as far as the reader may see."""
    require(session, actor, Action.GOAL_READ)
    goals = _goals(session, cycle_id)
    named = _named(session, actor, cycle_id)
    totals = _totals(session, cycle_id)
    below: dict[int | None, list[Goal]] = defaultdict(list)
    known = {goal.id for goal in goals}
    for goal in goals:
        below[goal.parent_id if goal.parent_id in known else None].append(goal)
    rows = []
    waiting = [(goal, 0) for goal in reversed(below[None])]
    while waiting:
        goal, depth = waiting.pop()
        mine = named[goal.id]
        rows.append(GoalRow(goal, depth, mine, totals.get(goal.id, 0) - len(mine)))
        waiting += [(each, depth + 1) for each in reversed(below[goal.id])]
    return rows


def loose_objectives(session: Session, actor: Actor, *, cycle_id: int) -> tuple[Sequence[Loose], int]:
    """Objectives of visible plans that serve no goal: the first ones, and how many there are."""
    require(session, actor, Action.GOAL_READ)
    query = (
        select(Plan.id, Person.name, Objective.title)
        .select_from(Objective)
        .join(Plan, Objective.plan_id == Plan.id)
        .join(Person, Plan.person_id == Person.id)
        .where(
            Plan.cycle_id == cycle_id,
            Plan.state.in_(_LIVE),
            may(actor, Action.PLAN_READ, Plan.person_id),
            ~exists().where(ObjectiveGoal.objective_id == Objective.id),
        )
    )
    total = session.scalar(query.with_only_columns(func.count())) or 0
    rows = session.execute(query.order_by(Person.name, Plan.id, Objective.place).limit(MOST_LOOSE))
    return [Loose(*row) for row in rows], total


def get_goal(session: Session, actor: Actor, *, goal_id: int) -> Goal:
    """One goal."""
    require(session, actor, Action.GOAL_READ)
    goal = session.get(Goal, goal_id)
    if goal is None:
        raise NotFound
    return goal


def get_goal_to_write(session: Session, actor: Actor, *, goal_id: int) -> Goal:
    """The same for those who write goals."""
    check_may_write(session, actor)
    return get_goal(session, actor, goal_id=goal_id)


def goals_to_choose(session: Session, actor: Actor, *, cycle_id: int) -> list[Goal]:
    """The goals of a cycle in the order of the tree, without what serves them."""
    require(session, actor, Action.GOAL_READ)
    return _goals(session, cycle_id)


def goals_served(session: Session, actor: Actor, *, plan_id: int) -> dict[str, ServedGoal]:
    """Which goal each objective of a plan serves, by the objective's title where only one has it."""
    require(session, actor, Action.GOAL_READ)
    rows = session.execute(
        select(Objective.title, Goal.id, Goal.title.label("goal"))
        .outerjoin(ObjectiveGoal, ObjectiveGoal.objective_id == Objective.id)
        .outerjoin(Goal, ObjectiveGoal.goal_id == Goal.id)
        .where(Objective.plan_id == plan_id)
    ).all()
    titles = Counter(row.title for row in rows)
    return {row.title: ServedGoal(row.id, row.goal) for row in rows if row.id and titles[row.title] == 1}


def check_may_write(session: Session, actor: Actor) -> None:
    """Refuse those who may not write goals."""
    require(session, actor, Action.GOAL_WRITE)


def _goals(session: Session, cycle_id: int) -> list[Goal]:
    query = (
        select(Goal)
        .outerjoin(Unit, Goal.unit_id == Unit.id)
        .where(Goal.cycle_id == cycle_id)
        .order_by(Goal.unit_id.is_not(None), Unit.name, Goal.id)
        .options(joinedload(Goal.owner), joinedload(Goal.unit))
    )
    return list(session.scalars(query))


def _serving(cycle_id: int) -> Select[int]:
    return (
        select(ObjectiveGoal.goal_id)
        .join(Objective, ObjectiveGoal.objective_id == Objective.id)
        .join(Plan, Objective.plan_id == Plan.id)
        .where(Plan.cycle_id == cycle_id, Plan.state.in_(_LIVE))
    )


def _named(session: Session, actor: Actor, cycle_id: int) -> defaultdict[int, list[Served]]:
    query = (
        _serving(cycle_id)
        .join(Person, Plan.person_id == Person.id)
        .where(may(actor, Action.PLAN_READ, Plan.person_id))
        .with_only_columns(ObjectiveGoal.goal_id, Plan.id, Person.name, Objective.title)
        .order_by(Person.name, Plan.id, Objective.place)
        .limit(MOST_NAMED)
    )
    found: defaultdict[int, list[Served]] = defaultdict(list)
    for row in session.execute(query):
        found[row.goal_id].append(Served(*row))
    return found


def _totals(session: Session, cycle_id: int) -> dict[int, int]:
    query = _serving(cycle_id).add_columns(func.count()).group_by(ObjectiveGoal.goal_id)
    return {goal_id: count for goal_id, count in session.execute(query)}  # noqa: C416 - rows are no pairs


# --- Writing ----------------------------------------------------------------------------------------------------------


def enter_goal(session: Session, actor: Actor, *, cycle_id: int, values: GoalValues) -> Goal:
    """Add a goal to a cycle."""
    check_may_write(session, actor)
    if session.get(Cycle, cycle_id) is None:
        raise NotFound
    if faults := _faults(session, cycle_id, values, None):
        raise Invalid(faults)
    goal = Goal(cycle_id=cycle_id, title="", owner_id=values.owner_id, changed_at=clock.now())
    _write(goal, values)
    session.add(goal)
    _record(session, actor, goal, "goal.entered")
    return goal


def change_goal(session: Session, actor: Actor, *, goal_id: int, version: int | None, values: GoalValues) -> Goal:
    """Change a goal that nobody else has changed since it was seen."""
    goal = _for_change(session, actor, goal_id, version)
    if faults := _faults(session, goal.cycle_id, values, goal.id):
        raise Invalid(faults)
    _write(goal, values)
    _record(session, actor, goal, "goal.changed")
    return goal


def remove_goal(session: Session, actor: Actor, *, goal_id: int, version: int | None) -> None:
    """Take away a goal that nothing serves."""
    goal = _for_change(session, actor, goal_id, version)
    if session.scalar(select(exists().where(Goal.parent_id == goal_id))):
        raise Conflict("goal_has_goals")
    if session.scalar(select(exists().where(ObjectiveGoal.goal_id == goal_id))):
        raise Conflict("goal_in_use")
    _record(session, actor, goal, "goal.removed")
    session.delete(goal)
    session.flush()


def link_objective(
    session: Session, actor: Actor, *, plan_id: int, version: int | None, objective_id: int, goal_id: int | None
) -> Plan:
    """Say which goal an objective of a draft serves, or that it serves none."""
    note_question(session, Action.PLAN_WRITE)
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    objective = objective_of(plan, objective_id)
    goal = None if goal_id is None else session.get(Goal, goal_id)
    if goal_id is not None and (goal is None or goal.cycle_id != plan.cycle_id):
        raise Invalid([Fault("goal_id", "choice_unknown")])
    if objective.goal_link is not None:
        objective.goal_link = None
        session.flush()
    if goal is not None:
        objective.goal_link = ObjectiveGoal(goal_id=goal.id)
        session.flush()
    note_change(session, actor, plan, "plan.goal_linked", details={"objective": objective.id, "goal": goal_id})
    return plan


def _for_change(session: Session, actor: Actor, goal_id: int, version: int | None) -> Goal:
    check_may_write(session, actor)
    goal = session.scalar(
        select(Goal).where(Goal.id == goal_id).with_for_update(of=Goal).execution_options(populate_existing=True)
    )
    if goal is None:
        raise NotFound
    if version is not None and version != goal.version:
        raise Conflict("stale")
    return goal


def _write(goal: Goal, values: GoalValues) -> None:
    goal.title, goal.description = tidy(values.title), tidy_lines(values.description)
    goal.unit_id, goal.parent_id, goal.owner_id = values.unit_id, values.parent_id, values.owner_id
    goal.figure, goal.unit_of_measure = values.figure, tidy(values.unit_of_measure)
    goal.changed_at = clock.now()


def _faults(session: Session, cycle_id: int, values: GoalValues, own_id: int | None) -> list[Fault]:
    faults = text_faults("title", tidy(values.title), limit=LONGEST_TITLE)
    faults += text_faults("description", tidy_lines(values.description), limit=LONGEST_TEXT, required=False)
    faults += text_faults("unit_of_measure", tidy(values.unit_of_measure), limit=60, required=False)
    if values.unit_id is not None and session.get(Unit, values.unit_id) is None:
        faults.append(Fault("unit_id", "choice_unknown"))
    if session.get(Person, values.owner_id) is None:
        faults.append(Fault("owner_id", "choice_unknown"))
    return [*faults, *_parent_faults(session, cycle_id, values.parent_id, own_id)]


def _parent_faults(session: Session, cycle_id: int, parent_id: int | None, own_id: int | None) -> list[Fault]:
    seen: set[int] = set()
    current = parent_id
    while current is not None and current not in seen:
        if current == own_id:
            return [Fault("parent_id", "goal_circle")]
        seen.add(current)
        parent = session.get(Goal, current)
        if parent is None or parent.cycle_id != cycle_id:
            return [Fault("parent_id", "choice_unknown")]
        current = parent.parent_id
    return []


def _record(session: Session, actor: Actor, goal: Goal, action: str) -> None:
    flag_modified(goal, "changed_at")
    session.flush()
    facts = {
        "version": goal.version,
        "unit": goal.unit_id,
        "parent": goal.parent_id,
        "owner": goal.owner_id,
        "figure": None if goal.figure is None else str(goal.figure),
    }
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        about=("goal", goal.id),
        details=facts,
        words={"title": goal.title},
    )


# --- The organisation -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Profile:
    """What the organisation says of itself."""

    vision: str = ""
    mission: str = ""
    version: int = 0
    """0 while nothing was written yet."""


def get_profile(session: Session, actor: Actor) -> Profile:
    """Vision and mission, empty where nobody has written them."""
    require(session, actor, Action.GOAL_READ)
    found = session.scalar(select(OrganisationProfile))
    return Profile() if found is None else Profile(found.vision, found.mission, found.version)


def write_profile(session: Session, actor: Actor, *, version: int | None, vision: str, mission: str) -> Profile:
    """Write vision and mission, which nobody else has changed since they were seen."""
    check_may_write(session, actor)
    texts = {"vision": tidy_lines(vision), "mission": tidy_lines(mission)}
    faults = [
        fault for at, text in texts.items() for fault in text_faults(at, text, limit=LONGEST_TEXT, required=False)
    ]
    if faults:
        raise Invalid(faults)
    found = session.scalar(select(OrganisationProfile).with_for_update().execution_options(populate_existing=True))
    if version is not None and version != (found.version if found else 0):
        raise Conflict("stale")
    profile = found or OrganisationProfile(changed_at=clock.now())
    profile.vision, profile.mission = texts["vision"], texts["mission"]
    profile.changed_at = clock.now()
    if found is None:
        session.add(profile)
    else:
        flag_modified(profile, "changed_at")
    session.flush()
    audit.record(
        session,
        "organisation.profile_written",
        actor_id=actor.person_id,
        about=("organisation", profile.id),
        details={"version": profile.version},
        words=texts,
    )
    return Profile(profile.vision, profile.mission, profile.version)
