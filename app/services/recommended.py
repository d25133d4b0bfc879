"""Which KPIs of the library do colleagues in the same position have in their plans?"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.access import Actor
from app.models import Kpi, KpiDefinition, Placement, Plan
from app.models.people import lasts_on
from app.rules.vocabulary import BINDING
from app.services.employment import placement_on
from app.services.planning import get_plan_to_write

_REACH: Final = timedelta(days=365)
"""How long ago a colleague's plan may have ended to count still."""


def recommended(session: Session, actor: Actor, *, plan_id: int) -> Mapping[int, int]:
    """How many colleagues in the employee's position use a definition, by its id; the most used first.

    Colleagues are those who hold the position on the plan's first day, or today where that is later.
    """
    plan = get_plan_to_write(session, actor, plan_id=plan_id)
    day = min(max(actor.today, plan.starts_on), plan.ends_on)
    placement = placement_on(plan.person, day)
    if placement is None:
        return {}
    colleagues = func.count(Plan.person_id.distinct()).label("colleagues")
    rows = session.execute(
        select(KpiDefinition.id, colleagues)
        .join(Kpi, Kpi.definition_id == KpiDefinition.id)
        .join(Plan, Kpi.plan_id == Plan.id)
        .where(
            Plan.person_id.in_(_holders(placement.position_id, day)),
            Plan.person_id != plan.person_id,
            Plan.state.in_(BINDING),
            Plan.ends_on >= day - _REACH,
            ~KpiDefinition.is_retired,
        )
        .group_by(KpiDefinition.id, KpiDefinition.code)
        .order_by(colleagues.desc(), KpiDefinition.code)
    )
    return {row.id: row.colleagues for row in rows}


def _holders(position_id: int, day: date) -> Select[int]:
    return select(Placement.person_id).where(
        Placement.position_id == position_id,
        lasts_on(Placement, day),
    )
