"""Which plans are there, and how are they written and brought into force, for other programs?"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response, status

from app.api import advice_schemas
from app.api import plan_schemas as wire
from app.api.exchange import ApiRoute, OptionalVersion, RequiredVersion, with_tag
from app.api.measures import findings_on_the_wire, said_by_path, shown_kpi, values_of
from app.api.objectives import advice_on_the_wire, objective_values
from app.api.operations import CHANGES, REPLACES, WRITES, refusals, tagged
from app.api.paging import Part, Search
from app.api.problems import said
from app.api.schemas import Page
from app.api.wire import CLEAN, CODE
from app.errors import Invalid
from app.models import Plan
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action
from app.services import cycles, people, plan_kpis, plan_lists, planning
from app.services.plan_drafts import kpis_of
from app.services.plan_lists import PlanFilter, PlanRow

router = APIRouter(route_class=ApiRoute, prefix="/plans", tags=["plans"])
_READ: Final = [Depends(Needs(Action.PLAN_READ))]
_WRITE: Final = [Depends(Needs(Action.PLAN_WRITE))]
_REMOVES: Final = refusals(403, 404, 409, 412, 428)
_Cycle = Annotated[str, Query(min_length=1, max_length=40, pattern=CODE, description="The code of the cycle.")]
_Number = Annotated[str | None, Query(max_length=40, pattern=CLEAN, description="Exactly this employee number.")]


# --- Plans ------------------------------------------------------------------------------------------------------------


@router.get("", operation_id="list_plans", summary="List plans", dependencies=_READ, responses=refusals(404))
def list_plans(
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    cycle: _Cycle,
    number: _Number = None,
    search: Search = "",
    only: PlanFilter | None = None,
) -> Page[wire.PlanListed]:
    """The people on whose plans you may look, by name, with their plans for a cycle."""
    cycle_id = cycles.cycle_by_code(session, actor, code=cycle).id
    person_id = None
    if number is not None:
        person = people.person_by_number(session, actor, number=number)
        person_id = person.id if person else 0
    listing = plan_lists.list_plans(
        session,
        actor,
        cycle_id=cycle_id,
        search=search,
        person_id=person_id,
        only=only,
        offset=part.offset,
        limit=part.limit,
    )
    return Page(items=[_listed(row) for row in listing.items], total=listing.total)


@router.get(
    "/{plan_id}",
    operation_id="get_plan",
    summary="Get a plan",
    dependencies=_READ,
    responses={**refusals(404), **tagged()},
)
def get_plan(response: Response, session: DbSession, actor: CurrentActor, plan_id: RowId) -> wire.Plan:
    """One version of a plan with objectives, KPIs, weights and targets."""
    return _answer(response, planning.get_plan(session, actor, plan_id=plan_id))


@router.post(
    "",
    operation_id="start_plan",
    summary="Begin a plan",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses={**refusals(*WRITES), **tagged(201, located=True)},
)
def start_plan(response: Response, session: DbSession, actor: CurrentActor, sent: wire.PlanStart) -> wire.Plan:
    """A draft for an employee, empty or as a copy of another plan. HR and managers above."""
    cycle_id = cycles.cycle_by_code(session, actor, code=sent.cycle).id
    if sent.copy_of is None:
        plan = planning.start_plan(session, actor, person_id=sent.person_id, cycle_id=cycle_id)
    else:
        plan = planning.copy_plan(session, actor, person_id=sent.person_id, cycle_id=cycle_id, source_id=sent.copy_of)
    response.headers["Location"] = f"/api/v1/plans/{plan.id}"
    return _present(response, session, actor, plan.id)


@router.delete(
    "/{plan_id}",
    operation_id="discard_plan",
    summary="Discard a draft",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_WRITE,
    responses=_REMOVES,
)
def discard_plan(session: DbSession, actor: CurrentActor, plan_id: RowId, version: RequiredVersion) -> None:
    """Throw a draft away; the version in force stays. HR and managers above."""
    planning.discard_plan(session, actor, plan_id=plan_id, version=version)


@router.post(
    "/{plan_id}/revisions",
    operation_id="revise_plan",
    summary="Begin a new version of a plan",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses={**refusals(*CHANGES), **tagged(201, located=True)},
)
def revise_plan(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    version: OptionalVersion,
    sent: wire.PlanRevision,
) -> wire.Plan:
    """A draft that takes the place of the plan from a day on, once it is submitted. HR and managers above."""
    draft = planning.revise_plan(
        session, actor, plan_id=plan_id, version=version, starts_on=sent.starts_on, reason=sent.reason
    )
    response.headers["Location"] = f"/api/v1/plans/{draft.id}"
    return _present(response, session, actor, draft.id)


@router.get(
    "/{plan_id}/findings",
    operation_id="list_findings",
    summary="List what a plan still lacks",
    dependencies=_READ,
    responses=refusals(404),
)
def list_findings(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId) -> advice_schemas.Findings:
    """Everything for which the plan cannot be submitted yet, and advice on what could be written better."""
    plan = planning.get_plan(session, actor, plan_id=plan_id)
    found = findings_on_the_wire(plan, planning.findings(plan))
    items = [advice_schemas.Finding(**said(fault, request.state.locale)) for fault in found]
    return advice_schemas.Findings(items=items, total=len(items), advice=advice_on_the_wire(plan, request.state.locale))


@router.post(
    "/{plan_id}/submission",
    operation_id="submit_plan",
    summary="Bring a plan into force",
    dependencies=_WRITE,
    responses={**refusals(400, 403, 404, 409, 412, 428), **tagged()},
)
def submit_plan(
    response: Response, session: DbSession, actor: CurrentActor, plan_id: RowId, version: RequiredVersion
) -> wire.Plan:
    """Put a complete draft in the place of the version before; or refuse with every reason. HR and managers above."""
    plan = planning.get_plan(session, actor, plan_id=plan_id)
    try:
        planning.submit_plan(session, actor, plan_id=plan_id, version=version)
    except Invalid as refused:
        raise Invalid(findings_on_the_wire(plan, refused.faults)) from refused
    return _present(response, session, actor, plan_id)


# --- Objectives -------------------------------------------------------------------------------------------------------


@router.post(
    "/{plan_id}/objectives",
    operation_id="create_objective",
    summary="Add an objective",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses={**refusals(*CHANGES), **tagged(201)},
)
def create_objective(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    version: OptionalVersion,
    sent: wire.ObjectiveSent,
) -> wire.Objective:
    """Add an objective to a draft; the ETag is the plan's. HR and managers above."""
    values = objective_values(sent)
    objective = plan_kpis.put_objective(session, actor, plan_id=plan_id, version=version, values=values)
    with_tag(response, objective.plan.version)
    return wire.Objective.model_validate(objective)


@router.put(
    "/{plan_id}/objectives/{objective_id}",
    operation_id="replace_objective",
    summary="Change an objective",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_objective(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    objective_id: RowId,
    version: RequiredVersion,
    sent: wire.ObjectiveSent,
) -> wire.Objective:
    """Change an objective of a draft; If-Match and ETag are the plan's. HR and managers above."""
    values = objective_values(sent)
    objective = plan_kpis.put_objective(
        session, actor, plan_id=plan_id, version=version, values=values, objective_id=objective_id
    )
    with_tag(response, objective.plan.version)
    return wire.Objective.model_validate(objective)


@router.delete(
    "/{plan_id}/objectives/{objective_id}",
    operation_id="remove_objective",
    summary="Remove an objective",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_WRITE,
    responses={**_REMOVES, **tagged(204)},
)
def remove_objective(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    objective_id: RowId,
    version: RequiredVersion,
) -> None:
    """Take an objective with its KPIs out of a draft; If-Match and ETag are the plan's. HR and managers above."""
    plan = plan_kpis.remove_objective(session, actor, plan_id=plan_id, version=version, objective_id=objective_id)
    with_tag(response, plan.version)


# --- KPIs -------------------------------------------------------------------------------------------------------------


@router.post(
    "/{plan_id}/kpis",
    operation_id="create_kpi",
    summary="Add a KPI",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses={**refusals(*CHANGES), **tagged(201)},
)
def create_kpi(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    version: OptionalVersion,
    sent: wire.KpiCreate,
) -> wire.Kpi:
    """Add a KPI to an objective of a draft; the ETag is the plan's. HR and managers above."""
    with said_by_path(sent):
        kpi = plan_kpis.put_kpi(
            session,
            actor,
            plan_id=plan_id,
            version=version,
            objective_id=sent.objective_id,
            values=values_of(sent),
        )
    with_tag(response, kpi.objective.plan.version)
    return shown_kpi(kpi)


@router.put(
    "/{plan_id}/kpis/{kpi_id}",
    operation_id="replace_kpi",
    summary="Change a KPI",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_kpi(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    kpi_id: RowId,
    version: RequiredVersion,
    sent: wire.KpiReplace,
) -> wire.Kpi:
    """Change a KPI of a draft, or move it; If-Match and ETag are the plan's. HR and managers above."""
    with said_by_path(sent):
        kpi = plan_kpis.put_kpi(
            session,
            actor,
            plan_id=plan_id,
            version=version,
            objective_id=sent.objective_id,
            values=values_of(sent),
            kpi_id=kpi_id,
        )
    with_tag(response, kpi.objective.plan.version)
    return shown_kpi(kpi)


@router.delete(
    "/{plan_id}/kpis/{kpi_id}",
    operation_id="remove_kpi",
    summary="Remove a KPI",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_WRITE,
    responses={**_REMOVES, **tagged(204)},
)
def remove_kpi(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    kpi_id: RowId,
    version: RequiredVersion,
) -> None:
    """Take a KPI out of a draft; If-Match and ETag are the plan's. HR and managers above."""
    plan = plan_kpis.remove_kpi(session, actor, plan_id=plan_id, version=version, kpi_id=kpi_id)
    with_tag(response, plan.version)


# --- On the wire ------------------------------------------------------------------------------------------------------


def _present(response: Response, session: DbSession, actor: Actor, plan_id: int) -> wire.Plan:
    return _answer(response, planning.get_plan(session, actor, plan_id=plan_id))


def _answer(response: Response, plan: Plan) -> wire.Plan:
    with_tag(response, plan.version)
    return shown(plan)


def shown(plan: Plan) -> wire.Plan:
    """A plan on the wire."""
    return wire.Plan(
        id=plan.id,
        person=wire.PlanPerson.model_validate(plan.person),
        cycle=plan.cycle.code,
        version_number=plan.version_number,
        state=plan.state,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        weighting=plan.weighting,
        change_reason=plan.change_reason,
        submitted_at=plan.submitted_at,
        changed_at=plan.changed_at,
        version=plan.version,
        objectives=[wire.Objective.model_validate(objective) for objective in plan.objectives],
        kpis=[shown_kpi(kpi) for kpi in kpis_of(plan)],
    )


def _listed(row: PlanRow) -> wire.PlanListed:
    return wire.PlanListed(
        person=wire.PlanPerson.model_validate(row.person),
        active=wire.PlanSummary.model_validate(row.active) if row.active else None,
        draft=wire.PlanSummary.model_validate(row.draft) if row.draft else None,
        objectives=row.objectives,
        kpis=row.kpis,
        missing=len(row.missing),
    )
