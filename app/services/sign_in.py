"""Who is this? From a cookie or a token to a person, and from an e-mail address and a password to a new session."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Date, Row, Select, SQLColumnExpression, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from app import access, clock
from app.access import Actor, leads
from app.database import Sessions, transaction
from app.models import Account, ApiToken, Person, RoleGrant, SignInFailure, WebSession
from app.rules.vocabulary import Action, Language, Role
from app.security import is_password, new_token, token_hash
from app.services import audit
from app.services.notices import unread_of
from app.settings import Settings

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is known when a session was last used: noting every request would make every reader a writer."""
FAILURES_REMEMBERED: Final = timedelta(minutes=15)
FREE_FAILURES: Final = 5
"""Wrong passwords from one place for one address before it has to wait, twice as long after each."""
FREE_FAILURES_OF_A_PLACE: Final = 100
"""The same for one place and any address: a whole office may stand behind it."""
_Column = SQLColumnExpression[Any]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request and the session or token by which we know; read anew for each request."""

    actor: Actor
    name: str
    email: str
    language: Language | None
    is_manager: bool
    unread: int = 0
    """How many notices wait to be read."""
    csrf_token: str = ""
    session_id: int | None = None
    used_at: datetime | None = None
    """When the session or token was last noted as used."""

    @property
    def initials(self) -> str:
        """The first letters of the first and last word of the name."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@dataclass(frozen=True, slots=True)
class Attempt:
    """An e-mail address and a password, and from where they came."""

    email: str
    password: str
    origin: str
    browser: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: the new session's token, or none and how many seconds to wait before the next."""

    token: str | None
    wait: int = 0


def _who(kept: type[WebSession] | type[ApiToken], *more: _Column) -> Select[*tuple[Any, ...]]:
    """Everything about the person behind a token that each request must know: a row for each of their roles, or one.

    Made once, and filled with the token and the day of each request: to build it anew takes longer than to run it.
    """
    return (
        select(
            Account.id,
            Account.email,
            Account.language,
            Account.is_disabled,
            Account.person_id,
            Person.name,
            Person.left_on,
            RoleGrant.role,
            leads(Person.id, bindparam("today", type_=Date())).label("is_manager"),
            unread_of(Person.id).label("unread"),
            *more,
        )
        .join_from(kept, Account, kept.account_id == Account.id)
        .join(Person, Account.person_id == Person.id)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .where(kept.token_hash == bindparam("token_hash"))
    )


_BY_SESSION: Final = _who(
    WebSession,
    WebSession.id.label("session_id"),
    WebSession.csrf_token,
    WebSession.created_at,
    WebSession.seen_at.label("used_at"),
)
_BY_TOKEN: Final = _who(ApiToken, ApiToken.used_at).where(ApiToken.revoked_at.is_(None))


def signed_in_by_session(session: Session, token: str, settings: Settings) -> SignedIn | None:
    """The person whose browser holds this session token, if it is still good."""
    today = clock.today(settings.time_zone)
    rows = session.execute(_BY_SESSION, {"token_hash": token_hash(token), "today": today}).all()
    signed_in = _signed_in(rows, today)
    if signed_in is None or not _is_fresh(rows[0], signed_in.actor, settings):
        return None
    return replace(signed_in, csrf_token=rows[0].csrf_token, session_id=rows[0].session_id)


def signed_in_by_token(session: Session, token: str, settings: Settings) -> SignedIn | None:
    """The person who made this personal API token, if neither it nor they were stopped since."""
    today = clock.today(settings.time_zone)
    return _signed_in(session.execute(_BY_TOKEN, {"token_hash": token_hash(token), "today": today}).all(), today)


def _signed_in(rows: Sequence[Row[*tuple[Any, ...]]], today: date) -> SignedIn | None:
    if not rows or not _may_sign_in(is_disabled=rows[0].is_disabled, left_on=rows[0].left_on, today=today):
        return None
    first, roles = rows[0], frozenset(row.role for row in rows if row.role is not None)
    return SignedIn(
        actor=Actor(first.person_id, roles, today, first.id),
        name=first.name,
        email=first.email,
        language=first.language,
        is_manager=first.is_manager,
        unread=first.unread,
        used_at=first.used_at,
    )


def _may_sign_in(*, is_disabled: bool, left_on: date | None, today: date) -> bool:
    return not is_disabled and (left_on is None or left_on >= today)


def _is_fresh(found: Row[*tuple[Any, ...]], actor: Actor, settings: Settings) -> bool:
    now = clock.now()
    idle = settings.session_idle_minutes_hr if Role.HR in actor.roles else settings.session_idle_minutes
    is_awake = now - found.used_at < timedelta(minutes=idle)
    return bool(is_awake and now - found.created_at < timedelta(hours=settings.session_hours))


def note_use(sessions: Sessions, signed_in: SignedIn, token: str) -> None:
    """Note that a session or API token is in use, if the last note is old; in a transaction of its own."""
    now = clock.now()
    if signed_in.used_at is not None and now - signed_in.used_at < SEEN_EVERY:
        return
    hashed = token_hash(token)
    with transaction(sessions) as session:
        if signed_in.session_id is not None:
            session.execute(update(WebSession).where(WebSession.token_hash == hashed).values(seen_at=now))
        else:
            session.execute(update(ApiToken).where(ApiToken.token_hash == hashed).values(used_at=now))


def sign_in(sessions: Sessions, attempt: Attempt, settings: Settings) -> Outcome:
    """Compare the password and begin a session, or count the failure.

    The slow comparison runs outside every transaction, so that a wave of sign-ins never holds the write lock; it takes
    as long for an address that nobody has, so that the time does not tell which addresses exist.
    """
    with transaction(sessions, writes=False) as session:
        wait = _seconds_to_wait(session, attempt)
        kept = session.scalar(select(Account.password_hash).where(Account.email == attempt.email))
    if wait:
        return Outcome(None, wait)
    is_right = is_password(attempt.password, kept)
    with transaction(sessions) as session:
        account = session.scalar(select(Account).where(Account.email == attempt.email))
        if not is_right or account is None or not _is_welcome(account, settings):
            _count_failure(session, attempt)
            return Outcome(None, _seconds_to_wait(session, attempt))
        session.execute(
            delete(SignInFailure).where(SignInFailure.email == attempt.email, SignInFailure.origin == attempt.origin)
        )
        return Outcome(begin_session(session, account, attempt.browser))


def _is_welcome(account: Account, settings: Settings) -> bool:
    today = clock.today(settings.time_zone)
    return _may_sign_in(is_disabled=account.is_disabled, left_on=account.person.left_on, today=today)


def begin_session(session: Session, account: Account, browser: str) -> str:
    """A new session of the account; the token goes to the browser, its hash stays here."""
    token = new_token()
    now = clock.now()
    session.add(
        WebSession(
            token_hash=token_hash(token),
            account_id=account.id,
            csrf_token=new_token(),
            created_at=now,
            seen_at=now,
            browser=browser[:200],
        )
    )
    account.signed_in_at = now
    audit.record(
        session,
        "account.signed_in",
        actor_id=account.person_id,
        about=("account", account.id),
        subject_id=account.person_id,
    )
    return token


def sign_out(session: Session, actor: Actor, token: str) -> None:
    """End the session that this token belongs to; nothing happens if there is none."""
    access.require(session, actor, Action.ACCOUNT_OWN)
    session.execute(delete(WebSession).where(WebSession.token_hash == token_hash(token)))


def _seconds_to_wait(session: Session, attempt: Attempt) -> int:
    """How long this place must wait, by its failures for this address and for any: other places are not held up."""
    since = clock.now() - FAILURES_REMEMBERED
    of_this_place = (SignInFailure.origin == attempt.origin) & (SignInFailure.at > since)
    counted = select(func.count(), func.max(SignInFailure.at)).where(of_this_place)
    here, last_here = session.execute(counted.where(SignInFailure.email == attempt.email)).one()
    anywhere, last_anywhere = session.execute(counted).one()
    return max(_left(here - FREE_FAILURES, last_here), _left(anywhere - FREE_FAILURES_OF_A_PLACE, last_anywhere))


def _left(beyond: int, last: datetime | None) -> int:
    if beyond < 0 or last is None:
        return 0
    pause = min(timedelta(seconds=2 ** min(beyond + 1, 10)), FAILURES_REMEMBERED)
    left = last + pause - clock.now()
    return max(0, -(-left // timedelta(seconds=1)))


def _count_failure(session: Session, attempt: Attempt) -> None:
    now = clock.now()
    session.execute(delete(SignInFailure).where(SignInFailure.at < now - timedelta(days=1)))
    session.add(SignInFailure(email=attempt.email, origin=attempt.origin, at=now))
    session.flush()
