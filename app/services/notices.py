"""Who must be told what? One notice a thing, written with it; read, marked as read and preferred by its owner."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, SQLColumnExpression, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, may, require
from app.errors import NotFound
from app.i18n import Locale
from app.models import Notice, NoticePreference, Person
from app.models.people import not_left_before
from app.notice_texts import COUNTS, fields_of, notice_path, notice_text
from app.rules.noticing import MailWish, NoticeKind
from app.rules.vocabulary import Action
from app.services.listing import Listing
from app.services.organisation import settings_of

DEFAULT_WISH: Final = MailWish.SOON
FIELDS: Final = frozenset({"cycle", "due_on", "from_on", "name", "period", "since_on", "until_on"}) | COUNTS
"""What a notice may hold of what it tells: nothing that only its reader should see."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its reader sees it, not yet in words."""

    id: int
    kind: NoticeKind
    values: Mapping[str, str]
    path: str
    """The page of what it is about; empty where the reader may not see that any more."""
    told_at: datetime
    is_read: bool

    def text(self, locale: Locale) -> str:
        """The notice in the reader's language."""
        return notice_text(self.kind, self.values, locale)


def tell(
    session: Session,
    person_id: int,
    kind: NoticeKind,
    *,
    key: str,
    about: tuple[str, int] | None = None,
    concerns: int | None = None,
    values: Mapping[str, str | date],
) -> bool:
    """Tell a person something, in the transaction of what it tells of; False where they were told already or have left.

    `key` makes it one of its kind, `concerns` is the person whose plan or scorecard it is about. Values are names,
    codes and days, never scores or comments: they go out by mail.
    """
    if missing := fields_of(kind) - set(values):
        raise ValueError(f"{kind} needs {sorted(missing)} too")
    if spare := set(values) - FIELDS:
        raise ValueError(f"no notice holds {sorted(spare)}")
    settings = settings_of(session)
    if not _is_employed(session, person_id, clock.today(settings.time_zone)):
        return False
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    written = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    told = session.scalar(
        insert(Notice)
        .values(
            person_id=person_id,
            kind=kind,
            key=key,
            concerns_id=concerns,
            about_kind=about[0] if about else "",
            about_id=about[1] if about else None,
            values=json.dumps(written, ensure_ascii=False, sort_keys=True),
            told_at=clock.now(),
            is_for_mail=bool(settings.smtp_host),
        )
        .on_conflict_do_nothing(index_elements=["person_id", "kind", "key"])
        .returning(Notice.id)
    )
    return told is not None


def unread_of(person_id: int | SQLColumnExpression[int]) -> ScalarSelect[int]:
    """How many notices somebody has not read, for the bell on each page; callers know who asks."""
    unread = Notice.person_id == person_id, Notice.read_at.is_(None)
    return select(func.count(Notice.id)).where(*unread).scalar_subquery()


def list_notices(
    session: Session, actor: Actor, *, only_unread: bool = False, offset: int = 0, limit: int = 50
) -> Listing[Told]:
    """The actor's own notices, the latest first."""
    require(session, actor, Action.ACCOUNT_OWN)
    own = _own(actor)
    if only_unread:
        own = own & Notice.read_at.is_(None)
    total = session.scalar(select(func.count(Notice.id)).where(own)) or 0
    rows = session.scalars(
        select(Notice).where(own).order_by(Notice.told_at.desc(), Notice.id.desc()).offset(offset).limit(limit)
    ).all()
    return Listing(told(session, actor, rows), total)


def read_notice(session: Session, actor: Actor, *, notice_id: int) -> Told:
    """Mark one of the actor's own notices as read, and give it."""
    require(session, actor, Action.ACCOUNT_OWN)
    notice = session.scalar(select(Notice).where(_own(actor), Notice.id == notice_id))
    if notice is None:
        raise NotFound
    notice.read_at = notice.read_at or clock.now()
    session.flush()
    return told(session, actor, [notice])[0]


def read_all(session: Session, actor: Actor, *, up_to: int | None = None) -> int:
    """Mark the actor's own notices as read, those up to an id where one is given; how many were not read before.

    A notice that arrived after the list was shown has a larger id, and is not taken for read.
    """
    require(session, actor, Action.ACCOUNT_OWN)
    chosen = _own(actor) & Notice.read_at.is_(None)
    if up_to is not None:
        chosen = chosen & (Notice.id <= up_to)
    found = session.scalars(update(Notice).where(chosen).values(read_at=clock.now()).returning(Notice.id)).all()
    return len(found)


def wish_of(session: Session, person_id: int) -> MailWish:
    """How somebody wants their notices by mail; callers know who asks."""
    return session.scalar(select(NoticePreference.wish).where(NoticePreference.person_id == person_id)) or DEFAULT_WISH


def choose_wish(session: Session, actor: Actor, wish: MailWish) -> None:
    """Keep how the actor wants their notices by mail."""
    require(session, actor, Action.ACCOUNT_OWN)
    kept = session.scalar(select(NoticePreference).where(NoticePreference.person_id == actor.person_id))
    if kept is None:
        session.add(NoticePreference(person_id=actor.person_id, wish=wish))
    else:
        kept.wish = wish
    session.flush()


def told(session: Session, actor: Actor, notices: Sequence[Notice]) -> list[Told]:
    """The notices as their reader sees them: a link only to what concerns somebody whom they may still see."""
    concerned = {notice.concerns_id for notice in notices if notice.concerns_id is not None}
    seen = set(
        session.scalars(select(Person.id).where(Person.id.in_(concerned), may(actor, Action.PERSON_READ, Person.id)))
        if concerned
        else ()
    )
    return [_told(notice, is_visible=notice.concerns_id is None or notice.concerns_id in seen) for notice in notices]


def _told(notice: Notice, *, is_visible: bool) -> Told:
    values: dict[str, str] = json.loads(notice.values)
    path = notice_path(notice.kind, values, about=notice.about_id, concerns=notice.concerns_id) if is_visible else ""
    return Told(notice.id, notice.kind, values, path, notice.told_at, notice.read_at is not None)


def _own(actor: Actor) -> ColumnElement[bool]:
    return Notice.person_id == actor.person_id


def _is_employed(session: Session, person_id: int, today: date) -> bool:
    stays = not_left_before(today)
    return session.scalar(select(Person.id).where(Person.id == person_id, stays)) is not None
