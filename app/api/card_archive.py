"""Which scorecards does a person have from all their cycles, for other programs?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Depends

from app.api.exchange import ApiRoute
from app.api.operations import refusals
from app.api.wire import Number, Shown
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.vocabulary import Action, AppraisalState
from app.services.card_archive import archive_of

router = APIRouter(route_class=ApiRoute, tags=["scorecards"])
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]


class ArchivedVersion(Shown):
    """One version of a scorecard; its PDF comes from `get_scorecard_pdf` with this number."""

    version_number: int
    published_at: datetime
    published_by: str
    total: Number | None
    grade: str | None
    verification_code: str
    received_at: datetime | None


class ArchivedScorecard(Shown):
    """The scorecard of one period, the latest version first."""

    cycle: str
    period: str
    state: AppraisalState
    versions: Sequence[ArchivedVersion]


@router.get(
    "/people/{person_id}/scorecards",
    operation_id="list_archived_scorecards",
    summary="List all scorecards of a person",
    dependencies=_READ,
    responses=refusals(404),
)
def list_archived_scorecards(session: DbSession, actor: CurrentActor, person_id: RowId) -> Sequence[ArchivedScorecard]:
    """Everything that was published and is still kept, of every cycle, the latest first."""
    return [
        ArchivedScorecard(
            cycle=each.cycle.code,
            period=card.period_code,
            state=card.state,
            versions=[ArchivedVersion.model_validate(version) for version in card.versions],
        )
        for each in archive_of(session, actor, person_id=person_id).cycles
        for card in each.cards
    ]
