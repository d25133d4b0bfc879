"""Who is this? From a cookie or a token to a person, and from an e-mail address and a password to a new session."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from app import access, clock
from app.access import Actor, has_team
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


def signed_in_by_session(session: Session, token: str, settings: Settings) -> SignedIn | None:
    """The person whose browser holds this session token, if it is still good."""
    found = session.scalar(
        select(WebSession)
        .where(WebSession.token_hash == token_hash(token))
        .options(joinedload(WebSession.account).joinedload(Account.person))
    )
    if found is None:
        return None
    signed_in = _signed_in(session, found.account, settings)
    if signed_in is None or not _is_fresh(found, signed_in.actor, settings):
        return None
    return replace(signed_in, csrf_token=found.csrf_token, session_id=found.id, used_at=found.seen_at)


def signed_in_by_token(session: Session, token: str, settings: Settings) -> SignedIn | None:
    """The person who made this personal API token, if neither it nor they were stopped since."""
    found = session.scalar(
        select(ApiToken)
        .where(ApiToken.token_hash == token_hash(token), ApiToken.revoked_at.is_(None))
        .options(joinedload(ApiToken.account).joinedload(Account.person))
    )
    signed_in = None if found is None else _signed_in(session, found.account, settings)
    return replace(signed_in, used_at=found.used_at) if found and signed_in else None


def _signed_in(session: Session, account: Account, settings: Settings) -> SignedIn | None:
    today = clock.today(settings.time_zone)
    person = account.person
    if not _may_sign_in(account, person, settings):
        return None
    roles = frozenset(session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person.id)))
    actor = Actor(person.id, roles, today, account.id)
    is_manager, unread = has_team(session, actor), unread_of(session, person.id)
    return SignedIn(actor, person.name, account.email, account.language, is_manager, unread)


def _may_sign_in(account: Account, person: Person, settings: Settings) -> bool:
    today = clock.today(settings.time_zone)
    return not account.is_disabled and (person.left_on is None or person.left_on >= today)


def _is_fresh(found: WebSession, actor: Actor, settings: Settings) -> bool:
    now = clock.now()
    idle = settings.session_idle_minutes_hr if Role.HR in actor.roles else settings.session_idle_minutes
    is_awake = now - found.seen_at < timedelta(minutes=idle)
    return is_awake and now - found.created_at < timedelta(hours=settings.session_hours)


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
        if not is_right or account is None or not _may_sign_in(account, account.person, settings):
            _count_failure(session, attempt)
            return Outcome(None, _seconds_to_wait(session, attempt))
        session.execute(
            delete(SignInFailure).where(SignInFailure.email == attempt.email, SignInFailure.origin == attempt.origin)
        )
        return Outcome(begin_session(session, account, attempt.browser))


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
