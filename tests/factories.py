"""How do tests make people and accounts? Plain functions that write rows and nothing else."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from app.models import Account, Person, ReportingLine, RoleGrant, WebSession
from app.rules.vocabulary import Language, Role
from app.security import hash_password, new_token, token_hash

NOW = datetime(2026, 2, 3, 2, 0, tzinfo=UTC)
"""A Tuesday morning in Jakarta; where the clock of every test stands at first."""
TODAY = date(2026, 2, 3)
LONG_AGO = date(2020, 1, 1)
PASSWORD = "buku langit tenang 77"


def make_person(
    session: Session,
    number: str,
    name: str,
    *,
    manager: Person | None = None,
    roles: tuple[Role, ...] = (),
    left_on: date | None = None,
) -> Person:
    """Somebody who has been on the staff for years, reporting to the manager all the time."""
    email = f"{name.split(maxsplit=1)[0].lower()}@example.com"
    person = Person(number=number, name=name, email=email, joined_on=LONG_AGO, left_on=left_on, changed_at=NOW)
    person.grants = [RoleGrant(role=role) for role in roles]
    if manager is not None:
        person.reporting_lines.append(ReportingLine(manager_id=manager.id, starts_on=LONG_AGO))
    session.add(person)
    session.flush()
    return person


def make_account(
    session: Session, person: Person, *, password: str | None = None, language: Language | None = None
) -> Account:
    """The person's account; without a password unless a test signs in with one, since hashing takes its time."""
    account = Account(
        person=person,
        email=person.email or f"{person.number}@example.com",
        password_hash=hash_password(password) if password else None,
        language=language,
        created_at=NOW,
    )
    session.add(account)
    session.flush()
    return account


def make_web_session(session: Session, account: Account, *, at: datetime = NOW) -> tuple[str, WebSession]:
    """A signed-in browser: the token for its cookie, and the row."""
    token = new_token()
    row = WebSession(
        token_hash=token_hash(token),
        account_id=account.id,
        csrf_token=new_token(),
        created_at=at,
        seen_at=at,
        browser="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    )
    session.add(row)
    session.flush()
    return token, row
