"""Which units and positions are there, for other programs?"""

from typing import Final

from fastapi import APIRouter, Depends, Response, status

from app.api import schemas
from app.api.exchange import ApiRoute, RequiredVersion, with_tag
from app.api.operations import REPLACES, WRITES, refusals, tagged
from app.api.paging import Part
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action
from app.services import units
from app.services.units import PositionValues, UnitValues

router = APIRouter(route_class=ApiRoute, tags=["organisation"])
_READ: Final = [Depends(Needs(Action.PERSON_READ))]
_WRITE: Final = [Depends(Needs(Action.PERSON_WRITE))]
_REMOVES: Final = refusals(403, 404, 409)


@router.get("/units", operation_id="list_units", summary="List units", dependencies=_READ, responses=refusals(403))
def list_units(session: DbSession, actor: CurrentActor, part: Part) -> schemas.Page[schemas.UnitListed]:
    """All units in the order of the tree. HR and auditors."""
    counted = units.list_units(session, actor)
    items = [
        schemas.UnitListed(
            id=each.item.id,
            code=each.item.code,
            name=each.item.name,
            parent_id=each.item.parent_id,
            people=each.people,
            depth=each.depth,
        )
        for each in counted[part.cut]
    ]
    return schemas.Page(items=items, total=len(counted))


@router.get(
    "/units/{unit_id}",
    operation_id="get_unit",
    summary="Get a unit",
    dependencies=_READ,
    responses={**refusals(403, 404), **tagged()},
)
def get_unit(response: Response, session: DbSession, actor: CurrentActor, unit_id: RowId) -> schemas.Unit:
    """One unit. HR and auditors."""
    unit = units.get_unit(session, actor, unit_id=unit_id)
    with_tag(response, unit.version)
    return schemas.Unit.model_validate(unit)


@router.post(
    "/units",
    operation_id="create_unit",
    summary="Enter a unit",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses={**refusals(*WRITES), **tagged(201)},
)
def create_unit(response: Response, session: DbSession, actor: CurrentActor, sent: schemas.UnitSent) -> schemas.Unit:
    """Add a unit to the tree. Only HR."""
    unit = units.enter_unit(session, actor, values=UnitValues(sent.name, sent.code, sent.parent_id))
    with_tag(response, unit.version)
    response.headers["Location"] = f"/api/v1/units/{unit.id}"
    return schemas.Unit.model_validate(unit)


@router.put(
    "/units/{unit_id}",
    operation_id="replace_unit",
    summary="Change a unit",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_unit(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    unit_id: RowId,
    version: RequiredVersion,
    sent: schemas.UnitSent,
) -> schemas.Unit:
    """Give a unit another name, code or place in the tree. Only HR."""
    values = UnitValues(sent.name, sent.code, sent.parent_id)
    unit = units.change_unit(session, actor, unit_id=unit_id, version=version, values=values)
    with_tag(response, unit.version)
    return schemas.Unit.model_validate(unit)


@router.delete(
    "/units/{unit_id}",
    operation_id="remove_unit",
    summary="Remove a unit",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_WRITE,
    responses=_REMOVES,
)
def remove_unit(session: DbSession, actor: CurrentActor, unit_id: RowId) -> None:
    """Take away a unit in which nobody ever sat. Only HR."""
    units.remove_unit(session, actor, unit_id=unit_id)


@router.get(
    "/positions", operation_id="list_positions", summary="List positions", dependencies=_READ, responses=refusals(403)
)
def list_positions(session: DbSession, actor: CurrentActor, part: Part) -> schemas.Page[schemas.PositionListed]:
    """All positions by name. HR and auditors."""
    counted = units.list_positions(session, actor)
    items = [
        schemas.PositionListed(id=each.item.id, code=each.item.code, name=each.item.name, people=each.people)
        for each in counted[part.cut]
    ]
    return schemas.Page(items=items, total=len(counted))


@router.get(
    "/positions/{position_id}",
    operation_id="get_position",
    summary="Get a position",
    dependencies=_READ,
    responses={**refusals(403, 404), **tagged()},
)
def get_position(response: Response, session: DbSession, actor: CurrentActor, position_id: RowId) -> schemas.UnitName:
    """One position. HR and auditors."""
    position = units.get_position(session, actor, position_id=position_id)
    with_tag(response, position.version)
    return schemas.UnitName.model_validate(position)


@router.post(
    "/positions",
    operation_id="create_position",
    summary="Enter a position",
    status_code=status.HTTP_201_CREATED,
    dependencies=_WRITE,
    responses={**refusals(*WRITES), **tagged(201)},
)
def create_position(
    response: Response, session: DbSession, actor: CurrentActor, sent: schemas.PositionSent
) -> schemas.UnitName:
    """Add a position. Only HR."""
    position = units.enter_position(session, actor, values=PositionValues(sent.name, sent.code))
    with_tag(response, position.version)
    response.headers["Location"] = f"/api/v1/positions/{position.id}"
    return schemas.UnitName.model_validate(position)


@router.put(
    "/positions/{position_id}",
    operation_id="replace_position",
    summary="Change a position",
    dependencies=_WRITE,
    responses={**refusals(*REPLACES), **tagged()},
)
def replace_position(
    response: Response,
    session: DbSession,
    actor: CurrentActor,
    position_id: RowId,
    version: RequiredVersion,
    sent: schemas.PositionSent,
) -> schemas.UnitName:
    """Give a position another name or code. Only HR."""
    values = PositionValues(sent.name, sent.code)
    position = units.change_position(session, actor, position_id=position_id, version=version, values=values)
    with_tag(response, position.version)
    return schemas.UnitName.model_validate(position)


@router.delete(
    "/positions/{position_id}",
    operation_id="remove_position",
    summary="Remove a position",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_WRITE,
    responses=_REMOVES,
)
def remove_position(session: DbSession, actor: CurrentActor, position_id: RowId) -> None:
    """Take away a position that nobody ever held. Only HR."""
    units.remove_position(session, actor, position_id=position_id)
