"""The page of the audit trail, for HR and auditors."""

from typing import Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.routing import CurrentActor, DbSession, Needs, make_router
from app.rules.vocabulary import Action
from app.services import audit_trail
from app.services.audit_trail import Act, Sought
from app.web.audit_facts import fact_texts
from app.web.audit_words import KINDS, action_text
from app.web.forms import Query
from app.web.render import page

router = make_router()
_READ: Final = [Depends(Needs(Action.AUDIT_READ))]
PAGE: Final = 50


@router.get("/audit", dependencies=_READ)
def trail_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """Who did what, the latest first."""
    sought = Sought(
        person=query.text("person", required=False, limit=100),
        kind=query.one_of("kind", [kind for kind, _ in KINDS], required=False),
        first_day=query.date("from", required=False),
        last_day=query.date("to", required=False),
    )
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    found = audit_trail.list_acts(session, actor, sought, offset=(number - 1) * PAGE, limit=PAGE)

    def address(number: int) -> str:
        parts = {
            "person": sought.person,
            "kind": sought.kind,
            "from": sought.first_day,
            "to": sought.last_day,
            "page": number if number > 1 else "",
        }
        return "/audit?" + urlencode({name: value for name, value in parts.items() if value})

    locale = request.state.locale

    def told(act: Act) -> tuple[Act, str, list[tuple[str, str]]]:
        return act, action_text(act.action, locale), fact_texts(act.facts, locale)

    return page(
        request,
        "audit/trail.html",
        acts=[told(act) for act in found.acts],
        address=address,
        has_more=found.has_more,
        is_narrowed=sought != Sought(),
        kinds=[(kind, locale.text(name)) for kind, name in KINDS],
        number=number,
        query=query,
    )
