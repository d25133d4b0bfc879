"""The addresses from which plans and reports come as PDFs."""

from collections.abc import Callable
from typing import Final

from fastapi import Depends, Request, Response

from app.downloads import PDF, as_file
from app.models import Cycle, Period
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router, reading
from app.rules.vocabulary import Action, Language
from app.services import scorecard_lists
from app.services.papers import Paper, hand_out
from app.services.plan_papers import plan_paper
from app.services.report_papers import calibration_paper, completeness_paper
from app.web.forms import Form, Query

router = make_router()
_CALIBRATE: Final = [Depends(Needs(Action.APPRAISAL_CALIBRATE))]
_REPORT: Final = [Depends(Needs(Action.REPORT_READ))]
_PLAN: Final = [Depends(Needs(Action.PLAN_READ))]


@router.get("/plans/{plan_id}/pdf", dependencies=_PLAN)
def plan_pdf(request: Request, actor: CurrentActor, plan_id: RowId, query: Query) -> Response:
    """A version of a plan."""
    language = _language(request, query)
    return _answer(request, actor, lambda session: plan_paper(session, actor, plan_id=plan_id, language=language))


@router.get("/calibration.pdf", dependencies=_CALIBRATE)
def calibration_pdf(request: Request, actor: CurrentActor, query: Query) -> Response:
    """What the page of calibration shows, on paper."""
    unit_id = query.whole("unit", required=False, minimum=1, maximum=2**62)
    language = _language(request, query)

    def make(session: DbSession) -> Paper:
        cycle, period = _period(session, actor, query)
        return calibration_paper(session, actor, cycle, period, unit_id=unit_id, language=language)

    return _answer(request, actor, make)


@router.get("/reports/completeness.pdf", dependencies=_REPORT)
def completeness_pdf(request: Request, actor: CurrentActor, query: Query) -> Response:
    """What the page of completeness shows, on paper."""
    language = _language(request, query)

    def make(session: DbSession) -> Paper:
        cycle, period = _period(session, actor, query)
        return completeness_paper(session, actor, cycle, period, language=language)

    return _answer(request, actor, make)


def _period(session: DbSession, actor: CurrentActor, query: Form) -> tuple[Cycle, Period]:
    code, wished = query.text("cycle", limit=40), query.text("period", limit=10, required=False)
    return scorecard_lists.find_period(session, actor, cycle_code=code, period_code=wished or None)


def _language(request: Request, query: Form) -> Language:
    own: Language = request.state.locale.language
    return query.choice("lang", Language, required=False) or own


def _answer(request: Request, actor: CurrentActor, make: Callable[[DbSession], Paper]) -> Response:
    with reading(request) as session:
        paper = make(session)
    return as_file(hand_out(request.app.state.sessions, actor, paper), paper.file_name, PDF)
