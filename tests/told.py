"""What have people been told in tests? Notices that could have come from anywhere."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Person
from app.rules.noticing import NoticeKind
from app.services.notices import tell, unread_of


def publish(session: Session, person: Person, key: str = "1", *, concerns: Person | None = None) -> bool:
    """Tell somebody that a scorecard is published."""
    return tell(
        session,
        person.id,
        NoticeKind.SCORECARD_PUBLISHED,
        key=key,
        about=("published_scorecard", 7),
        concerns=(concerns or person).id,
        values={"period": "2026-01", "cycle": "2026"},
    )


def unread(session: Session, person: Person) -> int | None:
    """How many notices wait for somebody."""
    return session.scalar(select(unread_of(person.id)))
