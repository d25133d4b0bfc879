"""What came after publication, for other programs: receipts and objections?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from app.api import schemas
from app.api.exchange import ApiRoute, RequiredVersion, with_tag
from app.api.operations import REPLACES, WRITES, refusals, tagged
from app.api.paging import Part
from app.api.where import ONE, At
from app.api.wire import CODE, ON, Code, Number, Sent, Shown, lines
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action, AppealOutcome
from app.services import appeals, receipts, scorecard_lists
from app.services.appeals import AppealCase, Decision
from app.services.receipts import ReceiptRow

router = APIRouter(route_class=ApiRoute, tags=["scorecards"])
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]
_CYCLE = Annotated[str, Query(min_length=1, max_length=40, pattern=CODE)]
_PERIOD = Annotated[str, Query(min_length=4, max_length=10, pattern=ON)]
_CARD: Final = f"/scorecards/{ONE}"


class AcknowledgementSent(Sent):
    """A word with the receipt; it is not printed."""

    comment: Annotated[str, lines(4_000)] = ""


class Receipt(Shown):
    """The receipt of a scorecard, which is not agreement."""

    at: datetime
    name: str
    comment: str


class ReceiptState(Shown):
    """A published scorecard in its latest version, and when its owner confirmed the receipt."""

    person_id: int
    number: str
    name: str
    published_at: datetime
    version_number: int
    acknowledged_at: datetime | None
    comment: str | None
    told_at: datetime | None = Field(description="When the owner was last led to it, under the bell and by mail.")


class AppealPoint(Sent):
    """What is not right about one KPI."""

    kpi_code: Code
    words: Annotated[str, lines(4_000), Field(min_length=1)]


class AppealSent(Sent):
    """What is not right about a scorecard."""

    reason: Annotated[str, lines(4_000), Field(min_length=1)]
    points: Annotated[Sequence[AppealPoint], Field(max_length=10)] = ()


class AppealPointShown(Shown):
    """What was said about one KPI."""

    kpi_code: str
    words: str


class Appeal(Shown):
    """An objection, and what was decided about it."""

    id: int
    person_id: int
    cycle_code: str
    period_code: str
    scorecard_version: int
    raised_at: datetime
    reason: str
    points: Sequence[AppealPointShown]
    outcome: AppealOutcome | None
    answer: str
    decided_by: str | None
    decided_at: datetime | None
    hr_decides_from: date = Field(description="From this day on HR may decide although there is somebody above.")
    may_decide: bool = Field(description="Whether the owner of the token decides about it.")


class AppealName(Shown):
    """An objection in a list."""

    id: int
    person_id: int
    person_name: str
    cycle_code: str
    period_code: str
    raised_at: datetime
    outcome: AppealOutcome | None
    decided_at: datetime | None


class AppealDecision(Sent):
    """What is decided about an objection; without a total the one objected to stays."""

    outcome: AppealOutcome
    answer: Annotated[str, lines(4_000), Field(min_length=1)]
    total: Number | None = None


@router.post(
    _CARD + "/acknowledgement",
    operation_id="acknowledge_scorecard",
    summary="Confirm the receipt of your scorecard",
    dependencies=[Depends(Needs(Action.SCORECARD_ACKNOWLEDGE))],
    responses=refusals(*WRITES),
)
def acknowledge_scorecard(session: DbSession, actor: CurrentActor, where: At, sent: AcknowledgementSent) -> Receipt:
    """Receipt is not agreement; nobody confirms for somebody else."""
    made = receipts.acknowledge(session, actor, where=where, comment=sent.comment)
    return Receipt.model_validate(made)


@router.get(
    "/receipts",
    operation_id="list_receipts",
    summary="List who has confirmed the receipt of a period's scorecard",
    dependencies=_READ,
    responses=refusals(404),
)
def list_receipts(
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    cycle: _CYCLE,
    period: _PERIOD,
    *,
    only_open: Annotated[bool, Query(description="Leave out who has confirmed.")] = False,
) -> schemas.Page[ReceiptState]:
    """The published scorecards of others that you may see."""
    _, wanted = scorecard_lists.find_period(session, actor, cycle_code=cycle, period_code=period)
    found = receipts.list_receipts(session, actor, wanted, only_open=only_open, offset=part.offset, limit=part.limit)
    return schemas.Page(items=[_receipt(row) for row in found.items], total=found.total)


@router.post(
    _CARD + "/appeal",
    operation_id="raise_appeal",
    summary="Object to your scorecard",
    status_code=201,
    dependencies=[Depends(Needs(Action.APPEAL_RAISE))],
    responses={**refusals(*WRITES), **tagged(201, located=True)},
)
def raise_appeal(response: Response, session: DbSession, actor: CurrentActor, where: At, sent: AppealSent) -> Appeal:
    """Within the days that the scorecard promises, once for each period."""
    made = appeals.raise_appeal(
        session,
        actor,
        where=where,
        reason=sent.reason,
        points={point.kpi_code: point.words for point in sent.points},
    )
    response.headers["Location"] = f"/api/v1/appeals/{made.id}"
    return _shown(response, appeals.get_appeal(session, actor, appeal_id=made.id))


@router.get(
    "/appeals", operation_id="list_appeals", summary="List objections", dependencies=_READ, responses=refusals()
)
def list_appeals(
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    *,
    only_open: Annotated[bool, Query(description="Leave out what is decided.")] = False,
) -> schemas.Page[AppealName]:
    """Those about scorecards that you may see, the ones that wait longest first."""
    found = appeals.list_appeals(session, actor, only_open=only_open, offset=part.offset, limit=part.limit)
    items = [
        AppealName(
            id=each.id,
            person_id=each.appraisal.person_id,
            person_name=each.appraisal.person.name,
            cycle_code=each.appraisal.period.cycle.code,
            period_code=each.appraisal.period.code,
            raised_at=each.raised_at,
            outcome=each.outcome,
            decided_at=each.decided_at,
        )
        for each in found.items
    ]
    return schemas.Page(items=items, total=found.total)


@router.get(
    "/appeals/{appeal_id}",
    operation_id="get_appeal",
    summary="Get an objection",
    dependencies=_READ,
    responses={**refusals(404), **tagged()},
)
def get_appeal(response: Response, session: DbSession, actor: CurrentActor, appeal_id: RowId) -> Appeal:
    """With what was decided about it."""
    return _shown(response, appeals.get_appeal(session, actor, appeal_id=appeal_id))


@router.post(
    "/appeals/{appeal_id}/decision",
    operation_id="decide_appeal",
    summary="Decide about an objection",
    dependencies=[Depends(Needs(Action.APPEAL_DECIDE))],
    responses={**refusals(*REPLACES), **tagged()},
)
def decide_appeal(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    appeal_id: RowId,
    version: RequiredVersion,
    sent: AppealDecision,
) -> Appeal:
    """Outcome and reasons stand on a new version of the scorecard. Those above the manager; never who scored it."""
    decision = Decision(sent.outcome, sent.answer, sent.total)
    appeals.decide_appeal(session, actor, appeal_id=appeal_id, version=version, decision=decision)
    return _shown(response, appeals.get_appeal(session, actor, appeal_id=appeal_id))


def _receipt(row: ReceiptRow) -> ReceiptState:
    return ReceiptState.model_validate(row)


def _shown(response: Response, case: AppealCase) -> Appeal:
    appeal = case.appeal
    with_tag(response, appeal.version)
    return Appeal(
        id=appeal.id,
        person_id=case.person.id,
        cycle_code=case.cycle.code,
        period_code=case.period.code,
        scorecard_version=appeal.scorecard.version_number,
        raised_at=appeal.raised_at,
        reason=appeal.reason,
        points=[AppealPointShown.model_validate(point) for point in appeal.points],
        outcome=appeal.outcome,
        answer=appeal.answer,
        decided_by=appeal.decided_by.name if appeal.decided_by else None,
        decided_at=appeal.decided_at,
        hr_decides_from=case.decide_from,
        may_decide=case.refusal is None,
    )
