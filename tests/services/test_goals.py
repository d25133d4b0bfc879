"""Do goals stand in their tree, do objectives serve them, and does nobody learn of plans that are not theirs to see?"""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import Conflict, Invalid, NotAllowed
from app.models import AuditEntry, Cycle, Goal, Plan, Position, Unit
from app.services.goals import (
    GoalValues,
    change_goal,
    enter_goal,
    get_profile,
    link_objective,
    list_goals,
    loose_objectives,
    remove_goal,
    write_profile,
)
from app.services.plan_bulk import BulkWish, make_plans
from app.services.planning import revise_plan, submit_plan
from app.services.responsibilities import Duty, responsibilities_of, write_responsibilities
from tests.cast import Cast, actor_of
from tests.plans import make_active, make_draft, open_cycle

pytestmark = pytest.mark.database


@pytest.fixture
def hr(cast: Cast) -> Actor:
    return actor_of(cast.hana)


@pytest.fixture
def cycle(session: Session, hr: Actor) -> Cycle:
    return open_cycle(session, hr)


@pytest.fixture
def goal(session: Session, cast: Cast, cycle: Cycle, hr: Actor) -> Goal:
    return enter_goal(session, hr, cycle_id=cycle.id, values=GoalValues("Tumbuh", cast.root.id))


def linked(session: Session, hr: Actor, plan: Plan, goal: Goal) -> Plan:
    """The plan with its first objective serving the goal."""
    return link_objective(
        session, hr, plan_id=plan.id, version=plan.version, objective_id=plan.objectives[0].id, goal_id=goal.id
    )


def test_goals_stand_below_those_they_serve(session: Session, cast: Cast, cycle: Cycle, hr: Actor, goal: Goal) -> None:
    unit = Unit(code="SALES", name="Penjualan")
    session.add(unit)
    session.flush()
    for title, unit_id in (("Pasar baru", unit.id), ("Mutu", None)):
        values = GoalValues(title, cast.mona.id, unit_id=unit_id, parent_id=goal.id if unit_id else None)
        enter_goal(session, hr, cycle_id=cycle.id, values=values)
    rows = list_goals(session, actor_of(cast.eli), cycle_id=cycle.id)
    assert [(row.goal.title, row.depth) for row in rows] == [("Tumbuh", 0), ("Pasar baru", 1), ("Mutu", 0)]


def test_objectives_are_named_to_those_who_may_see_the_plan_and_counted_for_others(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor, goal: Goal
) -> None:
    plan = make_draft(session, hr, cast.eli, cycle)
    linked(session, hr, plan, goal)

    def seen(actor: Actor) -> tuple[list[str], int]:
        row = list_goals(session, actor, cycle_id=cycle.id)[0]
        return [each.person_name for each in row.named], row.unnamed

    assert {name: seen(actor_of(getattr(cast, name))) for name in ("hana", "mona", "eli", "eva", "omar")} == {
        "hana": (["Eli Effendi"], 0),
        "mona": (["Eli Effendi"], 0),
        "eli": (["Eli Effendi"], 0),
        "eva": ([], 1),
        "omar": ([], 1),
    }
    assert loose_objectives(session, actor_of(cast.mona), cycle_id=cycle.id)[1] == len(plan.objectives) - 1
    assert loose_objectives(session, actor_of(cast.omar), cycle_id=cycle.id) == ([], 0)


def test_a_new_version_keeps_the_goal_and_counts_once(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor, goal: Goal
) -> None:
    plan = linked(session, hr, make_draft(session, hr, cast.eli, cycle), goal)
    submit_plan(session, hr, plan_id=plan.id, version=plan.version)
    draft = revise_plan(session, hr, plan_id=plan.id, version=plan.version, starts_on=date(2026, 3, 1), reason="Baru")
    assert draft.objectives[0].goal_id == goal.id
    submit_plan(session, hr, plan_id=draft.id, version=draft.version)
    row = list_goals(session, hr, cycle_id=cycle.id)[0]
    assert [each.plan_id for each in row.named] == [draft.id]


def test_a_goal_stays_in_its_cycle(session: Session, cast: Cast, cycle: Cycle, hr: Actor, goal: Goal) -> None:
    plan = linked(session, hr, make_draft(session, hr, cast.eli, cycle), goal)
    submit_plan(session, hr, plan_id=plan.id, version=plan.version)
    coming = open_cycle(session, hr, "2027")
    make_plans(session, hr, BulkWish(coming.id, source_cycle_id=cycle.id))
    carried = session.scalars(select(Plan).where(Plan.cycle_id == coming.id)).one()
    assert [each.goal_id for each in carried.objectives] == [None] * len(plan.objectives)
    with pytest.raises(Invalid):
        linked(session, hr, carried, goal)


def test_a_link_is_taken_back(session: Session, cast: Cast, cycle: Cycle, hr: Actor, goal: Goal) -> None:
    plan = linked(session, hr, make_draft(session, hr, cast.eli, cycle), goal)
    with pytest.raises(Conflict, match="goal_in_use"):
        remove_goal(session, hr, goal_id=goal.id, version=goal.version)
    objective = plan.objectives[0]
    link_objective(session, hr, plan_id=plan.id, version=plan.version, objective_id=objective.id, goal_id=None)
    assert objective.goal_id is None
    remove_goal(session, hr, goal_id=goal.id, version=goal.version)
    assert session.scalars(select(Goal)).all() == []


def test_a_plan_in_force_is_not_linked_anew(session: Session, cast: Cast, cycle: Cycle, hr: Actor, goal: Goal) -> None:
    plan = make_active(session, hr, cast.eli, cycle)
    with pytest.raises(Conflict):
        linked(session, hr, plan, goal)


def test_goals_make_no_circle_and_nobody_overwrites_another(
    session: Session, cast: Cast, cycle: Cycle, hr: Actor, goal: Goal
) -> None:
    values = GoalValues("Bawah", cast.mona.id, parent_id=goal.id)
    below = enter_goal(session, hr, cycle_id=cycle.id, values=values)
    with pytest.raises(Invalid) as refused:
        change_goal(
            session, hr, goal_id=goal.id, version=1, values=GoalValues("Tumbuh", cast.root.id, parent_id=below.id)
        )
    assert [(each.at, each.code) for each in refused.value.faults] == [("parent_id", "goal_circle")]
    change_goal(session, hr, goal_id=below.id, version=1, values=replace(values, title="Lebih jelas"))
    with pytest.raises(Conflict, match="stale"):
        change_goal(session, hr, goal_id=below.id, version=1, values=values)
    with pytest.raises(Conflict, match="goal_has_goals"):
        remove_goal(session, hr, goal_id=goal.id, version=goal.version)


def test_every_fault_of_a_goal_is_named(session: Session, cycle: Cycle, hr: Actor) -> None:
    values = GoalValues("", 999_999, unit_id=999_999, parent_id=999_999, description="x" * 2_001)
    with pytest.raises(Invalid) as refused:
        enter_goal(session, hr, cycle_id=cycle.id, values=values)
    assert [(each.at, each.code) for each in refused.value.faults] == [
        ("title", "required"),
        ("description", "text_too_long"),
        ("unit_id", "choice_unknown"),
        ("owner_id", "choice_unknown"),
        ("parent_id", "choice_unknown"),
    ]


@pytest.mark.parametrize("name", ["mona", "eli", "audi", "root"])
def test_only_hr_writes_goals_profile_and_duties(session: Session, cast: Cast, cycle: Cycle, name: str) -> None:
    actor = actor_of(getattr(cast, name))
    position = Position(code="REP", name="Tenaga penjual")
    session.add(position)
    session.flush()
    with pytest.raises(NotAllowed):
        enter_goal(session, actor, cycle_id=cycle.id, values=GoalValues("Tumbuh", cast.root.id))
    with pytest.raises(NotAllowed):
        write_profile(session, actor, version=0, vision="Terdepan", mission="")
    with pytest.raises(NotAllowed):
        write_responsibilities(session, actor, position_id=position.id, duties=[Duty("Menjual")])
    assert responsibilities_of(session, actor, position_id=position.id) == []


def test_the_profile_is_one_and_kept_on_record(session: Session, cast: Cast, hr: Actor) -> None:
    assert get_profile(session, actor_of(cast.eli)).version == 0
    first = write_profile(session, hr, version=0, vision=" Terdepan ", mission="Melayani")
    assert (first.vision, first.mission, first.version) == ("Terdepan", "Melayani", 1)
    assert write_profile(session, hr, version=1, vision="Terdepan", mission="Melayani semua").version == 2
    with pytest.raises(Conflict, match="stale"):
        write_profile(session, hr, version=1, vision="", mission="")
    assert get_profile(session, actor_of(cast.eli)).mission == "Melayani semua"
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "organisation")).all()) == 2


def test_duties_of_a_position_are_written_anew(session: Session, cast: Cast, hr: Actor) -> None:
    position = Position(code="REP", name="Tenaga penjual")
    session.add(position)
    session.flush()
    duties = [Duty("Mengunjungi pelanggan", "Setiap pelanggan sekali sebulan"), Duty(""), Duty("Menagih")]
    assert write_responsibilities(session, hr, position_id=position.id, duties=duties) == [duties[0], duties[2]]
    write_responsibilities(session, hr, position_id=position.id, duties=[Duty("Menagih"), duties[0]])
    assert responsibilities_of(session, actor_of(cast.eli), position_id=position.id) == [Duty("Menagih"), duties[0]]
    with pytest.raises(Invalid) as refused:
        write_responsibilities(session, hr, position_id=position.id, duties=[Duty("", "Tanpa tugas")])
    assert [(each.at, each.code) for each in refused.value.faults] == [("task_1", "required")]
