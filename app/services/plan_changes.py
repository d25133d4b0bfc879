"""What is different between two versions of an employee's plan?"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import NotFound
from app.models import Plan
from app.rules.plan_difference import PlanDifference, PlanFacts, plan_difference
from app.services.plan_content import facts_of
from app.services.planning import get_plan, with_parts


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """Two versions side by side; none before the first."""

    before: Plan | None
    after: Plan
    difference: PlanDifference


def difference_of(
    session: Session, actor: Actor, *, plan_id: int, version_number: int | None = None
) -> VersionDifference:
    """What a version changes against another one, by its number; without a number against the one before it."""
    after = get_plan(session, actor, plan_id=plan_id)
    wanted = after.version_number - 1 if version_number is None else version_number
    before = session.scalar(
        select(Plan)
        .where(Plan.person_id == after.person_id, Plan.cycle_id == after.cycle_id, Plan.version_number == wanted)
        .options(*with_parts())
    )
    if before is None and version_number is not None:
        raise NotFound
    known = facts_of(before) if before else PlanFacts()
    return VersionDifference(before, after, plan_difference(known, facts_of(after)))
