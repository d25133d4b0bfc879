"""The page of one's own notices."""

from typing import Final

from fastapi import Depends, Request, Response

from app.i18n import mark
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action
from app.services import notices
from app.web.forms import Query, SentForm, read_form
from app.web.render import page, redirect

router = make_router()
_OWN: Final = [Depends(Needs(Action.ACCOUNT_OWN))]
_TOKEN: Final = Depends(read_form)
"""For forms that hold nothing but their token."""
PAGE: Final = 25


@router.get("/notices", dependencies=_OWN)
def notices_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """What one was told, the latest first."""
    only_unread = query.one_of("only", ["unread"], required=False) == "unread"
    number = query.whole("page", required=False, minimum=1, maximum=10**6) or 1
    found = notices.list_notices(session, actor, only_unread=only_unread, offset=(number - 1) * PAGE, limit=PAGE)

    def address(number: int) -> str:
        parts = ["only=unread"] * only_unread + [f"page={number}"] * (number > 1)
        return "/notices" + ("?" + "&".join(parts) if parts else "")

    return page(
        request,
        "notices/list.html",
        address=address,
        last=max(1, -(-found.total // PAGE)),
        latest=max((each.id for each in found.items), default=0),
        notices=[(each, each.text(request.state.locale)) for each in found.items],
        number=number,
        only_unread=only_unread,
    )


@router.post("/notices/reading", dependencies=_OWN)
def read_all(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """All notices that were on show marked as read."""
    marked = notices.read_all(session, actor, up_to=form.whole("up_to", minimum=0) or 0)
    return redirect(request, "/notices", mark("All your notices are marked as read.") if marked else None)


@router.post("/notices/{notice_id}", dependencies=[*_OWN, _TOKEN])
def open_notice(request: Request, session: DbSession, actor: CurrentActor, notice_id: RowId) -> Response:
    """One notice marked as read, and the page to which it leads."""
    return redirect(request, notices.read_notice(session, actor, notice_id=notice_id).path or "/notices")
