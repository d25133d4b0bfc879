"""Whose token is this?"""

from fastapi import APIRouter, Depends, Request

from app.api import schemas
from app.api.exchange import ApiRoute
from app.api.operations import refusals
from app.routing import CurrentActor, DbSession, Needs
from app.rules.vocabulary import Action
from app.services import people
from app.services.sign_in import SignedIn

router = APIRouter(route_class=ApiRoute, tags=["account"])


@router.get(
    "/me",
    operation_id="get_me",
    summary="Say whose token this is",
    dependencies=[Depends(Needs(Action.PERSON_READ))],
    responses=refusals(),
)
def get_me(request: Request, session: DbSession, actor: CurrentActor) -> schemas.Me:
    """The person behind the token, with roles and language."""
    signed_in: SignedIn = request.state.signed_in
    person = people.get_person(session, actor, person_id=actor.person_id)
    return schemas.Me(
        id=person.id,
        number=person.number,
        name=person.name,
        email=signed_in.email,
        roles=sorted(actor.roles),
        is_manager=signed_in.is_manager,
        language=request.state.locale.language,
        today=actor.today,
    )
