"""Which KPI definitions can be copied into plans, for other programs?"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response

from app.api import schemas
from app.api.exchange import ApiRoute, with_tag
from app.api.measures import written_measure
from app.api.operations import refusals, tagged
from app.api.paging import Part, Search, Switch
from app.api.wire import CLEAN
from app.models import KpiDefinition
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action, Language
from app.services import library

router = APIRouter(route_class=ApiRoute, prefix="/library", tags=["library"])
_READ: Final = [Depends(Needs(Action.LIBRARY_READ))]


@router.get(
    "", operation_id="list_definitions", summary="List KPI definitions", dependencies=_READ, responses=refusals()
)
def list_definitions(
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    *,
    search: Search = "",
    category: Annotated[str, Query(max_length=60, pattern=CLEAN)] = "",
    with_retired: Switch = False,
) -> schemas.Page[schemas.Definition]:
    """The library by code; `search` looks into codes, names and definitions."""
    found = library.list_definitions(session, actor, search=search, category=category, with_retired=with_retired)
    return schemas.Page(items=[shown(each) for each in found[part.cut]], total=len(found))


@router.get(
    "/{definition_id}",
    operation_id="get_definition",
    summary="Get a KPI definition",
    dependencies=_READ,
    responses={**refusals(404), **tagged()},
)
def get_definition(
    response: Response, session: DbSession, actor: CurrentActor, definition_id: RowId
) -> schemas.Definition:
    """One definition, a retired one too."""
    definition = library.get_definition(session, actor, definition_id=definition_id)
    with_tag(response, definition.version)
    return shown(definition)


def shown(definition: KpiDefinition) -> schemas.Definition:
    """A definition on the wire."""
    english = library.copy_of(definition, Language.ENGLISH)
    indonesian = library.copy_of(definition, Language.INDONESIAN)
    return schemas.Definition(
        id=definition.id,
        code=definition.code,
        category=definition.category,
        name_en=english.name,
        name_id=indonesian.name,
        definition_en=english.definition,
        definition_id=indonesian.definition,
        formula_en=english.formula,
        formula_id=indonesian.formula,
        unit_of_measure_en=english.unit_of_measure,
        unit_of_measure_id=indonesian.unit_of_measure,
        measure_en=written_measure(english),
        measure_id=written_measure(indonesian),
        method=definition.method,
        frequency=definition.frequency,
        is_retired=definition.is_retired,
        version=definition.version,
    )
