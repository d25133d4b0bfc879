"""How do processes prepare the PDFs of batches side by side, so that each is made once and none is lost? (ADR 0023)

A process claims a few, commits that, makes them outside every transaction, and writes down what came of each. A claim
whose process ended lapses by itself; a batch that is cancelled is let go after what is in hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, Update, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.database import Sessions, transaction
from app.models import PdfBatch, PdfBatchItem
from app.rules.issuing import PdfState
from app.rules.vocabulary import Language
from app.security import new_token
from app.services import pdf_batches
from app.services.pdf_making import Made, enter_all, make_all

LASTS: Final = timedelta(minutes=5)
"""How long a claim holds: longer than its PDFs can take together, each of them the longest that the engine bears."""
MOST_ATTEMPTS: Final = 3
"""A PDF over which so many processes ended is given up."""
ABANDONED: Final = "abandoned"
AT_ONCE: Final = 8
"""PDFs in one claim."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """PDFs of one batch that this process alone has in hand."""

    batch_id: int
    language: Language
    lease: str
    scorecard_ids: Sequence[int]


def is_waiting(session: Session) -> bool:
    """Whether there is anything to prepare."""
    return session.scalar(_batches_to_serve().limit(1)) is not None


def prepare(sessions: Sessions, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Prepare what is waiting, as long as there is something and nobody wants to stop; how many PDFs are ready."""
    ready = 0
    while not is_stopping() and (claim := _claim(sessions)) is not None:
        done = []
        for made in make_all(sessions, claim.scorecard_ids, claim.language):
            done.append(made)
            if is_stopping():
                break
        _write_down(sessions, claim, done)
        ready += sum(made.pdf is not None for made in done)
    return ready


def _claim(sessions: Sessions) -> _Claim | None:
    """Take some PDFs of the batch that has waited longest, so that nobody else does."""
    with transaction(sessions, writes=False) as session:
        if not is_waiting(session):
            return None
    with transaction(sessions) as session:
        # Of two processes the second waits here, and then sees what the first has left
        batch = session.scalar(_batches_to_serve().limit(1).with_for_update(of=PdfBatch))
        if batch is None:
            return None
        now = clock.now()
        batch.served_at = now
        if _give_up(session, batch):
            pdf_batches.tell_if_ended(session, batch)
        items = session.scalars(
            select(PdfBatchItem)
            .where(PdfBatchItem.batch_id == batch.id, _is_free())
            .order_by(PdfBatchItem.id)
            .limit(AT_ONCE)
        ).all()
        claim = _Claim(batch.id, batch.language, new_token(), [item.scorecard_id for item in items])
        for item in items:
            item.state, item.lease, item.leased_until = PdfState.WORKING, claim.lease, now + LASTS
            item.attempts += 1
        return claim


def _write_down(sessions: Sessions, claim: _Claim, done: Sequence[Made]) -> None:
    """What came of a claim; what was not begun is free again, and what has lapsed is somebody else's."""
    with transaction(sessions) as session:
        # Of two processes that end a batch the second waits here, and then is the one that sees the end
        batch = session.get_one(PdfBatch, claim.batch_id, with_for_update=True)
        enter_all(session, done, claim.language)
        settled = 0
        for made in done:
            state = PdfState.FAILED if made.pdf is None else PdfState.READY
            settled += _changed(
                session,
                _claimed(claim)
                .where(PdfBatchItem.scorecard_id == made.scorecard_id)
                .values(state=state, fault=made.reason, lease="", leased_until=None),
            )
        session.execute(
            _claimed(claim).values(
                state=PdfState.WAITING, attempts=PdfBatchItem.attempts - 1, lease="", leased_until=None
            )
        )
        if settled:
            pdf_batches.tell_if_ended(session, batch)


def _give_up(session: Session, batch: PdfBatch) -> int:
    return _changed(
        session,
        update(PdfBatchItem)
        .where(PdfBatchItem.batch_id == batch.id, _has_lapsed(), PdfBatchItem.attempts >= MOST_ATTEMPTS)
        .values(state=PdfState.FAILED, fault=ABANDONED, lease="", leased_until=None)
        .execution_options(synchronize_session=False),
    )


def _batches_to_serve() -> Select[PdfBatch]:
    waits = exists().where(PdfBatchItem.batch_id == PdfBatch.id, _is_free())
    return select(PdfBatch).where(PdfBatch.is_cancelled.is_(False), waits).order_by(PdfBatch.served_at, PdfBatch.id)


def _is_free() -> ColumnElement[bool]:
    return or_(PdfBatchItem.state == PdfState.WAITING, _has_lapsed())


def _has_lapsed() -> ColumnElement[bool]:
    return and_(PdfBatchItem.state == PdfState.WORKING, PdfBatchItem.leased_until <= clock.now())


def _changed(session: Session, change: Update) -> int:
    """How many PDFs a change has met: none where the claim had lapsed and somebody else has them."""
    return len(session.scalars(change.returning(PdfBatchItem.id)).all())


def _claimed(claim: _Claim) -> Update:
    return (
        update(PdfBatchItem)
        .where(PdfBatchItem.batch_id == claim.batch_id, PdfBatchItem.lease == claim.lease)
        .execution_options(synchronize_session=False)
    )
