"""What was somebody told, for their own programs?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from app.api import schemas
from app.api.exchange import ApiRoute
from app.api.operations import WRITES, refusals
from app.api.paging import Part
from app.api.wire import Id, Sent, Shown
from app.i18n import Locale
from app.routing import CurrentActor, DbSession, Needs, RowId
from app.rules.noticing import NoticeKind
from app.rules.vocabulary import Action
from app.services import notices
from app.services.notices import Told

router = APIRouter(route_class=ApiRoute, prefix="/notices", tags=["notices"])
_OWN: Final = [Depends(Needs(Action.ACCOUNT_OWN))]


class Notice(Shown):
    """One thing that the owner of the token was told."""

    id: int
    kind: NoticeKind
    text: str = Field(description="In the reader's language.")
    path: str = Field(description="The page of what it is about; empty where it may not be seen any more.")
    told_at: datetime
    is_read: bool


class NoticesRead(Sent):
    """Which notices are read: all up to this one."""

    up_to: Id


class NoticesMarked(Shown):
    """How many notices were not read before."""

    marked: int


@router.get("", operation_id="list_notices", summary="List your notices", dependencies=_OWN, responses=refusals())
def list_notices(
    request: Request,
    session: DbSession,
    actor: CurrentActor,
    part: Part,
    *,
    only_unread: Annotated[bool, Query()] = False,
) -> schemas.Page[Notice]:
    """The notices of the token's owner, the latest first."""
    found = notices.list_notices(session, actor, only_unread=only_unread, offset=part.offset, limit=part.limit)
    return schemas.Page(items=_shown(found.items, request.state.locale), total=found.total)


@router.post(
    "/reading",
    operation_id="read_notices",
    summary="Mark your notices as read",
    dependencies=_OWN,
    responses=refusals(*WRITES),
)
def read_notices(session: DbSession, actor: CurrentActor, sent: NoticesRead) -> NoticesMarked:
    """Mark all notices up to one of them as read; later ones stay unread."""
    return NoticesMarked(marked=notices.read_all(session, actor, up_to=sent.up_to))


@router.post(
    "/{notice_id}/reading",
    operation_id="read_notice",
    summary="Mark one notice as read",
    dependencies=_OWN,
    responses=refusals(404),
)
def read_notice(request: Request, session: DbSession, actor: CurrentActor, notice_id: RowId) -> Notice:
    """Mark one notice as read."""
    return _shown([notices.read_notice(session, actor, notice_id=notice_id)], request.state.locale)[0]


def _shown(found: Sequence[Told], locale: Locale) -> list[Notice]:
    return [
        Notice(
            id=each.id,
            kind=each.kind,
            text=each.text(locale),
            path=each.path,
            told_at=each.told_at,
            is_read=each.is_read,
        )
        for each in found
    ]
