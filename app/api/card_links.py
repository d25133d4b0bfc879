"""Who is led to their published scorecard once more, for other programs?"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import Field

from app.api.exchange import ApiRoute
from app.api.operations import WRITES, refusals
from app.api.where import ONE, At
from app.api.wire import CODE, ON, Sent, Shown
from app.routing import CurrentActor, DbSession, Needs
from app.rules.vocabulary import Action
from app.services import card_links, scorecard_lists

router = APIRouter(route_class=ApiRoute, tags=["scorecards"])
_PUBLISH: Final = [Depends(Needs(Action.SCORECARD_PUBLISH))]


class LinksSent(Sent):
    """Of which period."""

    cycle: Annotated[str, Field(min_length=1, max_length=40, pattern=CODE)]
    period: Annotated[str, Field(min_length=4, max_length=10, pattern=ON)]


class LinksTold(Shown):
    """How many were told, and how many are still to be told."""

    sent: int
    left: int


@router.post(
    f"/scorecards/{ONE}/link",
    operation_id="send_scorecard_link",
    summary="Lead an employee to their scorecard once more",
    status_code=204,
    dependencies=_PUBLISH,
    responses=refusals(*WRITES),
)
def send_scorecard_link(session: DbSession, actor: CurrentActor, where: At) -> None:
    """A notice and a mail with the link, never the file.

    Not where the receipt is confirmed, nor where the employee was told today or a mail about it still waits.
    """
    card_links.send_link(session, actor, where=where)


@router.post(
    "/receipts/links",
    operation_id="send_scorecard_links",
    summary="Lead all who have not confirmed to their scorecards once more",
    dependencies=_PUBLISH,
    responses=refusals(*WRITES),
)
def send_scorecard_links(session: DbSession, actor: CurrentActor, sent: LinksSent) -> LinksTold:
    """At most 500 at a time; asking again tells those who are left, and nobody twice on one day."""
    _cycle, period = scorecard_lists.find_period(session, actor, cycle_code=sent.cycle, period_code=sent.period)
    return LinksTold.model_validate(card_links.send_links(session, actor, period))
