"""How are plans proposed, answered, accepted and approved by other programs, and what does a version change?"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response, status

from app.api import agreement_schemas as wire
from app.api import plan_schemas
from app.api.exchange import ApiRoute, RequiredVersion, with_tag
from app.api.measures import findings_on_the_wire
from app.api.operations import REPLACES, WRITES, refusals, tagged
from app.api.paging import Part
from app.api.planning import shown
from app.api.schemas import Page
from app.errors import Invalid
from app.models import PlanRemark
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId
from app.rules.faults import Fault
from app.rules.plan_difference import FactChange
from app.rules.vocabulary import Action
from app.services import agreement, planning
from app.services.agreement import RemarkValues
from app.services.plan_changes import difference_of
from app.services.plan_weights import KpiRatings

router = APIRouter(route_class=ApiRoute, prefix="/plans", tags=["plans"])
_ACCEPT: Final = [Depends(Needs(Action.PLAN_ACCEPT))]
_APPROVE: Final = [Depends(Needs(Action.PLAN_APPROVE))]
_DISCUSS: Final = [Depends(Needs(Action.PLAN_DISCUSS))]
_READ: Final = [Depends(Needs(Action.PLAN_READ))]
_WRITE: Final = [Depends(Needs(Action.PLAN_WRITE))]
_MOVES: Final = {**refusals(400, 403, 404, 409, 412, 428), **tagged()}
_Number = Annotated[
    int | None, Query(alias="from", ge=1, le=10**6, description="The number of the version to compare with.")
]


@router.post(
    "/{plan_id}/proposal",
    operation_id="propose_plan",
    summary="Propose a plan",
    dependencies=_WRITE,
    responses=_MOVES,
)
def propose_plan(
    response: Response, session: DbSession, actor: CurrentActor, plan_id: RowId, version: RequiredVersion
) -> plan_schemas.Plan:
    """Ask the employee to accept a complete draft or to answer. HR and managers above."""
    plan = planning.get_plan(session, actor, plan_id=plan_id)
    try:
        agreement.propose_plan(session, actor, plan_id=plan_id, version=version)
    except Invalid as refused:
        raise Invalid(findings_on_the_wire(plan, refused.faults)) from refused
    return _present(response, session, actor, plan_id)


@router.post(
    "/{plan_id}/acceptance",
    operation_id="accept_plan",
    summary="Accept a plan",
    dependencies=_ACCEPT,
    responses=_MOVES,
)
def accept_plan(
    response: Response, session: DbSession, actor: CurrentActor, plan_id: RowId, version: RequiredVersion
) -> plan_schemas.Plan:
    """Accept exactly what the version in If-Match holds. Only the employee."""
    agreement.accept_plan(session, actor, plan_id=plan_id, version=version)
    return _present(response, session, actor, plan_id)


@router.post(
    "/{plan_id}/answer",
    operation_id="answer_plan",
    summary="Answer a proposed plan",
    dependencies=_ACCEPT,
    responses={**refusals(*REPLACES), **tagged()},
)
def answer_plan(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    version: RequiredVersion,
    sent: wire.AnswerSent,
) -> plan_schemas.Plan:
    """Say what should be different; the manager writes the plan again. Only the employee."""
    try:
        agreement.counter_plan(
            session, actor, plan_id=plan_id, version=version, remarks=[_values(each) for each in sent.remarks]
        )
    except Invalid as refused:
        raise Invalid([_on_the_wire(fault) for fault in refused.faults]) from refused
    return _present(response, session, actor, plan_id)


@router.post(
    "/{plan_id}/return",
    operation_id="return_plan",
    summary="Take a plan back",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def return_plan(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    version: RequiredVersion,
    sent: wire.ReturnSent,
) -> plan_schemas.Plan:
    """Take a proposed or accepted plan back to be written on; it must be accepted again. HR and managers above."""
    agreement.return_plan(session, actor, plan_id=plan_id, version=version, reason=sent.reason)
    return _present(response, session, actor, plan_id)


@router.post(
    "/{plan_id}/approval",
    operation_id="approve_plan",
    summary="Approve an accepted plan",
    dependencies=_APPROVE,
    responses=_MOVES,
)
def approve_plan(
    response: Response, session: DbSession, actor: CurrentActor, plan_id: RowId, version: RequiredVersion
) -> plan_schemas.Plan:
    """Bring into force exactly what the employee has accepted. HR and managers above."""
    agreement.approve_plan(session, actor, plan_id=plan_id, version=version)
    return _present(response, session, actor, plan_id)


@router.get(
    "/{plan_id}/acceptances",
    operation_id="list_acceptances",
    summary="List what the employee has accepted",
    dependencies=_READ,
    responses=refusals(404),
)
def list_acceptances(session: DbSession, actor: CurrentActor, plan_id: RowId, part: Part) -> Page[wire.Acceptance]:
    """The acceptances of this version, the oldest first, each with exactly what was accepted."""
    every = agreement.list_acceptances(session, actor, plan_id=plan_id)
    return Page(items=[wire.Acceptance.model_validate(each) for each in every[part.cut]], total=len(every))


@router.get(
    "/{plan_id}/remarks",
    operation_id="list_remarks",
    summary="List the discussion of a plan",
    dependencies=_READ,
    responses=refusals(404),
)
def list_remarks(session: DbSession, actor: CurrentActor, plan_id: RowId, part: Part) -> Page[wire.Remark]:
    """Everything that was said about the employee's plans of the cycle, the oldest first."""
    every = agreement.list_remarks(session, actor, plan_id=plan_id)
    return Page(items=[_shown(each) for each in every[part.cut]], total=len(every))


@router.post(
    "/{plan_id}/remarks",
    operation_id="create_remark",
    summary="Say something about a plan",
    status_code=status.HTTP_201_CREATED,
    dependencies=_DISCUSS,
    responses=refusals(*WRITES),
)
def create_remark(session: DbSession, actor: CurrentActor, plan_id: RowId, sent: wire.RemarkSent) -> wire.Remark:
    """Add a remark to a plan that is not in force yet. The employee, HR and managers above."""
    try:
        remark = agreement.add_remark(session, actor, plan_id=plan_id, values=_values(sent))
    except Invalid as refused:
        raise Invalid([_on_the_wire(fault) for fault in refused.faults]) from refused
    return _shown(remark)


@router.post(
    "/{plan_id}/remarks/{remark_id}/taking",
    operation_id="take_proposal",
    summary="Take proposed figures over",
    dependencies=_WRITE,
    responses=_MOVES,
)
def take_proposal(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    plan_id: RowId,
    remark_id: RowId,
    version: RequiredVersion,
) -> plan_schemas.Plan:
    """Let the figures that a remark proposes for a KPI be those of the plan. HR and managers above."""
    agreement.take_proposal(session, actor, plan_id=plan_id, version=version, remark_id=remark_id)
    return _present(response, session, actor, plan_id)


@router.get(
    "/{plan_id}/difference",
    operation_id="get_difference",
    summary="Compare two versions of a plan",
    dependencies=_READ,
    responses=refusals(404),
)
def get_difference(session: DbSession, actor: CurrentActor, plan_id: RowId, number: _Number = None) -> wire.Difference:
    """What a version changes against another one, at first against the one before it."""
    found = difference_of(session, actor, plan_id=plan_id, version_number=number)
    return wire.Difference(
        before=plan_schemas.PlanSummary.model_validate(found.before) if found.before else None,
        after=plan_schemas.PlanSummary.model_validate(found.after),
        objectives=[
            wire.ObjectiveChange(objective=each.number, change=each.change, facts=_facts(each.facts))
            for each in found.difference.objectives
        ],
        kpis=[
            wire.KpiChange(kpi=each.code, change=each.change, facts=_facts(each.facts))
            for each in found.difference.kpis
        ],
    )


# --- On the wire ------------------------------------------------------------------------------------------------------


def _present(response: Response, session: DbSession, actor: Actor, plan_id: int) -> plan_schemas.Plan:
    plan = planning.get_plan(session, actor, plan_id=plan_id)
    with_tag(response, plan.version)
    return shown(plan)


def _values(sent: wire.RemarkSent) -> RemarkValues:
    return RemarkValues(
        text=sent.text,
        kpi_code=sent.kpi,
        objective_number=sent.objective,
        target=sent.target,
        ratings=KpiRatings(sent.priority, sent.difficulty, sent.credibility),
    )


def _shown(remark: PlanRemark) -> wire.Remark:
    return wire.Remark(
        id=remark.id,
        kind=remark.kind,
        version_number=remark.version_number,
        round_number=remark.round_number,
        kpi=remark.kpi_code,
        objective=remark.objective_number,
        about=remark.about,
        author=remark.author.name,
        text=remark.text,
        target=remark.target,
        priority=remark.priority,
        difficulty=remark.difficulty,
        credibility=remark.data_credibility,
        at=remark.at,
    )


def _facts(facts: tuple[FactChange, ...]) -> list[wire.FactChange]:
    return [wire.FactChange(name=fact.name, before=fact.before, after=fact.after) for fact in facts]


def _on_the_wire(fault: Fault) -> Fault:
    return Fault(fault.at.replace("data_credibility", "credibility"), fault.code, fault.values)
