"""On which days does a plan hold when its employee leaves, stays after all, or joins on another day?"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access import Actor
from app.models import Cycle, Person, Plan
from app.rules.vocabulary import CycleState, PlanState
from app.services import audit


def fit_plans(session: Session, actor: Actor, person: Person) -> None:
    """Let the plans of a person end with their employment; what was agreed for longer is asked for in proportion.

    Called when the day of leaving changed. Plans of closed cycles, and versions that a successor took the place of,
    stay as they were.
    """
    plans = session.scalars(
        select(Plan)
        .join(Plan.cycle)
        .where(Plan.person_id == person.id, Plan.state != PlanState.REPLACED, Cycle.state != CycleState.CLOSED)
        .options(joinedload(Plan.cycle))
        .order_by(Plan.id)
    )
    for plan in plans:
        ends_on = last_day(plan, person.left_on)
        if ends_on == plan.ends_on:
            continue
        before = plan.ends_on
        agreed_until = plan.agreed_until or before
        plan.ends_on = ends_on
        plan.agreed_until = None if ends_on == agreed_until else agreed_until
        audit.record(
            session,
            "plan.days_changed",
            actor_id=actor.person_id,
            about=("plan", plan.id),
            subject_id=person.id,
            details={"ends_on": [before, ends_on]},
        )


def last_day(plan: Plan, left_on: date | None) -> date:
    """The last day of the plan for somebody who leaves on a day: never before its first, never after what was agreed.

    A plan that was written for somebody about to leave reaches further when they stay: to the end of the cycle.
    """
    longest = plan.agreed_until or plan.cycle.ends_on
    return max(plan.starts_on, min(longest, left_on or longest))
