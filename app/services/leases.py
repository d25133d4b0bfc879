"""Which process does a piece of background work, and when was it last done? One row a piece, taken for a while."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.database import Sessions, transaction
from app.models import Job
from app.security import new_token


@dataclass(frozen=True, slots=True)
class Turn:
    """The work is this process's until the lease runs out."""

    name: str
    lease: str
    begun_on: date
    """The day on which this work was first there."""


def take(sessions: Sessions, name: str, *, today: date, done_before: datetime, lasts: timedelta) -> Turn | None:
    """Take the work if it was last done before that moment and nobody else is at it; None where not."""
    with transaction(sessions, writes=False) as session:
        known = session.scalar(select(Job).where(Job.name == name))
    now, lease = clock.now(), new_token()
    if known is not None and not _is_free(known, now, done_before):
        return None
    with transaction(sessions) as session:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(
            insert(Job).values(name=name, begun_on=today, lease="").on_conflict_do_nothing(index_elements=["name"])
        )
        begun_on = session.scalar(
            update(Job)
            .where(
                Job.name == name,
                or_(Job.done_at.is_(None), Job.done_at < done_before),
                or_(Job.leased_until.is_(None), Job.leased_until <= now),
            )
            .values(leased_until=now + lasts, lease=lease)
            .returning(Job.begun_on)
        )
    return None if begun_on is None else Turn(name, lease, begun_on)


def extend(session: Session, turn: Turn, lasts: timedelta) -> None:
    """Keep the work for a while longer, in the transaction that shows that it goes on."""
    session.execute(
        update(Job).where(Job.name == turn.name, Job.lease == turn.lease).values(leased_until=clock.now() + lasts)
    )


def finish(sessions: Sessions, turn: Turn) -> None:
    """Write down that the work is done, unless the lease had run out and somebody else has it."""
    with transaction(sessions) as session:
        session.execute(
            update(Job)
            .where(Job.name == turn.name, Job.lease == turn.lease)
            .values(done_at=clock.now(), leased_until=None, lease="")
        )


def _is_free(job: Job, now: datetime, done_before: datetime) -> bool:
    is_due = job.done_at is None or job.done_at < done_before
    return is_due and (job.leased_until is None or job.leased_until <= now)
