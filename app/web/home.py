"""The first page after signing in: what waits for this person, by what they are here."""

from typing import Final

from fastapi import Depends, Request, Response

from app.routing import CurrentActor, DbSession, Needs, make_router
from app.rules.vocabulary import Action
from app.scorecard_view import ScorecardView
from app.services import overview
from app.web.render import page

router = make_router()
_READ: Final = [Depends(Needs(Action.HOME_READ))]


@router.get("/", dependencies=_READ)
def home_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """What waits for whoever is signed in."""
    found = overview.overview_for(session, actor)
    locale = request.state.locale
    return page(
        request,
        "home/home.html",
        found=found,
        is_hr=actor.is_hr,
        own_id=actor.person_id,
        published=ScorecardView(found.published.card, locale) if found.published else None,
        to_date=ScorecardView(found.to_date, locale) if found.to_date else None,
    )
