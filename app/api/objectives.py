"""How do objectives get from the wire into a plan, what is advised about them, and which steps are done?"""

from typing import Final

from fastapi import APIRouter, Depends, Response

from app.advice_texts import advice_text
from app.api import advice_schemas
from app.api import plan_schemas as wire
from app.api.exchange import ApiRoute, with_tag
from app.api.measures import findings_on_the_wire
from app.api.operations import refusals, tagged
from app.i18n import Locale
from app.models import Plan
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.faults import Fault
from app.rules.vocabulary import Action
from app.services import action_steps
from app.services.advice import plan_advice
from app.services.objective_details import ObjectiveDetails, StepValues
from app.services.plan_kpis import ObjectiveValues
from app.services.recommended import recommended

router = APIRouter(route_class=ApiRoute, prefix="/plans", tags=["plans"])
_WRITE: Final = [Depends(Needs(Action.PLAN_WRITE))]
_STEP: Final = [Depends(Needs(Action.PLAN_DISCUSS))]


@router.put(
    "/{plan_id}/steps/{step_id}",
    operation_id="mark_step",
    summary="Say whether a step is done",
    dependencies=_STEP,
    responses={**refusals(400, 403, 404, 409), **tagged()},
)
def mark_step(
    response: Response, session: DbSession, actor: CurrentActor, plan_id: RowId, step_id: RowId, sent: wire.StepDone
) -> wire.Step:
    """Note that a step of the plan in force is done, or open again; the ETag is the plan's. Employee, managers, HR."""
    plan, step = action_steps.mark_step(session, actor, plan_id=plan_id, step_id=step_id, is_done=sent.is_done)
    with_tag(response, plan.version)
    return wire.Step.model_validate(step)


@router.get(
    "/{plan_id}/recommended-definitions",
    operation_id="list_recommended",
    summary="List what colleagues use",
    dependencies=_WRITE,
    responses=refusals(403, 404),
)
def list_recommended(session: DbSession, actor: CurrentActor, plan_id: RowId) -> advice_schemas.RecommendedList:
    """Which definitions colleagues in the same position have in their plans. HR and managers above."""
    found = recommended(session, actor, plan_id=plan_id)
    items = [advice_schemas.Recommended(definition_id=each, colleagues=count) for each, count in found.items()]
    return advice_schemas.RecommendedList(items=items, total=len(items))


def objective_values(sent: wire.ObjectiveSent) -> ObjectiveValues:
    """An objective as it was sent, for the service that writes it."""
    details = ObjectiveDetails(
        success=sent.success,
        due_on=sent.due_on,
        training_needed=sent.training_needed,
        budget_needed=sent.budget_needed,
        help_needed=sent.help_needed,
        steps=[
            StepValues(step.activity, step.resource, step.starts_on, step.ends_on, step.is_done) for step in sent.steps
        ],
    )
    return ObjectiveValues(sent.title, sent.description, details)


def advice_on_the_wire(plan: Plan, locale: Locale) -> list[advice_schemas.PlanAdvice]:
    """What could be better about the plan, at its places on the wire."""
    found = plan_advice(plan)
    places = findings_on_the_wire(plan, [Fault(each.at, each.code) for each in found])
    return [
        advice_schemas.PlanAdvice(
            at=place.at, code=each.code, message=advice_text(each, locale), severity=each.severity
        )
        for place, each in zip(places, found, strict=True)
    ]
