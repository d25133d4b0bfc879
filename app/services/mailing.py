"""Which notices go out by mail, when, and how does each mail leave once at most? (ADR 0014)

Gathering puts what has come together for one person into one mail. Sending claims a mail, commits that, hands it over
outside every transaction, and writes down what came of it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.access import Actor
from app.database import Sessions, transaction
from app.documents.mail import Letter, Line, compose
from app.documents.smtp import NotTaken, Post, Server, Unclear
from app.i18n import locale_for
from app.models import Account, Mail, Notice, NoticePreference, Person, RoleGrant
from app.models.people import not_left_before
from app.rules.noticing import NECESSARY, MailState, MailWish, pause_after
from app.rules.vocabulary import Language
from app.security import new_token
from app.services.notices import told
from app.settings import Settings

TOGETHER: Final = timedelta(minutes=2)
"""How long a first notice waits for others of the same act."""
CLAIMED_FOR: Final = timedelta(minutes=15)
"""After so long a mail that is still being sent was left by a process that died."""
TRIED_FOR: Final = timedelta(days=5)
"""How long a mail is tried that the server puts off; the notice stays in the service anyway."""
_PEOPLE_AT_ONCE: Final = 200
_log: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class Delivery:
    """What came of one round of sending."""

    sent: int = 0
    put_off: int = 0
    refused: int = 0
    unclear: int = 0


# --- gathering --------------------------------------------------------------------------------------------------------


def gather(sessions: Sessions, settings: Settings) -> int:
    """Make a mail for everybody whose notices are due to leave; how many were made."""
    made = 0
    with transaction(sessions, writes=False) as session:
        if session.scalar(select(Notice.id).where(Notice.is_for_mail).limit(1)) is None:
            return 0
    with transaction(sessions) as session:
        _let_be(session, settings)
    while True:
        with transaction(sessions) as session:
            people = _people_due(session, settings)
            made += sum(_make_mail(session, person_id) for person_id in people)
        if len(people) < _PEOPLE_AT_ONCE:
            return made


def _let_be(session: Session, settings: Settings) -> None:
    """No mail of what was read already, what its reader does not want by mail, and for who cannot sign in."""
    today = clock.today(settings.time_zone)
    can_read = exists().where(
        Account.person_id == Notice.person_id,
        Account.is_disabled.is_(False),
        Person.id == Account.person_id,
        not_left_before(today),
    )
    unwanted = and_(_wishes(MailWish.NECESSARY), Notice.kind.not_in(NECESSARY))
    session.execute(
        update(Notice)
        .where(Notice.is_for_mail, or_(Notice.read_at.is_not(None), ~can_read, unwanted))
        .values(is_for_mail=False)
        .execution_options(synchronize_session=False)
    )


def _people_due(session: Session, settings: Settings) -> list[int]:
    now = clock.now()
    window = now - timedelta(minutes=settings.mail_window_minutes)
    had_one = exists().where(Mail.person_id == Notice.person_id, Mail.made_at > window)
    daily = _wishes(MailWish.DAILY)
    due = or_(
        and_(daily, Notice.told_at < _last_morning(now, settings)),
        and_(~daily, ~had_one, Notice.told_at <= now - TOGETHER),
    )
    chosen = select(Notice.person_id).where(Notice.is_for_mail, due).distinct().order_by(Notice.person_id)
    return list(session.scalars(chosen.limit(_PEOPLE_AT_ONCE)))


def _wishes(wish: MailWish) -> ColumnElement[bool]:
    return exists().where(NoticePreference.person_id == Notice.person_id, NoticePreference.wish == wish)


def _last_morning(now: datetime, settings: Settings) -> datetime:
    """The last time at which the mails of those left who want one a day."""
    zone = ZoneInfo(settings.time_zone)
    local = now.astimezone(zone)
    morning = datetime.combine(local.date(), time(settings.mail_daily_hour), zone)
    return morning if morning <= local else morning - timedelta(days=1)


def _make_mail(session: Session, person_id: int) -> bool:
    now = clock.now()
    mail = Mail(person_id=person_id, made_at=now, next_try_at=now, token=new_token())
    session.add(mail)
    session.flush()
    taken = session.scalars(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.is_for_mail)
        .values(is_for_mail=False, mail_id=mail.id)
        .returning(Notice.id)
    ).all()
    if not taken:  # another process was faster
        session.delete(mail)
    return bool(taken)


# --- sending ----------------------------------------------------------------------------------------------------------


def server_of(settings: Settings) -> Server:
    """The mail server of the settings."""
    return Server(settings.smtp_host, settings.smtp_port, settings.smtp_user, settings.smtp_password, settings.smtp_tls)


def send_due(
    sessions: Sessions, settings: Settings, server: Server, is_stopping: Callable[[], bool] = lambda: False
) -> Delivery:
    """Send every mail whose time has come, until the server fails or somebody wants to stop."""
    done = Delivery()
    _give_up_lost(sessions, done)
    with Post(server) as post:
        while not is_stopping():
            mail_id = _claim(sessions)
            if mail_id is None or not _send(sessions, settings, post, mail_id, done):
                break
    return done


def _give_up_lost(sessions: Sessions, done: Delivery) -> None:
    """What a process was sending when it died may have been taken: it is never sent again."""
    with transaction(sessions) as session:
        lost = session.scalars(
            update(Mail)
            .where(Mail.state == MailState.SENDING, Mail.claimed_at < clock.now() - CLAIMED_FOR)
            .values(state=MailState.UNCLEAR, fault="the process that sent it ended")
            .returning(Mail.id)
        ).all()
    done.unclear += len(lost)


def _claim(sessions: Sessions) -> int | None:
    """Take the mail that has waited longest, so that nobody else does; committed before anything is sent."""
    now = clock.now()
    waits = and_(Mail.state == MailState.WAITING, Mail.next_try_at <= now)
    with transaction(sessions, writes=False) as session:
        if session.scalar(select(Mail.id).where(waits).limit(1)) is None:
            return None
    with transaction(sessions) as session:
        first = select(Mail).where(waits).order_by(Mail.next_try_at, Mail.id).limit(1)
        mail = session.scalar(first.with_for_update(skip_locked=True))
        if mail is None:
            return None
        mail.state = MailState.SENDING
        mail.attempts += 1
        mail.claimed_at = now
        return mail.id


def _send(sessions: Sessions, settings: Settings, post: Post, mail_id: int, done: Delivery) -> bool:
    """Send one claimed mail; whether the server can be asked for the next."""
    try:
        letter, language = _letter(sessions, settings, mail_id)
        message = compose(letter, locale_for(language, settings.time_zone), clock.now())
        post.deliver(message, settings.smtp_from, letter.to)
    except ValueError as unfit:  # an address that no header can hold
        _put_off(sessions, mail_id, NotTaken(str(unfit), is_for_good=True), done)
        return True
    except NotTaken as refusal:
        _put_off(sessions, mail_id, refusal, done)
        return not refusal.is_server
    except Unclear as broken:
        _log.warning("mail %s may or may not have been taken: %s", mail_id, broken)
        _note(sessions, mail_id, MailState.UNCLEAR, str(broken))
        done.unclear += 1
        return False
    _note(sessions, mail_id, MailState.SENT, "")
    done.sent += 1
    return True


def _letter(sessions: Sessions, settings: Settings, mail_id: int) -> tuple[Letter, Language]:
    """What the mail says now, in its reader's language; refused where they cannot sign in any more."""
    today = clock.today(settings.time_zone)
    with transaction(sessions, writes=False) as session:
        mail = session.get_one(Mail, mail_id, options=[joinedload(Mail.person)])
        person = mail.person
        account = session.scalar(select(Account).where(Account.person_id == person.id))
        has_left = person.left_on is not None and person.left_on < today
        if account is None or account.is_disabled or has_left:
            raise NotTaken("its reader cannot sign in any more", is_for_good=True)
        roles = frozenset(session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person.id)))
        language = account.language or Language(settings.default_language)
        locale = locale_for(language, settings.time_zone)
        base_url = settings.base_url.rstrip("/")
        lines = [
            Line(each.text(locale), each.told_at, base_url + each.path if each.path else "")
            for each in told(session, Actor(person.id, roles, today, account.id), mail.notices)
        ]
        letter = Letter(
            name=person.name,
            to=account.email,
            sender=settings.smtp_from,
            organisation=settings.organisation_name,
            base_url=base_url,
            token=mail.token,
            lines=lines,
        )
        return letter, language


def _put_off(sessions: Sessions, mail_id: int, refusal: NotTaken, done: Delivery) -> None:
    with transaction(sessions) as session:
        mail = session.get_one(Mail, mail_id)
        is_old = not refusal.is_server and clock.now() - mail.made_at > TRIED_FOR
        mail.state = MailState.REFUSED if refusal.is_for_good or is_old else MailState.WAITING
        mail.next_try_at = clock.now() + pause_after(mail.attempts)
        mail.fault = refusal.reason[:200]
        is_refused = mail.state is MailState.REFUSED
    done.refused += is_refused
    done.put_off += not is_refused
    _log.warning("mail %s was not taken: %s", mail_id, refusal.reason)


def _note(sessions: Sessions, mail_id: int, state: MailState, fault: str) -> None:
    with transaction(sessions) as session:
        mail = session.get_one(Mail, mail_id)
        mail.state, mail.fault = state, fault[:200]
        if state is MailState.SENT:
            mail.sent_at = clock.now()
