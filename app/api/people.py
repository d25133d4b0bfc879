"""Who is on the staff, for other programs?"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response, status

from app.api import schemas
from app.api.exchange import ApiRoute, RequiredVersion, with_tag
from app.api.operations import REPLACES, WRITES, refusals, tagged
from app.api.paging import Part, Search, Switch
from app.api.wire import CLEAN, LARGEST_ID
from app.models import Person
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action
from app.services import people
from app.services.people import PersonValues

router = APIRouter(route_class=ApiRoute, prefix="/people", tags=["people"])
_READ: Final = [Depends(Needs(Action.PERSON_READ))]
_WRITE: Final = [Depends(Needs(Action.PERSON_WRITE))]
_Number = Annotated[
    str | None, Query(max_length=40, pattern=CLEAN, description="Exactly this employee number, whatever its capitals.")
]
_UnitId = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="In this unit or one below it.")]


@router.get("", operation_id="list_people", summary="List people", dependencies=_READ, responses=refusals())
def list_people(
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    *,
    number: _Number = None,
    search: Search = "",
    unit_id: _UnitId = None,
    with_left: Switch = False,
) -> schemas.Page[schemas.Person]:
    """The people whom you may see, by name. `search` looks into names, numbers and e-mail addresses."""
    if number is not None:
        found = people.person_by_number(session, actor, number=number)
        items = [] if found is None else [shown(found, actor)]
        return schemas.Page(items=items, total=len(items))
    listing = people.list_people(
        session, actor, search=search, unit_id=unit_id, with_left=with_left, offset=part.offset, limit=part.limit
    )
    return schemas.Page(items=[shown(person, actor) for person in listing.items], total=listing.total)


@router.get(
    "/{person_id}",
    operation_id="get_person",
    summary="Get a person",
    dependencies=_READ,
    responses={**refusals(404), **tagged()},
)
def get_person(response: Response, session: DbSession, actor: CurrentActor, person_id: RowId) -> schemas.Person:
    """One person with the present unit, position, manager and roles."""
    person = people.get_person(session, actor, person_id=person_id)
    with_tag(response, person.version)
    return shown(person, actor)


@router.post(
    "",
    operation_id="create_person",
    summary="Enter a person",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses={**refusals(*WRITES), **tagged(201, located=True)},
)
def create_person(
    response: Response, session: DbSession, actor: CurrentActor, sent: schemas.PersonCreate
) -> schemas.Person:
    """Put somebody on the staff. Only HR."""
    values = PersonValues(
        number=sent.number,
        name=sent.name,
        joined_on=sent.joined_on,
        email=sent.email,
        left_on=sent.left_on,
        unit_id=sent.unit_id,
        position_id=sent.position_id,
        manager_id=sent.manager_id,
    )
    person = people.enter_person(session, actor, values=values)
    with_tag(response, person.version)
    response.headers["Location"] = f"/api/v1/people/{person.id}"
    return shown(person, actor)


@router.put(
    "/{person_id}",
    operation_id="replace_person",
    summary="Change a person",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_person(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    person_id: RowId,
    version: RequiredVersion,
    sent: schemas.PersonReplace,
) -> schemas.Person:
    """Everything about a person anew; what is history stays history. Only HR."""
    values = PersonValues(
        number=sent.number,
        name=sent.name,
        joined_on=sent.joined_on,
        email=sent.email,
        left_on=sent.left_on,
        unit_id=sent.unit_id,
        position_id=sent.position_id,
        manager_id=sent.manager_id,
        placed_on=sent.placed_on,
        reports_on=sent.reports_on,
    )
    person = people.change_person(session, actor, person_id=person_id, version=version, values=values)
    with_tag(response, person.version)
    return shown(person, actor)


def shown(person: Person, actor: Actor) -> schemas.Person:
    """A person as they stand today, or on their first day if that is still to come."""
    day = max(actor.today, person.joined_on)
    placement, line = people.placement_on(person, day), people.line_on(person, day)
    return schemas.Person(
        id=person.id,
        number=person.number,
        name=person.name,
        email=person.email,
        joined_on=person.joined_on,
        left_on=person.left_on,
        unit=schemas.UnitName.model_validate(placement.unit) if placement else None,
        position=schemas.UnitName.model_validate(placement.position) if placement else None,
        placed_on=placement.starts_on if placement else None,
        manager=schemas.PersonName.model_validate(line.manager) if line else None,
        reports_on=line.starts_on if line else None,
        roles=[grant.role for grant in person.grants],
        version=person.version,
    )
