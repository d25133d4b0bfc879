"""All published scorecards of a period as one ZIP, for other programs."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from app.api.exchange import ApiRoute
from app.api.operations import Responses, refusals
from app.api.wire import CODE, LARGEST_ID, ON
from app.downloads import ZIP, as_stream
from app.routing import CurrentActor, Needs, reading
from app.rules.vocabulary import Action, Language
from app.services import pdf_bundle, scorecard_lists
from app.services.pdf_choice import Wanted

router = APIRouter(route_class=ApiRoute, tags=["scorecards"])
_Id = Query(ge=1, le=LARGEST_ID)
_ZIP: Final[Responses] = {
    200: {
        "description": "The PDFs, with contents.csv before, report.csv and the signed manifest after them.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get(
    "/scorecards.zip",
    operation_id="get_scorecard_pdfs",
    summary="Download all published scorecards of a period",
    dependencies=[Depends(Needs(Action.SCORECARD_READ))],
    response_class=StreamingResponse,
    responses={**refusals(404, 409), **_ZIP},
)
def get_scorecard_pdfs(
    request: Request,
    actor: CurrentActor,
    cycle: Annotated[str, Query(pattern=CODE, max_length=40)],
    period: Annotated[str, Query(min_length=4, max_length=10, pattern=ON)],
    unit: Annotated[int | None, _Id] = None,
    manager: Annotated[int | None, _Id] = None,
    lang: Annotated[Language | None, Query(description="Left out: the reader's language.")] = None,
) -> StreamingResponse:
    """Those that the token's owner may read, of a unit with all below it or of everybody below a manager.

    It is sent while it is made; a PDF that cannot be made is a line in `report.csv`. Each one is put on record.
    """
    sessions = request.app.state.sessions
    with reading(request) as session:
        _cycle, found = scorecard_lists.find_period(session, actor, cycle_code=cycle, period_code=period)
    bundle = pdf_bundle.begin(sessions, actor, found, Wanted(unit, manager), lang or request.state.locale.language)
    return as_stream(pdf_bundle.stream(sessions, bundle), bundle.file_name, ZIP)
