"""Who may say that a step of an action plan is done, and when?"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, allow
from app.errors import Conflict, NotFound
from app.models import ActionStep, Objective, Plan
from app.rules.vocabulary import Action, PlanState
from app.services.plan_drafts import note_change, plan_for_change


def may_mark(session: Session, actor: Actor, plan: Plan) -> bool:
    """Whether the actor may say that a step of this plan is done."""
    return plan.state is PlanState.ACTIVE and allow(session, actor, Action.PLAN_DISCUSS, plan.person_id).is_allowed


def mark_step(session: Session, actor: Actor, *, plan_id: int, step_id: int, is_done: bool) -> tuple[Plan, ActionStep]:
    """Note that a step of the plan in force is done, or that it is open again: by the employee or who leads them."""
    plan = plan_for_change(session, actor, plan_id=plan_id, version=None, action=Action.PLAN_DISCUSS)
    step = session.scalar(
        select(ActionStep)
        .join(Objective, ActionStep.objective_id == Objective.id)
        .where(ActionStep.id == step_id, Objective.plan_id == plan.id)
    )
    if step is None:
        raise NotFound
    if plan.state is not PlanState.ACTIVE:
        raise Conflict("plan_not_active")
    if step.is_done is not is_done:
        step.is_done = is_done
        note_change(
            session,
            actor,
            plan,
            "plan.step_done" if is_done else "plan.step_reopened",
            details={"step": step.id},
            words={"activity": step.activity},
        )
    return plan, step
