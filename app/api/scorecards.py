"""How does somebody stand in a period, on the wire and as a PDF?"""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import scorecard_schemas as wire
from app.api.exchange import ApiRoute
from app.api.operations import Responses, refusals
from app.api.paging import CycleCode, PeriodCode
from app.api.wire import ON
from app.downloads import PDF, as_file
from app.i18n import Locale
from app.routing import CurrentActor, Needs, RowId, reading
from app.rules.scorecard import Result, Scorecard, ScorecardKpi, ScorecardObjective
from app.rules.vocabulary import Action, Language
from app.services import goals, issued, scorecards
from app.working import working_text

router = APIRouter(route_class=ApiRoute, prefix="/scorecards", tags=["scorecards"])
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]
_Period = Annotated[
    str | None,
    Query(min_length=4, max_length=10, pattern=ON, description="Left out: the last period that is over."),
]
_Language = Annotated[Language | None, Query(description="Left out: the reader's language.")]
_Version = Annotated[int | None, Query(ge=1, le=10**6, description="Left out: the version in force.")]
_PDF: Final[Responses] = {
    200: {
        "description": "The PDF as it was issued.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get(
    "/{person_id}/{cycle_code}",
    operation_id="get_scorecard",
    summary="Get a scorecard",
    dependencies=_READ,
    responses=refusals(404),
)
def get_scorecard(
    request: Request, actor: CurrentActor, person_id: RowId, cycle_code: CycleCode, period: _Period = None
) -> wire.Scorecard:
    """As it was published, or else to date; a look at somebody else's card is put on record."""
    with reading(request) as session:
        found = scorecards.period_card(session, actor, person_id=person_id, cycle_code=cycle_code, period_code=period)
        serves = goals.goals_served(session, actor, plan_id=found.plan_id)
        answer = shown(found.card, person_id, request.state.locale, serves)
    scorecards.note_view(request.app.state.sessions, actor, person_id=person_id, period_id=found.period.id)
    return answer


@router.get(
    "/{person_id}/{cycle_code}/{period_code}/pdf",
    operation_id="get_scorecard_pdf",
    summary="Download a published scorecard",
    dependencies=_READ,
    response_class=Response,
    responses={**refusals(404, 503), **_PDF},
)
def get_scorecard_pdf(
    request: Request,
    actor: CurrentActor,
    person_id: RowId,
    cycle_code: CycleCode,
    period_code: PeriodCode,
    lang: _Language = None,
    version: _Version = None,
) -> Response:
    """The PDF of a published scorecard; the download is put on record."""
    language = lang or request.state.locale.language
    with reading(request) as session:
        published_id = scorecards.published_id(
            session, actor, person_id=person_id, cycle_code=cycle_code, period_code=period_code, version=version
        )
    pdf = issued.issue_pdf(request.app.state.sessions, actor, published_id, language)
    return as_file(pdf.content, pdf.file_name, PDF)


def shown(card: Scorecard, person_id: int, locale: Locale, serves: Mapping[str, goals.ServedGoal]) -> wire.Scorecard:
    """A scorecard on the wire; `serves` names goals by the titles of objectives."""
    verification = card.verification
    return wire.Scorecard(
        person_id=person_id,
        state=wire.ScorecardState.PUBLISHED if card.document.is_final else wire.ScorecardState.TO_DATE,
        document_number=card.document.number,
        document_version=card.document.version,
        cycle=wire.ScorecardCycle.model_validate(card.cycle),
        period=wire.ScorecardPeriod.model_validate(card.period),
        employee=wire.Employee.model_validate(card.employee),
        appraiser=None if card.appraiser is None else wire.Appraiser.model_validate(card.appraiser),
        policy=wire.Rules.model_validate(card.policy),
        result=_result(card.result, locale.language),
        objectives=[_objective(each, serves.get(each.title), locale.language) for each in card.objectives],
        comment=card.comment,
        review=None if card.review is None else wire.Review.model_validate(card.review),
        published=None if card.published is None else wire.SignOff.model_validate(card.published),
        appeal_until=card.appeal_until,
        verification_code=None if verification is None else verification.code,
        segments=[wire.Segment.model_validate(segment) for segment in card.segments],
    )


def _result(result: Result, language: Language) -> wire.Result:
    return wire.Result(
        total=result.total,
        grade=result.grade,
        grade_name=result.band.name(language) if result.band else None,
        coverage=result.coverage,
        bands=[wire.Band(lower=band.lower, code=band.code, name=band.name(language)) for band in result.bands],
        previous=None if result.previous is None else wire.Previous.model_validate(result.previous),
        computed=None if result.computed is None else wire.Computed.model_validate(result.computed),
    )


def _objective(
    objective: ScorecardObjective, goal: goals.ServedGoal | None, language: Language
) -> wire.ScorecardObjective:
    return wire.ScorecardObjective(
        title=objective.title,
        goal=None if goal is None else wire.ServedGoal.model_validate(goal),
        kpis=[_kpi(kpi, language) for kpi in objective.kpis],
    )


def _kpi(kpi: ScorecardKpi, language: Language) -> wire.ScorecardKpi:
    same = {name: getattr(kpi, name) for name in _SAME}
    return wire.ScorecardKpi(
        **same,
        credibility=kpi.data_credibility,
        target=wire.Target.model_validate(kpi.target),
        explanation=working_text(kpi.working, language),
        data=wire.DataQuality.model_validate(kpi.data),
        trend=[wire.TrendPoint.model_validate(point) for point in kpi.trend],
    )


_SAME: Final = frozenset(wire.ScorecardKpi.model_fields) - {"credibility", "target", "explanation", "data", "trend"}
