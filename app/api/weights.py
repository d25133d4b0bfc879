"""How much does each KPI of a plan weigh, and who says so, for other programs?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from fastapi import APIRouter, Depends, Response

from app.api import plan_schemas as wire
from app.api.exchange import ApiRoute, RequiredVersion, with_tag
from app.api.operations import REPLACES, refusals, tagged
from app.api.planning import shown
from app.errors import Invalid
from app.models import Plan
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId
from app.rules.faults import Fault
from app.rules.vocabulary import Action, WeightingMethod
from app.services import plan_weights, planning
from app.services.plan_weights import KpiRatings

router = APIRouter(route_class=ApiRoute, prefix="/plans/{plan_id}", tags=["plans"])
_WRITE: Final = [Depends(Needs(Action.PLAN_WRITE))]
_ANSWERS: Final = {**refusals(*REPLACES), **tagged()}


@router.put(
    "/ratings", operation_id="rate_kpis", summary="Rate the KPIs of a plan", dependencies=_WRITE, responses=_ANSWERS
)
def rate_kpis(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    version: RequiredVersion,
    sent: wire.RatingsSent,
) -> wire.Plan:
    """Rate some or all KPIs of a draft; the weights follow. HR and managers above."""
    ratings = {each.kpi_id: KpiRatings(each.priority, each.difficulty, each.credibility) for each in sent.kpis}
    plan = plan_weights.rate_kpis(session, actor, plan_id=plan_id, version=version, ratings=ratings)
    return _present(response, session, actor, plan)


@router.put(
    "/weighting",
    operation_id="choose_weighting",
    summary="Choose how weights are found",
    dependencies=_WRITE,
    responses=_ANSWERS,
)
def choose_weighting(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    version: RequiredVersion,
    sent: wire.WeightingSent,
) -> wire.Plan:
    """Computed from ratings, by rank, or typed. HR and managers above."""
    plan = plan_weights.choose_weighting(session, actor, plan_id=plan_id, version=version, weighting=sent.weighting)
    return _present(response, session, actor, plan)


@router.put(
    "/weights", operation_id="set_weights", summary="Set weights by hand", dependencies=_WRITE, responses=_ANSWERS
)
def set_weights(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    version: RequiredVersion,
    sent: wire.WeightsSent,
) -> wire.Plan:
    """Type weights, or set all of them in place of the computed ones, with a reason. HR and managers above."""
    plan = planning.get_plan(session, actor, plan_id=plan_id)
    weights = {each.kpi_id: each.weight for each in sent.kpis}
    with _said_by_place([each.kpi_id for each in sent.kpis]):
        if plan.weighting is WeightingMethod.DIRECT:
            plan = plan_weights.type_weights(session, actor, plan_id=plan_id, version=version, weights=weights)
        else:
            plan = plan_weights.override_weights(
                session, actor, plan_id=plan_id, version=version, weights=weights, reason=sent.reason
            )
    return _present(response, session, actor, plan)


@router.delete(
    "/weights",
    operation_id="drop_weights",
    summary="Go back to computed weights",
    dependencies=_WRITE,
    responses={**refusals(403, 404, 409, 412, 428), **tagged()},
)
def drop_weights(
    response: Response, session: DbSession, actor: CurrentActor, plan_id: RowId, version: RequiredVersion
) -> wire.Plan:
    """Let the computed weights hold again in place of those set by hand. HR and managers above."""
    plan = plan_weights.drop_override(session, actor, plan_id=plan_id, version=version)
    return _present(response, session, actor, plan)


def _present(response: Response, session: DbSession, actor: Actor, plan: Plan) -> wire.Plan:
    with_tag(response, plan.version)
    return shown(planning.get_plan(session, actor, plan_id=plan.id))


@contextmanager
def _said_by_place(kpi_ids: Sequence[int]) -> Iterator[None]:
    """Name the places of faults as the body has them: `weight_14` is `kpis[2].weight`."""
    places = {f"weight_{kpi_id}": f"kpis[{place}].weight" for place, kpi_id in enumerate(kpi_ids)}
    try:
        yield
    except Invalid as refused:
        faults = [Fault(places.get(each.at, each.at), each.code, each.values) for each in refused.faults]
        raise Invalid(faults) from refused
