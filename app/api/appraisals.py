"""How are results made final, for other programs?"""

from typing import Final

from fastapi import APIRouter, Depends, Request

from app.api import schemas
from app.api.exchange import ApiRoute
from app.api.operations import WRITES, refusals
from app.api.problems import refusal_text, said
from app.errors import Invalid
from app.i18n import Locale
from app.routing import CurrentActor, DbSession, Needs
from app.rules.vocabulary import Action
from app.services import appraisals, cycles
from app.services.appraisals import Outcome

router = APIRouter(route_class=ApiRoute, tags=["scorecards"])
_PUBLISH: Final = [Depends(Needs(Action.SCORECARD_PUBLISH))]


@router.post(
    "/publications",
    operation_id="publish_scorecards",
    summary="Publish scorecards of a period",
    dependencies=_PUBLISH,
    responses=refusals(*WRITES),
)
def publish_scorecards(
    request: Request, session: DbSession, actor: CurrentActor, sent: schemas.PublicationSent
) -> schemas.Publication:
    """Make results final, each wholly or not at all; nobody publishes their own. Managers of the people and HR."""
    cycle = cycles.cycle_by_code(session, actor, code=sent.cycle)
    period = cycles.period_of(cycle, sent.period)
    outcomes = appraisals.publish_many(
        session, actor, period_id=period.id, person_ids=sent.person_ids, comment=sent.comment
    )
    return schemas.Publication(outcomes=[_shown(outcome, request.state.locale) for outcome in outcomes])


def _shown(outcome: Outcome, locale: Locale) -> schemas.PublicationOutcome:
    published, refusal = outcome.scorecard, outcome.refusal
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    return schemas.PublicationOutcome(
        person_id=outcome.person_id,
        total=published.total if published else None,
        grade=published.grade if published else None,
        verification_code=published.verification_code if published else None,
        refusal=None
        if refusal is None
        else schemas.Refusal(
            code=refusal.code,
            message=refusal_text(refusal, locale),
            errors=[schemas.Fault(**said(fault, locale)) for fault in faults],
        ),
    )
