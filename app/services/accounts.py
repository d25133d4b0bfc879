"""How does a person get and keep their own account: first HR account, invitation, password, sessions, API tokens?"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from app import access, clock
from app.access import Actor
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import Account, ApiToken, OneTimeLink, Person, RoleGrant, WebSession
from app.rules.faults import Fault
from app.rules.vocabulary import Action, Language, Role
from app.security import hash_password, is_password, new_token, password_fault, token_hash
from app.services import audit

LINK_LASTS: Final = timedelta(days=7)
MOST_TOKENS: Final = 20


@dataclass(frozen=True, slots=True)
class FirstHr:
    """What the first person of HR says about themselves."""

    name: str
    number: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """A personal API token at the only moment when it can be read."""

    name: str
    secret: str


# --- the first HR account -------------------------------------------------------------------------------------------


def has_hr_account(session: Session) -> bool:
    """Whether anybody of HR can sign in: from then on the first-account link is closed for ever."""
    has_role = exists().where(RoleGrant.person_id == Account.person_id, RoleGrant.role == Role.HR)
    return session.scalar(select(Account.id).where(has_role, Account.password_hash.is_not(None)).limit(1)) is not None


def first_hr_link(session: Session) -> str | None:
    """A new one-time link for the first HR account, in place of earlier ones; None once there is such an account."""
    if has_hr_account(session):
        return None
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id.is_(None)))
    return f"/setup/{_new_link(session, None)}"


def check_first_hr_link(session: Session, token: str) -> None:
    """Raise NotFound unless the link for the first HR account is good."""
    link = _good_link(session, token)
    if link.account_id is not None or has_hr_account(session):
        raise NotFound("link_not_good")


def make_first_hr(session: Session, token: str, first: FirstHr) -> Account:
    """Make the first HR person with their account; the link is used up."""
    check_first_hr_link(session, token)
    faults = [Fault(at, "required") for at in ("name", "number", "email") if not getattr(first, at)]
    if session.scalar(select(Person.id).where(Person.number == first.number)) is not None:
        faults.append(Fault("number", "already_taken"))
    if session.scalar(select(Person.id).where(Person.email == first.email)) is not None:
        faults.append(Fault("email", "already_taken"))
    faults += _password_faults(first.password, first.name, first.email, first.number)
    if faults:
        raise Invalid(faults)
    now = clock.now()
    person = Person(number=first.number, name=first.name, email=first.email, joined_on=clock.today(), changed_at=now)
    person.grants.append(RoleGrant(role=Role.HR))
    account = Account(person=person, email=first.email, password_hash=hash_password(first.password), created_at=now)
    session.add(account)
    _good_link(session, token).used_at = now
    session.flush()
    _record(session, "account.first_hr_made", None, account)
    return account


# --- invitations ----------------------------------------------------------------------------------------------------


def invite(session: Session, actor: Actor, person_id: int) -> str:
    """A one-time link with which the person chooses a password, in place of earlier ones.

    The account is made if there is none. It also helps who has forgotten the password: the old one stays good until
    the link is used.
    """
    access.require(session, actor, Action.PERSON_WRITE, person_id)
    person = session.get_one(Person, person_id)
    if not person.email:
        raise Conflict("person_without_email")
    if person.left_on is not None and person.left_on < actor.today:
        raise Conflict("person_has_left")
    account = account_of(session, person_id)
    if account is None:
        account = Account(person=person, email=person.email, created_at=clock.now())
        session.add(account)
    account.email = person.email
    session.flush()
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id, OneTimeLink.used_at.is_(None)))
    link = _new_link(session, account.id)
    _record(session, "account.invited", actor, account)
    return f"/invitation/{link}"


def invited(session: Session, token: str) -> Account:
    """The account that an invitation is for; NotFound if the link is not good any more."""
    account = _good_link(session, token).account
    if account is None or account.is_disabled:
        raise NotFound("link_not_good")
    return account


def accept_invitation(session: Session, token: str, password: str) -> Account:
    """Choose the password of an invitation; the link is used up and other browsers are signed out."""
    account = invited(session, token)
    _choose_password(session, account, password, at="password")
    _good_link(session, token).used_at = clock.now()
    session.execute(delete(WebSession).where(WebSession.account_id == account.id))
    _record(session, "account.invitation_accepted", None, account)
    return account


def account_of(session: Session, person_id: int) -> Account | None:
    """The account of a person, if they have one; the caller has asked whether the actor may know."""
    return session.scalar(select(Account).where(Account.person_id == person_id))


def set_disabled(session: Session, actor: Actor, person_id: int, *, is_disabled: bool) -> None:
    """Stop or reopen a person's account; a stopped one is signed out everywhere at once."""
    access.require(session, actor, Action.PERSON_WRITE, person_id)
    if person_id == actor.person_id:
        raise NotAllowed("not_on_yourself")
    account = account_of(session, person_id)
    if account is None:
        raise NotFound
    account.is_disabled = is_disabled
    if is_disabled:
        session.execute(delete(WebSession).where(WebSession.account_id == account.id))
    _record(session, "account.disabled" if is_disabled else "account.enabled", actor, account)


# --- one's own account ----------------------------------------------------------------------------------------------


def change_password(session: Session, actor: Actor, present: str, wanted: str, keep_session: int | None) -> None:
    """Choose a new password; every other browser is signed out."""
    account = _own(session, actor)
    if not is_password(present, account.password_hash):
        raise Invalid([Fault("present", "password_wrong")])
    _choose_password(session, account, wanted, at="wanted")
    session.execute(delete(WebSession).where(WebSession.account_id == account.id, WebSession.id != keep_session))
    _record(session, "account.password_changed", actor, account)


def choose_language(session: Session, actor: Actor, language: Language) -> None:
    """Keep the language in which the person reads."""
    _own(session, actor).language = language


def sessions_of(session: Session, actor: Actor) -> list[WebSession]:
    """The browsers in which the actor is signed in, last used first."""
    account = _own(session, actor)
    return list(
        session.scalars(
            select(WebSession)
            .where(WebSession.account_id == account.id)
            .order_by(WebSession.seen_at.desc(), WebSession.id.desc())
        )
    )


def end_session(session: Session, actor: Actor, session_id: int) -> None:
    """Sign one of the actor's own browsers out."""
    account = _own(session, actor)
    found = session.scalar(select(WebSession).where(WebSession.account_id == account.id, WebSession.id == session_id))
    if found is None:
        raise NotFound
    session.delete(found)
    _record(session, "account.session_ended", actor, account)


def tokens_of(session: Session, actor: Actor) -> list[ApiToken]:
    """The actor's API tokens that are still good, newest first."""
    account = _own(session, actor)
    return list(
        session.scalars(
            select(ApiToken)
            .where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))
            .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
        )
    )


def create_token(session: Session, actor: Actor, name: str) -> NewToken:
    """A new API token with all that its owner may do; its secret is never readable again."""
    account = _own(session, actor)
    good = select(func.count()).where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))
    if (session.scalar(good) or 0) >= MOST_TOKENS:
        raise Invalid([Fault("token_name", "too_many_tokens", {"most": str(MOST_TOKENS)})])
    secret = f"kinerja_{new_token()}"
    token = ApiToken(account_id=account.id, name=name, token_hash=token_hash(secret), created_at=clock.now())
    session.add(token)
    session.flush()
    _record(session, "account.token_created", actor, account, token=token.id)
    return NewToken(name, secret)


def revoke_token(session: Session, actor: Actor, token_id: int) -> None:
    """Stop one of the actor's own API tokens for good."""
    account = _own(session, actor)
    token = session.scalar(
        select(ApiToken).where(
            ApiToken.account_id == account.id, ApiToken.id == token_id, ApiToken.revoked_at.is_(None)
        )
    )
    if token is None:
        raise NotFound
    token.revoked_at = clock.now()
    _record(session, "account.token_revoked", actor, account, token=token.id)


def browser_name(user_agent: str) -> str:
    """A browser as people call it: `Firefox, Linux`; as much as its own description tells."""
    browsers = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS"}
    browser = next((name for sign, name in browsers.items() if sign in user_agent), "")
    system = next((name for sign, name in systems.items() if sign in user_agent), "")
    system = system or ("Linux" if "Linux" in user_agent else "")
    return ", ".join(filter(None, (browser, system))) or re.sub(r"[/ ].*", "", user_agent)


def _own(session: Session, actor: Actor) -> Account:
    access.require(session, actor, Action.ACCOUNT_OWN)
    return session.get_one(Account, actor.account_id)


def _choose_password(session: Session, account: Account, password: str, *, at: str) -> None:
    person = account.person
    faults = _password_faults(password, person.name, account.email, person.number, at=at)
    if faults:
        raise Invalid(faults)
    account.password_hash = hash_password(password)
    session.flush()


def _password_faults(password: str, *about: str, at: str = "password") -> list[Fault]:
    code = password_fault(password, *about)
    return [Fault(at, code)] if code else []


def _new_link(session: Session, account_id: int | None) -> str:
    token = new_token()
    now = clock.now()
    session.add(
        OneTimeLink(token_hash=token_hash(token), account_id=account_id, created_at=now, expires_at=now + LINK_LASTS)
    )
    session.flush()
    return token


def _good_link(session: Session, token: str) -> OneTimeLink:
    """The link with this token, locked so that it cannot be used twice at the same time."""
    link = session.scalar(
        select(OneTimeLink)
        .where(
            OneTimeLink.token_hash == token_hash(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > clock.now(),
        )
        .with_for_update()
    )
    if link is None:
        raise NotFound("link_not_good")
    return link


def _record(session: Session, action: str, actor: Actor | None, account: Account, **details: int) -> None:
    audit.record(
        session,
        action,
        actor_id=actor.person_id if actor else account.person_id,
        about=("account", account.id),
        subject_id=account.person_id,
        details=details,
    )
