"""Which KPI definitions can be copied into plans, for other programs?"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response

from app.api import schemas
from app.api.exchange import ApiRoute, with_tag
from app.api.library_schemas import Definition, DefinitionDocument, LibraryDocument, LibraryImported
from app.api.measures import written_measure
from app.api.operations import refusals, tagged
from app.api.paging import Part, Search, Switch
from app.api.wire import CLEAN
from app.models import KpiDefinition
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action, Language
from app.services import library, library_exchange
from app.services.library_exchange import RowKind

router = APIRouter(route_class=ApiRoute, prefix="/library", tags=["library"])
_Word = Annotated[str, Query(max_length=60, pattern=CLEAN)]
_READ: Final = [Depends(Needs(Action.LIBRARY_READ))]
_WRITE: Final = [Depends(Needs(Action.LIBRARY_WRITE))]


async def _wanted(
    *,
    search: Search = "",
    category: _Word = "",
    department: _Word = "",
    industry: _Word = "",
    with_retired: Switch = False,
) -> dict[str, Any]:
    return {
        "search": search,
        "category": category,
        "department": department,
        "industry": industry,
        "with_retired": with_retired,
    }


@router.get(
    "", operation_id="list_definitions", summary="List KPI definitions", dependencies=_READ, responses=refusals()
)
def list_definitions(
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    wanted: Annotated[dict[str, Any], Depends(_wanted)],
) -> schemas.Page[Definition]:
    """The library by code; `search` looks into codes, names and definitions."""
    found = library.list_definitions(session, actor, **wanted)
    return schemas.Page(items=[shown(each) for each in found[part.cut]], total=len(found))


@router.get(
    "/export",
    operation_id="export_library",
    summary="Export the library",
    dependencies=_WRITE,
    responses=refusals(403),
)
def export_library(session: DbSession, actor: CurrentActor) -> LibraryDocument:
    """Every definition, retired ones too, as `/library/import` takes it in again. Only HR."""
    found = library_exchange.list_rows(session, actor)
    return LibraryDocument.model_construct(definitions=[DefinitionDocument.model_construct(**row) for row in found])


@router.post(
    "/import",
    operation_id="import_library",
    summary="Import definitions",
    dependencies=_WRITE,
    responses=refusals(400, 403, 409),
)
def import_library(
    session: DbSession, actor: CurrentActor, sent: LibraryDocument, *, is_trial: Switch = False
) -> LibraryImported:
    """Enter new definitions and change those whose code is known: all or none; `is_trial` only looks. Only HR."""
    rows = [library_exchange.texts_of(each.model_dump()) for each in sent.definitions]
    counts = library_exchange.import_rows(session, actor, rows=rows, is_trial=is_trial).counts
    return LibraryImported(entered=counts[RowKind.NEW], changed=counts[RowKind.CHANGED], unchanged=counts[RowKind.SAME])


@router.get(
    "/{definition_id}",
    operation_id="get_definition",
    summary="Get a KPI definition",
    dependencies=_READ,
    responses={**refusals(404), **tagged()},
)
def get_definition(response: Response, session: DbSession, actor: CurrentActor, definition_id: RowId) -> Definition:
    """One definition, a retired one too."""
    definition = library.get_definition(session, actor, definition_id=definition_id)
    with_tag(response, definition.version)
    return shown(definition)


def shown(definition: KpiDefinition) -> Definition:
    """A definition on the wire."""
    english = library.copy_of(definition, Language.ENGLISH)
    indonesian = library.copy_of(definition, Language.INDONESIAN)
    return Definition(
        id=definition.id,
        code=definition.code,
        category=definition.category,
        department=definition.department,
        industry=definition.industry,
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
