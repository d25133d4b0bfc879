"""Which plan may be changed, by whom and from which version on, and how is a change noted?"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.access import Actor, note_question, require
from app.errors import Conflict, NotFound
from app.models import Kpi, Objective, Plan
from app.rules.vocabulary import WRITABLE, Action, PlanState
from app.services import audit

WHY_NOT: Final[Mapping[PlanState, str]] = MappingProxyType(
    {
        PlanState.DRAFT: "plan_in_draft",
        PlanState.PROPOSED: "plan_proposed",
        PlanState.COUNTERED: "plan_answered",
        PlanState.ACCEPTED: "plan_accepted",
        PlanState.ACTIVE: "plan_not_draft",
        PlanState.REPLACED: "plan_not_draft",
    }
)
"""Why something cannot be done to a plan in a state that does not know it."""


def plan_for_change(
    session: Session, actor: Actor, *, plan_id: int, version: int | None, action: Action = Action.PLAN_WRITE
) -> Plan:
    """The plan, locked until the transaction ends, if the actor may do the action on plans of its employee.

    `version` is the one that the actor saw; None takes the present one (jobs and commands that have just read it).
    """
    note_question(session, action)
    plan = session.scalar(
        select(Plan).where(Plan.id == plan_id).with_for_update(of=Plan).execution_options(populate_existing=True)
    )
    if plan is None:
        raise NotFound
    require(session, actor, action, plan.person_id)
    if version is not None and version != plan.version:
        raise Conflict("stale")
    return plan


def lock_versions(session: Session, plan_id: int) -> None:
    """Lock all versions of the plan, in the order in which publishing locks them, so that nobody waits in a circle.

    Whoever records figures of the version before is done by then, or waits until the change is.
    """
    one = aliased(Plan)
    same = (one.person_id == Plan.person_id) & (one.cycle_id == Plan.cycle_id)
    versions = select(Plan.id).join(one, same).where(one.id == plan_id).order_by(Plan.id)
    session.execute(versions.with_for_update(of=Plan))


def draft_for_change(session: Session, actor: Actor, *, plan_id: int, version: int | None) -> Plan:
    """The same, where only a draft may be changed."""
    plan = plan_for_change(session, actor, plan_id=plan_id, version=version)
    if plan.state not in WRITABLE:
        raise Conflict(WHY_NOT[plan.state])
    return plan


def objective_of(plan: Plan, objective_id: int) -> Objective:
    """The objective of this plan; one of another plan does not exist here."""
    found = next((objective for objective in plan.objectives if objective.id == objective_id), None)
    if found is None:
        raise NotFound
    return found


def number_of(objective: Objective) -> int:
    """What the objective goes by in every version of the plan; one from before there were numbers goes by its place."""
    return objective.number or objective.place


def kpi_of(plan: Plan, kpi_id: int) -> Kpi:
    """The KPI of this plan; one of another plan does not exist here."""
    found = next((kpi for kpi in kpis_of(plan) if kpi.id == kpi_id), None)
    if found is None:
        raise NotFound
    return found


def kpis_of(plan: Plan) -> list[Kpi]:
    """All KPIs in the order of the plan, those too that are not flushed yet."""
    return [kpi for objective in plan.objectives for kpi in objective.kpis]


def note_change(
    session: Session,
    actor: Actor,
    plan: Plan,
    action: str,
    *,
    details: Mapping[str, Any] | None = None,
    words: Mapping[str, str] | None = None,
) -> None:
    """Give the plan its next version and put the change on record; at the end of every act on a plan."""
    plan.changed_at = clock.now()
    # The plan counts as changed even if only its parts were, and within one tick of the clock
    flag_modified(plan, "changed_at")
    session.flush()
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        about=("plan", plan.id),
        subject_id=plan.person_id,
        details={"version": plan.version, **(details or {})},
        words=words,
    )
