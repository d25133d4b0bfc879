"""What do other programs do with personal data as such: hand it out, answer for it, keep it, erase it?"""

from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from app.api.exchange import ApiRoute
from app.api.operations import WRITES, refusals
from app.api.paging import Part
from app.api.wire import Day, Id, Sent, Shown, lines
from app.models import DataRequest
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action, DataRequestKind
from app.services import erasure, own_data, privacy

router = APIRouter(route_class=ApiRoute, tags=["privacy"])
_OWN: Final = [Depends(Needs(Action.PRIVACY_OWN))]
_MANAGE: Final = [Depends(Needs(Action.PRIVACY_MANAGE))]
_Words = Annotated[str, lines(4_000), Field(min_length=1)]


class OwnData(Shown):
    """Everything that is stored about the token's owner, and what was done about them."""

    records: dict[str, list[dict[str, Any]]] = Field(description="Rows by table, as they are stored.")
    acts: list[dict[str, str]]


class Look(Shown):
    """Somebody else's look at one's own data."""

    at: datetime
    by: str
    action: str


class Looks(Shown):
    """Looks, the latest first."""

    items: Sequence[Look]


class DataRequestSent(Sent):
    """What is asked about one's own data."""

    kind: DataRequestKind
    text: _Words


class DataRequestAnswer(Sent):
    """The answer to a request."""

    is_granted: bool
    answer: _Words


class DataRequestShown(Shown):
    """A request, and what was answered."""

    id: int
    person_id: int
    kind: DataRequestKind
    text: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    is_granted: bool | None
    answer: str


class DataRequests(Shown):
    """Requests in the order in which they have to be looked at."""

    items: Sequence[DataRequestShown]


class HoldSent(Sent):
    """Whose data must be kept, why, and how long."""

    person_id: Id
    reason: _Words
    until: Day | None = None


class Hold(Shown):
    """A legal hold in force."""

    id: int
    person_id: int
    reason: str
    until: date | None
    set_at: datetime


class Holds(Shown):
    """Holds in force."""

    items: Sequence[Hold]


class ErasureSent(Sent):
    """Whose data shall be erased, and why."""

    person_id: Id
    reason: Annotated[str, lines(2_000), Field(min_length=1)]


class ErasureShown(Shown):
    """An erasure that waits for a second person."""

    id: int
    person_id: int
    reason: str
    asked_at: datetime
    asked_by_id: int


class Erasures(Shown):
    """What waits for a second person, and whose data need not be kept any more."""

    asked: Sequence[ErasureShown]
    due: Sequence[int] = Field(description="People by id.")


@router.get(
    "/me/data", operation_id="get_own_data", summary="Get everything about you", dependencies=_OWN, responses=refusals()
)
def get_own_data(session: DbSession, actor: CurrentActor) -> OwnData:
    """All rows about the token's owner, without secrets and without what colleagues said in confidence."""
    privacy.check_own(session, actor)
    return OwnData(
        records=own_data.rows_about(session, actor.person_id), acts=own_data.acts_about(session, actor.person_id)
    )


@router.get(
    "/me/looks",
    operation_id="list_looks",
    summary="List who looked at your data",
    dependencies=_OWN,
    responses=refusals(),
)
def list_looks(session: DbSession, actor: CurrentActor, part: Part) -> Looks:
    """Looks of others at your scorecards and files."""
    found = privacy.looks_at(session, actor, offset=part.offset, limit=part.limit)
    return Looks(items=[Look.model_validate(look) for look in found[: part.limit]])


@router.get(
    "/me/data-requests",
    operation_id="list_own_data_requests",
    summary="List what you asked about your data",
    dependencies=_OWN,
    responses=refusals(),
)
def list_own_data_requests(session: DbSession, actor: CurrentActor) -> DataRequests:
    """Your own requests, the latest first."""
    return _shown(privacy.own_requests(session, actor))


@router.post(
    "/me/data-requests",
    operation_id="ask_about_own_data",
    summary="Ask about your data",
    status_code=HTTPStatus.CREATED,
    dependencies=_OWN,
    responses=refusals(*WRITES),
)
def ask_about_own_data(session: DbSession, actor: CurrentActor, sent: DataRequestSent) -> DataRequestShown:
    """An answer is owed within 72 hours."""
    return DataRequestShown.model_validate(privacy.ask(session, actor, kind=sent.kind, text=sent.text))


@router.get(
    "/data-requests",
    operation_id="list_data_requests",
    summary="List what people ask about their data",
    dependencies=_MANAGE,
    responses=refusals(403),
)
def list_data_requests(
    session: DbSession, actor: CurrentActor, *, is_open: Annotated[bool, Query()] = True
) -> DataRequests:
    """Open ones by the clock, or those answered of late."""
    privacy.check_manage(session, actor)
    return _shown(privacy.list_requests(session, actor, is_open=is_open))


@router.post(
    "/data-requests/{data_request_id}/answer",
    operation_id="answer_data_request",
    summary="Answer a request about data",
    dependencies=_MANAGE,
    responses=refusals(*WRITES),
)
def answer_data_request(
    session: DbSession, actor: CurrentActor, data_request_id: RowId, sent: DataRequestAnswer
) -> DataRequestShown:
    """Nobody answers their own; an answer stays as it is."""
    made = privacy.answer(session, actor, request_id=data_request_id, is_granted=sent.is_granted, text=sent.answer)
    return DataRequestShown.model_validate(made)


@router.get(
    "/legal-holds",
    operation_id="list_holds",
    summary="List whose data must be kept",
    dependencies=_MANAGE,
    responses=refusals(403),
)
def list_holds(session: DbSession, actor: CurrentActor) -> Holds:
    """The holds in force."""
    privacy.check_manage(session, actor)
    return Holds(items=[Hold.model_validate(each) for each in privacy.holds(session, actor)])


@router.post(
    "/legal-holds",
    operation_id="set_hold",
    summary="Keep somebody's data",
    status_code=HTTPStatus.CREATED,
    dependencies=_MANAGE,
    responses=refusals(*WRITES),
)
def set_hold(session: DbSession, actor: CurrentActor, sent: HoldSent) -> Hold:
    """Until a day, or until the hold is ended."""
    return Hold.model_validate(
        privacy.hold(session, actor, person_id=sent.person_id, reason=sent.reason, until=sent.until)
    )


@router.post(
    "/legal-holds/{hold_id}/end",
    operation_id="end_hold",
    summary="End a hold",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=_MANAGE,
    responses=refusals(403, 404, 409),
)
def end_hold(session: DbSession, actor: CurrentActor, hold_id: RowId) -> None:
    """Before its time."""
    privacy.lift(session, actor, hold_id=hold_id)


@router.get(
    "/erasures",
    operation_id="list_erasures",
    summary="List what is to be erased",
    dependencies=_MANAGE,
    responses=refusals(403),
)
def list_erasures(session: DbSession, actor: CurrentActor) -> Erasures:
    """What waits for a second person, and whose data need not be kept any more."""
    privacy.check_manage(session, actor)
    return Erasures(
        asked=[ErasureShown.model_validate(each) for each in erasure.asked(session, actor)],
        due=[person.id for person in erasure.due(session, actor)],
    )


@router.post(
    "/erasures",
    operation_id="ask_erasure",
    summary="Ask that somebody's data be erased",
    status_code=HTTPStatus.CREATED,
    dependencies=_MANAGE,
    responses=refusals(*WRITES),
)
def ask_erasure(session: DbSession, actor: CurrentActor, sent: ErasureSent) -> ErasureShown:
    """Of somebody who has left; a second person does it."""
    return ErasureShown.model_validate(
        erasure.ask_erasure(session, actor, person_id=sent.person_id, reason=sent.reason)
    )


@router.post(
    "/erasures/{erasure_id}/confirmation",
    operation_id="erase",
    summary="Erase somebody's data",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=_MANAGE,
    responses=refusals(403, 404, 409),
)
def erase(session: DbSession, actor: CurrentActor, erasure_id: RowId) -> None:
    """As somebody else asked; this cannot be undone."""
    erasure.erase(session, actor, erasure_id=erasure_id)


@router.delete(
    "/erasures/{erasure_id}",
    operation_id="withdraw_erasure",
    summary="Take back what was asked",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=_MANAGE,
    responses=refusals(403, 404, 409),
)
def withdraw_erasure(session: DbSession, actor: CurrentActor, erasure_id: RowId) -> None:
    """Before it is done."""
    erasure.withdraw(session, actor, erasure_id=erasure_id)


def _shown(requests: Sequence[DataRequest]) -> DataRequests:
    return DataRequests(items=[DataRequestShown.model_validate(each) for each in requests])
