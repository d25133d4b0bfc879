"""How far are the plans of the next year: carried over, proposed, discussed, answered, accepted, approved?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.demo.agreements import in_words
from app.demo.calendar import MONTHS, YEAR
from app.demo.content import story
from app.demo.stage import Stage
from app.models import Cycle, Kpi, Plan
from app.rules.carry_over import Terms
from app.rules.numbers import shown
from app.rules.vocabulary import Method
from app.services.agreement import (
    RemarkValues,
    accept_plan,
    add_remark,
    approve_plan,
    counter_plan,
    propose_plan,
    return_plan,
)
from app.services.cycles import CycleValues, open_cycle
from app.services.objective_details import details_of
from app.services.plan_bulk import BulkWish, make_plans
from app.services.plan_drafts import kpis_of
from app.services.plan_kpis import ObjectiveValues, put_objective

_HARDER = Terms(Decimal(5), digits=2)


def agree_next(stage: Stage) -> None:
    """Open the next cycle, carry the team's plans over, and let everybody come differently far with them."""
    year = YEAR + 1
    opened: list[Cycle] = []
    with stage.act():
        values = CycleValues(str(year), f"Kinerja {year}", date(year, 1, 1), date(year, MONTHS, 31))
        opened.append(open_cycle(stage.session, stage.hr, values=values))
    with stage.act():
        team = frozenset(person.id for person in stage.team())
        wish = BulkWish(opened[0].id, source_cycle_id=stage.cycle.id, person_ids=team, terms=_HARDER, with_actuals=True)
        make_plans(stage.session, stage.manager, wish)
    wanted = select(Plan).where(Plan.cycle_id == opened[0].id).order_by(Plan.person_id)
    for plan in stage.session.scalars(wanted).all():
        _retitle(stage, plan)
    for plan, go in zip(
        stage.session.scalars(wanted).all(), (_discuss, _counter, _accept, _approve, _return), strict=False
    ):
        go(stage, plan)


def _retitle(stage: Stage, plan: Plan) -> None:
    """Let titles and successes speak of the new year and the new targets."""
    wanted = select(Kpi).join(Kpi.plan).where(Plan.person_id == plan.person_id, Plan.cycle_id == stage.cycle.id)
    before = {kpi.code: kpi for kpi in stage.session.scalars(wanted.order_by(Plan.version_number))}
    for objective in plan.objectives:
        swaps = [(str(YEAR), str(YEAR + 1))]
        for kpi in objective.kpis:
            was = before[kpi.code].target
            if was is not None and kpi.target is not None:
                swaps.append((in_words(kpi.unit_of_measure, was), in_words(kpi.unit_of_measure, kpi.target)))
        title, success = objective.title, objective.success
        for old, new in swaps:
            title, success = title.replace(old, new), success.replace(old, new)
        if (title, success) != (objective.title, objective.success):
            values = ObjectiveValues(title, objective.description, replace(details_of(objective), success=success))
            with stage.act():
                put_objective(
                    stage.session,
                    stage.manager,
                    plan_id=plan.id,
                    version=None,
                    values=values,
                    objective_id=objective.id,
                )


def _propose(stage: Stage, plan: Plan) -> None:
    with stage.act():
        propose_plan(stage.session, stage.manager, plan_id=plan.id, version=None)


def _discuss(stage: Stage, plan: Plan) -> None:
    """Proposed, with a question and its answer."""
    told = story()["agreement"]
    _propose(stage, plan)
    with stage.act():
        kpi = _with_target(plan)
        asked = RemarkValues(told["question"], kpi.code)
        add_remark(stage.session, stage.by(plan.person_id), plan_id=plan.id, values=asked)
        add_remark(stage.session, stage.manager, plan_id=plan.id, values=RemarkValues(told["reply"], kpi.code))


def _counter(stage: Stage, plan: Plan) -> None:
    told = story()["agreement"]
    _propose(stage, plan)
    with stage.act():
        kpi = _with_target(plan)
        wished = None if kpi.target is None else shown(kpi.target * 95 / 100, 0)
        remarks = [RemarkValues(told["countered"], kpi.code, target=wished), RemarkValues(told["countered_plan"])]
        counter_plan(stage.session, stage.by(plan.person_id), plan_id=plan.id, version=None, remarks=remarks)


def _accept(stage: Stage, plan: Plan) -> None:
    _propose(stage, plan)
    with stage.act():
        accept_plan(stage.session, stage.by(plan.person_id), plan_id=plan.id, version=None)


def _approve(stage: Stage, plan: Plan) -> None:
    _accept(stage, plan)
    with stage.act():
        approve_plan(stage.session, stage.manager, plan_id=plan.id, version=None)


def _return(stage: Stage, plan: Plan) -> None:
    _propose(stage, plan)
    with stage.act():
        reason = story()["agreement"]["returned"]
        return_plan(stage.session, stage.manager, plan_id=plan.id, version=None, reason=reason)


def _with_target(plan: Plan) -> Kpi:
    """The first KPI whose target is a figure that more of is better."""
    kpis = kpis_of(plan)
    return next((kpi for kpi in kpis if kpi.method is Method.HIGHER and kpi.target), kpis[0])
