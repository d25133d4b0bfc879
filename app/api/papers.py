"""Plans and reports as PDFs, for other programs."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.exchange import ApiRoute
from app.api.operations import Responses, refusals
from app.api.wire import CODE, LARGEST_ID, ON
from app.downloads import PDF, as_file
from app.routing import CurrentActor, Needs, RowId, reading
from app.rules.vocabulary import Action, Language
from app.services import scorecard_lists
from app.services.papers import Paper, hand_out
from app.services.plan_papers import plan_paper
from app.services.report_papers import calibration_paper, completeness_paper

router = APIRouter(route_class=ApiRoute)
_Language = Annotated[Language | None, Query(description="Left out: the reader's language.")]
_Cycle = Annotated[str, Query(min_length=1, max_length=40, pattern=CODE)]
_Period = Annotated[str, Query(min_length=4, max_length=10, pattern=ON)]
_PDF: Final[Responses] = {
    200: {
        "description": "The PDF.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_ANSWERS: Final[Responses] = {**refusals(404, 503), **_PDF}


@router.get(
    "/plans/{plan_id}/pdf",
    operation_id="get_plan_pdf",
    summary="Download a plan",
    tags=["plans"],
    dependencies=[Depends(Needs(Action.PLAN_READ))],
    response_class=Response,
    responses=_ANSWERS,
)
def get_plan_pdf(request: Request, actor: CurrentActor, plan_id: RowId, lang: _Language = None) -> Response:
    """A version of a plan as agreed, or marked as a draft; the download is put on record."""
    with reading(request) as session:
        paper = plan_paper(session, actor, plan_id=plan_id, language=_language(request, lang))
    return _answer(request, actor, paper)


@router.get(
    "/calibration.pdf",
    operation_id="get_calibration_pdf",
    summary="Download the report of calibration",
    tags=["scorecards"],
    dependencies=[Depends(Needs(Action.APPRAISAL_CALIBRATE))],
    response_class=Response,
    responses=_ANSWERS,
)
def get_calibration_pdf(
    request: Request,
    actor: CurrentActor,
    cycle: _Cycle,
    period: _Period,
    unit_id: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    lang: _Language = None,
) -> Response:
    """Distribution, raters, units, moves and results of those whom you may calibrate."""
    with reading(request) as session:
        found, wanted = scorecard_lists.find_period(session, actor, cycle_code=cycle, period_code=period)
        language = _language(request, lang)
        paper = calibration_paper(session, actor, found, wanted, unit_id=unit_id, language=language)
    return _answer(request, actor, paper)


@router.get(
    "/completeness.pdf",
    operation_id="get_completeness_pdf",
    summary="Download the report of completeness",
    tags=["scorecards"],
    dependencies=[Depends(Needs(Action.REPORT_READ))],
    response_class=Response,
    responses=_ANSWERS,
)
def get_completeness_pdf(
    request: Request, actor: CurrentActor, cycle: _Cycle, period: _Period, lang: _Language = None
) -> Response:
    """Progress by unit and by manager, and of whom what is missing."""
    with reading(request) as session:
        found, wanted = scorecard_lists.find_period(session, actor, cycle_code=cycle, period_code=period)
        paper = completeness_paper(session, actor, found, wanted, language=_language(request, lang))
    return _answer(request, actor, paper)


def _language(request: Request, wished: Language | None) -> Language:
    own: Language = request.state.locale.language
    return wished or own


def _answer(request: Request, actor: CurrentActor, paper: Paper) -> Response:
    content = hand_out(request.app.state.sessions, actor, paper)
    return as_file(content, paper.file_name, PDF)
