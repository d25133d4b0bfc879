"""Is what is agreed about an objective kept, copied and held to its bounds, and who says that a step is done?"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import ActionStep, AuditEntry, Cycle
from app.rules.faults import Fault
from app.services.action_steps import mark_step, may_mark
from app.services.objective_details import ObjectiveDetails, StepValues, details_of
from app.services.plan_kpis import ObjectiveValues, put_objective
from app.services.planning import copy_plan, revise_plan
from tests.cast import Cast, actor_of
from tests.objectives import DETAILS, give_details
from tests.plans import make_active, make_draft, open_cycle

pytestmark = pytest.mark.database


@pytest.fixture
def hana(cast: Cast) -> Actor:
    return actor_of(cast.hana)


@pytest.fixture
def cycle(session: Session, hana: Actor) -> Cycle:
    return open_cycle(session, hana)


def test_details_are_kept_in_the_order_typed_and_changed_as_a_whole(
    session: Session, cast: Cast, hana: Actor, cycle: Cycle
) -> None:
    plan = make_draft(session, hana, cast.eli, cycle)
    objective = plan.objectives[0]
    put_objective(
        session, hana, plan_id=plan.id, version=plan.version, objective_id=objective.id,
        values=ObjectiveValues("Cabang", "", DETAILS),
    )  # fmt: skip
    session.expire_all()
    assert details_of(objective) == replace(DETAILS, steps=list(DETAILS.steps))
    put_objective(
        session, hana, plan_id=plan.id, version=plan.version, objective_id=objective.id,
        values=ObjectiveValues("Cabang dua"),
    )  # fmt: skip
    assert details_of(objective) == replace(DETAILS, steps=list(DETAILS.steps))
    less = ObjectiveDetails(success="Cukup", steps=[StepValues("  Satu   langkah ")])
    put_objective(
        session, hana, plan_id=plan.id, version=plan.version, objective_id=objective.id,
        values=ObjectiveValues("Cabang", "", less),
    )  # fmt: skip
    session.expire_all()
    assert details_of(objective) == ObjectiveDetails(success="Cukup", steps=[StepValues("Satu langkah")])
    assert session.scalars(select(ActionStep.activity)).all() == ["Satu langkah"]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"due_on": date(2027, 1, 1)}, Fault("due_on", "outside_cycle", {"first": "2026-01-01", "last": "2026-12-31"})),
        ({"success": "x" * 1001}, Fault("success", "text_too_long", {"limit": "1000"})),
        ({"help_needed": "x\x00"}, Fault("help_needed", "text_unreadable")),
        ({"steps": [StepValues("x")] * 13}, Fault("steps", "too_many_parts", {"most": "12"})),
        ({"steps": [StepValues("x"), StepValues("")]}, Fault("steps[1].activity", "required")),
        (
            {"steps": [StepValues("x", "", date(2026, 2, 2), date(2026, 2, 1))]},
            Fault("steps[0].ends_on", "step_ends_before_start"),
        ),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, cast: Cast, hana: Actor, cycle: Cycle, changed: dict[str, Any], fault: Fault
) -> None:
    plan = make_draft(session, hana, cast.eli, cycle)
    values = ObjectiveValues("Cabang", "", replace(DETAILS, **changed))
    with pytest.raises(Invalid) as refused:
        put_objective(session, hana, plan_id=plan.id, version=plan.version, values=values)
    assert list(refused.value.faults) == [fault]


def test_a_new_version_keeps_everything_and_another_cycle_only_what_is_not_of_the_year(
    session: Session, cast: Cast, hana: Actor, cycle: Cycle
) -> None:
    plan = make_active(session, hana, cast.eli, cycle)
    give_details(session, plan)
    draft = revise_plan(
        session, hana, plan_id=plan.id, version=plan.version, starts_on=date(2026, 7, 1), reason="Cabang baru"
    )
    assert details_of(draft.objectives[0]) == replace(DETAILS, steps=list(DETAILS.steps))
    assert {step.id for step in draft.objectives[0].steps}.isdisjoint(step.id for step in plan.objectives[0].steps)
    colleague = copy_plan(session, hana, person_id=cast.eva.id, cycle_id=cycle.id, source_id=plan.id)
    steps = [replace(DETAILS.steps[0], is_done=False), DETAILS.steps[1]]
    assert details_of(colleague.objectives[0]) == replace(DETAILS, steps=steps)
    later = open_cycle(session, hana, "2027")
    next_year = copy_plan(session, hana, person_id=cast.eli.id, cycle_id=later.id, source_id=plan.id)
    undated = [StepValues("Memilih lokasi", "Manajer wilayah"), StepValues("Melatih tim")]
    assert details_of(next_year.objectives[0]) == replace(DETAILS, due_on=None, steps=undated)


def test_the_employee_and_who_leads_them_say_that_a_step_is_done(
    session: Session, cast: Cast, hana: Actor, cycle: Cycle
) -> None:
    plan = make_active(session, hana, cast.eli, cycle)
    step_id = give_details(session, plan)
    for person, is_done in ((cast.eli, True), (cast.mona, False), (cast.root, True), (cast.hana, True)):
        _, step = mark_step(session, actor_of(person), plan_id=plan.id, step_id=step_id, is_done=is_done)
        assert step.is_done is is_done
        assert may_mark(session, actor_of(person), plan)
    written = session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.startswith("plan.step")).order_by(AuditEntry.id)
    ).all()
    assert written == ["plan.step_done", "plan.step_reopened", "plan.step_done"]
    with pytest.raises(NotAllowed):
        mark_step(session, actor_of(cast.audi), plan_id=plan.id, step_id=step_id, is_done=True)
    assert not may_mark(session, actor_of(cast.audi), plan)
    for stranger in (cast.eva, cast.otto):
        with pytest.raises(NotFound):
            mark_step(session, actor_of(stranger), plan_id=plan.id, step_id=step_id, is_done=True)


def test_only_steps_of_the_plan_in_force_are_marked(session: Session, cast: Cast, hana: Actor, cycle: Cycle) -> None:
    draft = make_draft(session, hana, cast.eli, cycle)
    step_id = give_details(session, draft)
    with pytest.raises(Conflict, match="plan_not_active"):
        mark_step(session, hana, plan_id=draft.id, step_id=step_id, is_done=True)
    assert not may_mark(session, hana, draft)
    other = make_active(session, hana, cast.eva, cycle)
    with pytest.raises(NotFound):
        mark_step(session, hana, plan_id=other.id, step_id=step_id, is_done=True)
