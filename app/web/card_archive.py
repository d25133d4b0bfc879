"""The page of all scorecards that a person ever got."""

from typing import Final

from fastapi import Depends, Request, Response

from app.routing import CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action
from app.services.card_archive import archive_of
from app.web.render import page

router = make_router()
_READ: Final = [Depends(Needs(Action.SCORECARD_READ))]


@router.get("/scorecards/{person_id}", dependencies=_READ)
def archive_page(request: Request, session: DbSession, actor: CurrentActor, person_id: RowId) -> Response:
    """Every cycle, every version, each with its PDF, and how the totals went."""
    return page(
        request,
        "scorecards/archive.html",
        archive=archive_of(session, actor, person_id=person_id),
        is_own=person_id == actor.person_id,
    )
