"""Was this request done before? Keys of other programs and the answers that they got."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor
from app.errors import Conflict
from app.models import IdempotencyKey


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: enough to answer the same again."""

    status: int
    location: str | None
    etag: str | None
    body: str


def claim(session: Session, actor: Actor, *, key: str, request_hash: str, keep: timedelta) -> IdempotencyKey | Answer:
    """Take the key for this request, or give the answer that the same request got before.

    The row is written before the effect and in its transaction: a second request with the key waits for the first to
    end, and finds its answer or, where the first failed and was undone, takes the key itself. Raises Conflict where
    the key came with another request.
    """
    now = clock.now()
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - keep))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    taken = session.scalar(
        insert(IdempotencyKey)
        .values(account_id=actor.account_id, key=key, request_hash=request_hash, status=0, body="", created_at=now)
        .on_conflict_do_nothing(index_elements=["account_id", "key"])
        .returning(IdempotencyKey.id)
    )
    found = session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.account_id == actor.account_id, IdempotencyKey.key == key)
    ).one()
    if taken is not None:
        return found
    if found.request_hash != request_hash:
        raise Conflict("idempotency_key_reused")
    return Answer(found.status, found.location, found.etag, found.body)


def keep(session: Session, claimed: IdempotencyKey, answer: Answer) -> None:
    """Put the answer beside its key, in the transaction of the effect."""
    claimed.status, claimed.location, claimed.etag, claimed.body = (
        answer.status,
        answer.location,
        answer.etag,
        answer.body,
    )
    session.flush()
