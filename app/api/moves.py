"""How are cases moved by two people, given to another appraiser, and closed, for other programs?"""

from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from app.api import schemas
from app.api.exchange import ApiRoute, RequiredVersion, with_tag
from app.api.operations import REPLACES, WRITES, refusals, tagged
from app.api.paging import CycleCode, Part
from app.api.where import ONE, At
from app.api.wire import Day, Flag, Sent, Shown, line, lines
from app.models import AppraiserAssignment, CaseRequest
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action, CaseKind, CycleState
from app.services import assignments, cases, closing, cycles
from app.services.assignments import AssignmentValues
from app.services.cases import Asked

router = APIRouter(route_class=ApiRoute, tags=["scorecards"])
_MANAGE: Final = [Depends(Needs(Action.SCORECARD_CORRECT))]
_ASSIGN: Final = [Depends(Needs(Action.APPRAISAL_REASSIGN))]
_CLOSE: Final = [Depends(Needs(Action.CYCLE_WRITE))]
_CARD: Final = f"/scorecards/{ONE}"


class CaseAsked(Sent):
    """What somebody asks for; `kpi_code` where it is about one KPI."""

    kind: CaseKind
    reason: Annotated[str, lines(4_000), Field(min_length=1)]
    kpi_code: Annotated[str, line(40, 0)] = ""


class CaseDecision(Sent):
    """Whether it is confirmed; declining needs an answer."""

    is_accepted: Flag
    answer: Annotated[str, lines(4_000)] = ""


class Case(Shown):
    """A step that one asks for and another one confirms."""

    id: int
    version: int
    person_id: int
    cycle_code: str
    period_code: str
    kind: CaseKind
    kpi_code: str
    reason: str
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    is_accepted: bool | None
    answer: str


class AppraiserSent(Sent):
    """Who appraises instead of the manager, by employee number or name, until which day and why."""

    who: Annotated[str, line(200)]
    ends_on: Day
    reason: Annotated[str, lines(4_000), Field(min_length=1)]


class Assignment(Shown):
    """Who appraises instead of the manager."""

    person_id: int
    appraiser_id: int
    starts_on: date
    ends_on: date
    reason: str


class CycleEnd(Shown):
    """Where a cycle stands after it was closed or opened again."""

    code: str
    state: CycleState


@router.get(
    "/case-requests",
    operation_id="list_case_requests",
    summary="List steps that need a second person",
    dependencies=_MANAGE,
    responses=refusals(),
)
def list_case_requests(
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    *,
    only_open: Annotated[bool, Query(description="Leave out what is decided.")] = False,
) -> schemas.Page[Case]:
    """Those about people whose cases you may move, the ones that wait longest first."""
    found = cases.list_requests(session, actor, only_open=only_open, offset=part.offset, limit=part.limit)
    return schemas.Page(items=[_shown(each) for each in found.items], total=found.total)


@router.post(
    _CARD + "/case-requests",
    operation_id="ask_case",
    summary="Ask for a correction, or for a KPI to be left out",
    status_code=201,
    dependencies=_MANAGE,
    responses={**refusals(*WRITES), **tagged(201)},
)
def ask_case(response: Response, session: DbSession, actor: CurrentActor, where: At, sent: CaseAsked) -> Case:
    """HR and those above the manager; somebody else has to confirm it."""
    made = cases.ask_case(
        session,
        actor,
        where=where,
        asked=Asked(sent.kind, sent.reason, sent.kpi_code),
    )
    with_tag(response, made.version)
    return _shown(cases.get_request(session, actor, request_id=made.id))


@router.post(
    "/case-requests/{request_id}/decision",
    operation_id="decide_case",
    summary="Confirm or decline what somebody else asked for",
    dependencies=_MANAGE,
    responses={**refusals(*REPLACES), **tagged()},
)
def decide_case(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    request_id: RowId,
    version: RequiredVersion,
    sent: CaseDecision,
) -> Case:
    """A confirmed correction opens the appraisal; the version in force holds until the new one is published."""
    cases.decide_case(
        session, actor, request_id=request_id, version=version, is_accepted=sent.is_accepted, answer=sent.answer
    )
    made = cases.get_request(session, actor, request_id=request_id)
    with_tag(response, made.version)
    return _shown(made)


@router.put(
    _CARD + "/appraiser",
    operation_id="assign_appraiser",
    summary="Name another appraiser for a period",
    dependencies=_ASSIGN,
    responses=refusals(*WRITES),
)
def assign_appraiser(session: DbSession, actor: CurrentActor, where: At, sent: AppraiserSent) -> Assignment:
    """With a manager's rights over this person until the day given. HR."""
    values = AssignmentValues(sent.who, sent.ends_on, sent.reason)
    made = assignments.assign_appraiser(session, actor, where=where, values=values)
    return _assignment(made)


@router.delete(
    _CARD + "/appraiser",
    operation_id="end_assignment",
    summary="Let the manager appraise again",
    status_code=204,
    dependencies=_ASSIGN,
    responses=refusals(403, 404, 409),
)
def end_assignment(session: DbSession, actor: CurrentActor, where: At) -> None:
    """What was named for this period ends at once. HR."""
    assignments.end_assignment(session, actor, where=where)


@router.post(
    "/cycles/{cycle_code}/closing",
    operation_id="close_cycle",
    summary="Close a cycle with all its appraisals",
    dependencies=_CLOSE,
    responses={**refusals(403, 404, 409, 412, 428), **tagged()},
)
def close_cycle(
    response: Response, session: DbSession, actor: CurrentActor, cycle_code: CycleCode, version: RequiredVersion
) -> CycleEnd:
    """After its last day, when no objection, review or correction waits and all days of objection are over. HR."""
    cycle = cycles.cycle_by_code(session, actor, code=cycle_code)
    made = closing.close_cycle(session, actor, cycle_id=cycle.id, version=version)
    with_tag(response, made.version)
    return CycleEnd.model_validate(made)


@router.post(
    "/cycles/{cycle_code}/reopening",
    operation_id="reopen_cycle",
    summary="Use a closed cycle again",
    dependencies=_CLOSE,
    responses={**refusals(403, 404, 409, 412, 428), **tagged()},
)
def reopen_cycle(
    response: Response, session: DbSession, actor: CurrentActor, cycle_code: CycleCode, version: RequiredVersion
) -> CycleEnd:
    """So that something in it can be put right; its appraisals stay closed until a correction opens one. HR."""
    cycle = cycles.cycle_by_code(session, actor, code=cycle_code)
    made = closing.reopen_cycle(session, actor, cycle_id=cycle.id, version=version)
    with_tag(response, made.version)
    return CycleEnd.model_validate(made)


def _shown(request: CaseRequest) -> Case:
    appraisal = request.appraisal
    return Case(
        id=request.id,
        version=request.version,
        person_id=appraisal.person_id,
        cycle_code=appraisal.period.cycle.code,
        period_code=appraisal.period.code,
        kind=request.kind,
        kpi_code=request.kpi_code,
        reason=request.reason,
        asked_by=request.asked_by.name,
        asked_at=request.asked_at,
        decided_by=request.decided_by.name if request.decided_by else None,
        decided_at=request.decided_at,
        is_accepted=request.is_accepted,
        answer=request.answer,
    )


def _assignment(row: AppraiserAssignment) -> Assignment:
    return Assignment.model_validate(row)
