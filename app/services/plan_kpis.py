"""What may be written into a draft: objectives and KPIs, put, moved and removed?"""

from dataclasses import dataclass
from itertools import count
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import Invalid
from app.models import Kpi, KpiDefinition, Objective, Plan, PlanRemark
from app.rules.faults import Fault
from app.rules.numbers import plain
from app.rules.texts import text_faults, tidy, tidy_lines
from app.services.kpi_values import KpiValues, typed_faults, write_values
from app.services.objective_details import ObjectiveDetails, detail_faults, write_details
from app.services.plan_drafts import draft_for_change, kpi_of, kpis_of, note_change, number_of, objective_of
from app.services.plan_values import scoring_of
from app.services.plan_weights import weigh_plan
from app.services.recorders import recorder_facts, recorder_faults, write_recorder

LONGEST_TITLE: Final = 300
LONGEST_DESCRIPTION: Final = 2_000
MOST_OBJECTIVES: Final = 20
MOST_KPIS: Final = 20
"""What a draft may hold while it is being put in order; what may be submitted is less (app.rules.plan)."""


@dataclass(frozen=True, slots=True)
class ObjectiveValues:
    """What is typed about an objective."""

    title: str
    description: str = ""
    details: ObjectiveDetails | None = None
    """None leaves them as they are."""


# --- Objectives -------------------------------------------------------------------------------------------------------


def put_objective(
    session: Session,
    actor: Actor,
    *,
    plan_id: int,
    version: int | None,
    values: ObjectiveValues,
    objective_id: int | None = None,
) -> Objective:
    """Add an objective to a draft, or change the one that is named."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    title, description = tidy(values.title), tidy_lines(values.description)
    faults = text_faults("title", title, limit=LONGEST_TITLE)
    faults += text_faults("description", description, limit=LONGEST_DESCRIPTION, required=False)
    if values.details is not None:
        faults += detail_faults(values.details, plan)
    if objective_id is None and len(plan.objectives) >= MOST_OBJECTIVES:
        faults.append(Fault("", "plan_full", {"most": str(MOST_OBJECTIVES)}))
    if faults:
        raise Invalid(faults)
    if objective_id is None:
        objective = Objective(place=len(plan.objectives) + 1, title="", number=_next_number(session, plan))
        plan.objectives.append(objective)
    else:
        objective = objective_of(plan, objective_id)
    objective.title, objective.description = title, description
    if values.details is not None:
        write_details(objective, values.details)
    session.flush()
    note_change(
        session,
        actor,
        plan,
        "plan.objective_put",
        details={"objective": objective.id},
        words={"title": objective.title},
    )
    return objective


def remove_objective(session: Session, actor: Actor, *, plan_id: int, version: int | None, objective_id: int) -> Plan:
    """Take an objective with its KPIs out of a draft."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    objective = objective_of(plan, objective_id)
    plan.objectives.remove(objective)
    _put_in_order(plan)
    weigh_plan(plan)
    note_change(
        session,
        actor,
        plan,
        "plan.objective_removed",
        details={"objective": objective_id},
        words={"title": objective.title},
    )
    return plan


def move_objective(
    session: Session, actor: Actor, *, plan_id: int, version: int | None, objective_id: int, up: bool
) -> Plan:
    """Move an objective with its KPIs one place up or down; at the end of the list nothing happens."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    objective = objective_of(plan, objective_id)
    place = plan.objectives.index(objective)
    other = place - 1 if up else place + 1
    if 0 <= other < len(plan.objectives):
        plan.objectives.insert(other, plan.objectives.pop(place))
    _put_in_order(plan)
    weigh_plan(plan)
    note_change(session, actor, plan, "plan.objective_moved", details={"objective": objective_id, "up": up})
    return plan


# --- KPIs -------------------------------------------------------------------------------------------------------------


def put_kpi(
    session: Session,
    actor: Actor,
    *,
    plan_id: int,
    version: int | None,
    objective_id: int,
    values: KpiValues,
    kpi_id: int | None = None,
) -> Kpi:
    """Add a KPI to an objective of a draft, or change the one that is named, which may move to another objective.

    What is still missing may be missing until the plan is submitted; what is wrong is refused, with every fault.
    """
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    objective = objective_of(plan, objective_id)
    kpi = None if kpi_id is None else kpi_of(plan, kpi_id)
    faults = _refused(session, plan, values, kpi)
    if faults:
        raise Invalid(faults)
    if kpi is None:
        kpi = Kpi(plan_id=plan.id, place=0, code=_code_for(session, plan, values))
        objective.kpis.append(kpi)
    elif kpi.objective_id != objective.id:
        kpi.objective.kpis.remove(kpi)
        objective.kpis.append(kpi)
    _clear_parts(session, kpi)
    write_values(kpi, values, plan.cycle)
    write_recorder(session, kpi, values)
    _put_in_order(plan)
    weigh_plan(plan)
    session.flush()
    note_change(
        session,
        actor,
        plan,
        "plan.kpi_put",
        details={"kpi": kpi.code, **_figures(kpi), **recorder_facts(kpi)},
        words={"name": kpi.name, "definition": kpi.definition},
    )
    return kpi


def remove_kpi(session: Session, actor: Actor, *, plan_id: int, version: int | None, kpi_id: int) -> Plan:
    """Take a KPI out of a draft."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    kpi = kpi_of(plan, kpi_id)
    kpi.objective.kpis.remove(kpi)
    _put_in_order(plan)
    weigh_plan(plan)
    note_change(session, actor, plan, "plan.kpi_removed", details={"kpi": kpi.code}, words={"name": kpi.name})
    return plan


def move_kpi(session: Session, actor: Actor, *, plan_id: int, version: int | None, kpi_id: int, up: bool) -> Plan:
    """Move a KPI one place up or down; past the end of its objective it goes over to the next one."""
    plan = draft_for_change(session, actor, plan_id=plan_id, version=version)
    kpi = kpi_of(plan, kpi_id)
    siblings = kpi.objective.kpis
    place = siblings.index(kpi)
    other = place - 1 if up else place + 1
    if 0 <= other < len(siblings):
        siblings.insert(other, siblings.pop(place))
    else:
        _hand_over(plan, kpi, up=up)
    _put_in_order(plan)
    weigh_plan(plan)
    note_change(session, actor, plan, "plan.kpi_moved", details={"kpi": kpi.code, "up": up})
    return plan


def _hand_over(plan: Plan, kpi: Kpi, *, up: bool) -> None:
    other = plan.objectives.index(kpi.objective) + (-1 if up else 1)
    if not 0 <= other < len(plan.objectives):
        return
    neighbours = plan.objectives[other].kpis
    kpi.objective.kpis.remove(kpi)
    neighbours.insert(len(neighbours) if up else 0, kpi)


def _next_number(session: Session, plan: Plan) -> int:
    """A number that no objective of the employee's plans has in this cycle, nor one that was spoken about."""
    mine = (Plan.person_id == plan.person_id, Plan.cycle_id == plan.cycle_id)
    given = session.scalar(select(func.max(Objective.number)).join(Plan, Objective.plan_id == Plan.id).where(*mine))
    spoken_of = session.scalar(
        select(func.max(PlanRemark.objective_number)).where(
            PlanRemark.person_id == plan.person_id, PlanRemark.cycle_id == plan.cycle_id
        )
    )
    return max(given or 0, spoken_of or 0, *(number_of(each) for each in plan.objectives), 0) + 1


def _put_in_order(plan: Plan) -> None:
    """Number objectives and KPIs as they stand; ties of weights go to the earlier KPI."""
    for place, objective in enumerate(plan.objectives, start=1):
        objective.number = number_of(objective)
        objective.place = place
    for place, kpi in enumerate(kpis_of(plan), start=1):
        kpi.place = place


def _code_for(session: Session, plan: Plan, values: KpiValues) -> str:
    """A code that no other KPI of the plan has; a number is not given again to another KPI of a later version."""
    taken = {kpi.code for kpi in kpis_of(plan)}
    definition = None if values.definition_id is None else session.get(KpiDefinition, values.definition_id)
    wished = tidy(values.code) or (definition.code if definition else "")
    if wished and wished not in taken:
        return wished
    query = select(Kpi.code).join(Plan, Kpi.plan_id == Plan.id)
    taken |= set(session.scalars(query.where(Plan.person_id == plan.person_id, Plan.cycle_id == plan.cycle_id)))
    stem = f"{wished[:36]}-" if wished else "K"
    return next(code for number in count(1) if (code := f"{stem}{number}") not in taken)


def _clear_parts(session: Session, kpi: Kpi) -> None:
    """Delete what belongs to the KPI before new rows of the same names come: the order of writes is not ours."""
    if kpi.id is not None:
        kpi.inputs, kpi.milestones, kpi.bands, kpi.period_targets = [], [], [], []
        session.flush()


def _refused(session: Session, plan: Plan, values: KpiValues, kpi: Kpi | None) -> list[Fault]:
    faults = [*typed_faults(values, plan), *recorder_faults(session, plan, values)]
    if kpi is None and len(kpis_of(plan)) >= MOST_KPIS:
        faults.append(Fault("", "plan_full", {"most": str(MOST_KPIS)}))
    if values.definition_id is not None and session.get(KpiDefinition, values.definition_id) is None:
        faults.append(Fault("definition_id", "definition_unknown"))
    return faults


def _figures(kpi: Kpi) -> dict[str, object]:
    """What counts for the score, for the record."""
    scoring = scoring_of(kpi)
    return {
        "measure": kpi.measure.value,
        "method": kpi.method.value,
        **{
            name: None if number is None else str(number)
            for name in ("target", "low", "high", "levels", "floor", "cap", "baseline", "scale")
            if (number := getattr(kpi, name)) is not None
        },
        "bands": [[plain(point.x), plain(point.score)] for point in (*scoring.points, *scoring.steps)],
        "inputs": [each.name for each in kpi.inputs],
        "milestones": {each.name: str(each.share) for each in kpi.milestones},
        "period_targets": [str(each.target) for each in kpi.period_targets],
    }
