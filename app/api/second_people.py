"""Who decides about somebody by name, for other programs?"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, status
from pydantic import Field

from app.api.exchange import ApiRoute
from app.api.operations import WRITES, refusals
from app.api.wire import Day, Sent, Shown, line, lines
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action
from app.services import second_people
from app.services.second_people import SecondValues

router = APIRouter(route_class=ApiRoute, prefix="/people/{person_id}/second-people", tags=["people"])
_READ: Final = [Depends(Needs(Action.PERSON_READ))]
_NAME: Final = [Depends(Needs(Action.SECOND_NAME))]


class SecondSent(Sent):
    """Who is named, by employee number or name, until which day and why."""

    who: Annotated[str, line(200)]
    ends_on: Day
    reason: Annotated[str, lines(4_000), Field(min_length=1)]


class Second(Shown):
    """Who decides like a manager's manager, by name."""

    id: int
    person_id: int
    deputy_id: int
    starts_on: date
    ends_on: date
    reason: str


@router.get(
    "",
    operation_id="list_second_people",
    summary="List who decides by name",
    dependencies=_READ,
    responses=refusals(404),
)
def list_second_people(session: DbSession, actor: CurrentActor, person_id: RowId) -> Sequence[Second]:
    """Whose naming has not ended, the first named first."""
    found = second_people.seconds_of(session, actor, person_id=person_id)
    return [Second.model_validate(row) for row in found.named]


@router.post(
    "",
    operation_id="name_second_person",
    summary="Name who decides where nobody else can",
    status_code=status.HTTP_201_CREATED,
    dependencies=_NAME,
    responses=refusals(*WRITES),
)
def name_second_person(session: DbSession, actor: CurrentActor, person_id: RowId, sent: SecondSent) -> Second:
    """Only while fewer than two people can decide about this person. Managers and HR, never for themselves."""
    values = SecondValues(sent.who, sent.ends_on, sent.reason)
    return Second.model_validate(second_people.name_second(session, actor, person_id=person_id, values=values))


@router.delete(
    "/{second_id}",
    operation_id="end_second_person",
    summary="Take the naming back",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_NAME,
    responses=refusals(403, 404),
)
def end_second_person(session: DbSession, actor: CurrentActor, person_id: RowId, second_id: RowId) -> None:
    """At once; what was decided stays decided."""
    second_people.end_second(session, actor, person_id=person_id, second_id=second_id)
